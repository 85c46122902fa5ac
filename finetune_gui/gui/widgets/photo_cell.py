"""Draws one photo of a grid."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from finetune_gui.gui import icons
from finetune_gui.gui.models.photos import PHOTO_ROLE, GridPhoto
from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, Theme, font
from finetune_gui.gui.widgets.thumbnail_loader import ThumbnailKey, ThumbnailLoader, corner_radius

GAP = SPACE.s
_RING = 2
_BADGE_INSET = 6
_LINE = 18
# Larger than the style's radius would look round on a badge of this height.
_BADGE_RADIUS = 6


class PhotoCell(QStyledItemDelegate):
    """A rounded picture with a badge, or with two lines below it; a ring when it is chosen.

    A cell is a picture's square with half a gap on every side, so that cells tile the grid.
    """

    def __init__(self, loader: ThumbnailLoader, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._loader = loader
        self._theme = theme
        self._words_below = False
        self._cell = QSize(128, 128)

    def set_cell(self, cell: QSize, words_below: bool) -> None:
        """The size of all cells, and where the words stand."""
        self._cell = cell
        self._words_below = words_below

    @staticmethod
    def height_for(width: int, words_below: bool) -> int:
        """The height of a cell of ``width``."""
        return width + (2 * _LINE + SPACE.s if words_below else 0)

    def key(self, photo: GridPhoto, ratio: float) -> ThumbnailKey:
        """What the loader is asked for on a screen with ``ratio`` device pixels a pixel."""
        side = round((self._cell.width() - GAP) * ratio)
        return ThumbnailKey(photo.path, side, corner_radius(ratio))

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The same for all."""
        return self._cell

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell."""
        photo: GridPhoto = index.data(PHOTO_ROLE)
        cell: QRect = option.rect
        side = cell.width() - GAP
        square = QRect(cell.x() + GAP // 2, cell.y() + GAP // 2, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_picture(painter, square, photo)
        if self._words_below:
            self._draw_words(painter, square, photo)
        elif photo.caption:
            self._draw_badge(painter, square, photo.caption)
        self._draw_ring(painter, square, option.state)
        painter.restore()

    def _draw_picture(self, painter: QPainter, square: QRect, photo: GridPhoto) -> None:
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        picture = self._loader.picture(self.key(photo, ratio))
        if picture is not None:
            painter.drawPixmap(square, picture)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(square, RADIUS.control, RADIUS.control)
        if self._loader.problem(photo.path):
            self._draw_placeholder(painter, square, ratio)

    def _draw_placeholder(self, painter: QPainter, square: QRect, ratio: float) -> None:
        size = 20
        picture = icons.pixmap("image-off", "muted", size, ratio)
        corner = square.center() - QRect(0, 0, size, size).center()
        painter.drawPixmap(corner, picture)

    def _draw_badge(self, painter: QPainter, square: QRect, caption: str) -> None:
        painter.setFont(font(TYPE.caption))
        metrics = QFontMetrics(painter.font())
        room = square.width() - 2 * _BADGE_INSET - 2 * _BADGE_INSET
        text = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(text) + 2 * _BADGE_INSET
        badge = QRect(square.left() + _BADGE_INSET, 0, width, _LINE)
        badge.moveBottom(square.bottom() - _BADGE_INSET)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.scrim))
        painter.drawRoundedRect(badge, _BADGE_RADIUS, _BADGE_RADIUS)
        painter.setPen(self._theme.color("on_scrim"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_words(self, painter: QPainter, square: QRect, photo: GridPhoto) -> None:
        line = QRect(square.left(), square.bottom() + SPACE.xs, square.width(), _LINE)
        token = f"{photo.tone}_text" if photo.tone else "text"
        weight = QFont.Weight.Medium
        self._draw_line(painter, line, photo.caption, token, weight)
        line.translate(0, _LINE)
        self._draw_line(painter, line, photo.note, "muted", QFont.Weight.Normal)

    def _draw_line(
        self, painter: QPainter, line: QRect, text: str, token: str, weight: QFont.Weight
    ) -> None:
        painter.setFont(font(12, weight))
        metrics = QFontMetrics(painter.font())
        painter.setPen(self._theme.color(token))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_ring(self, painter: QPainter, square: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if not (selected or hovered):
            return
        token = "accent" if selected else "line_strong"
        painter.setPen(QPen(self._theme.color(token), _RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QRectF(square).adjusted(-_RING, -_RING, _RING, _RING)
        painter.drawRoundedRect(ring, RADIUS.control + _RING, RADIUS.control + _RING)
