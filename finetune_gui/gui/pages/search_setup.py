"""What a search is asked for: how long, and what may change; and the searches there were."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from finetune_gui.core.messages import language, tr
from finetune_gui.core.search_space import Dimension, default_space
from finetune_gui.core.study import MINUTES, Budget, StudySpec
from finetune_gui.core.study_words import budget_words
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.pages.search_space_rows import SpaceRows
from finetune_gui.gui.pages.search_steps import SearchSteps
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    ElidedLabel,
    ghost_button,
    primary_button,
    secondary_button,
    set_button_text,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.tab_order import inputs_in, put_in_order
from finetune_gui.jobs.studies import StudyLine

_TRIALS = 20
_MOST_TRIALS = 10_000
_SHOWN = 6  # of earlier searches


class SearchSetup(QScrollArea):
    """``started`` carries nothing: `budget` and `space` say what is wanted. ``opened`` a folder."""

    started = Signal()
    opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._edited = False
        self._earlier: tuple[StudyLine, ...] = ()
        self.setObjectName("search-setup")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._make_budget()
        self._make_space()
        self.why = text_label(None, "muted", wrap=True)
        self.why.setObjectName("search-why")
        self.start = primary_button("search-start", "search-start")
        self.start.clicked.connect(self.started)
        self._lay_out()
        on_change(self, self._retranslate)
        self.follow_recipe()
        self._show_budget()

    def _make_budget(self) -> None:
        self.length = ChoiceRow("search-budget", "search-budget")
        for minutes in MINUTES:
            self.length.add(str(minutes), f"search-budget-{minutes}")
        self.length.add("trials", "search-budget-trials")
        self.length.set_value("20")
        self.length.chosen.connect(lambda _value: self._show_budget())
        self.trials = QSpinBox()
        self.trials.setObjectName("search-trials")
        self.trials.setRange(2, _MOST_TRIALS)
        self.trials.setValue(_TRIALS)
        self.trials.setMinimumWidth(90)
        bind(self.trials, self.trials.setAccessibleName, "search-trials-count")
        self.hint = text_label(None, "muted", wrap=True)

    def _make_space(self) -> None:
        self.rows = SpaceRows()
        self.rows.changed.connect(self._on_edited)
        self.rows.hide()
        self.summary = text_label(None, "muted")
        self.fold = small_button("search-space-show", "search-space-show")
        self.fold.clicked.connect(self._toggle_rows)
        self.reset = ghost_button("search-space-reset", "search-space-reset")
        self.reset.clicked.connect(self._reset)
        self.reset.hide()

    def _lay_out(self) -> None:
        card = Card()
        card.box.addWidget(text_label("search-title", "subheading"))
        card.box.addWidget(text_label("search-intro", "muted", wrap=True))
        card.box.addWidget(text_label("search-budget", "heading"))
        length = QHBoxLayout()
        length.setSpacing(SPACE.m)
        length.addWidget(self.length)
        length.addWidget(self.trials)
        length.addStretch(1)
        card.box.addLayout(length)
        card.box.addWidget(self.hint)
        head = QHBoxLayout()
        head.setSpacing(SPACE.m)
        head.addWidget(text_label("search-space", "heading"))
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.reset)
        head.addWidget(self.fold)
        card.box.addLayout(head)
        card.box.addWidget(self.rows)
        bottom = QHBoxLayout()
        bottom.addWidget(self.why, 1)
        bottom.addWidget(self.start, 0, Qt.AlignmentFlag.AlignTop)
        card.box.addLayout(bottom)
        self.earlier = Card("search-earlier")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(SPACE.s)
        self.earlier.box.addLayout(self._lines)
        self.earlier.hide()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.l)
        column.addWidget(card)
        column.addWidget(SearchSteps())
        column.addWidget(self.earlier)
        column.addStretch(1)
        self.setWidget(inside)

    # ---- what is wanted

    @property
    def budget(self) -> Budget:
        """How long the search may take."""
        if self.length.value == "trials":
            return Budget(trials=self.trials.value())
        return Budget(minutes=float(self.length.value))

    def space(self) -> tuple[Dimension, ...]:
        """What may change; raises `RecipeError`."""
        return self.rows.space()

    def follow_recipe(self) -> None:
        """Offer the ranges around the form's settings, unless the user has set their own."""
        if not self._edited:
            self.rows.show_space(self._offered())
            self._put_in_order()
        self.refresh()

    def _offered(self) -> tuple[Dimension, ...]:
        """The default ranges, with the backbones whose weights are at hand as a choice."""
        recipe, session = self._session.recipe, self._session
        here = (recipe.model.backbone, *session.backbones_at_hand())
        names = tuple(dict.fromkeys(here))
        return tuple(
            replace(d, choices=names) if d.key == "model.backbone" else d
            for d in default_space(recipe)
        )

    def refresh(self) -> None:
        """Show whether a search may start, or why not."""
        why = self._session.why_not_start() or self.rows.problem()
        self.why.setText(why)
        self.start.setEnabled(not why)
        self.start.setToolTip(why)
        self.start.setAccessibleDescription(why)
        self.summary.setText(tr("search-space-summary", n=self.rows.count_on()))

    def _on_edited(self) -> None:
        self._edited = True
        self.reset.show()
        self.refresh()

    def _reset(self) -> None:
        self._edited = False
        self.reset.hide()
        self.follow_recipe()

    def _toggle_rows(self) -> None:
        shown = self.rows.isHidden()
        self.rows.setVisible(shown)
        set_button_text(self.fold, "search-space-hide" if shown else "search-space-show")

    def _show_budget(self) -> None:
        chosen = self.length.value
        self.trials.setVisible(chosen == "trials")
        night = chosen == str(MINUTES[-1])
        key = "search-budget-hint-trials" if chosen == "trials" else "search-budget-hint"
        bind(self.hint, self.hint.setText, "search-budget-hint-night" if night else key)

    # ---- earlier searches

    def show_earlier(self, lines: tuple[StudyLine, ...]) -> None:
        """List the searches that there were on these photos."""
        self._earlier = lines[:_SHOWN]
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, line in enumerate(self._earlier):
            self._lines.addWidget(self._line(number, line))
        self.earlier.setVisible(bool(self._earlier))
        self._put_in_order()

    def _put_in_order(self) -> None:
        """Tab goes through what was made later as it is seen."""
        lines = [
            item.widget() for n in range(self._lines.count()) if (item := self._lines.itemAt(n))
        ]
        opening = [part for line in lines if line is not None for part in inputs_in(line)]
        put_in_order((self.fold, *self.rows.inputs, self.start, *opening))

    def _line(self, number: int, line: StudyLine) -> QWidget:
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE.m)
        what = {"started": _when(line.spec), "budget": budget_words(line.spec.budget)}
        box.addWidget(ElidedLabel(tr("search-earlier-line", **what)), 1)
        box.addWidget(text_label(f"search-study-{line.state}", "muted"))
        button = secondary_button("search-open", f"search-open-{number}")
        button.setAccessibleDescription(tr("search-earlier-line", **what))
        path: Path = line.path
        button.clicked.connect(lambda: self.opened.emit(path))
        box.addWidget(button)
        return row

    def _retranslate(self) -> None:
        self.refresh()
        self.show_earlier(self._earlier)


def _when(spec: StudySpec) -> str:
    when = QDateTime.fromSecsSinceEpoch(int(spec.created or time.time()))
    return QLocale(language()).toString(when, QLocale.FormatType.ShortFormat)
