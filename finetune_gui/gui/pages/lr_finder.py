"""The dialog that finds a learning rate: test it, see why, try three, use it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event
from finetune_gui.core.job import Job
from finetune_gui.core.lr_curve import LrCurve, lr_text
from finetune_gui.core.lr_trials import LrTrial, LrTrials
from finetune_gui.core.messages import tr
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.lr_plots import TestPlot, TrialsPlot
from finetune_gui.gui.pages.train_words import loss_text, percent
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ChipGroup,
    Tone,
    primary_button,
    secondary_button,
    set_button_text,
    set_role,
    small_button,
    text_label,
)
from finetune_gui.jobs.find_lr import FindLr
from finetune_gui.jobs.try_lrs import TryLrs

_SIZE = (820, 620)
_PLOT_HEIGHT = 260
_VIEWS = ("test", "trials")


class LrFinder(QDialog):
    """Made anew each time it is opened; it deletes itself when closed, and stops what it began.

    It is modal: the recipe that is tested cannot change meanwhile.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lr-finder")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(*_SIZE)
        bind(self, self.setWindowTitle, "lr-title")
        self._session = session
        self._handle: JobHandle[Any] | None = None
        self.curve: LrCurve | None = None
        self.trials: LrTrials | None = None
        self.test_plot, self.trials_plot = TestPlot(session), TrialsPlot(session)
        self.banner = Banner("lr-banner")
        self.banner.close_button.hide()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._refresh()
        self.start_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_buttons(self) -> None:
        self.start_button = primary_button("lr-start", "lr-start")
        self.try_button = secondary_button("lr-try", "lr-try")
        self.use_button = primary_button("lr-use-it", "lr-use")
        self.close_button = secondary_button("common-close", "lr-close")
        self.cancel_button = secondary_button("common-cancel", "lr-cancel")
        bind(self.try_button, self.try_button.setToolTip, "lr-try-tip")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "common-working")
        self.doing = text_label(None, "muted")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.m)
        column.addWidget(text_label("lr-title", "subheading"))
        column.addWidget(text_label("lr-subtitle", "muted", wrap=True))
        column.addWidget(self._make_card(), 1)
        column.addWidget(self.banner)
        column.addLayout(self._make_bottom())

    def _make_card(self) -> Card:
        card = Card()
        card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.m, SPACE.s)
        card.box.setSpacing(SPACE.xs)
        self.chips = ChipGroup("lr-view", [(view, f"lr-view-{view}") for view in _VIEWS])
        self._heading = text_label("lr-plot", "heading")
        self._tools, self._stack = QStackedWidget(), QStackedWidget()
        for plot in (self.test_plot, self.trials_plot):
            plot.setMinimumHeight(_PLOT_HEIGHT)
            self._tools.addWidget(plot.tools)
            self._stack.addWidget(plot)
        card.header.addWidget(self._heading)
        card.header.addWidget(self.chips)
        card.header.addStretch(1)
        card.header.addWidget(self._tools)
        card.box.addLayout(card.header)
        card.box.addWidget(self._stack, 1)
        return card

    def _make_bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        row.addWidget(self.bar, 1)
        row.addWidget(self.doing)
        row.addWidget(self.cancel_button)
        row.addStretch(0)  # gives way to the bar
        for button in (self.close_button, self.start_button, self.try_button, self.use_button):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.start_test)
        self.try_button.clicked.connect(self.start_trials)
        self.use_button.clicked.connect(self._use)
        self.cancel_button.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.reject)
        self.chips.chosen.connect(self._show_view)
        on_change(self, self._say_result)
        for signal in (
            self._session.training_changed,
            self._session.dataset_changed,
            self._session.splits_changed,
        ):
            follow(self, signal, self._refresh)

    # ---- jobs

    def start_test(self) -> None:
        """Begin the range test, anew if there was one."""
        session = self._session
        if session.dataset is None or session.why_not_start():
            return
        self.curve = self.trials = None
        self.test_plot.begin()
        self.chips.set_value("test")
        handle = self._begin(FindLr(session.dataset, session.recipe, session.paths))
        handle.events.connect(lambda events: self._on_events(handle, self.test_plot, events))
        handle.finished.connect(lambda curve: self._on_curve(handle, curve))

    def start_trials(self) -> None:
        """Begin three short trainings around the suggestion."""
        session, lr = self._session, self.suggestion
        if session.dataset is None or lr is None or session.why_not_start():
            return
        self.trials = None
        self.trials_plot.begin()
        self.chips.set_value("trials")
        handle = self._begin(TryLrs(session.dataset, session.recipe, lr, session.paths))
        handle.events.connect(lambda events: self._on_events(handle, self.trials_plot, events))
        handle.finished.connect(lambda trials: self._on_trials(handle, trials))

    def _begin(self, job: Job[Any]) -> JobHandle[Any]:
        handle = self._session.runner.start(job)
        self._handle = handle
        handle.progressed.connect(lambda *far: self._on_progress(handle, *far))
        handle.failed.connect(lambda error: self._on_failed(handle, error))
        handle.cancelled.connect(lambda: self._on_over(handle))
        self.banner.dismiss()
        self._on_progress(handle, 0, 0, "common-working")
        self._refresh()
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
        return handle

    def _is_mine(self, handle: JobHandle[Any]) -> bool:
        """False for one that was given up: the dialog may be gone."""
        return handle is self._handle

    def _on_events(
        self, handle: JobHandle[Any], plot: TestPlot | TrialsPlot, events: list[Event]
    ) -> None:
        if self._is_mine(handle):
            plot.add(events)

    def _on_progress(self, handle: JobHandle[Any], done: int, total: int, text: str) -> None:
        if not self._is_mine(handle):
            return
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if text:
            bind(self.doing, self.doing.setText, text)

    def _cancel(self) -> None:
        if self._handle is not None:
            self.cancel_button.setEnabled(False)
            self._handle.cancel()

    def _on_curve(self, handle: JobHandle[Any], curve: LrCurve) -> None:
        if self._is_mine(handle):
            self.curve = curve
            self.test_plot.show_curve(curve)
            self._on_over(handle)

    def _on_trials(self, handle: JobHandle[Any], trials: LrTrials) -> None:
        if self._is_mine(handle):
            self.trials = trials
            self._on_over(handle)

    def _on_failed(self, handle: JobHandle[Any], error: UserError) -> None:
        if self._is_mine(handle):
            self._on_over(handle)
            self.banner.say_error(error)

    def _on_over(self, handle: JobHandle[Any]) -> None:
        if self._is_mine(handle):
            self._handle = None
            self._refresh()
            # The button that had it is hidden now.
            next_one = self.start_button if self.to_use is None else self.use_button
            next_one.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def done(self, result: int) -> None:
        """Stop what goes on: nobody would see its end."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            handle.cancel()
        super().done(result)

    # ---- what is shown

    @property
    def suggestion(self) -> float | None:
        """What the test suggests; None before it, or when it cannot tell."""
        return None if self.curve is None else self.curve.suggestion

    @property
    def to_use(self) -> float | None:
        """What "Use" would take: what the trials say where there were any."""
        return self.suggestion if self.trials is None else self.trials.better

    def _use(self) -> None:
        if self.to_use is not None:
            self._session.change_recipe({"optim.lr": self.to_use})
            self.accept()

    def _show_view(self, view: str) -> None:
        index = _VIEWS.index(view)
        self._tools.setCurrentIndex(index)
        self._stack.setCurrentIndex(index)
        self._say_result()

    def _refresh(self) -> None:
        busy, why = self._handle is not None, self._session.why_not_start()
        for widget in (self.bar, self.doing, self.cancel_button):
            widget.setVisible(busy)
        self.cancel_button.setEnabled(busy)
        lr = self.to_use
        for button, shown in (
            (self.start_button, not busy),
            (self.try_button, not busy and self.suggestion is not None),
            (self.use_button, not busy and lr is not None),
            (self.close_button, not busy),
        ):
            button.setVisible(shown)
        _allow(self.start_button, why)
        _allow(self.try_button, why, "lr-try-tip")
        set_button_text(self.start_button, "lr-start" if self.curve is None else "lr-again")
        set_role(self.start_button, "primary" if lr is None else "secondary")
        if lr is not None:
            set_button_text(self.use_button, "lr-use", lr=lr_text(lr))
        tried = self.trials is not None or (busy and self.chips.value == "trials")
        self.chips.setVisible(tried)
        self._heading.setVisible(not tried)
        self._say_result()

    def _say_result(self) -> None:
        """The sentence that belongs to the plot in view."""
        if self._handle is not None:
            return
        if self.trials is not None and self.chips.value == "trials":
            self._say_trials(self.trials)
        elif self.curve is not None and self.suggestion is not None:
            found = tr("lr-found", lr=lr_text(self.suggestion))
            self.banner.say_text("good", found, self.curve.reason)
        elif self.curve is not None:
            self.banner.say_text("caution", tr("lr-not-found"), self.curve.reason)
        elif why := self._session.why_not_start():
            self.banner.say_text("info", why)
        else:
            self.banner.dismiss()

    def _say_trials(self, found: LrTrials) -> None:
        figures = " · ".join(_figures(trial) for trial in found.trials)
        text = tr("lr-trials-figures", figures=figures)
        tone: Tone = "caution" if found.better is None else "good"
        self.banner.say_text(tone, found.sentence, text)


def _figures(trial: LrTrial) -> str:
    if trial.val_loss is None or trial.val_accuracy is None:
        return tr("lr-trial-exploded", lr=lr_text(trial.lr))
    return tr(
        "lr-trial-figures",
        lr=lr_text(trial.lr),
        loss=loss_text(trial.val_loss),
        accuracy=percent(trial.val_accuracy),
    )


def _allow(button: QPushButton, why: str, tip_key: str = "") -> None:
    """Enable a button, or disable it and say why."""
    button.setEnabled(not why)
    button.setToolTip(why or (tr(tip_key) if tip_key else ""))
    button.setAccessibleDescription(why)


class LrFinderButton(QWidget):
    """The way to the dialog, for the row of the learning rate; disabled it says why."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.button = small_button("lr-find", "lr-find")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.xs, 2, 0, 0)
        row.addWidget(self.button)
        self.button.clicked.connect(self.open)
        for signal in (
            session.dataset_changed,
            session.splits_changed,
            session.training_changed,
            session.torch_changed,
            session.run_changed,
            session.recipe_changed,
        ):
            follow(self, signal, self._refresh)
        on_change(self, self._refresh)
        self._refresh()

    def open(self) -> LrFinder:
        """Open the dialog; the test is begun by its button."""
        dialog = LrFinder(self._session, self.window())
        dialog.open()
        return dialog

    def _refresh(self) -> None:
        _allow(self.button, self._session.why_not_start(), "lr-find-tip")
