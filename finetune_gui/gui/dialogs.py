"""Small dialogs of the window: help for a page, and what to do with a run when closing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    ghost_button,
    primary_button,
    secondary_button,
    text_label,
)


class MessageDialog(QDialog):
    """A heading, a text and a row of buttons."""

    def __init__(
        self,
        name: str,
        title_key: str,
        text_key: str,
        parent: QWidget,
        /,
        **params: str | int | float,
    ) -> None:
        """``params`` fill the placeholders of the text."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setMinimumWidth(480)
        bind(self, self.setWindowTitle, title_key)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        self.column.setSpacing(SPACE.m)
        self.column.addWidget(text_label(title_key, "subheading", wrap=True))
        self.text = text_label(text_key, wrap=True, **params)
        self.column.addWidget(self.text)
        self.column.addSpacing(SPACE.s)
        self.row = QHBoxLayout()
        self.row.setSpacing(SPACE.s)
        self.row.addStretch(1)
        self.column.addLayout(self.row)

    def add(self, button: QPushButton, action: Callable[[], None] | None = None) -> QPushButton:
        """A button that closes the dialog and then does something."""
        self.row.addWidget(button)
        button.clicked.connect(self.accept)
        if action is not None:
            button.clicked.connect(lambda _on: action())
        return button


class HelpDialog(MessageDialog):
    """What the page ``key`` is for and how it is used."""

    def __init__(self, key: str, parent: QWidget) -> None:
        super().__init__("help-dialog", f"shell-page-{key}", f"shell-help-{key}", parent)
        close = self.add(secondary_button("common-close", "help-close"))
        close.setFocus(Qt.FocusReason.OtherFocusReason)
        self._guides = 0

    def add_guide(self, name: str, key: str, action: Callable[[], None]) -> None:
        """Another way to learn about the program, on the left. ``name``: the button's."""
        button = ghost_button(key, name)
        button.clicked.connect(self.accept)
        button.clicked.connect(lambda _on: action())
        self.row.insertWidget(self._guides, button)
        self._guides += 1


class ClosingDialog(MessageDialog):
    """Asks what becomes of the training that is going on. Escape lets it go on."""

    def __init__(
        self, parent: QWidget, pause: Callable[[], None], stop: Callable[[], None] | None
    ) -> None:
        """``stop`` None: many runs are trained, and what is done of them stays either way."""
        keys = ("shell-closing", "shell-closing-text")
        if stop is None:
            keys = ("shell-closing-trials", "shell-closing-trials-text")
        super().__init__("closing-dialog", *keys, parent)
        self.add(secondary_button("shell-closing-go-on", "closing-go-on"))
        if stop is not None:
            self.add(secondary_button("shell-closing-stop", "closing-stop"), stop)
        button = self.add(primary_button("shell-closing-pause", "closing-pause"), pause)
        button.setDefault(True)
        button.setFocus(Qt.FocusReason.OtherFocusReason)
