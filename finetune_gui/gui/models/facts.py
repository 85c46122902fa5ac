"""A small table of texts: a row for each fact, a column for each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt
from PySide6.QtGui import QColor, QFont, QPixmap
from typing_extensions import override

from finetune_gui.gui.models.sorted_table import LEFT, Index
from finetune_gui.gui.theme import current_theme, font

_SWATCH = 10


@dataclass(frozen=True)
class FactRow:
    """A fact: its name, its value for each run, and what it means. ``best`` are the winners."""

    name: str
    values: tuple[str, ...]
    hint: str = ""
    best: frozenset[int] = frozenset()


class FactsModel(QAbstractTableModel):
    """The first column has the names; the others are headed by a run and its colour."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._heads: tuple[tuple[str, str], ...] = ()
        self._rows: tuple[FactRow, ...] = ()

    @property
    def rows(self) -> tuple[FactRow, ...]:
        """All rows from top to bottom."""
        return self._rows

    def set_facts(self, heads: Sequence[tuple[str, str]], rows: Sequence[FactRow]) -> None:
        """Show other rows; ``heads`` are the title and the colour token of each run."""
        self.beginResetModel()
        self._heads, self._rows = tuple(heads), tuple(rows)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        """How many facts there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        """The names, and a column for each run."""
        return 0 if parent is not None and parent.isValid() else len(self._heads) + 1

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the runs with their colours."""
        if orientation is not Qt.Orientation.Horizontal or section == 0:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        title, color = self._heads[section - 1]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return title
            case Qt.ItemDataRole.DecorationRole:
                return swatch(color)
            case Qt.ItemDataRole.TextAlignmentRole:
                return LEFT
        return None

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; the best value of a row stands out."""
        row, column = self._rows[index.row()], index.column()
        text = row.name if column == 0 else row.values[column - 1]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            is_hint = role == Qt.ItemDataRole.ToolTipRole and column == 0 and row.hint
            return row.hint if is_hint else text
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._ink(row, column)
        if role == Qt.ItemDataRole.FontRole and column - 1 in row.best:
            return font(weight=QFont.Weight.DemiBold)
        return LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    @staticmethod
    def _ink(row: FactRow, column: int) -> QColor | None:
        if column == 0:
            return current_theme().color("muted")
        return current_theme().color("good_text") if column - 1 in row.best else None


def swatch(token: str) -> QPixmap:
    """A small square in a colour of the theme."""
    picture = QPixmap(_SWATCH, _SWATCH)
    picture.fill(QColor(current_theme().color(token)))
    return picture
