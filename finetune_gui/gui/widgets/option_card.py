"""A card that is one of several choices: a radio button with room for more about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.gui.theme import RADIUS, SPACE, current_theme, on_theme


class OptionCard(QFrame):
    """``radio`` is the choice itself; a click anywhere on the card chooses it.

    ``top`` is the line of the radio button, ``box`` takes what stands below.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.radio = QRadioButton(self)
        self.radio.setObjectName(name)
        self.radio.setProperty("role", "option")
        self.radio.toggled.connect(lambda _on: self.update())
        self.radio.installEventFilter(self)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        self.box.setSpacing(SPACE.xs)
        self.top = QHBoxLayout()
        self.top.setSpacing(SPACE.s)
        self.top.addWidget(self.radio)
        self.box.addLayout(self.top)
        on_theme(self, self.update)

    @property
    def is_chosen(self) -> bool:
        """Whether this is the one."""
        return self.radio.isChecked()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the card is one on its radio button."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.radio.click()

    @override
    def enterEvent(self, event: QEvent) -> None:
        """Show that it can be clicked."""
        self.update()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        """Look as before."""
        self.update()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The card shows the focus of its radio button."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """A border, in the accent while it is chosen and thicker with the focus."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, focused = self.is_chosen, self.radio.hasFocus()
        fill = "accent_wash" if chosen else "raised" if self.underMouse() else "surface"
        width = 2.0 if focused else 1.0
        painter.setBrush(theme.color(fill))
        painter.setPen(QPen(theme.color("accent" if chosen or focused else "line"), width))
        area = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(area, RADIUS.control, RADIUS.control)
        painter.end()
