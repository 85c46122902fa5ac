"""Language, look and folders. Every change takes effect at once."""

from __future__ import annotations

from typing import Literal, cast

from PySide6.QtCore import Qt, Signal
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
from finetune_gui.gui.settings_device import DeviceCard
from finetune_gui.gui.settings_space import SpaceCard
from finetune_gui.gui.settings_weights import WeightsCard
from finetune_gui.gui.theme import SPACE, Mode
from finetune_gui.gui.widgets.basic import (
    Card,
    ghost_button,
    secondary_button,
    text_label,
)
from finetune_gui.gui.widgets.folder_rows import FolderRows
from finetune_gui.jobs.caches import MeasureFolders

_WIDTH = 960
_MODES: tuple[Mode, ...] = ("system", "light", "dark")


class SettingsDialog(QDialog):
    """Made anew each time it is opened; it deletes itself when closed.

    ``tour_asked`` and ``about_asked`` come when it has made room for them.
    """

    tour_asked = Signal()
    about_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        bind(self, self.setWindowTitle, "shell-page-settings")
        self._session = session
        self.weights = WeightsCard(session)
        self.space = SpaceCard(session)
        self.language = _combo("settings-language", "shell-settings-language")
        self.theme = _combo("settings-theme", "shell-settings-theme")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.l)
        # Side by side: one below the other they would be higher than many a screen.
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addLayout(_stack(self._look(), DeviceCard(session), self.space), 1)
        row.addLayout(_stack(self._folders(), self.weights), 1)
        column.addLayout(row)
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
        paths = self._session.paths
        folders = {
            "runs": paths.runs,
            "searches": paths.searches,
            "cross-validations": paths.cross_validations,
            "weights": paths.weights,
            "thumbnails": paths.thumbnails,
            "photos": paths.photos,
            "log": paths.log_file.parent,
        }
        rows = FolderRows("settings", folders)
        measuring = self._session.runner.start(MeasureFolders(tuple(folders.items())))
        # The dialog may be gone by then: a connection to the rows' own method ends with them.
        measuring.finished.connect(rows.show_sizes)
        measuring.failed.connect(self._session.message)
        self.finished.connect(lambda _result: measuring.cancel())  # others wait for their turn
        card.box.addWidget(rows)
        return card

    def _bottom(self) -> QHBoxLayout:
        row = QHBoxLayout()
        close = secondary_button("common-close", "settings-close")
        close.clicked.connect(self.accept)
        row.addWidget(text_label("shell-version", "muted", version=__version__))
        row.addStretch(1)
        for name, key, asked in (
            ("settings-tour", "tour-take", self.tour_asked),
            ("settings-about", "about-open", self.about_asked),
        ):
            button = ghost_button(key, name)
            button.clicked.connect(self.accept)
            button.clicked.connect(asked)
            row.addWidget(button)
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


def _stack(*cards: QWidget) -> QVBoxLayout:
    """Cards one below the other, as high as they need to be."""
    column = QVBoxLayout()
    column.setSpacing(SPACE.l)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return column


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
