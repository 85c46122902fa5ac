"""How tables look, scroll and are chosen from."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget
from typing_extensions import override


class OpeningTable(QTableView):
    """``opened`` carries what is double-clicked, or chosen when Enter is pressed.

    Qt's own `activated` comes with a single click or not with Enter, by the system's settings.
    """

    opened = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.doubleClicked.connect(self.opened)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens what is chosen."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


def look_like_a_list(table: QTableView, row_height: int, padding: int) -> None:
    """Rows of one height without a grid, of which one is chosen as a whole.

    ``padding`` pixels stand above and below each text.
    """
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    # Qt adds 3 pixels to the padding of cells, not of the header.
    table.setStyleSheet(
        f"QTableView {{ border: none; }} QTableView::item {{ padding: {padding}px 5px; }}"
    )
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row_height)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.horizontalHeader().setHighlightSections(False)


def sort_when_asked(table: QTableView) -> None:
    """A click on a heading sorts; until then the rows stand as they come."""
    header = table.horizontalHeader()
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    table.setSortingEnabled(True)
    header.setSortIndicatorShown(False)


def look_like_a_long_list(table: QTableView, row_height: int, narrowest: int) -> None:
    """For thousands of rows: columns of at least ``narrowest`` pixels that sort."""
    look_like_a_list(table, row_height, 6)
    header = table.horizontalHeader()
    # Asking each of 1,000 rows for its width would cost more than it gives.
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setMinimumSectionSize(narrowest)
    sort_when_asked(table)
