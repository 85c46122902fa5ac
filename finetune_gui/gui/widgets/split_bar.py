"""How photos are divided into training, validation and test, as a bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.models.classes import SplitCounts, counts_in_words
from finetune_gui.gui.theme import Theme, current_theme

# The colour of each part; what is not divided yet looks like training.
PARTS = {"train": "accent", "unknown": "accent", "validation": "validation", "test": "disabled"}
_HEIGHT = 8


def paint_bar(
    painter: QPainter, theme: Theme, area: QRectF, counts: SplitCounts, share: float = 1.0
) -> None:
    """Draw a track with the parts side by side in its first ``share``; ends are round."""
    radius = area.height() / 2
    track = QPainterPath()
    track.addRoundedRect(area, radius, radius)
    painter.fillPath(track, theme.color("raised"))
    filled = QPainterPath()
    width = max(area.height(), area.width() * share)
    filled.addRoundedRect(QRectF(area.x(), area.y(), width, area.height()), radius, radius)
    left = area.x()
    for part, color in PARTS.items():
        length = width * getattr(counts, part) / max(1, counts.total)
        piece = QPainterPath()
        piece.addRect(QRectF(left, area.y(), length, area.height()))
        painter.fillPath(filled & piece, theme.color(color))
        left += length


class SplitBar(QWidget):
    """One bar over the whole width, with its numbers as tooltip and description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("split-bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = current_theme()
        self._counts = SplitCounts()
        on_change(self, self._describe)
        follow(self, self._theme.changed, self.update)

    def set_counts(self, counts: SplitCounts) -> None:
        """Show other numbers."""
        self._counts = counts
        self._describe()
        self.update()

    def _describe(self) -> None:
        words = counts_in_words(self._counts)
        self.setToolTip(words)
        self.setAccessibleName(words)

    @override
    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(120, _HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        paint_bar(painter, self._theme, QRectF(self.rect()), self._counts)
        painter.end()


class Swatch(QWidget):
    """A dot in the colour of a part, for a legend."""

    def __init__(self, color: str, parent: QWidget | None = None) -> None:
        """``color`` is a token's name."""
        super().__init__(parent)
        self._color = color
        self.setFixedSize(_HEIGHT, _HEIGHT)
        follow(self, current_theme().changed, self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().color(self._color))
        painter.drawEllipse(self.rect())
        painter.end()
