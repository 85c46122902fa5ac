"""The dialog of the lesson "learn by breaking it": guess, watch, see what came of it, three times.

Its trainings are runs of their own in the lesson's folder; what is open in the window stays as it
is. It can be closed at any time and goes on where it was.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.events import Event
from finetune_gui.core.lesson import PARTS, Course, Part
from finetune_gui.core.messages import tr
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.pages.lesson_cards import LiveSide, QuestionSide, SummarySide, VerdictSide
from finetune_gui.gui.pages.lesson_desk import LessonDesk
from finetune_gui.gui.pages.lesson_plot import LessonPlot
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ghost_button,
    primary_button,
    secondary_button,
    set_button_text,
    text_label,
)
from finetune_gui.jobs.lesson import LessonRun

_SIZE = (960, 620)
_SIDE_WIDTH = 320


class LessonDialog(QDialog):
    """Made anew each time it is opened. Closed while a part is trained, it pauses that.

    It is modal: nothing else can be trained meanwhile.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(*_SIZE)
        bind(self, self.setWindowTitle, "lesson-title")
        self._session = session
        self.desk = LessonDesk(session, self)
        self.place = 0  # of PARTS; behind the last one is the summary
        self.plot = LessonPlot(session)
        self.banner = Banner("lesson-banner")
        self._make_sides()
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._refresh()
        self.desk.open()

    # ---- making

    def _make_sides(self) -> None:
        self.question, self.watching = QuestionSide(), LiveSide()
        self.verdict, self.summary = VerdictSide(), SummarySide()
        self.sides = QStackedWidget()
        for side in (self.question, self.watching, self.verdict, self.summary):
            self.sides.addWidget(side)

    def _make_buttons(self) -> None:
        self.back_button = ghost_button("lesson-back", "lesson-back")
        self.skip_button = ghost_button("lesson-skip", "lesson-skip")
        self.again_button = ghost_button("lesson-again", "lesson-again")
        self.pause_button = secondary_button("train-pause", "lesson-pause")
        self.stop_button = secondary_button("lesson-stop", "lesson-stop")
        self.next_button = primary_button("lesson-start", "lesson-next")
        bind(self.pause_button, self.pause_button.setToolTip, "train-pause-tip")
        bind(self.stop_button, self.stop_button.setToolTip, "lesson-stop-tip")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "common-working")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.m)
        self.step = text_label(None, "muted")
        top = QHBoxLayout()
        top.addWidget(text_label("lesson-title", "subheading"), 1)
        top.addWidget(self.step)
        column.addLayout(top)
        column.addWidget(text_label("lesson-subtitle", "muted", wrap=True))
        column.addWidget(self.banner)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE.l)
        middle.addWidget(self._make_plot_card(), 1)
        self.sides.setFixedWidth(_SIDE_WIDTH)
        middle.addWidget(self.sides)
        column.addLayout(middle, 1)
        column.addLayout(self._make_bottom())

    def _make_plot_card(self) -> Card:
        card = Card("lesson-plot")
        card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.m, SPACE.s)
        card.box.setSpacing(SPACE.xs)
        card.header.addWidget(self.plot.tools)
        card.box.addWidget(self.plot, 1)
        self.beyond = text_label("lesson-plot-beyond", "caption", wrap=True)
        card.box.addWidget(self.beyond)
        return card

    def _make_bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        row.addWidget(self.back_button)
        row.addWidget(self.skip_button)
        row.addWidget(self.again_button)
        row.addSpacing(SPACE.m)
        row.addWidget(self.bar, 1)
        row.addStretch(0)  # gives way to the bar
        for button in (self.pause_button, self.stop_button, self.next_button):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self.question.chosen.connect(self._on_guess)
        self.back_button.clicked.connect(self.go_back)
        self.skip_button.clicked.connect(self.skip)
        self.pause_button.clicked.connect(self.desk.pause)
        self.stop_button.clicked.connect(self.desk.stop)
        self.again_button.clicked.connect(self.desk.forget)
        self.next_button.clicked.connect(self._on_next)
        desk = self.desk
        desk.opened.connect(self._on_opened)
        desk.changed.connect(self._refresh)
        desk.told.connect(self._on_told)
        desk.progressed.connect(self._on_progress)
        desk.read.connect(self._on_read)
        desk.failed.connect(self.banner.say_error)
        on_change(self, self._refresh)
        follow(self, self._session.training_changed, self._refresh)
        follow(self, self._session.torch_changed, self._refresh)

    # ---- acting

    @property
    def part(self) -> Part | None:
        """The part that is shown; None: the summary."""
        return PARTS[self.place] if self.place < len(PARTS) else None

    def _on_guess(self, guess: Course) -> None:
        if self.part is not None:
            self.desk.note(self.desk.notes.with_guess(self.part, guess))

    def _on_next(self) -> None:
        part = self.part
        if part is None:
            self.accept()
        elif self.desk.over(part) is not None:
            self._go(self.place + 1)
        else:
            self.banner.dismiss()
            self.desk.start(part)
            self._arrive()
            self.pause_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def skip(self) -> None:
        """Leave the part out and go to the next one."""
        if self.part is not None:
            self.desk.note(self.desk.notes.with_skipped(self.part))
            self.desk.let_go()
            self._go(self.place + 1)

    def go_back(self) -> None:
        """To the part before; what is trained is paused."""
        self.desk.let_go()
        self._go(max(0, self.place - 1))

    def _go(self, place: int) -> None:
        self.place = min(place, len(PARTS))
        self.banner.dismiss()
        self._arrive()

    def _arrive(self) -> None:
        """Show the part where it stands, with the focus where it is needed next."""
        self.plot.look_at(self.part)
        self._refresh()
        if self.sides.currentWidget() is self.question and not self.next_button.isEnabled():
            self.question.options["falls"].radio.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.desk.training is None:
            self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def done(self, result: int) -> None:
        """Pause what goes on: it goes on from there when the lesson is opened again."""
        self.desk.close()
        super().done(result)

    # ---- what happens

    def _on_opened(self) -> None:
        for part in PARTS:
            run = self.desk.runs.get(part)
            self.plot.load(part, None if run is None else run.history)
        left = [n for n, part in enumerate(PARTS) if not self.desk.is_done(part)]
        self._go(left[0] if left else len(PARTS))

    def _on_told(self, part: Part, events: list[Event]) -> None:
        self.plot.add(part, events)
        self._show_far()

    def _on_progress(self, done: int, total: int) -> None:
        if not self.desk.history.steps:
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def _on_read(self, part: Part) -> None:
        run = self.desk.runs.get(part)
        self.plot.load(part, None if run is None else run.history)
        if self.part == part:
            self._arrive()
        else:
            self._refresh()

    def _show_far(self) -> None:
        """How far the training is, in the bar and in words."""
        history = self.desk.history
        if history.started is not None and history.steps:
            self.bar.setRange(0, history.started.epochs * history.started.steps_per_epoch)
            self.bar.setValue(history.steps[-1].step)
        part = self.desk.training
        guess = None if part is None else self.desk.notes.guesses.get(part)
        self.watching.show_run(guess, history)

    # ---- what is shown

    def _refresh(self) -> None:
        part, run = self.part, self.desk.over(self.part)
        if part is None:
            self.summary.show_runs(self.desk.runs)
            self.sides.setCurrentWidget(self.summary)
            bind(self.step, self.step.setText, "lesson-step-summary")
        else:
            bind(self.step, self.step.setText, "lesson-step", n=self.place + 1, total=len(PARTS))
            self._show_part(part, run)
        self.beyond.setVisible(self.plot.hides_something)
        self._show_buttons(part, run)

    def _show_part(self, part: Part, run: LessonRun | None) -> None:
        desk, guess = self.desk, self.desk.notes.guesses.get(part)
        if desk.training is not None:
            self._show_far()
            self.sides.setCurrentWidget(self.watching)
        elif run is not None:
            self.verdict.show_run(guess, run)
            self.sides.setCurrentWidget(self.verdict)
        else:
            begun = "lesson-paused" if part in desk.runs else ""
            self.question.ask(part, guess, begun if guess else "lesson-guess-first")
            self.sides.setCurrentWidget(self.question)

    def _show_buttons(self, part: Part | None, run: LessonRun | None) -> None:
        desk = self.desk
        live = desk.training is not None
        for button in (self.pause_button, self.stop_button):
            button.setVisible(live)
            button.setEnabled(not desk.is_ending)
        self.bar.setVisible(live)
        self.back_button.setEnabled(desk.ready and self.place > 0)
        self.skip_button.setVisible(part is not None and run is None)
        self.skip_button.setEnabled(desk.ready)
        begun = bool(desk.runs or desk.notes.skipped)
        self.again_button.setVisible(not live and begun)
        self.again_button.setEnabled(desk.ready)
        self.next_button.setVisible(not live)
        self._name_next(part, run)

    def _name_next(self, part: Part | None, run: LessonRun | None) -> None:
        desk, why = self.desk, ""
        if part is None:
            key, allowed = "common-close", True
        elif run is not None:
            last = self.place == len(PARTS) - 1
            key, allowed = "lesson-sum-up" if last else "lesson-next", desk.ready
        else:
            key = "lesson-continue" if part in desk.runs else "lesson-start"
            why = desk.why_not_start()
            if not why and part not in desk.notes.guesses:
                why = tr("lesson-guess-first")
            allowed = desk.ready and not why
        set_button_text(self.next_button, key)
        self.next_button.setEnabled(allowed)
        self.next_button.setToolTip(why)
        self.next_button.setAccessibleDescription(why)
