"""The scores of each class in a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.class_scores import ClassRow, ClassScores, Column

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
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        # The selected row shows the focus; a frame that comes and goes would move all.
        # Qt adds 3 pixels to the padding of cells, not of the header.
        self.setStyleSheet("QTableView { border: none; } QTableView::item { padding: 6px 5px; }")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
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
