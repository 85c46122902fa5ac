"""The confusion matrix: rows are what the photos are, columns what the model said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.theme import SPACE, TYPE, current_theme, font, on_theme
from finetune_gui.gui.widgets.matrix_cells import Cell, MatrixCells, Mode, cell_colors
from finetune_gui.gui.widgets.matrix_layout import MatrixLayout, lay_out

_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ConfusionMatrix(QAbstractScrollArea):
    """Counts or shares in a grid, with the names of the classes always in view.

    ``cell_clicked`` carries (truth, guess), by click or Enter; ``left`` comes with Escape.
    ``described`` carries the sentence of the cell under the pointer or the cursor, empty when
    there is none. Arrow keys move the cursor, Home and End along its row.
    """

    cell_clicked = Signal(int, int)
    left = Signal()
    described = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # Without it the style draws a sunken corner between the two scroll bars.
        self.setCornerWidget(QWidget())
        self.viewport().setMouseTracking(True)
        bind(self, self.setAccessibleName, "evaluate-matrix")
        self._cells = MatrixCells((), ())
        self._mode: Mode = "counts"
        self._cursor: Cell = (0, 0)
        self._hovered: Cell | None = None
        self._pressed: Cell | None = None
        self._selected: Cell | None = None
        self._layout: MatrixLayout = lay_out((), "0", self.size(), font(TYPE.caption))
        on_theme(self, self.viewport().update)
        on_change(self, self._relay)

    # ---- what it shows

    def set_matrix(self, classes: Sequence[str], counts: Sequence[Sequence[int]]) -> None:
        """Show counts; ``counts[i][j]`` photos of class i were called class j."""
        self._cells = MatrixCells(tuple(classes), tuple(tuple(row) for row in counts))
        self._cursor, self._hovered, self._selected = (0, 0), None, None
        self._relay()

    def set_mode(self, mode: Mode) -> None:
        """Show counts, or per cent of each row ("truth") or of each column ("guess")."""
        self._mode = mode
        self._relay()

    @property
    def mode(self) -> Mode:
        """What the cells show."""
        return self._mode

    @property
    def cursor_cell(self) -> Cell:
        """The cell that the keyboard is on."""
        return self._cursor

    def select(self, cell: Cell | None) -> None:
        """Mark the cell whose photos are shown elsewhere."""
        self._selected = cell
        self.viewport().update()

    def sentence(self, cell: Cell) -> str:
        """The cell as a sentence, in the language now set."""
        return self._cells.sentence(cell, self._mode)

    # ---- geometry, in pixels of the viewport

    def cell_rect(self, cell: Cell) -> QRect:
        """Where a cell is now; it may lie outside what is in view."""
        return self._layout.cell_rect(cell, self._scrolled())

    def cell_at(self, point: QPoint) -> Cell | None:
        """The cell at a point in view."""
        return self._layout.cell_at(point, self._scrolled())

    @override
    def sizeHint(self) -> QSize:
        """Room for about ten classes."""
        return QSize(420, 380)

    @override
    def minimumSizeHint(self) -> QSize:
        """Below this it would be all names."""
        return QSize(220, 200)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells grow and shrink with the room; below their least size it scrolls."""
        super().resizeEvent(event)
        self._relay()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Names stay where they are, so everything is drawn again."""
        self.viewport().update()

    def _scrolled(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _relay(self) -> None:
        longest = self._cells.longest_text(self._mode)
        names = self._cells.classes
        self._layout = lay_out(names, longest, self.viewport().size(), font(TYPE.caption))
        hidden, room = self._layout.hidden, self._layout.room
        for bar, beyond, seen in (
            (self.horizontalScrollBar(), hidden.width(), room.width()),
            (self.verticalScrollBar(), hidden.height(), room.height()),
        ):
            bar.setRange(0, beyond)
            bar.setPageStep(seen)
            bar.setSingleStep(self._layout.side)
        self.viewport().update()

    def _bring_into_view(self, cell: Cell) -> None:
        rect, grid = self.cell_rect(cell), self._layout.grid
        for bar, low, high, start, end in (
            (self.horizontalScrollBar(), rect.left(), rect.right(), grid.left(), grid.right()),
            (self.verticalScrollBar(), rect.top(), rect.bottom(), grid.top(), grid.bottom()),
        ):
            if low < start:
                bar.setValue(bar.value() - (start - low))
            elif high > end:
                bar.setValue(bar.value() + high - end)

    # ---- pointer and keyboard

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        """Say what a cell or a name means when the pointer rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._explain(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> None:
        cell = self.cell_at(event.pos())
        if cell is not None:
            text, where = self.sentence(cell), self.cell_rect(cell)
        else:
            name = self._layout.name_at(event.pos(), self._scrolled())
            text = "" if name is None else self._cells.classes[name]
            where = self.viewport().rect()
        if text:
            QToolTip.showText(event.globalPos(), text, self.viewport(), where)
        else:
            QToolTip.hideText()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._hover(self.cell_at(event.position().toPoint()))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click begins."""
        self._pressed = self.cell_at(event.position().toPoint())
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that ends in the cell where it began chooses it."""
        cell = self.cell_at(event.position().toPoint())
        is_click = event.button() == Qt.MouseButton.LeftButton and cell == self._pressed
        if is_click and cell is not None:
            self._cursor = cell
            self.cell_clicked.emit(*cell)
            self.viewport().update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter chooses, Escape leaves the chosen cell."""
        key, n = Qt.Key(event.key()), len(self._cells.classes)
        if not n:
            super().keyPressEvent(event)
        elif key in _STEPS:
            down, right = _STEPS[key]
            self._move_to((self._cursor[0] + down, self._cursor[1] + right))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move_to((self._cursor[0], 0 if key == Qt.Key.Key_Home else n - 1))
        elif key in _CHOOSING:
            self.cell_clicked.emit(*self._cursor)
        elif key == Qt.Key.Key_Escape and self._selected is not None:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _move_to(self, cell: Cell) -> None:
        last = len(self._cells.classes) - 1
        self._cursor = (min(max(cell[0], 0), last), min(max(cell[1], 0), last))
        self._bring_into_view(self._cursor)
        self._describe(self._cursor)
        self.viewport().update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show and tell where the cursor is."""
        super().focusInEvent(event)
        if self._cells.classes and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._describe(self._cursor)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor."""
        super().focusOutEvent(event)
        self._describe(self._hovered)
        self.viewport().update()

    def _hover(self, cell: Cell | None) -> None:
        if cell == self._hovered:
            return
        self._hovered = cell
        pointing = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor if cell is None else pointing)
        self._describe(cell)
        self.viewport().update()

    def _describe(self, cell: Cell | None) -> None:
        text = "" if cell is None else self.sentence(cell)
        self.setAccessibleDescription(text)
        self.described.emit(text)

    # ---- drawing

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cells in view and the names beside them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._cells.classes:
            self._paint_cells(painter)
            self._paint_rows(painter)
            self._paint_columns(painter)
        painter.end()

    def _paint_cells(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self._layout.grid)
        painter.setFont(font(TYPE.body if self._layout.side >= 44 else TYPE.caption))
        rows, columns = self._layout.in_view(self._scrolled())
        for row in rows:
            for column in columns:
                self._paint_cell(painter, (row, column))
        painter.restore()

    def _paint_cell(self, painter: QPainter, cell: Cell) -> None:
        tokens = current_theme().tokens
        rect = QRectF(self.cell_rect(cell))
        text, ink = self._cells.text(cell, self._mode), QColor(tokens.muted)
        area = QColor(tokens.matrix_empty)
        if text:
            share = self._cells.share(cell, self._mode)
            colors = cell_colors(tokens, share, right=cell[0] == cell[1])
            area, ink = colors.area, colors.text
        radius = 6 if self._layout.side >= 36 else 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(area)
        painter.drawRoundedRect(rect, radius, radius)
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        ring = self._ring(cell)
        if ring is not None:
            painter.setPen(ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)

    def _ring(self, cell: Cell) -> QPen | None:
        tokens = current_theme().tokens
        if cell == self._selected or (self.hasFocus() and cell == self._cursor):
            return QPen(QColor(tokens.text), 2)
        return QPen(QColor(tokens.muted), 1) if cell == self._hovered else None

    def _paint_rows(self, painter: QPainter) -> None:
        painter.save()
        grid = self._layout.grid
        painter.setClipRect(QRect(0, grid.top(), grid.left(), grid.height()))
        for row in self._layout.in_view(self._scrolled())[0]:
            rect = self.cell_rect((row, 0))
            room = QRect(self._layout.left, rect.top(), self._layout.names, rect.height())
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, where, self._name(painter, row, room.width(), marked=0))
        painter.restore()

    def _paint_columns(self, painter: QPainter) -> None:
        painter.save()
        grid, slant = self._layout.grid, self._layout.slanted
        painter.setClipRect(QRect(0, grid.bottom(), grid.right() + 1, self._layout.foot + 1))
        for column in self._layout.in_view(self._scrolled())[1]:
            rect = self.cell_rect((0, column))
            middle = QPointF(rect.center().x() + 1, grid.bottom() + SPACE.s)
            if rect.center().x() < grid.left():
                continue
            if slant:
                self._paint_slanted(painter, column, middle)
            else:
                room = QRect(rect.left(), round(middle.y()), rect.width(), self._layout.foot)
                where = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
                painter.drawText(room, where, self._name(painter, column, rect.width(), marked=1))
        painter.restore()

    def _paint_slanted(self, painter: QPainter, column: int, end: QPointF) -> None:
        painter.save()
        painter.translate(end)
        painter.rotate(-45)
        length, height = self._layout.foot_name, QFontMetrics(font(TYPE.caption)).height()
        text = self._name(painter, column, length, marked=1)
        room = QRectF(-length, -height / 2, length, height)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _name(self, painter: QPainter, index: int, width: int, *, marked: int) -> str:
        """The name as it fits; bold and dark where the pointer or the cursor is."""
        focus = self._hovered or (self._cursor if self.hasFocus() else self._selected)
        is_marked = focus is not None and focus[marked] == index
        chosen = font(TYPE.caption)
        painter.setFont(chosen)
        painter.setPen(current_theme().color("text" if is_marked else "muted"))
        metrics = QFontMetrics(chosen)
        return metrics.elidedText(self._cells.classes[index], Qt.TextElideMode.ElideMiddle, width)
