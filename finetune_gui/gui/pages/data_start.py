"""What the Data page shows before there is a dataset, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import resource
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import set_icon
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    ghost_button,
    primary_button,
    secondary_button,
    text_label,
)
from finetune_gui.gui.widgets.drop_zone import DropZone

_WIDTH = 640
_RECENT_SHOWN = 5
DEMO = ("demo", "fashion")


class DatasetOpener:
    """Asks the user for a dataset and opens it. ``parent`` is the window of its dialogs."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        self._session = session
        self._parent = parent

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        dialog = self._dialog("data-choose-folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def ask_file(self) -> None:
        """Let the user choose a zip or a CSV."""
        dialog = self._dialog("data-choose-file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("data-file-kinds") + " (*.zip *.csv)")
        dialog.open()

    def open(self, path: Path) -> None:
        """Open what is at ``path``."""
        self._session.open_dataset(path)

    def open_demo(self) -> None:
        """Open the photos that the program ships."""
        self._session.open_demo()

    def recent(self) -> list[Path]:
        """Datasets opened before, the newest first, without the demo."""
        demo = resource(*DEMO)
        known = [Path(name) for name in self._session.settings.recent_datasets]
        return [path for path in known if path != demo]

    def menu(self, parent: QWidget) -> QMenu:
        """All ways to open a dataset."""
        menu = QMenu(parent)
        menu.setObjectName("data-open-menu")
        _add(menu, "data-menu-folder", tr("data-open-folder"), self.ask_folder)
        _add(menu, "data-menu-file", tr("data-open-file"), self.ask_file)
        _add(menu, "data-menu-demo", tr("data-open-demo"), self.open_demo)
        if recent := self.recent():
            menu.addSeparator()
            for number, path in enumerate(recent):
                _add(menu, f"data-menu-recent-{number}", _shown(path), partial(self.open, path))
        if self._session.dataset is not None:
            menu.addSeparator()
            _add(menu, "data-menu-close", tr("data-close"), self._session.close_dataset)
        return menu

    def _dialog(self, title_key: str) -> QFileDialog:
        dialog = QFileDialog(self._parent, tr(title_key))
        dialog.setObjectName("data-open-dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if recent := self.recent():
            dialog.setDirectory(str(recent[0].parent))
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        return dialog


def _add(menu: QMenu, name: str, text: str, act: Callable[[], None]) -> None:
    action = QAction(text, menu)
    action.setObjectName(name)
    action.triggered.connect(lambda _on: act())
    menu.addAction(action)


def _shown(path: Path) -> str:
    # "&" in a file name would become an underlined letter.
    return f"{path.name}  –  {path.parent}".replace("&", "&&")


class StartView(QWidget):
    """A place to drop photos, buttons to open them, and what was open before.

    ``wanted`` carries what else one may begin with: "lesson".
    """

    wanted = Signal(str)

    def __init__(self, session: Session, opener: DatasetOpener) -> None:
        super().__init__()
        self._session = session
        self._opener = opener
        self.drop_zone = DropZone("images", "data-drop-title", "data-drop-text", "data-drop-zone")
        self.drop_zone.clicked.connect(opener.ask_folder)
        # The window takes what is dropped anywhere on it, and knows datasets from other things.
        self.drop_zone.setAcceptDrops(False)
        self.drop_zone.add(self._buttons())
        self._recent = Card("data-recent")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._recent.box.setSpacing(SPACE.xs)
        self._recent.box.addLayout(self._rows)
        self._progress = _Opening(session, self)
        self.lesson = ghost_button("lesson-open", "data-start-lesson")
        set_icon(self.lesson, "graduation-cap", color="muted")
        self.lesson.clicked.connect(lambda: self.wanted.emit("lesson"))
        column = QVBoxLayout()
        column.setSpacing(SPACE.l)
        column.addStretch(1)
        for widget in (self.drop_zone, self._progress, self._recent):
            widget.setFixedWidth(_WIDTH)
            column.addWidget(widget)
        column.addWidget(self.lesson, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        on_change(self, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """List what was open before."""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        recent = self._opener.recent()[:_RECENT_SHOWN]
        for number, path in enumerate(recent):
            self._rows.addWidget(self._recent_button(number, path))
        self._recent.setVisible(bool(recent))

    def _recent_button(self, number: int, path: Path) -> QPushButton:
        button = QPushButton(_shown(path))
        button.setObjectName(f"data-recent-{number}")
        button.setProperty("role", "ghost")
        button.setAutoDefault(False)
        button.setToolTip(str(path))
        button.setAccessibleName(tr("data-open-recent", path=str(path)))
        # A long path is cut off by the card, it does not widen it.
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.setStyleSheet("QPushButton { text-align: left; }")
        button.clicked.connect(lambda _on: self._opener.open(path))
        return button

    def _buttons(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, SPACE.m, 0, 0)
        row.setSpacing(SPACE.s)
        folder = primary_button("data-open-folder", "data-start-folder")
        folder.clicked.connect(self._opener.ask_folder)
        file = secondary_button("data-open-file", "data-start-file")
        file.clicked.connect(self._opener.ask_file)
        demo = secondary_button("data-open-demo", "data-start-demo")
        demo.clicked.connect(self._opener.open_demo)
        for button in (folder, file, demo):
            row.addWidget(button)
        return holder


class _Opening(QWidget):
    """Says that a dataset is being read, how far that is, and lets the user stop it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("data-opening")
        self.text: QLabel = text_label(None, "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "dataset-open-title")
        cancel = ghost_button("common-cancel", "data-opening-cancel")
        cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(cancel)
        session.opening_changed.connect(self._on_opening)
        self._on_opening()

    def _on_opening(self) -> None:
        handle = self._session.opening
        self.setVisible(handle is not None)
        if handle is not None:
            handle.progressed.connect(self._show)
            self._show(0, 0, "dataset-listing-photos")

    def _show(self, done: int, total: int, text: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.text.setText(tr(text) if text else "")

    def _cancel(self) -> None:
        if self._session.opening is not None:
            self._session.opening.cancel()
