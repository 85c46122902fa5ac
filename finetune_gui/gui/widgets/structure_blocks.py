"""How a stage of a network is drawn: as a block with two bars, or the photo before them all."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from typing_extensions import override

from finetune_gui.gui.icons import pixmap
from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, current_theme, font

WIDTH, HEIGHT = 176.0, 114.0
_EDGE = 12.0
_LINE = 16.0
_PILL_HEIGHT = 20.0
_BAR_HEIGHT = 5.0
_LABEL_WIDTH, _VALUE_WIDTH = 56.0, 42.0
_RING = 3.0
_ICON = 12


@dataclass(frozen=True)
class Bar:
    """A bar with its name and value. ``low`` to ``high``, both in [0, 1], is drawn paler."""

    label: str
    value: str
    low: float
    high: float
    color: str


@dataclass(frozen=True)
class BlockFace:
    """What a block shows, in the language now set.

    ``state`` is the word for ``frozen``; ``fixed``: it cannot be changed. ``described`` says all
    of it in one sentence.
    """

    title: str
    sight: str
    facts: str
    state: str
    frozen: bool
    fixed: bool
    bars: tuple[Bar, ...]
    described: str


class StageBlock(QGraphicsItem):
    """One stage. It is drawn; the view decides what a click on it means."""

    def __init__(self, face: BlockFace) -> None:
        super().__init__()
        self._face = face
        self.is_current = False
        self.has_ring = False
        self.setToolTip(face.described)

    @property
    def face(self) -> BlockFace:
        """What it shows."""
        return self._face

    def show_face(self, face: BlockFace) -> None:
        """Show something else."""
        if face != self._face:
            self._face = face
            self.setToolTip(face.described)
            self.update()

    def pill(self) -> QRectF:
        """Where its state is shown and changed by a click, in its own coordinates."""
        wide = QFontMetricsF(font(TYPE.caption)).horizontalAdvance(self._face.state)
        width = wide + _ICON + 5 * SPACE.xs
        return QRectF(WIDTH - _EDGE + 4 - width, 9, width, _PILL_HEIGHT)

    @override
    def boundingRect(self) -> QRectF:
        """The block and the ring around it."""
        return QRectF(-_RING - 1, -_RING - 1, WIDTH + 2 * _RING + 2, HEIGHT + 2 * _RING + 2)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw it in the colours of the theme."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_body(painter)
        self._draw_words(painter)
        self._draw_pill(painter, 1.0 if widget is None else widget.devicePixelRatioF())
        for number, bar in enumerate(self._face.bars):
            self._draw_bar(painter, bar, 73 + number * _LINE)

    def _draw_body(self, painter: QPainter) -> None:
        theme, face = current_theme(), self._face
        edge = "accent" if self.is_current else "line_strong" if face.frozen else "accent"
        width = 2.0 if self.is_current else 1.0
        painter.setBrush(theme.color("raised" if face.frozen else "accent_wash"))
        painter.setPen(QPen(theme.color(edge), width))
        area = QRectF(0, 0, WIDTH, HEIGHT).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(area, RADIUS.card, RADIUS.card)
        if self.has_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            ring = QRectF(-_RING, -_RING, WIDTH + 2 * _RING, HEIGHT + 2 * _RING)
            painter.drawRoundedRect(ring, RADIUS.card + 2, RADIUS.card + 2)

    def _draw_words(self, painter: QPainter) -> None:
        face = self._face
        room = self.pill().left() - _EDGE - SPACE.xs
        _write(painter, face.title, QRectF(_EDGE, 9, room, _PILL_HEIGHT), "text", _title_font())
        wide = WIDTH - 2 * _EDGE
        _write(painter, face.sight, QRectF(_EDGE, 34, wide, _LINE), "text", font(TYPE.caption))
        _write(painter, face.facts, QRectF(_EDGE, 51, wide, _LINE), "muted", font(TYPE.caption))

    def _draw_pill(self, painter: QPainter, ratio: float) -> None:
        theme, face, area = current_theme(), self._face, self.pill()
        color = "muted" if face.frozen else "accent_text"
        if not face.fixed:
            painter.setBrush(theme.color("surface"))
            painter.setPen(QPen(theme.color("line_strong" if face.frozen else "accent"), 1))
            painter.drawRoundedRect(area, _PILL_HEIGHT / 2, _PILL_HEIGHT / 2)
        place = QPointF(area.left() + 2 * SPACE.xs, area.top() + (_PILL_HEIGHT - _ICON) / 2)
        name = "snowflake" if face.frozen else "graduation-cap"
        painter.drawPixmap(place, pixmap(name, color, _ICON, max(2.0, ratio)))
        words = area.adjusted(3 * SPACE.xs + _ICON, 0, 0, 0)
        _write(painter, face.state, words, color, font(TYPE.caption))

    def _draw_bar(self, painter: QPainter, bar: Bar, top: float) -> None:
        theme, letters = current_theme(), font(TYPE.caption)
        _write(painter, bar.label, QRectF(_EDGE, top, _LABEL_WIDTH, _LINE), "muted", letters)
        left = _EDGE + _LABEL_WIDTH
        length = WIDTH - _EDGE - _VALUE_WIDTH - left
        track = QRectF(left, top + (_LINE - _BAR_HEIGHT) / 2, length, _BAR_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line" if self._face.frozen else "surface"))
        painter.drawRoundedRect(track, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.setBrush(theme.color(bar.color))
        for share, opacity in ((bar.high, 0.45 if bar.low < bar.high else 1.0), (bar.low, 1.0)):
            if share > 0:
                painter.setOpacity(opacity)
                filled = QRectF(track)
                filled.setWidth(max(_BAR_HEIGHT, length * share))
                painter.drawRoundedRect(filled, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.setOpacity(1.0)
        value = QRectF(WIDTH - _EDGE - _VALUE_WIDTH, top, _VALUE_WIDTH, _LINE)
        _write(painter, bar.value, value, "text", letters, Qt.AlignmentFlag.AlignRight)


class PhotoBlock(QGraphicsItem):
    """The photo that goes in. ``text`` stands in its place while there is none, and below it."""

    SIDE = HEIGHT - 22

    def __init__(self) -> None:
        super().__init__()
        self._picture: QImage | None = None
        self._text = ""

    def show_photo(self, picture: QImage | None, text: str) -> None:
        """Show another photo, or none."""
        self._picture, self._text = picture, text
        self.update()

    @override
    def boundingRect(self) -> QRectF:
        """The photo and its caption."""
        return QRectF(0, 0, self.SIDE, HEIGHT)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the photo, or an empty square."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(0.5, 0.5, self.SIDE - 1, self.SIDE - 1)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS.card, RADIUS.card)
        painter.fillPath(outline, theme.color("raised"))
        if self._picture is not None:
            painter.save()
            painter.setClipPath(outline)
            painter.drawImage(area, self._picture)
            painter.restore()
        else:
            icon = pixmap("image", "muted", 24, 2.0)
            painter.drawPixmap(area.center() - QPointF(12, 12), icon)
        below = QRectF(0, self.SIDE + 4, self.SIDE, _LINE)
        center = Qt.AlignmentFlag.AlignHCenter
        _write(painter, self._text, below, "muted", font(TYPE.caption), center)


def _write(
    painter: QPainter,
    text: str,
    area: QRectF,
    color: str,
    letters: QFont,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text, cut at its end where it does not fit."""
    mode = Qt.TextElideMode.ElideRight
    fitting = QFontMetricsF(letters).elidedText(text, mode, area.width() + 1)
    painter.setFont(letters)
    painter.setPen(QPen(current_theme().color(color)))
    painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter, fitting)


def _title_font() -> QFont:
    return font(TYPE.body, QFont.Weight.DemiBold)
