"""A table that sorts itself: what has no value stands last, whichever way it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from finetune_gui.core.messages import tr

RowT = TypeVar("RowT")
Index = QModelIndex | QPersistentModelIndex

RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class SortedTable(QAbstractTableModel, Generic[RowT]):
    """Rows in the order of a column. Subclasses say what stands in the cells.

    The rows must be told apart by identity: no two may be the same object. ``names`` has the
    message of each column's name; its ``.help`` says what the column means.
    """

    names: ClassVar[Mapping[int, str]] = {}

    def __init__(self, columns: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._rows: list[RowT] = []
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    # ---- for subclasses

    def sort_key(self, row: RowT, column: int) -> Any:
        """What a column is sorted by; None stands last."""
        raise NotImplementedError

    def text(self, row: RowT, column: int) -> str:
        """What stands in a cell, in the language now set."""
        raise NotImplementedError

    def alignment(self, column: int) -> int:
        """Where texts stand in a column: `LEFT` or `RIGHT`."""
        raise NotImplementedError

    def tooltip(self, row: RowT, column: int) -> str:
        """What more there is to say of a cell."""
        raise NotImplementedError

    def heading(self, column: int) -> str:
        """The name of a column, in the language now set."""
        return tr(self.names[column])

    def explanation(self, column: int) -> str:
        """What the column means; may be empty."""
        return tr(self.names[column] + ".help")

    # ---- rows

    @property
    def rows(self) -> Sequence[RowT]:
        """All rows as they are shown."""
        return self._rows

    def row_at(self, row: int) -> RowT:
        """What is shown in a row."""
        return self._rows[row]

    def set_rows(self, rows: Sequence[RowT]) -> None:
        """Show other rows, sorted as before."""
        self.beginResetModel()
        self._rows = list(rows)
        self._put_in_order()
        self.endResetModel()

    def append_rows(self, rows: Sequence[RowT]) -> None:
        """Add rows where the order puts them."""
        if not rows:
            return
        count = len(self._rows)
        self.beginInsertRows(QModelIndex(), count, count + len(rows) - 1)
        self._rows.extend(rows)
        self.endInsertRows()
        if self._sorted_by is not None:
            self.sort(*self._sorted_by)

    def retranslate(self) -> None:
        """Show the texts of the language now set."""
        last = self._columns - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, last))

    # ---- Qt's side

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else self._columns

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts as they are shown."""
        row, column = self.row_at(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tooltip(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(column)
        return None

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Names of the columns; the tooltip says what they mean.

        The arrow of the order is part of the name: the style's own would lie on top of names that
        stand on the right.
        """
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heading(section) + self._arrow(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.explanation(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(section)
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; rows that are equal in it stay as they were."""
        if column < 0:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [self._rows[index.row()] for index in before]
        self._sorted_by = (column, order)
        self._put_in_order()
        place = {id(row): n for n, row in enumerate(self._rows)} if kept else {}
        after = [
            self.index(place[id(row)], old.column()) for row, old in zip(kept, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self._columns - 1)

    def _arrow(self, column: int) -> str:
        if self._sorted_by is None or self._sorted_by[0] != column:
            return ""
        return " ↑" if self._sorted_by[1] == Qt.SortOrder.AscendingOrder else " ↓"

    def _put_in_order(self) -> None:
        if self._sorted_by is None:
            return
        column, order = self._sorted_by
        keyed = [(self.sort_key(row, column), row) for row in self._rows]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: pair[0], reverse=order == Qt.SortOrder.DescendingOrder)
        self._rows = [row for _, row in known] + [row for key, row in keyed if key is None]
