"""What stands beside the curves of a plot: the legend, and the values under the cross-hair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.theme import SPACE, current_theme, on_theme
from finetune_gui.gui.widgets.basic import text_label

Look = Literal["thin", "solid", "dashed", "points"]

_THIN_ALPHA = 110
_SAMPLE = QSize(18, 12)
_AWAY = 14  # between the cross-hair and its values, in pixels


@dataclass(frozen=True)
class Curve:
    """How one curve looks.

    ``name`` is its column in tables (``val_loss``), ``label`` a message key, ``color`` a token,
    ``short`` the message key for the legend where that should be shorter. A ``thin`` curve is the
    restless background of a ``solid`` one and has no place in the legend; ``points`` are not
    joined. ``text`` is shown in
    place of the message where the user named what is drawn.
    """

    name: str
    label: str
    color: str
    look: Look = "solid"
    short: str = ""
    text: str = ""


def curve_pen(curve: Curve) -> QPen:
    """The pen for a curve in the theme now on."""
    if curve.look == "points":
        return QPen(Qt.PenStyle.NoPen)
    color = QColor(current_theme().color(curve.color))
    if curve.look == "thin":
        color.setAlpha(_THIN_ALPHA)
    pen = QPen(color, 1.0 if curve.look == "thin" else 2.0)
    if curve.look == "dashed":
        pen.setDashPattern([4, 2])
    return pen


class CurveSample(QWidget):
    """A short piece of a curve."""

    def __init__(self, curve: Curve) -> None:
        super().__init__()
        self._curve = curve
        self.setFixedSize(_SAMPLE)
        on_theme(self, self.update)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """A line across the middle, or a point."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(curve_pen(self._curve))
        middle = self.height() / 2
        if self._curve.look == "points":
            painter.setBrush(current_theme().color(self._curve.color))
            painter.drawEllipse(QPointF(self.width() / 2, middle), 3, 3)
        else:
            painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
        painter.end()


class Legend(QWidget):
    """The names of the curves with a piece of each."""

    def __init__(self, curves: Sequence[Curve]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.m)
        for curve in curves:
            if curve.look == "thin":
                continue
            pair = QHBoxLayout()
            pair.setSpacing(6)
            pair.addWidget(CurveSample(curve))
            name = text_label(None if curve.text else curve.short or curve.label, "muted")
            if curve.text:
                name.setText(curve.text)
            pair.addWidget(name)
            row.addLayout(pair)


class Readout(QLabel):
    """The values of all curves at one x, in a small sheet that keeps clear of the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._area = parent
        self.setObjectName("readout")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(SPACE.s, SPACE.xs, SPACE.s, SPACE.xs)
        self.hide()

    def show_values(self, heading: str, rows: Sequence[tuple[Curve, str]], x: int) -> None:
        """Show ``heading`` and a row for each curve beside the pixel column ``x``."""
        lines = [f"<b>{escape(heading)}</b>"]
        lines += [self._line(curve, value) for curve, value in rows]
        self.setText("<br>".join(lines))
        self.adjustSize()
        left = x + _AWAY
        if left + self.width() > self._area.width():
            left = x - _AWAY - self.width()
        self.move(max(0, left), SPACE.s)
        self.show()
        self.raise_()

    @staticmethod
    def _line(curve: Curve, value: str) -> str:
        color = current_theme().color(curve.color).name()
        mark = {"dashed": "╌", "points": "●"}.get(curve.look, "─")
        label = escape(curve.text or tr(curve.label))
        return f'<span style="color:{color}">{mark}</span> {label}&nbsp; <b>{escape(value)}</b>'

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """A card behind the text."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line_strong"))
        painter.setBrush(theme.color("surface"))
        inside: QRect = self.rect().adjusted(0, 0, -1, -1)
        painter.drawRoundedRect(inside, 6, 6)
        painter.end()
        super().paintEvent(event)
