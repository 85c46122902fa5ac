"""Buttons, labels and lines: the pieces that hold nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.icons import set_icon


def set_role(widget: QWidget, role: str) -> None:
    """Dress ``widget`` as the style sheet says for ``role``; works at any time."""
    set_property(widget, "role", role)


def set_property(widget: QWidget, name: str, value: str | bool) -> None:
    """Set a property that the style sheet asks for, and dress the widget anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class WrapLabel(QLabel):
    """Text over as many lines as its width needs; layouts never cut its last line off.

    It has room for ``lines`` in any case, so that nothing moves while its text changes.
    """

    def __init__(self, parent: QWidget | None = None, *, lines: int = 0) -> None:
        super().__init__(parent)
        self._lines = lines
        if lines:
            self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    @override
    def setText(self, text: str) -> None:
        """Show ``text``."""
        super().setText(text)
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height that the new width needs."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Box layouts nested in others forget that a label's height depends on its width.
        before = self.minimumHeight()
        self.setMinimumHeight(0)  # heightForWidth never answers less than the present minimum
        needed = max(self.heightForWidth(self.width()), 0) if self.text() else 0
        needed = max(needed, self._lines * self.fontMetrics().lineSpacing())
        self.setMinimumHeight(needed)
        if needed != before:
            self.updateGeometry()


def text_label(
    key: str | None, role: str = "", /, *, wrap: bool = False, **params: str | int | float
) -> QLabel:
    """A label that follows the language; ``key`` None leaves it empty for `QLabel.setText`."""
    label = WrapLabel() if wrap else QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    if key is not None:
        bind(label, label.setText, key, **params)
    return label


def _button(key: str, name: str, role: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("role", role)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAutoDefault(False)
    bind(button, button.setText, key)
    bind(button, button.setAccessibleName, key)
    return button


def primary_button(key: str, name: str) -> QPushButton:
    """The one thing a page is for. ``key`` is its text, ``name`` its objectName."""
    return _button(key, name, "primary")


def secondary_button(key: str, name: str) -> QPushButton:
    """Anything else that a page offers."""
    return _button(key, name, "secondary")


def ghost_button(key: str, name: str) -> QPushButton:
    """A quiet button without a border, such as "restore defaults"."""
    return _button(key, name, "ghost")


def small_button(key: str, name: str) -> QPushButton:
    """A low button for banners and rows."""
    return _button(key, name, "small")


def set_button_text(button: QPushButton, key: str, **params: str | int | float) -> None:
    """Give a button made here another text."""
    bind(button, button.setText, key, **params)
    bind(button, button.setAccessibleName, key, **params)


def icon_button(icon_name: str, tooltip_key: str, name: str) -> QToolButton:
    """A button that is only an icon; its tooltip is its accessible name too."""
    button = QToolButton()
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_icon(button, icon_name, color="muted")
    bind(button, button.setToolTip, tooltip_key)
    bind(button, button.setAccessibleName, tooltip_key)
    return button


def hline() -> QFrame:
    """A thin line from left to right."""
    line = QFrame()
    line.setProperty("role", "hline")
    line.setFixedHeight(1)
    return line


class ElidedLabel(QLabel):
    """One line that is cut in the middle where it does not fit; the tooltip has it all."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        self.setText(text)

    @override
    def setText(self, text: str) -> None:
        """Show ``text``."""
        super().setText(text)
        self.setToolTip(text)

    @override
    def minimumSizeHint(self) -> QSize:
        """It can become very narrow."""
        return QSize(24, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        mode = Qt.TextElideMode.ElideMiddle
        text = metrics.elidedText(self.text(), mode, self.contentsRect().width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), text)
        painter.end()
