"""The first thing that the program says: hello, in which language, and where things are kept."""

from __future__ import annotations

from typing import Literal, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_gui.core.messages import LANGUAGES, language
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, primary_button, secondary_button, text_label
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.folder_rows import FolderRows

_WIDTH = 600


class WelcomeDialog(QDialog):
    """Lies over the window without holding it up. Closing it in any way counts as seen.

    ``tour_asked`` comes when the person wants to be shown around.
    """

    tour_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        bind(self, self.setWindowTitle, "welcome-title")
        self._session = session
        self.language = ChoiceRow("welcome-language", "shell-settings-language")
        for name, title in LANGUAGES.items():
            segment = self.language.add(name)
            # A language is called by its own name, whichever is on.
            segment.setText(title)
            segment.setAccessibleName(title)
        self.tour_button = primary_button("welcome-tour", "welcome-tour")
        self.start_button = secondary_button("welcome-start", "welcome-start")
        self._lay_out()
        self.language.chosen.connect(self._choose_language)
        self.tour_button.clicked.connect(self._take_tour)
        self.start_button.clicked.connect(self.accept)
        self.finished.connect(self._on_seen)
        on_change(self, self._show_language)
        self._show_language()
        self.tour_button.setDefault(True)
        self.tour_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.l)
        top = QHBoxLayout()
        top.addWidget(text_label("welcome-title", "title"), 1)
        top.addWidget(IconLabel("languages", "muted"))
        top.addWidget(self.language)
        column.addLayout(top)
        column.addWidget(text_label("welcome-what", wrap=True))
        column.addWidget(self._promise())
        column.addWidget(self._folders())
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE.s)
        bottom.addStretch(1)
        bottom.addWidget(self.start_button)
        bottom.addWidget(self.tour_button)
        column.addLayout(bottom)

    def _promise(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.m)
        row.addWidget(IconLabel("lock", "good_text", 20), 0, Qt.AlignmentFlag.AlignTop)
        words = text_label("welcome-promise", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return made

    def _folders(self) -> Card:
        card = Card("welcome-folders")
        paths = self._session.paths
        folders = {
            "runs": paths.runs,
            "weights": paths.weights,
            "settings": paths.settings_file.parent,
        }
        card.box.addWidget(FolderRows("welcome", folders))
        return card

    def _show_language(self) -> None:
        self.language.set_value(language())
        # Texts of another language are of another length.
        self.adjustSize()

    def _choose_language(self, name: str) -> None:
        self._session.set_language(cast(Literal["en", "zh_CN"], name))

    def _take_tour(self) -> None:
        self.accept()
        self.tour_asked.emit()

    def _on_seen(self) -> None:
        self._session.settings.welcome_due = False
        self._session.save_settings()
