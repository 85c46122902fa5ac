"""The trials of a search as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont, QIcon
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.study import StudyStory, TrialRow
from finetune_gui.core.study_words import changes_of, short_changes
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.icons import icon
from finetune_gui.gui.models.sorted_table import LEFT, RIGHT, Index, SortedTable
from finetune_gui.gui.pages.train_words import clock, percent
from finetune_gui.gui.theme import TYPE, font, on_theme

COLUMNS = ("number", "changes", "accuracy", "state", "time")
_ICONS = {
    "running": ("activity", "accent"),
    "unfinished": ("pause", "caution"),
    "complete": ("circle-check", "good"),
    "pruned": ("circle-check", "muted"),
    "failed": ("circle-x", "danger"),
    "earlier": ("history", "muted"),
}


class TrialsModel(SortedTable[TrialRow]):
    """One row a trial; those of earlier searches are left out. The best one is bold."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(len(COLUMNS), parent)
        self._story: StudyStory | None = None
        on_change(self, self.retranslate)
        on_theme(self, self.retranslate)

    def set_story(self, story: StudyStory) -> None:
        """Show the trials of a search."""
        self._story = story
        self.set_rows(story.own)

    @override
    def sort_key(self, row: TrialRow, column: int) -> Any:
        """Numbers by size, texts by their words; a trial without a figure stands last."""
        match COLUMNS[column]:
            case "number":
                return row.number
            case "accuracy":
                return row.score if row.score is not None else row.accuracy
            case "time":
                return row.seconds or None
            case _:
                return self.text(row, column)

    @override
    def heading(self, column: int) -> str:
        """The name of a column."""
        return tr(f"search-column-{COLUMNS[column]}")

    @override
    def explanation(self, column: int) -> str:
        """What the column means."""
        return tr(f"search-column-{COLUMNS[column]}-help")

    @override
    def alignment(self, column: int) -> int:
        """Figures stand on the right."""
        return RIGHT if COLUMNS[column] in ("number", "accuracy", "time") else LEFT

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, and an icon beside the state."""
        row = self.row_at(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.text(row, index.column())
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.FontRole and self._is_best(row):
            return font(TYPE.body, QFont.Weight.DemiBold)
        return super().data(index, role)

    def _icon(self, row: TrialRow, column: str) -> QIcon | None:
        if column == "state":
            return icon(*_ICONS[row.state])
        return icon("star", "accent") if column == "number" and self._is_best(row) else None

    def _is_best(self, row: TrialRow) -> bool:
        best = None if self._story is None else self._story.best
        return best is not None and best.number == row.number

    @override
    def text(self, row: TrialRow, column: int) -> str:
        """A figure that is not there yet is a dash."""
        match COLUMNS[column]:
            case "number":
                return str(row.number)
            case "changes":
                return "" if self._story is None else short_changes(self._story, row)
            case "accuracy":
                return "–" if row.accuracy is None else percent(row.accuracy)
            case "state":
                return state_text(row)
            case _:
                return clock(row.seconds) if row.seconds else "–"

    @override
    def tooltip(self, row: TrialRow, column: int) -> str:
        """All that a trial changed, a line each, and why it failed."""
        if COLUMNS[column] == "changes" and self._story is not None:
            return "\n".join(changes_of(self._story, row)) or tr("search-default-settings")
        if COLUMNS[column] == "state" and row.error:
            return tr(row.error, **row.params)
        return self.explanation(column)


def state_text(row: TrialRow) -> str:
    """The state of a trial in words, with how far it is."""
    if row.cut and row.state != "running":
        return tr("search-state-cut")
    text = tr(f"search-state-{row.state}")
    going_on = row.state in ("running", "unfinished")
    return f"{text} {row.epoch}/{row.epochs}" if going_on and row.epochs else text
