"""Where else pretrained weights are looked for: a shared folder, a server of one's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.core.weights_places import is_address
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    ElidedLabel,
    icon_button,
    small_button,
    text_label,
)


class WeightsCard(Card):
    """A card of the settings; what is set here holds for the command line too."""

    def __init__(self, session: Session) -> None:
        super().__init__("shell-settings-weights")
        self._session = session
        self.add_button = small_button("shell-weights-add", "settings-weights-add")
        self.add_button.clicked.connect(self._ask)
        self.header.addWidget(self.add_button)
        self.mirror = self._make_mirror()
        self.problem = text_label("shell-weights-mirror-bad", "caption", wrap=True)
        self.problem.setProperty("tone", "danger")
        self.problem.hide()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE.xs)
        line = QHBoxLayout()
        line.setSpacing(SPACE.m)
        label = text_label("shell-weights-mirror")
        label.setBuddy(self.mirror)
        line.addWidget(label)
        line.addWidget(self.mirror, 1)
        self.box.addWidget(text_label("shell-weights-help", "muted", wrap=True))
        self.box.addLayout(self._rows)
        self.box.addLayout(line)
        self.box.addWidget(self.problem)
        self._show_folders()

    def _make_mirror(self) -> QLineEdit:
        field = QLineEdit(self._session.settings.weights_mirror)
        field.setObjectName("settings-weights-mirror")
        field.setPlaceholderText("https://")
        bind(field, field.setAccessibleName, "shell-weights-mirror")
        bind(field, field.setToolTip, "shell-weights-mirror.help")
        field.editingFinished.connect(self._choose_mirror)
        return field

    def add(self, folder: Path) -> None:
        """Look for weights in ``folder`` too; nothing is ever written there."""
        folders = self._session.settings.weights_folders
        if str(folder) not in folders:
            self._keep([*folders, str(folder)])

    def _remove(self, name: str) -> None:
        self._keep([f for f in self._session.settings.weights_folders if f != name])

    def _keep(self, folders: list[str]) -> None:
        self._session.set_weights_places(folders, self._session.settings.weights_mirror)
        self._show_folders()

    def _ask(self) -> None:
        dialog = QFileDialog(self, tr("shell-weights-add"))
        dialog.setObjectName("settings-weights-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.add(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose_mirror(self) -> None:
        address = self.mirror.text().strip()
        good = not address or is_address(address)
        self.problem.setVisible(not good)
        settings = self._session.settings
        if good and address != settings.weights_mirror:
            self._session.set_weights_places(settings.weights_folders, address)

    def _show_folders(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, name in enumerate(self._session.settings.weights_folders):
            self._rows.addWidget(self._make_row(number, name))

    def _make_row(self, number: int, name: str) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        remove = icon_button("x", "shell-weights-remove", f"settings-weights-remove-{number}")
        bind(remove, remove.setAccessibleName, "shell-weights-remove-name", folder=name)
        remove.clicked.connect(partial(self._remove, name))
        row.addWidget(ElidedLabel(name, "muted"), 1)
        row.addWidget(remove)
        return made
