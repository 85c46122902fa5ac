"""Folders with their names, what they take, and a way to see each in the file manager."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import ElidedLabel, icon_button, text_label

_GIGABYTE = 1000  # megabytes


class FolderRows(QWidget):
    """One line for each folder: what it holds, where it is, its size, and "show in folder"."""

    def __init__(self, name: str, folders: dict[str, Path]) -> None:
        """``folders``: by their names in the messages ``shell-folder-…``."""
        super().__init__()
        self.setObjectName(name)
        self._sizes: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.m)
        self._grid.setVerticalSpacing(SPACE.s)
        self._grid.setColumnStretch(1, 1)
        for row, (kind, folder) in enumerate(folders.items()):
            self._add(row, kind, folder)

    def show_sizes(self, sizes: dict[str, int]) -> None:
        """Say what each folder takes on disk, in bytes by its name."""
        for kind, n_bytes in sizes.items():
            label, megabytes = self._sizes[kind], n_bytes / 1e6
            key, shown = "shell-folder-size", megabytes
            if megabytes >= _GIGABYTE:
                key, shown = "shell-folder-size-large", megabytes / _GIGABYTE
            bind(label, label.setText, key, size=round(shown, 1))

    def _add(self, row: int, kind: str, folder: Path) -> None:
        name = f"{self.objectName()}-reveal-{kind}"
        button = icon_button("folder-open", "common-show-in-folder", name)
        bind(button, button.setAccessibleDescription, f"shell-folder-{kind}")
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        path = ElidedLabel(str(folder), "muted")
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(text_label(f"shell-folder-{kind}"), row, 0)
        self._grid.addWidget(path, row, 1)
        size = QLabel()
        size.setProperty("role", "muted")
        size.setObjectName(f"{self.objectName()}-size-{kind}")
        size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._sizes[kind] = size
        self._grid.addWidget(size, row, 2)
        self._grid.addWidget(button, row, 3)
