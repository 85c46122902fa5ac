"""What stands beside the plot of the lesson: a question, what goes on, what came of it, the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.coach.findings import Finding
from finetune_gui.core.events import RunFailed
from finetune_gui.core.history import RunHistory
from finetune_gui.core.lesson import COURSES, LRS, PARTS, Course, Part, course_of, ends_of
from finetune_gui.core.lr_curve import lr_text
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.pages.train_words import percent
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import set_property, text_label
from finetune_gui.gui.widgets.finding_card import FindingCard
from finetune_gui.gui.widgets.option_card import OptionCard
from finetune_gui.jobs.lesson import LessonRun

_FIXED = ("threads_pinned", "precision_pinned")  # by `recipe_for`


def _loss(value: float) -> str:
    """A loss for reading, not for comparing: two decimals, one where it is large."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


class _Side(QWidget):
    """A column that ends where its content does."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE.s)


class QuestionSide(_Side):
    """What is tried next, and three answers to what the loss will do. ``chosen`` has the answer."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.heading = text_label(None, "heading", wrap=True)
        self.text = text_label(None, wrap=True)
        self.question = text_label("lesson-question", "heading", wrap=True)
        self._group = QButtonGroup(self)
        self.options: dict[Course, OptionCard] = {}
        for widget in (self.heading, self.text, self.question):
            self.column.addWidget(widget)
        for course in COURSES:
            self.column.addWidget(self._make_option(course))
        self.hint = text_label(None, "caption", wrap=True)
        self.column.addWidget(self.hint)
        self.column.addStretch(1)

    def _make_option(self, course: Course) -> OptionCard:
        option = OptionCard(f"lesson-guess-{course}")
        bind(option.radio, option.radio.setText, f"lesson-guess-{course}")
        bind(option.radio, option.radio.setAccessibleName, f"lesson-guess-{course}")
        option.radio.clicked.connect(lambda _on: self.chosen.emit(course))
        self._group.addButton(option.radio)
        self.options[course] = option
        return option

    def ask(self, part: Part, guess: Course | None, hint_key: str) -> None:
        """Ask about a part; ``hint_key`` is a message below the answers, or empty."""
        lr = lr_text(LRS[part])
        bind(self.heading, self.heading.setText, f"lesson-try-{part}", lr=lr)
        bind(self.text, self.text.setText, f"lesson-try-{part}-text")
        self._group.setExclusive(False)  # or none could be off
        for course, option in self.options.items():
            option.radio.setChecked(course == guess)
        self._group.setExclusive(True)
        if hint_key:
            bind(self.hint, self.hint.setText, hint_key)
        self.hint.setVisible(bool(hint_key))


class LiveSide(_Side):
    """What goes on, and what was guessed."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = text_label("lesson-live", "heading", wrap=True)
        self.guess = text_label(None, wrap=True)
        self.far = text_label(None, "muted", wrap=True)
        for widget in (self.heading, self.guess, self.far):
            self.column.addWidget(widget)
        self.column.addStretch(1)

    def show_run(self, guess: Course | None, history: RunHistory) -> None:
        """Say how far the run is."""
        self.guess.setVisible(guess is not None)
        if guess is not None:
            bind(
                self.guess,
                self.guess.setText,
                "lesson-your-guess",
                guess=tr(f"lesson-guess-{guess}"),
            )
        started, steps = history.started, history.steps
        if started is None or not steps:
            bind(self.far, self.far.setText, "lesson-live-begins")
        else:
            bind(
                self.far,
                self.far.setText,
                "lesson-live-far",
                epoch=steps[-1].epoch,
                epochs=started.epochs,
                loss=_loss(steps[-1].train_loss),
            )


class VerdictSide(QScrollArea):
    """What the loss did, whether that was guessed, and what the coach says of the run."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lesson-verdict")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side = _Side()
        side.column.setContentsMargins(0, 0, SPACE.s, 0)
        self.heading = text_label(None, "heading", wrap=True)
        self.happened = text_label(None, wrap=True)
        self.accuracy = text_label(None, "muted", wrap=True)
        self.says = text_label("lesson-coach-says", "heading")
        self.cards: list[FindingCard] = []
        self.says.hide()
        self._column = side.column
        for widget in (self.heading, self.happened, self.accuracy, self.says):
            side.column.addWidget(widget)
        side.column.addStretch(1)
        self.setWidget(side)

    def show_run(self, guess: Course | None, run: LessonRun) -> None:
        """Judge the guess by what happened."""
        course = course_of(run.history)
        self._say_guess(guess, course)
        key = "lesson-cut-short-text" if course is None else f"lesson-happened-{_deed(run.history)}"
        bind(self.happened, self.happened.setText, key, **_figures(run.history))
        self._say_accuracy(run.history)
        self._show_findings(worth_saying(run.findings))

    def _say_guess(self, guess: Course | None, course: Course | None) -> None:
        if course is None:
            key = "lesson-cut-short"
        elif guess is None:
            key = "lesson-not-guessed"
        else:
            key = "lesson-guessed-right" if guess == course else "lesson-guessed-otherwise"
        bind(self.heading, self.heading.setText, key)
        set_property(self.heading, "tone", "good" if guess == course is not None else "")

    def _say_accuracy(self, history: RunHistory) -> None:
        baseline = history.baseline
        known = baseline is not None and bool(history.epochs)
        self.accuracy.setVisible(known)
        if baseline is not None and known:
            bind(
                self.accuracy,
                self.accuracy.setText,
                "lesson-accuracy",
                before=percent(baseline.val_accuracy),
                after=percent(history.epochs[-1].val_accuracy),
            )

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        if tuple(card.finding for card in self.cards) == findings:
            return
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()  # it may take a turn of the event loop to go
            card.deleteLater()
        self.cards = [FindingCard(finding) for finding in findings]
        self.says.setVisible(bool(findings))
        for card in self.cards:
            self._column.insertWidget(self._column.count() - 1, card)


class SummarySide(_Side):
    """All three side by side, and what to take away."""

    def __init__(self) -> None:
        super().__init__()
        self.column.addWidget(text_label("lesson-summary", "heading", wrap=True))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE.m)
        self._grid.setVerticalSpacing(SPACE.s)
        self._grid.setColumnStretch(0, 1)
        for number, key in enumerate(("lesson-column-rate", "lesson-column-loss")):
            self._grid.addWidget(text_label(key, "caption"), 0, number)
        self.rows = {part: self._make_row(number) for number, part in enumerate(PARTS, start=1)}
        self.column.addLayout(self._grid)
        for key in ("lesson-summary-text", "lesson-summary-next"):
            self.column.addWidget(text_label(key, wrap=True))
        self.column.addStretch(1)
        self._runs: Mapping[Part, LessonRun] = {}
        on_change(self, self._refresh)

    def _make_row(self, number: int) -> QLabel:
        name = text_label(None, wrap=True)
        happened = text_label(None, wrap=True)
        self._grid.addWidget(name, number, 0)
        self._grid.addWidget(happened, number, 1)
        part = PARTS[number - 1]
        bind(name, name.setText, f"lesson-row-{part}", lr=lr_text(LRS[part]))
        return happened

    def show_runs(self, runs: Mapping[Part, LessonRun]) -> None:
        """What each part came to; those that were left out say so."""
        self._runs = dict(runs)
        self._refresh()

    def _refresh(self) -> None:
        for part, label in self.rows.items():
            run = self._runs.get(part)
            course = None if run is None else course_of(run.history)
            if run is None or course is None:
                label.setText(tr("lesson-left-out"))
            else:
                label.setText(tr(f"lesson-did-{_deed(run.history)}", **_figures(run.history)))


def _deed(history: RunHistory) -> str:
    """What the loss did, as the messages name it: "infinite" has no figures."""
    course = course_of(history)
    spoiled = isinstance(history.end, RunFailed) or history.setbacks > 0
    return "infinite" if course == "jumps" and spoiled else course or ""


def _figures(history: RunHistory) -> dict[str, str]:
    """The losses of which the messages tell."""
    first, last = ends_of(history)
    worst = max([epoch.train_loss for epoch in history.epochs], default=0.0)
    return {"first": _loss(first), "last": _loss(last), "worst": _loss(worst)}


def worth_saying(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The cause of what went wrong or, where nothing did, what is good and one hint.

    They are only words: the ways out would change the user's own settings. What the lesson itself
    fixed is no news.
    """
    problems = [finding for finding in findings if finding.weight == "problem"]
    others = [finding for finding in findings if finding.name not in _FIXED]
    calm = sorted(others, key=lambda finding: finding.weight != "good")
    chosen = problems[:1] or calm[:2]
    return tuple(replace(finding, remedies=(), span=None) for finding in chosen)
