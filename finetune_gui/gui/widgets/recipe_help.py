"""The explanation of a field, in a small sheet beside it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.gui.theme import RADIUS, SPACE, current_theme
from finetune_gui.gui.widgets.basic import text_label

_WIDTH = 340


class HelpSheet(QFrame):
    """Shows a heading, an explanation and facts; Escape or a click elsewhere closes it."""

    def __init__(self, heading: str, text: str, facts: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("helpSheet")
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.heading = text_label(None, "heading", wrap=True)
        self.text = text_label(None, wrap=True)
        self.facts = text_label(None, "caption", wrap=True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        column.setSpacing(SPACE.s)
        said = ((self.heading, heading), (self.text, text), (self.facts, facts))
        for label, words in said:
            label.setText(words)
            column.addWidget(label)
        self.setFixedWidth(_WIDTH)

    def open_below(self, anchor: QWidget) -> None:
        """Show it below ``anchor``, or above where there is no room, always on the screen."""
        self.setFixedHeight(self._column.heightForWidth(_WIDTH))
        at = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
        room = anchor.screen().availableGeometry()
        top = at.bottom() + SPACE.xs
        if top + self.height() > room.bottom():
            top = at.top() - SPACE.xs - self.height()
        left = min(at.left(), room.right() - self.width())
        self.move(max(left, room.left()), max(top, room.top()))
        self.show()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """A card with round corners; the style sheet cannot draw those on a window."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("surface"))
        painter.setPen(QPen(theme.color("line_strong"), 1))
        inside = self.rect().adjusted(0, 0, -1, -1)
        painter.drawRoundedRect(inside, RADIUS.control, RADIUS.control)
        painter.end()
