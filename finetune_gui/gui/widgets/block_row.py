"""A network as a row of blocks: the frozen ones, the learning ones, and the head."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.icons import pixmap
from finetune_gui.gui.theme import current_theme, on_theme

BLOCKS = 6  # drawn for any network: a picture of an idea, not of an architecture
_WIDTH, _HEIGHT, _GAP = 16, 16, 4
_HEAD_WIDTH = 24
_ICON = 12
_CORNER = 4


class BlockRow(QWidget):
    """``frozen`` of `BLOCKS` blocks from the input on are frozen; the head always learns."""

    def __init__(self, frozen: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frozen = frozen
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        on_theme(self, self.update)
        on_change(self, self._retranslate)
        self._retranslate()

    def _retranslate(self) -> None:
        total = BLOCKS + 1
        self.setAccessibleName(tr("model-freeze-picture", frozen=self.frozen, total=total))

    @override
    def sizeHint(self) -> QSize:
        """All blocks and the head."""
        return QSize(BLOCKS * (_WIDTH + _GAP) + _HEAD_WIDTH + 2, _HEIGHT + 2)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Blocks on a line, from the input on the left to the head on the right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(QPen(current_theme().color("line_strong"), 1))
        painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
        for index in range(BLOCKS):
            area = QRectF(1 + index * (_WIDTH + _GAP), middle - _HEIGHT / 2, _WIDTH, _HEIGHT)
            draw_block(painter, area, self.devicePixelRatioF(), frozen=index < self.frozen)
        left = 1 + BLOCKS * (_WIDTH + _GAP)
        head = QRectF(left, middle - _HEIGHT / 2, _HEAD_WIDTH, _HEIGHT)
        draw_block(painter, head, self.devicePixelRatioF(), frozen=False, corner=_HEIGHT / 2)
        painter.end()


class BlockSample(QWidget):
    """A single block for the legend."""

    def __init__(self, *, frozen: bool, head: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frozen, self._head = frozen, head
        self.setFixedSize(_HEAD_WIDTH if head else _WIDTH, _HEIGHT)
        on_theme(self, self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """The block, as it is drawn in a row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        corner = area.height() / 2 if self._head else _CORNER
        ratio = self.devicePixelRatioF()
        draw_block(painter, area, ratio, frozen=self._frozen, corner=corner)
        painter.end()


def draw_block(
    painter: QPainter, area: QRectF, ratio: float, *, frozen: bool, corner: float = _CORNER
) -> None:
    """One block; a frozen one is grey with a snowflake. ``ratio``: the screen's."""
    theme = current_theme()
    painter.setPen(QPen(theme.color("line_strong" if frozen else "accent"), 1))
    painter.setBrush(theme.color("raised" if frozen else "accent"))
    painter.drawRoundedRect(area, corner, corner)
    if frozen:
        corner_of_icon = area.center() - QPointF(_ICON / 2, _ICON / 2)
        painter.drawPixmap(corner_of_icon, pixmap("snowflake", "muted", _ICON, ratio))
    painter.setBrush(Qt.BrushStyle.NoBrush)
