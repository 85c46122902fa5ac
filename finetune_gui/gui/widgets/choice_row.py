"""A row of choices of which one is on, drawn as one control with segments."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QWidget,
)
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, current_theme, font, on_theme

_HEIGHT = 26
_WELL = 3  # the edge of the well around the segments


class Segment(QRadioButton):
    """A radio button in looks a segment; the well around it belongs to the row."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        """Room for the text in the weight of the chosen one."""
        wide = QFontMetrics(_font(chosen=True)).horizontalAdvance(self.text())
        return QSize(wide + 2 * SPACE.s, _HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        """The text and a little air."""
        return self.sizeHint() - QSize(SPACE.s, 0)

    @override
    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised surface for the chosen one, and a ring for the focus."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked():
            painter.setBrush(theme.color("surface"))
            painter.setPen(QPen(theme.color("line_strong"), 1))
            painter.drawRoundedRect(area, RADIUS.control - 2, RADIUS.control - 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            inside = area.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inside, RADIUS.control - 3, RADIUS.control - 3)
        painter.setPen(theme.color(self._ink()))
        painter.setFont(_font(chosen=self.isChecked()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

    def _ink(self) -> str:
        if not self.isEnabled():
            return "disabled"
        return "accent_text" if self.isChecked() else "text" if self.underMouse() else "muted"


class ChoiceRow(QWidget):
    """Segments next to each other. ``chosen`` carries the value that the user chose.

    Setting a value by `set_value` tells nobody. Arrow keys move the choice.
    """

    chosen = Signal(str)

    def __init__(self, name: str, accessible_key: str, parent: QWidget | None = None) -> None:
        """``name``: its objectName; a segment is called ``NAME-VALUE``."""
        super().__init__(parent)
        self.setObjectName(name)
        bind(self, self.setAccessibleName, accessible_key)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._segments: dict[str, Segment] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_WELL, _WELL, _WELL, _WELL)
        self._row.setSpacing(2)
        on_theme(self, self.update)

    def add(self, value: str, key: str | None = None) -> Segment:
        """Add a choice; its text is the message ``key``, or ``value`` itself (a number)."""
        segment = Segment(f"{self.objectName()}-{value}", self)
        if key is None:
            segment.setText(value)
        else:
            bind(segment, segment.setText, key)
            bind(segment, segment.setAccessibleName, key)
        self._group.addButton(segment)
        self._row.addWidget(segment)
        self._segments[value] = segment
        segment.setChecked(len(self._segments) == 1)
        return segment

    def segment(self, value: str) -> Segment:
        """The button of one value."""
        return self._segments[value]

    @property
    def value(self) -> str:
        """The value that is on."""
        return next(value for value, s in self._segments.items() if s.isChecked())

    def set_value(self, value: str) -> None:
        """Turn one on, without telling ``chosen``."""
        self._segments[value].setChecked(True)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """The well that holds the segments together."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().color("raised"))
        painter.drawRoundedRect(self.rect(), RADIUS.control, RADIUS.control)
        painter.end()

    def _on_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(v for v, s in self._segments.items() if s is button))


def _font(*, chosen: bool) -> QFont:
    weight = QFont.Weight.DemiBold if chosen else QFont.Weight.Normal
    return font(TYPE.body, weight)
