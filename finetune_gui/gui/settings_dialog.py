"""Language, look and folders. Every change takes effect at once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from finetune_gui import __version__
from finetune_gui.core.messages import LANGUAGES, tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.session import Session
from finetune_gui.gui.settings_space import SpaceCard
from finetune_gui.gui.settings_weights import WeightsCard
from finetune_gui.gui.theme import SPACE, Mode
from finetune_gui.gui.widgets.basic import (
    Card,
    ElidedLabel,
    icon_button,
    secondary_button,
    text_label,
)

_MODES: tuple[Mode, ...] = ("system", "light", "dark")


class SettingsDialog(QDialog):
    """Made anew each time it is opened; it deletes itself when closed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        bind(self, self.setWindowTitle, "shell-page-settings")
        self._session = session
        self.weights = WeightsCard(session)
        self.space = SpaceCard(session)
        self.language = _combo("settings-language", "shell-settings-language")
        self.theme = _combo("settings-theme", "shell-settings-theme")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.l)
        column.addWidget(self._look())
        column.addWidget(self._folders())
        column.addWidget(self.weights)
        column.addWidget(self.space)
        column.addLayout(self._bottom())
        on_change(self, self._fill)
        self._fill()
        self.language.activated.connect(self._choose_language)
        self.theme.activated.connect(self._choose_theme)

    def _look(self) -> QFrame:
        card = Card("shell-settings-look")
        grid = QGridLayout()
        grid.setSpacing(SPACE.m)
        grid.setColumnStretch(0, 1)
        for row, (key, box) in enumerate(
            (("shell-settings-language", self.language), ("shell-settings-theme", self.theme))
        ):
            label = text_label(key)
            label.setBuddy(box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        card.box.addLayout(grid)
        return card

    def _folders(self) -> QFrame:
        card = Card("shell-settings-folders")
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE.m)
        grid.setVerticalSpacing(SPACE.s)
        grid.setColumnStretch(1, 1)
        paths = self._session.paths
        for row, (name, folder) in enumerate(
            (
                ("runs", paths.runs),
                ("weights", paths.weights),
                ("thumbnails", paths.thumbnails),
                ("photos", paths.photos),
                ("log", paths.log_file.parent),
            )
        ):
            self._folder_row(grid, row, name, folder)
        card.box.addLayout(grid)
        return card

    def _folder_row(self, grid: QGridLayout, row: int, name: str, folder: Path) -> None:
        button = icon_button("folder-open", "common-show-in-folder", f"settings-reveal-{name}")
        title = text_label(f"shell-folder-{name}")
        bind(button, button.setAccessibleDescription, f"shell-folder-{name}")
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        path = ElidedLabel(str(folder), "muted")
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        grid.addWidget(title, row, 0)
        grid.addWidget(path, row, 1)
        grid.addWidget(button, row, 2)

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        close = secondary_button("common-close", "settings-close")
        close.clicked.connect(self.accept)
        row.addWidget(text_label("shell-version", "muted", version=__version__))
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _fill(self) -> None:
        settings = self._session.settings
        languages = [(tr("shell-language-system"), ""), *((v, k) for k, v in LANGUAGES.items())]
        _fill(self.language, languages, settings.language)
        modes = [(tr(f"shell-theme-{mode}"), mode) for mode in _MODES]
        _fill(self.theme, [(text, str(mode)) for text, mode in modes], settings.theme)

    def _choose_language(self) -> None:
        wanted = self.language.currentData()
        self._session.set_language(cast(Literal["", "en", "zh_CN"], wanted))

    def _choose_theme(self) -> None:
        self._session.set_theme(cast(Mode, self.theme.currentData()))


def _combo(name: str, key: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setMinimumWidth(220)
    bind(box, box.setAccessibleName, key)
    return box


def _fill(box: QComboBox, entries: list[tuple[str, str]], chosen: str) -> None:
    box.clear()
    for text, value in entries:
        box.addItem(text, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
