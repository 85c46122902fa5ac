"""A view of equal tiles, side by side in rows, whose layout costs nothing.

`QListView` asks the model about every row each time it is laid out: with 10,000 photos every step
of dragging the window's edge took 80 ms. Where a tile lies is plain arithmetic.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget
from typing_extensions import override

Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction


class TileView(QAbstractItemView):
    """Shows the rows of a list model as tiles of one size; scrolls up and down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile = QSize(128, 128)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def tile(self) -> QSize:
        """The size of every tile."""
        return self._tile

    def set_tile(self, tile: QSize) -> None:
        """Give all tiles another size; the first photo in sight stays in sight."""
        if tile == self._tile:
            return
        first = self.visible_rows().start
        self._tile = tile
        self.updateGeometries()
        self.verticalScrollBar().setValue(first // self.columns() * tile.height())
        self.viewport().update()

    def columns(self) -> int:
        """How many tiles stand side by side."""
        return max(1, self.viewport().width() // self._tile.width())

    def count(self) -> int:
        """How many tiles there are."""
        model = self.model()
        return 0 if model is None else model.rowCount()

    def visible_rows(self) -> range:
        """The numbers of the tiles in sight, those cut off included."""
        columns, height, count = self.columns(), self._tile.height(), self.count()
        top = self.verticalOffset()
        first = top // height * columns
        last = ((top + max(1, self.viewport().height()) - 1) // height + 1) * columns
        return range(min(first, count), min(last, count))

    # ---- what QAbstractItemView asks of a view

    @override
    def visualRect(self, index: Index) -> QRect:
        """Where a tile is, in the viewport."""
        if not index.isValid():
            return QRect()
        row, column = divmod(index.row(), self.columns())
        width, height = self._tile.width(), self._tile.height()
        return QRect(column * width, row * height - self.verticalOffset(), width, height)

    @override
    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile at a point of the viewport."""
        column = point.x() // self._tile.width()
        line = (point.y() + self.verticalOffset()) // self._tile.height()
        number = line * self.columns() + column
        if point.x() < 0 or column >= self.columns() or not 0 <= number < self.count():
            return QModelIndex()
        return self.model().index(number, 0)

    @override
    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a tile into sight with as little movement as possible."""
        if not index.isValid():
            return
        rect, bar, height = (
            self.visualRect(index),
            self.verticalScrollBar(),
            self.viewport().height(),
        )
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - height // 2)
        elif rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= height:
            bar.setValue(bar.value() + min(rect.top(), rect.bottom() - height + 1))

    @override
    def moveCursor(
        self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where a key leads to; the ends of the list are its ends."""
        count, current, columns = self.count(), self.currentIndex().row(), self.columns()
        if not count:
            return QModelIndex()
        if current < 0:
            return self.model().index(0, 0)
        page = max(1, self.viewport().height() // self._tile.height()) * columns
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -columns,
            _Move.MoveDown: columns,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -count,
            _Move.MoveEnd: count,
        }
        wanted = current + steps[cursorAction]
        # Up in the first line and down in the last lead nowhere; a page leads to the end.
        if cursorAction in (_Move.MoveUp, _Move.MoveDown) and not 0 <= wanted < count:
            wanted = current
        return self.model().index(max(0, min(count - 1, wanted)), 0)

    @override
    def horizontalOffset(self) -> int:
        """Always 0: tiles fill the width."""
        return 0

    @override
    def verticalOffset(self) -> int:
        """How far it is scrolled down, in pixels."""
        return self.verticalScrollBar().value()

    @override
    def isIndexHidden(self, index: Index) -> bool:
        """No tile is hidden."""
        return False

    @override
    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select the tile at the corner of ``rect``: only one at a time is selected."""
        self.selectionModel().select(self.indexAt(rect.topLeft()), command)

    @override
    def visualRegionForSelection(self, selection: object) -> QRegion:
        """What has to be drawn anew when the selection changes."""
        region = QRegion()
        for index in self.selectionModel().selectedIndexes():
            region += self.visualRect(index)
        return QRegion(self.viewport().rect()) if region.isEmpty() else region

    @override
    def updateGeometries(self) -> None:
        """Fit the scroll bar to the number of tiles."""
        super().updateGeometries()
        lines = -(-self.count() // self.columns())
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, lines * self._tile.height() - height))
        bar.setPageStep(height)
        bar.setSingleStep(max(1, self._tile.height() // 3))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.updateGeometries()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles in sight with the delegate."""
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain, current = option.state, self.currentIndex().row()
        hovered, focused = self._hovered(), self.hasFocus()
        for number in self.visible_rows():
            index = self.model().index(number, 0)
            option.rect = self.visualRect(index)
            if not event.region().intersects(option.rect):
                continue
            option.state = plain
            if self.selectionModel().isSelected(index) or (number == current and focused):
                option.state |= QStyle.StateFlag.State_Selected
            if number == hovered:
                option.state |= QStyle.StateFlag.State_MouseOver
            self.itemDelegate().paint(painter, option, index)
        painter.end()

    def _hovered(self) -> int:
        if not self.viewport().underMouse():
            return -1
        return self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row()
