"""The Train page: start, watch, pause, stop, continue a run, and see how it ended."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_gui.core.events import Event, RunStarted
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import JobState
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import set_icon
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.pages.train_form import HyperparameterCard
from finetune_gui.gui.pages.train_plots import TrainPlots
from finetune_gui.gui.pages.train_result import ResultBanner, can_continue, next_epoch
from finetune_gui.gui.pages.train_status import StatusCard
from finetune_gui.gui.pages.train_words import level_of, log_line, percent
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    icon_button,
    primary_button,
    secondary_button,
    set_button_text,
    set_role,
)
from finetune_gui.gui.widgets.run_log import RunLog

_RIGHT_WIDTH = 320
_LOG_HEIGHT = 130


class TrainPage(Page):
    """Shows the run of the session: live, paused, finished or opened later."""

    key: ClassVar[str] = "train"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: RunHistory | None = None
        self.curves = RunCurves()
        self.header = PageHeader("train-title", "train-subtitle")
        self.banner = ResultBanner(session)
        self.status = StatusCard(session, self.curves)
        self.plots = TrainPlots(session, self.curves)
        self.form = HyperparameterCard(session)
        self.log = RunLog("runLog", lambda event: log_line(event, session.history), level_of)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._show_run()

    def _make_buttons(self) -> None:
        self.pause_button = secondary_button("train-pause", "pauseButton")
        self.stop_button = secondary_button("train-stop", "stopButton")
        self.start_button = primary_button("train-start", "startButton")
        self.continue_button = primary_button("train-continue-start", "continueButton")
        for button, tip in (
            (self.pause_button, "train-pause-tip"),
            (self.stop_button, "train-stop-tip"),
        ):
            bind(button, button.setToolTip, tip)
        for button in (
            self.pause_button,
            self.stop_button,
            self.start_button,
            self.continue_button,
        ):
            self.header.add_button(button)

    def _lay_out(self) -> None:
        log_card = Card("train-log-title")
        log_card.box.setSpacing(SPACE.s)
        log_card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.m, SPACE.m)
        self.copy_button = icon_button("copy", "train-log-copy", "copyLogButton")
        log_card.header.addWidget(self.copy_button)
        log_card.box.addWidget(self.log)
        self.log.setMinimumHeight(_LOG_HEIGHT - 60)
        right = QWidget()
        right.setFixedWidth(_RIGHT_WIDTH)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.l)
        column.addWidget(self.form)
        column.addWidget(log_card, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self.plots, 1)
        row.addWidget(right)
        for widget in (self.header, self.banner, self.status):
            self.body.addWidget(widget)
        self.body.addLayout(row, 1)
