"""The likeliest classes of a photo as bars."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.percent import percent_text, whole_percent
from finetune_gui.gui.theme import SPACE, TYPE, current_theme, font, on_theme

MOST_BARS = 5
_LINE = 24
_BAR = 8
_PERCENT_WIDTH = 52
_MOST_NAME = 200


class ProbabilityBars(QWidget):
    """Up to five classes, the likeliest first: name, bar, per cent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probability-bars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shown: list[tuple[str, float]] = []
        bind(self, self.setAccessibleName, "predict-bars")
        on_theme(self, self.update)
        on_change(self, self._describe)

    @property
    def shown(self) -> list[tuple[str, float]]:
        """The classes that are shown with their probability in [0, 1]."""
        return list(self._shown)

    def set_probabilities(self, by_class: Mapping[str, float]) -> None:
        """Show the likeliest of these; probabilities in [0, 1]."""
        self._shown = sorted(by_class.items(), key=lambda pair: -pair[1])[:MOST_BARS]
        self._describe()
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        """A line for each class."""
        return QSize(280, _LINE * len(self._shown))

    @override
    def minimumSizeHint(self) -> QSize:
        """Names and bars can become short; lines cannot become low."""
        return QSize(160, _LINE * len(self._shown))

    def _describe(self) -> None:
        lines = [f"{name} {_percent(share)}" for name, share in self._shown]
        self.setAccessibleDescription(", ".join(lines))
        self.setToolTip("\n".join(lines))
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = self._names_width()
        for n, (name, share) in enumerate(self._shown):
            line = QRect(0, n * _LINE, self.width(), _LINE)
            painter.setFont(_font(first=n == 0))
            painter.setPen(current_theme().color("text" if n == 0 else "muted"))
            self._draw_words(painter, line, names, name, share)
            bar = line.adjusted(names + SPACE.m, 0, -_PERCENT_WIDTH - SPACE.s, 0)
            self._draw_bar(painter, bar, share, first=n == 0)
        painter.end()

    def _names_width(self) -> int:
        metrics = QFontMetrics(_font(first=True))
        widest = max((metrics.horizontalAdvance(name) for name, _ in self._shown), default=0)
        return min(widest + 1, _MOST_NAME, self.width() // 2)

    @staticmethod
    def _draw_words(painter: QPainter, line: QRect, names: int, name: str, share: float) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, names)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, shown)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, _percent(share))

    @staticmethod
    def _draw_bar(painter: QPainter, room: QRect, share: float, *, first: bool) -> None:
        theme, radius = current_theme(), _BAR / 2
        track = QRectF(room.left(), room.center().y() - radius + 1, room.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(track, radius, radius)
        filled = QRectF(track)
        filled.setWidth(max(track.width() * share, _BAR if share >= 0.005 else 0))
        painter.setBrush(theme.color("accent" if first else "line_strong"))
        painter.drawRoundedRect(filled, radius, radius)


def _percent(share: float) -> str:
    return percent_text(whole_percent(share))


def _font(*, first: bool) -> QFont:
    return font(TYPE.body, QFont.Weight.DemiBold if first else QFont.Weight.Normal)
