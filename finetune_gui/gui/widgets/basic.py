"""The pieces that every page is made of: cards, figures, chips, banners, empty pages.

Buttons and labels come from `plain` and are offered here too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.gui.i18n import bind, on_change, unbind
from finetune_gui.gui.icons import IconLabel, icon
from finetune_gui.gui.theme import SPACE, on_theme
from finetune_gui.gui.widgets.plain import (
    ElidedLabel,
    ghost_button,
    hline,
    icon_button,
    primary_button,
    secondary_button,
    set_button_text,
    set_property,
    set_role,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.tab_order import put_in_order

__all__ = [
    "Banner",
    "Card",
    "Chip",
    "ChipGroup",
    "ElidedLabel",
    "EmptyState",
    "SearchField",
    "StatTile",
    "Tone",
    "ghost_button",
    "hline",
    "icon_button",
    "primary_button",
    "secondary_button",
    "set_button_text",
    "set_property",
    "set_role",
    "small_button",
    "text_label",
]

Tone = Literal["info", "good", "caution", "danger"]
_TONES: dict[Tone, tuple[str, str]] = {
    "info": ("info", "accent_text"),
    "good": ("circle-check", "good_text"),
    "caution": ("triangle-alert", "caution_text"),
    "danger": ("circle-x", "danger_text"),
}


class Card(QFrame):
    """A white area with a thin border. ``box`` takes its content, ``header`` goes on the right.

    Without a title there is no header row (``header`` stays hidden).
    """

    def __init__(self, title_key: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        self.box.setSpacing(SPACE.m)
        self.header = QHBoxLayout()
        self.header.setSpacing(SPACE.s)
        self.title = text_label(title_key, "heading")
        if title_key is None:
            self.title.setParent(self)
            self.title.hide()
        else:
            self.header.addWidget(self.title)
            self.header.addStretch(1)
            self.box.addLayout(self.header)


class StatTile(QWidget):
    """One figure with its name above and a remark below."""

    def __init__(self, label_key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.label = text_label(label_key, "muted")
        self.value = text_label(None, "number")
        self.hint = text_label(None, "caption")
        for label in (self.label, self.value, self.hint):
            column.addWidget(label)
        self.hint.hide()
        bind(self, self.setAccessibleName, label_key)
        self.set_value("–")

    def set_value(self, text: str, hint: str = "") -> None:
        """Show a figure, already formatted, and a remark (hidden when empty)."""
        self.value.setText(text)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.setAccessibleDescription(f"{text} {hint}".strip())


class Chip(QPushButton):
    """A small pill that is on or off. ``key`` None leaves its text to `setText`."""

    def __init__(self, key: str | None, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "chip")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if key is not None:
            self.set_key(key)

    def set_key(self, key: str, **params: str | int | float) -> None:
        """Show the text of a message, in every language."""
        bind(self, self.setText, key, **params)
        bind(self, self.setAccessibleName, key, **params)


class ChipGroup(QWidget):
    """A row of chips of which one is on. ``chosen`` carries the value of the new one."""

    chosen = Signal(str)

    def __init__(self, name: str, chips: Iterable[tuple[str, str]]) -> None:
        """``chips``: (value, message key) of each; the first is on at the start."""
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._chips: dict[str, Chip] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE.s)
        for value, key in chips:
            self._add(value, key)
        next(iter(self._chips.values())).setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)

    def _add(self, value: str, key: str) -> None:
        chip = Chip(key, f"{self.objectName()}-{value}")
        self._group.addButton(chip)
        self._row.addWidget(chip)
        self._chips[value] = chip

    def chip(self, value: str) -> Chip:
        """The chip of one value."""
        return self._chips[value]

    @property
    def value(self) -> str:
        """The value that is chosen."""
        return next(value for value, chip in self._chips.items() if chip.isChecked())

    def set_value(self, value: str) -> None:
        """Choose one; tells ``chosen`` when that changes something."""
        self._chips[value].setChecked(True)

    def _on_toggled(self, _chip: QPushButton, on: bool) -> None:
        if on:
            self.chosen.emit(self.value)


class Banner(QFrame):
    """A remark in a coloured area: icon, heading, text, buttons, and a cross to dismiss it.

    Hidden until something is said with `say`, `say_text` or `say_error`. Where height is scarce
    its buttons stand ``beside`` the text.
    """

    dismissed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, beside: bool = False) -> None:
        self._wanted = False
        super().__init__(parent)
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.m, SPACE.m, SPACE.s, SPACE.m)
        row.setSpacing(SPACE.s)
        self.icon = IconLabel("info", "accent_text")
        self.heading = text_label(None, "heading", wrap=True)
        self.text = text_label(None, wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = icon_button("x", "common-dismiss", f"{name}-dismiss")
        self.close_button.clicked.connect(self.dismiss)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE.s)
        self._buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(SPACE.xs)
        column.addWidget(self.heading)
        column.addWidget(self.text)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        (row if beside else column).addLayout(self._buttons)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._error: UserError | None = None
        on_change(self, self._show_error)
        self.hide()

    def say(
        self,
        tone: Tone,
        heading_key: str,
        text_key: str | None = None,
        /,
        **params: str | int | float,
    ) -> None:
        """Show messages of the catalogue; they follow the language. Removes earlier buttons."""
        self._begin(tone)
        bind(self.heading, self.heading.setText, heading_key, **params)
        if text_key is None:
            self._show("", self.text)
        else:
            bind(self.text, self.text.setText, text_key, **params)
            self.text.show()
        self._appear()

    def say_text(self, tone: Tone, heading: str, text: str = "") -> None:
        """Show texts as they are. Removes earlier buttons."""
        self._begin(tone)
        self._show(heading, self.heading)
        self._show(text, self.text)
        self._appear()

    def say_error(self, error: UserError) -> None:
        """Show what went wrong and what to do next, in every language."""
        self._begin("danger")
        self._error = error
        self._show_error()
        self._appear()

    def add_button(self, button: QPushButton, action: Callable[[], None]) -> QPushButton:
        """Offer something to do about it."""
        set_role(button, "small")
        button.clicked.connect(lambda _on: action())
        self._buttons.insertWidget(self._buttons.count() - 1, button)
        before = [item for n in range(self._buttons.count()) if (item := self._button(n))]
        put_in_order((self.close_button, *before))
        return button

    def _button(self, place: int) -> QWidget | None:
        item = self._buttons.itemAt(place)
        return None if item is None else item.widget()

    def dismiss(self) -> None:
        """Hide it, as the cross does."""
        self._wanted = False
        self.hide()
        self.dismissed.emit()

    @override
    def event(self, event: QEvent) -> bool:
        """Appear once there is a parent to appear in: without one it would be a window."""
        if event.type() == QEvent.Type.ParentChange and self._wanted:
            self.show()
        return super().event(event)

    def _appear(self) -> None:
        self._wanted = True
        if self.parentWidget() is not None:
            self.show()

    def _begin(self, tone: Tone) -> None:
        set_role(self, tone)
        self.icon.set_icon(*_TONES[tone])
        set_property(self.heading, "tone", tone)
        self._error = None
        unbind(self.heading, self.heading.setText)
        unbind(self.text, self.text.setText)
        while self._buttons.count() > 1:
            item = self._buttons.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()  # it may take a turn of the event loop to go
                widget.deleteLater()
        self.heading.show()

    def _show(self, text: str, label: QLabel) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _show_error(self) -> None:
        if self._error is not None:
            self._show(self._error.sentence, self.heading)
            self._show(self._error.next_step, self.text)


class EmptyState(QWidget):
    """What a page shows while it has nothing: one line on what to do, and the button for it."""

    def __init__(
        self,
        icon_name: str,
        title_key: str,
        text_key: str,
        *buttons: QPushButton,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE.m)
        column.addStretch(1)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel(icon_name, "muted", 40), 0, center)
        column.addWidget(text_label(title_key, "subheading"), 0, center)
        text = text_label(text_key, "muted", wrap=True)
        text.setAlignment(center)
        text.setMinimumWidth(260)
        text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        column.addWidget(text, 0, center)
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)


class SearchField(QLineEdit):
    """A field to filter by. Escape empties it."""

    def __init__(self, placeholder_key: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "search")
        self.setClearButtonEnabled(True)
        bind(self, self.setPlaceholderText, placeholder_key)
        bind(self, self.setAccessibleName, placeholder_key)
        leading = self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        on_theme(self, lambda: leading.setIcon(icon("search", "muted")))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties the field; everything else is typing."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)
