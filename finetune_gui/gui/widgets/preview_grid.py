"""Square pictures in as few rows as make them large, each with a caption in its corner."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, current_theme, font, on_theme

_SMALLEST = 64
_CAPTION_HEIGHT = 18
_STALE_OPACITY = 0.45


def picture_from(width: int, height: int, rgb: bytes) -> QImage:
    """A picture from RGB bytes, row by row without padding, as jobs give it."""
    return QImage(rgb, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def best_columns(n: int, room: QSize, gap: int) -> tuple[int, int]:
    """(columns, side): how to lay out ``n`` squares in ``room`` so that they are largest."""
    best = (1, 0)
    for columns in range(1, max(1, n) + 1):
        rows = -(-n // columns)
        wide = (room.width() - (columns - 1) * gap) // columns
        high = (room.height() - (rows - 1) * gap) // max(1, rows)
        if min(wide, high) > best[1]:
            best = (columns, min(wide, high))
    return best


class PreviewGrid(QWidget):
    """Shows ``pictures``, scaled to fit. Nothing can be done with them but looking.

    Before there are any, ``placeholders`` empty squares stand in their place.
    """

    def __init__(self, name: str, placeholders: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(_SMALLEST, _SMALLEST)
        self.pictures: tuple[QImage, ...] = ()
        self._captions: tuple[str, ...] = ()
        self._placeholders = placeholders
        self._stale = False
        self._scaled: dict[tuple[int, int], QPixmap] = {}
        on_theme(self, self.update)

    def show_pictures(self, pictures: Sequence[QImage], captions: Sequence[str] = ()) -> None:
        """Show these; ``captions`` is empty or has one for each."""
        self.pictures = tuple(pictures)
        self._captions = tuple(captions)
        self._scaled.clear()
        self._stale = False
        self.update()

    def set_captions(self, captions: Sequence[str]) -> None:
        """Show other words with the same pictures."""
        self._captions = tuple(captions)
        self.update()

    def set_placeholders(self, n: int) -> None:
        """How many squares to show while there are no pictures."""
        self._placeholders = n
        self.update()

    def clear(self) -> None:
        """Show empty squares again."""
        self.show_pictures(())

    def set_stale(self, stale: bool) -> None:
        """Pale pictures: new ones are being made."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    @property
    def is_stale(self) -> bool:
        """Whether the pictures are shown pale."""
        return self._stale

    def cells(self) -> list[QRect]:
        """Where each picture is, in the coordinates of the widget."""
        n = len(self.pictures) or self._placeholders
        columns, side = best_columns(n, self.size(), SPACE.s)
        step = side + SPACE.s
        return [
            QRect(QPoint(i % columns * step, i // columns * step), QSize(side, side))
            for i in range(n)
        ]

    @override
    def sizeHint(self) -> QSize:
        """Some room; it takes all there is."""
        return QSize(320, 320)

    @override
    def heightForWidth(self, width: int) -> int:
        """A single picture is square."""
        return width

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pictures, or the empty squares."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, cell in enumerate(self.cells()):
            outline = QPainterPath()
            outline.addRoundedRect(QRectF(cell), RADIUS.control, RADIUS.control)
            painter.fillPath(outline, theme.color("raised"))
            if index >= len(self.pictures):
                continue
            painter.save()
            painter.setClipPath(outline)
            painter.setOpacity(_STALE_OPACITY if self._stale else 1.0)
            painter.drawPixmap(cell.topLeft(), self._picture(index, cell.width()))
            painter.restore()
            if index < len(self._captions):
                self._draw_caption(painter, cell, self._captions[index])
        painter.end()

    def _picture(self, index: int, side: int) -> QPixmap:
        """A picture scaled for the screen, kept until the pictures or the size change."""
        ratio = self.devicePixelRatioF()
        key = (index, round(side * ratio))
        if key not in self._scaled:
            smooth = Qt.TransformationMode.SmoothTransformation
            keep = Qt.AspectRatioMode.IgnoreAspectRatio
            scaled = self.pictures[index].scaled(key[1], key[1], keep, smooth)
            pixmap = QPixmap.fromImage(scaled)
            pixmap.setDevicePixelRatio(ratio)
            self._scaled = {k: p for k, p in self._scaled.items() if k[1] == key[1]}
            self._scaled[key] = pixmap
        return self._scaled[key]

    def _draw_caption(self, painter: QPainter, cell: QRect, text: str) -> None:
        theme = current_theme()
        letters = font(TYPE.caption)
        wide = QFontMetrics(letters).horizontalAdvance(text) + SPACE.m
        if wide > cell.width() - SPACE.m:
            return
        top = cell.bottom() - _CAPTION_HEIGHT - SPACE.xs
        box = QRect(cell.left() + SPACE.xs + 2, top, wide, _CAPTION_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("scrim"))
        painter.drawRoundedRect(box, RADIUS.control - 3, RADIUS.control - 3)
        painter.setFont(letters)
        painter.setPen(QPen(theme.color("on_scrim")))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
