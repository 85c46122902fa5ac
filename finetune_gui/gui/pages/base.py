"""What all pages have in common."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.gui.i18n import bind, unbind
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import ElidedLabel, text_label


class PageHeader(QWidget):
    """Title and subtitle on the left, buttons on the right."""

    def __init__(self, title_key: str, subtitle_key: str | None = None) -> None:
        super().__init__()
        self.title: QLabel = text_label(title_key, "title")
        self.subtitle = ElidedLabel("", "muted")
        if subtitle_key is not None:
            self.set_subtitle_key(subtitle_key)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE.m)
        self._row.addLayout(words, 1)

    def set_subtitle(self, text: str) -> None:
        """Show a text as it is."""
        unbind(self.subtitle, self.subtitle.setText)
        self.subtitle.setText(text)

    def set_subtitle_key(self, key: str, **params: str | int | float) -> None:
        """Show a message of the catalogue; it follows the language."""
        bind(self.subtitle, self.subtitle.setText, key, **params)

    def add_widget(self, widget: QWidget) -> None:
        """Put something else to the right of what is there."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def add_button(self, button: QPushButton) -> QPushButton:
        """Put a button to the right of those that are there; the primary one comes last."""
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button


class Page(QWidget):
    """One step of the way, or a side room.

    ``key`` is its short name ("data"). ``rail_changed`` asks the rail to look again at
    `rail_subtitle` and `rail_done`; ``navigate`` asks for another page by its key. Content goes
    into ``body``, which has the margins of the drawings.
    """

    key: ClassVar[str] = ""
    rail_changed = Signal()
    navigate = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setObjectName(f"page-{self.key}")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(SPACE.xl, 20, SPACE.xl, SPACE.l)
        self.body.setSpacing(SPACE.l)

    def rail_subtitle(self) -> str:
        """A few words below the step's name in the rail, in the language now set; may be empty."""
        return ""

    def rail_done(self) -> bool:
        """Whether the step has what the next ones need."""
        return False

    def on_shown(self) -> None:
        """Called each time the page comes into view."""
