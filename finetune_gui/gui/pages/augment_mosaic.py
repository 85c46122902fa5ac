"""Lays out the preview: the photo takes the room of two by two of its versions."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from finetune_gui.gui.pages.augment_photo import PhotoPanel
from finetune_gui.gui.theme import SPACE

_NARROW = 500  # below this width the photo stands above its versions
_LARGEST = 260  # most networks see 224 pixels: larger shows nothing more
_SMALLEST_PHOTO = 200
_MINIMUM = QSize(300, 320)
GAP = SPACE.s


def best_mosaic(n: int, room: QSize, words: int) -> tuple[int, int]:
    """(columns, side) for ``n`` versions beside a photo of twice their side.

    ``words`` is the height below the photo in pixels. The side is the largest that fits into
    ``room``; 0 where nothing fits.
    """
    best = (1, 0)
    below_photo = (room.height() - words - GAP) // 2
    for columns in range(1, n + 1):
        rows = -(-n // columns)
        wide = (room.width() - (columns + 1) * GAP) // (columns + 2)
        high = (room.height() - (rows - 1) * GAP) // rows
        side = min(wide, high, below_photo)
        if side > best[1]:
            best = (columns, side)
    return best


class Mosaic(QWidget):
    """A photo with its words, and beside it (or below, where it is narrow) its versions.

    It places them itself: a layout would not let the window become smaller than they are now.
    """

    def __init__(self, photo: PhotoPanel, versions: QWidget, count: int) -> None:
        super().__init__()
        self._photo, self._versions = photo, versions
        self._count = count
        photo.setParent(self)
        versions.setParent(self)
        self.setMinimumSize(_MINIMUM)

    def set_count(self, count: int) -> None:
        """Make room for so many versions."""
        if count != self._count:
            self._count = count
            self._place()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit all into the new size."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        area = self.rect()
        if self.width() < _NARROW:
            height = self._photo.stand_above()
            self._photo.setGeometry(0, 0, area.width(), height)
            self._versions.setGeometry(area.adjusted(0, height + SPACE.m, 0, 0))
            return
        _, side = best_mosaic(self._count, self.size(), self._photo.words_height)
        width = max(_SMALLEST_PHOTO, 2 * min(side, _LARGEST) + GAP)
        self._photo.stand_beside(width)
        self._photo.setGeometry(0, 0, width, area.height())
        self._versions.setGeometry(area.adjusted(width + GAP, 0, 0, 0))
