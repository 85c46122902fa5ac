"""The scores of each class in a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.class_scores import ClassRow, ClassScores, Column
from finetune_gui.gui.widgets.long_list import look_like_a_list

_ROW_HEIGHT = 34


class ClassTable(QTableView):
    """Sorts by a click on a column's name. ``chosen`` carries the class of a clicked row.

    From the keyboard: arrows move, Enter chooses, Escape asks to leave (``left``).
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        bind(self, self.setAccessibleName, "evaluate-classes")
        self._scores = ClassScores(self)
        self.setModel(self._scores)
        self._set_up()
        self.clicked.connect(self._choose)
        on_change(self, self._scores.retranslate)

    def _set_up(self) -> None:
        look_like_a_list(self, _ROW_HEIGHT, 6)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(52)
        self.setSortingEnabled(True)
        header.setSortIndicatorShown(False)
        self.sortByColumn(Column.RECALL, Qt.SortOrder.AscendingOrder)

    @property
    def scores(self) -> ClassScores:
        """The model behind it."""
        return self._scores

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show these classes, sorted as before."""
        self._scores.set_rows(rows)
        self.scrollToTop()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._scores.row_at(index.row()).name)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses, Escape leaves."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
