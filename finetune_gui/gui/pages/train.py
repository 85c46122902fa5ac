"""The Train page: start, watch, pause, stop, continue a run, and see how it ended."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.events import Event
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import JobState
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.train_coach import CoachPanel
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.pages.train_estimate import RunEstimator
from finetune_gui.gui.pages.train_form import HyperparameterCard
from finetune_gui.gui.pages.train_plots import TrainPlots
from finetune_gui.gui.pages.train_result import ResultBanner, can_continue
from finetune_gui.gui.pages.train_status import StatusCard
from finetune_gui.gui.pages.train_words import level_of, log_line, percent
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    ChipGroup,
    icon_button,
    primary_button,
    secondary_button,
    set_button_text,
    set_role,
)
from finetune_gui.gui.widgets.run_log import RunLog

_RIGHT_WIDTH = 320
_LOG_HEIGHT = 64


class TrainPage(Page):
    """Shows the run of the session: live, paused, finished or opened later."""

    key: ClassVar[str] = "train"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: RunHistory | None = None
        self._followed: JobHandle[RunFolder] | None = None
        self._told = ("", False)
        self.curves = RunCurves()
        self.header = PageHeader("train-title", "train-subtitle")
        self.banner = ResultBanner(session, self._evaluate, self._go_on)
        self.estimator = RunEstimator(session, self)
        self.status = StatusCard(session, self.curves, self.estimator)
        self.plots = TrainPlots(session, self.curves)
        self.form = HyperparameterCard(session)
        self.log = RunLog("runLog", lambda event: log_line(event, session.history), level_of)
        self.coach = CoachPanel(session)
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
        right = QWidget()
        right.setFixedWidth(_RIGHT_WIDTH)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.l)
        column.addWidget(self.form)
        column.addWidget(self._make_story(), 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self.plots, 1)
        row.addWidget(right)
        for widget in (self.header, self.banner, self.status):
            self.body.addWidget(widget)
        self.body.addLayout(row, 1)

    def _make_story(self) -> Card:
        """What the coach says of the run or, one click away, all that happened in it."""
        card = Card()
        card.box.setSpacing(SPACE.s)
        card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.s, SPACE.m)
        self.story_chips = ChipGroup("storyChips", [("coach", "coach-title"), ("log", "coach-log")])
        self.copy_button = icon_button("copy", "train-log-copy", "copyLogButton")
        card.header.addWidget(self.story_chips)
        card.header.addStretch(1)
        card.header.addWidget(self.copy_button)
        card.box.addLayout(card.header)
        stack = QStackedWidget()
        for page in (self.coach, self.log):
            stack.addWidget(page)
        card.box.addWidget(stack)
        self.log.setMinimumHeight(_LOG_HEIGHT)
        self.copy_button.hide()
        self.story_chips.chosen.connect(
            lambda value: stack.setCurrentWidget(self.coach if value == "coach" else self.log)
        )
        self.story_chips.chosen.connect(lambda value: self.copy_button.setVisible(value == "log"))
        return card

    def _connect(self) -> None:
        session = self.session
        for signal in (
            session.dataset_changed,
            session.splits_changed,
            session.torch_changed,
            session.recipe_changed,
        ):
            follow(self, signal, self._refresh)
        follow(self, session.run_changed, self._on_run_changed)
        follow(self, session.training_changed, self._on_training_changed)
        session.run_events.connect(self._on_events)
        on_change(self, self._refresh)
        self.plots.drawn.connect(self.status.refresh)
        self.estimator.changed.connect(self.status.refresh)
        self.form.wanted.connect(self.navigate)
        self.coach.wanted.connect(self.navigate)
        self.coach.marked.connect(self.plots.show_span)
        self.start_button.clicked.connect(session.start_training)
        # Not the button's own: a new text, as in another language, would take it away.
        QShortcut(QKeySequence("Ctrl+Return"), self, self.start_button.click)
        self.pause_button.clicked.connect(session.pause_training)
        self.stop_button.clicked.connect(session.stop_training)
        self.continue_button.clicked.connect(self._go_on)
        self.copy_button.clicked.connect(self.log.copy_all)
        self.status.act.clicked.connect(self._help_out)

    # ---- what the rail shows

    @override
    def rail_subtitle(self) -> str:
        """How far it is, or how it ended."""
        text = ""
        match self.session.run_state:
            case RunState.RUNNING:
                text = self._rail_progress()
            case RunState.PAUSED:
                text = tr("train-rail-paused")
            case RunState.INTERRUPTED:
                text = tr("train-rail-interrupted")
            case RunState.FAILED:
                text = tr("train-rail-failed")
            case RunState.FINISHED:
                history = self.session.history
                ensemble = None if history is None else history.ensemble
                best = ensemble or self.curves.best or self.curves.baseline
                done = None if best is None else percent(best.val_accuracy)
                text = "" if done is None else tr("train-rail-done", accuracy=done)
        return text

    def _rail_progress(self) -> str:
        history = self.session.history
        if history is None or history.started is None or not history.steps:
            return tr("train-rail-baseline")
        epochs = history.started.epochs
        return tr("train-rail-epoch", epoch=history.steps[-1].epoch, epochs=epochs)

    @override
    def rail_done(self) -> bool:
        """Whether there is a model to evaluate and to use."""
        return self.session.finished_run is not None

    # ---- what happens

    def _on_events(self, events: list[Event]) -> None:
        self.curves.add(events)
        self.log.add_events(events)
        self.plots.redraw_soon()
        self._tell_rail()

    def _on_run_changed(self) -> None:
        if self.session.history is not self._shown:
            self._show_run()
        else:
            self._refresh()

    def _on_training_changed(self) -> None:
        job = self.session.training
        if job is not None and job is not self._followed:
            self._followed = job
            follow(self, job.progressed, self.plots.redraw_soon)
        self._refresh()

    def _show_run(self) -> None:
        """Begin with the run that the session shows now, from its whole story."""
        self._shown = history = self.session.history
        self.curves.load(history)
        self.log.set_events([] if history is None else _story(history))
        self.plots.show_run(history)
        self._refresh()

    def _refresh(self) -> None:
        self._show_buttons()
        self._show_help()
        self._estimate()
        self.status.refresh()
        self.banner.refresh()
        self.plots.redraw_soon()
        self._tell_rail()

    def _estimate(self) -> None:
        if self.isVisible() and self.session.history is None:
            self.estimator.look()
        else:
            self.estimator.stop()

    @override
    def on_shown(self) -> None:
        """Say how long it would take."""
        self._estimate()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the computer to what is done on the other pages."""
        self.estimator.stop()
        super().hideEvent(event)

    def _tell_rail(self) -> None:
        told = (self.rail_subtitle(), self.rail_done())
        if told != self._told:
            self._told = told
            self.rail_changed.emit()

    # ---- buttons

    def _show_buttons(self) -> None:
        session = self.session
        job = session.training
        live = job is not None and session.shows_live_run
        for button in (self.pause_button, self.stop_button):
            button.setVisible(live)
        if job is not None and live:
            self._show_live_buttons(job.state)
        own = session.run is not None and not session.run.is_of_trials
        go_on = job is None and own and can_continue(session.run_state, session.history)
        self.continue_button.setVisible(go_on)
        if go_on:
            self._name_continue()
        self._show_start(visible=not live, primary=not go_on)

    def _show_live_buttons(self, state: JobState) -> None:
        stopping, pausing = state is JobState.CANCELLING, state is JobState.PAUSING
        # A pause waits for the baseline; who does not want to wait can stop.
        self.pause_button.setEnabled(not stopping and not pausing)
        self.stop_button.setEnabled(not stopping)
        set_button_text(self.stop_button, "train-stopping" if stopping else "train-stop")
        set_button_text(self.pause_button, "train-pausing" if pausing else "train-pause")

    def _name_continue(self) -> None:
        history = self.session.history
        epoch = None if history is None else history.next_epoch
        if epoch is None:
            set_button_text(self.continue_button, "train-continue-start")
        else:
            set_button_text(self.continue_button, "train-continue", epoch=epoch)
        may = self.session.torch_state != "failed" and self.session.trying is None
        self.continue_button.setEnabled(may)

    def _show_start(self, *, visible: bool, primary: bool) -> None:
        why = self.session.why_not_start()
        self.start_button.setVisible(visible)
        self.start_button.setEnabled(not why)
        self.start_button.setToolTip(why)
        self.start_button.setAccessibleDescription(why)
        set_role(self.start_button, "primary" if primary else "secondary")
        fresh = self.session.run is None
        set_button_text(self.start_button, "train-start" if fresh else "train-start-new")

    def _show_help(self) -> None:
        """Offer what is missing, beside the sentence that says so."""
        session = self.session
        elsewhere = session.training is not None and not session.shows_live_run
        missing = session.dataset is None and session.training is None
        self.status.act.setVisible(elsewhere or missing)
        set_button_text(self.status.act, "train-show-live" if elsewhere else "train-open-data")

    def _help_out(self) -> None:
        live = self.session.desk.live_run
        if live is None:
            self.navigate.emit("data")
        else:
            self.session.open_run(live.path)

    def _evaluate(self) -> None:
        self.navigate.emit("evaluate")

    def _go_on(self) -> None:
        if self.session.run is not None:
            self.session.resume_run(self.session.run.path)


def _story(history: RunHistory) -> list[Event]:
    """All that the log shows of a run, in the order in which it happened."""
    found: list[Event] = [*history.logs, *history.epochs, *history.evaluations.values()]
    found += [e for e in (history.started, history.baseline, history.end) if e is not None]
    return sorted(found, key=lambda event: event.time)
