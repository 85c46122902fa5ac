"""The scores of each class as a table that can be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import natural_key
from finetune_gui.gui.percent import fine_percent, percent_text

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns from left to right."""

    NAME = 0
    PRECISION = 1
    RECALL = 2
    F1 = 3
    SUPPORT = 4


_KEYS = {
    Column.NAME: "evaluate-column-class",
    Column.PRECISION: "evaluate-column-precision",
    Column.RECALL: "evaluate-column-recall",
    Column.F1: "evaluate-column-f1",
    Column.SUPPORT: "evaluate-column-support",
}


@dataclass(frozen=True)
class ClassRow:
    """One class; scores in [0, 1], None where there is nothing to divide by.

    ``precision`` is None when no photo was called this class, ``recall`` and ``f1`` when there is
    no photo of it. ``support`` is how many photos it has.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


def class_rows(evaluation: Evaluation) -> list[ClassRow]:
    """One row for each class, in the order of the classes."""
    guesses = [sum(column) for column in zip(*evaluation.matrix, strict=True)]
    rows = []
    for name, guessed in zip(evaluation.classes, guesses, strict=True):
        score = evaluation.per_class[name]
        precision = score.precision if guessed else None
        recall, f1 = (score.recall, score.f1) if score.support else (None, None)
        rows.append(ClassRow(name, precision, recall, f1, score.support))
    return rows


class ClassScores(QAbstractTableModel):
    """Rows of `ClassRow`. Sorting puts what has no score last, whichever way it goes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ClassRow] = []
        self._sorted_by: tuple[Column, Qt.SortOrder] | None = None

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show other rows, sorted as before."""
        self.beginResetModel()
        self._rows = list(rows)
        if self._sorted_by is not None:
            self._sort(*self._sorted_by)
        self.endResetModel()

    def row_at(self, row: int) -> ClassRow:
        """The class shown in a row."""
        return self._rows[row]

    def retranslate(self) -> None:
        """Show the texts of the language now set."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, Column.SUPPORT))

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        """One row for each class."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        """The columns of `Column`."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts as they are shown."""
        row, column = self._rows[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.name if column is Column.NAME else tr(_KEYS[column] + ".help")
        if role == Qt.ItemDataRole.TextAlignmentRole and column is not Column.NAME:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Names of the columns; the tooltip says what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(_KEYS[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(_KEYS[column] + ".help")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignLeft if column is Column.NAME else Qt.AlignmentFlag.AlignRight
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; classes that are equal in it stay as they were."""
        if column < 0:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        named = [self._rows[index.row()] for index in before]
        self._sorted_by = (Column(column), order)
        self._sort(*self._sorted_by)
        place = {row.name: n for n, row in enumerate(self._rows)}
        after = [
            self.index(place[row.name], old.column())
            for row, old in zip(named, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _sort(self, column: Column, order: Qt.SortOrder) -> None:
        down = order == Qt.SortOrder.DescendingOrder
        if column is Column.NAME:
            self._rows.sort(key=lambda row: natural_key(row.name), reverse=down)
            return
        sign = -1 if down else 1

        def key(row: ClassRow) -> tuple[bool, float]:
            value = _number(row, column)
            return value is None, 0.0 if value is None else sign * value

        self._rows.sort(key=key)


def _number(row: ClassRow, column: Column) -> float | None:
    match column:
        case Column.PRECISION:
            return row.precision
        case Column.RECALL:
            return row.recall
        case Column.F1:
            return row.f1
        case _:
            return row.support


def _text(row: ClassRow, column: Column) -> str:
    if column is Column.NAME:
        return row.name
    if column is Column.SUPPORT:
        return str(row.support)
    value = _number(row, column)
    if value is None:
        return "–"
    return f"{value:.3f}" if column is Column.F1 else percent_text(fine_percent(value))
