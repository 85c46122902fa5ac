"""An on/off switch in the colours of the theme."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QWidget
from typing_extensions import override

from finetune_gui.gui.theme import current_theme, on_theme

WIDTH, HEIGHT = 32, 18
_EDGE = 3  # room for the ring that shows the focus
_GAP = 3  # between the groove and the knob
_MILLISECONDS = 120


class Switch(QCheckBox):
    """Like a check box without a text, in looks a switch that slides.

    Space toggles it. A name for those who cannot see it comes from `setAccessibleName`.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._place = 0.0
        self._slide = QVariantAnimation(self)
        self._slide.valueChanged.connect(self._move)
        self.toggled.connect(self._start)
        on_theme(self, self.update)

    @property
    def place(self) -> float:
        """Where the knob is drawn: 0 off, 1 on."""
        return self._place

    @override
    def sizeHint(self) -> QSize:
        """The groove and the ring around it."""
        return QSize(WIDTH + 2 * _EDGE, HEIGHT + 2 * _EDGE)

    @override
    def minimumSizeHint(self) -> QSize:
        """It never shrinks."""
        return self.sizeHint()

    @override
    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, knob, and a ring while it has the keyboard's focus."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        groove = QRectF(_EDGE, (self.height() - HEIGHT) / 2, WIDTH, HEIGHT)
        if self.hasFocus():
            ring = groove.adjusted(-2, -2, 2, 2)
            painter.setPen(QPen(theme.color("accent"), 1.5))
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        groove_color, knob_color = self._colors()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(groove_color))
        painter.drawRoundedRect(groove, HEIGHT / 2, HEIGHT / 2)
        side = HEIGHT - 2 * _GAP
        left = groove.left() + _GAP + self._place * (WIDTH - 2 * _GAP - side)
        painter.setBrush(theme.color(knob_color))
        painter.drawEllipse(QRectF(left, groove.top() + _GAP, side, side))
        painter.end()

    def _colors(self) -> tuple[str, str]:
        """The tokens of groove and knob."""
        if not self.isEnabled():
            return "line", "disabled" if self.isChecked() else "surface"
        if self.isChecked():
            return "accent", "on_accent"
        return "disabled", "surface"

    def _start(self, on: bool) -> None:
        target = 1.0 if on else 0.0
        hint = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self)
        # A style that says 0 stands for a user who asked for less motion.
        self._slide.stop()
        if hint <= 0 or not self.isVisible():
            self._move(target)
            return
        self._slide.setDuration(min(hint, _MILLISECONDS))
        self._slide.setStartValue(self._place)
        self._slide.setEndValue(target)
        self._slide.start()

    def _move(self, place: float) -> None:
        self._place = place
        self.update()
