"""Where the cells and names of a confusion matrix lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFont, QFontMetrics

from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.matrix_cells import Cell

_LEAST_SIDE = 26
_MOST_SIDE = 96
_GAP = 2
_MOST_NAME = 150
_MOST_FOOT_NAME = 110
_SLANT = math.sqrt(0.5)


@dataclass(frozen=True)
class MatrixLayout:
    """Everything in pixels of the viewport.

    ``side`` is that of a square cell with its gap. ``left`` and ``names`` are where the names of
    the rows begin and how wide they may be; ``grid`` is the area of the cells in view; ``foot`` is
    the height of the names below it, each up to ``foot_name`` long and perhaps ``slanted``.
    """

    n: int
    side: int
    left: int
    names: int
    grid: QRect
    foot: int
    foot_name: int
    slanted: bool

    @property
    def room(self) -> QSize:
        """How much of the cells is in view."""
        return self.grid.size()

    @property
    def hidden(self) -> QSize:
        """How much of the cells is out of view."""
        whole = self.n * self.side
        return QSize(max(0, whole - self.grid.width()), max(0, whole - self.grid.height()))

    def cell_rect(self, cell: Cell, scrolled: QPoint) -> QRect:
        """The area of a cell."""
        x = self.grid.left() + cell[1] * self.side - scrolled.x()
        y = self.grid.top() + cell[0] * self.side - scrolled.y()
        return QRect(x, y, self.side - _GAP, self.side - _GAP)

    def cell_at(self, point: QPoint, scrolled: QPoint) -> Cell | None:
        """The cell at a point; None beside the cells."""
        if not self.grid.contains(point):
            return None
        inside = point - self.grid.topLeft() + scrolled
        cell = (inside.y() // self.side, inside.x() // self.side)
        return cell if max(cell) < self.n else None

    def name_at(self, point: QPoint, scrolled: QPoint) -> int | None:
        """The class whose name stands at a point, beside or (upright names) below the cells."""
        if not self.n:
            return None
        x, y = point.x(), point.y()
        if self.grid.top() <= y <= self.grid.bottom() and x < self.grid.left():
            index = (y - self.grid.top() + scrolled.y()) // self.side
        elif y > self.grid.bottom() and self.grid.left() <= x <= self.grid.right():
            down = y - self.grid.bottom() - SPACE.s if self.slanted else 0
            index = (x + down - self.grid.left() + scrolled.x()) // self.side
        else:
            return None
        return index if index < self.n else None

    def in_view(self, scrolled: QPoint) -> tuple[range, range]:
        """The rows and columns of which at least a part is in view."""
        down, right = scrolled.y(), scrolled.x()
        height, width = self.grid.height(), self.grid.width()
        rows = range(down // self.side, min(self.n, (down + height - 1) // self.side + 1))
        columns = range(right // self.side, min(self.n, (right + width - 1) // self.side + 1))
        return rows, columns


def lay_out(
    classes: Sequence[str], longest_text: str, viewport: QSize, type_: QFont
) -> MatrixLayout:
    """Find the largest cells that fit; below the least size that can be read they scroll.

    ``longest_text`` is the widest text of a cell; ``type_`` the font of all names.
    """
    metrics = QFontMetrics(type_)
    widest = max((metrics.horizontalAdvance(name) for name in classes), default=0) + 2
    names = min(widest, _MOST_NAME, max(40, viewport.width() // 3))
    width = max(1, viewport.width() - names - SPACE.s)
    least = max(_LEAST_SIDE, metrics.horizontalAdvance(longest_text) + SPACE.s + _GAP)
    n = max(1, len(classes))

    def side_with(foot: int) -> int:
        fits = min(width, viewport.height() - foot) // n
        return min(max(fits, least), _MOST_SIDE)

    upright = metrics.height() + SPACE.s + 2
    foot_name = min(widest, _MOST_FOOT_NAME)
    slanting = math.ceil((foot_name + metrics.height()) * _SLANT) + SPACE.s
    slanted = widest > side_with(upright) - _GAP
    foot = slanting if slanted else upright
    side = side_with(foot)
    whole = len(classes) * side
    seen = QSize(min(whole, width), max(1, min(whole, viewport.height() - foot)))
    left = max(0, (viewport.width() - names - SPACE.s - seen.width()) // 2)
    grid = QRect(QPoint(left + names + SPACE.s, 0), seen)
    return MatrixLayout(len(classes), side, left, names, grid, foot, foot_name, slanted)
