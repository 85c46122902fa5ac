"""Figures, progress and one line on what goes on: the card at the top of the Train page."""

from __future__ import annotations

import time
from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar

from finetune_gui.core.durations import rough
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import JobState
from finetune_gui.core.messages import has_message, tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.pages.train_estimate import RunEstimator
from finetune_gui.gui.pages.train_stages import StageGains
from finetune_gui.gui.pages.train_words import clock, loss_text, percent, seconds_left
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, ElidedLabel, StatTile, small_button

_TILES = ("accuracy", "baseline", "loss", "speed", "left")


class StatusCard(Card):
    """Shows what ``curves``, the estimator and the session know.

    ``act`` is the button for what is missing.
    """

    def __init__(self, session: Session, curves: RunCurves, estimator: RunEstimator) -> None:
        super().__init__()
        self._session = session
        self._estimator = estimator
        self._curves = curves
        self.tiles = {name: self._tile(name) for name in _TILES}
        self.bar = QProgressBar()
        self.bar.setObjectName("trainProgress")
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "train-job")
        self.line = ElidedLabel("", "muted")
        self.line.setObjectName("trainStatus")
        self.act = small_button("train-open-data", "statusAction")
        self.act.hide()
        self.stages = StageGains()
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
        below = QHBoxLayout()
        below.addWidget(self.line, 1)
        below.addWidget(self.act)
        self.box.setSpacing(SPACE.s)
        self.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        self.box.addLayout(row)
        self.box.addWidget(self.bar)
        self.box.addLayout(below)
        self.box.addWidget(self.stages)

    @staticmethod
    def _tile(name: str) -> StatTile:
        tile = StatTile(f"train-tile-{name}")
        tile.setObjectName(f"tile-{name}")
        bind(tile, tile.setToolTip, f"train-tile-{name}-tip")
        return tile

    def refresh(self) -> None:
        """Show how things stand."""
        history = self._session.history
        self._show_tiles(history)
        self._show_bar(history)
        self.stages.show_history(history)
        self.line.setText(self._sentence(history))
        self.line.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _show_tiles(self, history: RunHistory | None) -> None:
        baseline, best = self._curves.baseline, self._curves.best or self._curves.baseline
        running = self._session.run_state is RunState.RUNNING
        speed = self._curves.photos_per_second() if running else None
        left = seconds_left(history, time.time()) if running and history is not None else None
        none = tr("train-none")
        judged = best if history is None else history.ensemble or best
        values = {
            "accuracy": none if judged is None else percent(judged.val_accuracy),
            "baseline": none if baseline is None else percent(baseline.val_accuracy),
            "loss": none if best is None else loss_text(best.val_loss),
            "speed": none if speed is None else tr("train-speed", speed=f"{speed:.1f}"),
            "left": none if left is None else clock(left),
        }
        for name, text in values.items():
            self.tiles[name].set_value(text)

    # ---- the bar

    def _show_bar(self, history: RunHistory | None) -> None:
        done, total = self._progress(history)
        waiting = self._session.run_state is RunState.RUNNING and total == 0
        # A range of nothing makes the bar move to and fro.
        self.bar.setRange(0, 0 if waiting else max(total, 1))
        self.bar.setValue(done)

    def _progress(self, history: RunHistory | None) -> tuple[int, int]:
        """How far the present stage is; (0, 0) when that is not known."""
        if history is not None and history.ensemble is not None:
            return 1, 1
        if history is not None and history.started is not None and history.baseline is not None:
            total = history.started.epochs * history.started.steps_per_epoch
            step = history.steps[-1].step if history.steps else 0
            finished = self._session.run_state is RunState.FINISHED
            return (1, 1) if finished or total == 0 else (step, total)
        job = self._session.training
        if job is not None and self._session.shows_live_run:
            return job.done, job.total
        return 0, 0

    # ---- the line

    def _sentence(self, history: RunHistory | None) -> str:
        session = self._session
        if session.run_state is RunState.RUNNING:
            return self._running(history)
        if session.training is not None:
            return tr("train-status-elsewhere")
        if history is None or history.started is None:
            return session.why_not_start() or self._ready()
        sentence = self._ended(history)
        why = session.why_not_start()
        return f"{sentence} · {why}" if why else sentence

    def _ready(self) -> str:
        session = self._session
        photos = Counter(session.splits)["train"]
        classes = 0 if session.dataset is None else len(session.dataset.classes)
        seconds = self._estimator.seconds
        if seconds is None:
            return tr("train-status-ready", photos=photos, classes=classes)
        time_needed = tr("common-time-rough", **rough(seconds))
        return tr("train-status-ready-time", photos=photos, classes=classes, time=time_needed)

    def _running(self, history: RunHistory | None) -> str:
        job = self._session.training
        if job is None or not self._session.shows_live_run:
            words = tr("train-status-followed")
            step = self._step(history)
            return f"{words} · {step}" if step else words
        if job.state is JobState.PENDING and self._session.torch_state != "ready":
            return tr("train-status-torch")
        finetuning = history is not None and history.baseline is not None
        evaluating = job.text == "train-progress-evaluating"
        if job.text and has_message(job.text) and (evaluating or not finetuning):
            what = tr(job.text)
            if not job.total:
                return what
            return tr("train-status-photos", what=what, done=job.done, total=job.total)
        preparing = "train-status-preparing-finetune" if finetuning else "train-status-preparing"
        return self._step(history) or tr(preparing)

    @staticmethod
    def _step(history: RunHistory | None) -> str:
        if history is None or history.started is None or not history.steps:
            return ""
        started, last = history.started, history.steps[-1]
        return tr(
            "train-status-step",
            epoch=last.epoch,
            epochs=started.epochs,
            step=last.step,
            steps=started.epochs * started.steps_per_epoch,
        )

    def _ended(self, history: RunHistory) -> str:
        state = self._session.run_state
        if state is RunState.FINISHED:
            seconds = getattr(history.end, "seconds", 0.0)
            return tr("train-status-finished", time=clock(seconds))
        if state is RunState.FAILED or history.started is None:
            return tr("train-status-failed")
        step = history.steps[-1].step if history.steps else 0
        steps = history.started.epochs * history.started.steps_per_epoch
        if state is RunState.PAUSED:
            return tr("train-status-paused", step=step, steps=steps)
        return tr("train-status-interrupted", step=step, steps=steps)
