"""The coach beside the curves: what it has noticed in the run that is shown."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Evaluated,
    Event,
    RolledBack,
    RunFailed,
    RunFinished,
)
from finetune_gui.gui.follow import follow
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.train_clone import CloneDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import small_button, text_label
from finetune_gui.gui.widgets.finding_card import FindingCard
from finetune_gui.jobs.coach import AskCoach

# What can change the coach's mind.
_TELLING = (BaselineFinished, EpochFinished, Evaluated, RolledBack, RunFailed, RunFinished)


class CoachPanel(QStackedWidget):
    """Asks the coach whenever something telling happened, and shows what it says.

    ``marked`` carries the place on a curve that a finding is about, or None; ``wanted`` the key
    of the page that a remedy leads to.
    """

    marked = Signal(object)
    wanted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("coachPanel")
        self._session = session
        self._job: JobHandle[tuple[Finding, ...]] | None = None
        self._asked_for: Path | None = None
        self.findings: tuple[Finding, ...] = ()
        self.cards: list[FindingCard] = []
        self.lesson = small_button("lesson-open-short", "coach-lesson")
        self.lesson.clicked.connect(lambda: self.wanted.emit("lesson"))
        self.empty = _remark("coach-empty", "coach-empty-text", self.lesson)
        self.waiting = _remark("", "coach-waiting")
        self.joined = _remark("", "coach-ensemble")
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, SPACE.s, 0)
        self._column.setSpacing(SPACE.s)
        self._column.addStretch(1)
        scroller = QScrollArea()
        scroller.setObjectName("coachScroll")
        scroller.setFrameShape(QFrame.Shape.NoFrame)
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setWidget(self._list)
        self._scroller = scroller
        for page in (self.empty, self.waiting, self.joined, scroller):
            self.addWidget(page)
        follow(self, session.run_changed, self._on_run_changed)
        session.run_events.connect(self._on_events)
        self._on_run_changed()

    def _on_run_changed(self) -> None:
        run = self._session.run
        path = None if run is None else run.path
        if path != self._asked_for:
            self._asked_for = path
            self._say(())
        self.ask()

    def _on_events(self, events: list[Event]) -> None:
        if any(isinstance(event, _TELLING) for event in events):
            self.ask()

    def ask(self) -> None:
        """Have the run read again; what was being read is of no interest any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        history, path = self._session.history, self._asked_for
        if path is None or history is None or history.baseline is None:
            self._show()
            return
        handle = self._session.runner.start(AskCoach(path))
        self._job = handle
        handle.finished.connect(lambda found: self._on_answer(handle, found))

    def _on_answer(
        self, handle: JobHandle[tuple[Finding, ...]], found: tuple[Finding, ...]
    ) -> None:
        if handle is self._job:
            self._job = None
            self._say(found)

    def _say(self, found: tuple[Finding, ...]) -> None:
        if found != self.findings:
            self.findings = found
            self.marked.emit(None)
            for card in self.cards:
                self._column.removeWidget(card)
                card.hide()  # it may take a turn of the event loop to go
                card.deleteLater()
            self.cards = [self._make_card(finding) for finding in found]
            for place, card in enumerate(self.cards):
                self._column.insertWidget(place, card)
        self._show()

    def _make_card(self, finding: Finding) -> FindingCard:
        card = FindingCard(finding)
        card.wanted.connect(self._on_wanted)
        card.marked.connect(lambda marked: self._on_marked(card, marked))
        return card

    def _on_marked(self, card: FindingCard, marked: Finding | None) -> None:
        """Only one place is shown at a time."""
        if marked is not None:
            for other in self.cards:
                if other is not card and other.finding.span is not None:
                    other.show_button.setChecked(False)
        span: Span | None = None if marked is None else marked.span
        self.marked.emit(span)

    def _on_wanted(self, remedy: Remedy) -> None:
        recipe = self._session.run_recipe
        if remedy.page:
            self.wanted.emit(remedy.page)
        elif recipe is not None:
            CloneDialog(self._session, recipe, remedy, self).open()

    def _show(self) -> None:
        history = self._session.history
        if self.cards:
            self.setCurrentWidget(self._scroller)
        elif history is not None and history.ensemble is not None:
            self.setCurrentWidget(self.joined)
        else:
            self.setCurrentWidget(self.empty if self._session.run is None else self.waiting)


def _remark(title_key: str, text_key: str, button: QPushButton | None = None) -> QWidget:
    remark = QWidget()
    column = QVBoxLayout(remark)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE.xs)
    if title_key:
        column.addWidget(text_label(title_key, "heading", wrap=True))
    column.addWidget(text_label(text_key, "muted", wrap=True))
    if button is not None:
        column.addSpacing(SPACE.xs)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    column.addStretch(1)
    return remark
