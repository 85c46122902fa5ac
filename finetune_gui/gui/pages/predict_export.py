"""Writes the chosen model where the user wants it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.model_chooser import ModelChooser
from finetune_gui.jobs.export import Export
from finetune_gui.jobs.save_evaluation import free_name

_ENTRIES = {
    "safetensors": "predict-export-as-safetensors",
    "keras": "predict-export-as-keras",
    "onnx": "predict-export-as-onnx",
}


class ModelExport(QObject):
    """Asks in which format and where to, beginning with a click on ``button``.

    ``exported`` carries the message key of what was written, and its path; ``failed`` the error.
    """

    exported = Signal(str, object)
    failed = Signal(object)

    def __init__(self, session: Session, chooser: ModelChooser, button: QPushButton) -> None:
        super().__init__(button)
        self._session, self._chooser, self._button = session, chooser, button
        button.clicked.connect(lambda _on: self._begin())

    def _begin(self) -> None:
        formats = self._chooser.formats
        if len(formats) > 1:
            self.make_menu().popup(self._button.mapToGlobal(self._button.rect().bottomLeft()))
        elif formats:
            self._ask_folder()

    def make_menu(self) -> QMenu:
        """The formats that the chosen model can be written in."""
        menu = QMenu(self._button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in self._chooser.formats:
            entry = menu.addAction(tr(_ENTRIES[name]))
            entry.setObjectName(_ENTRIES[name])
            entry.triggered.connect(partial(self._ask, name))
        return menu

    def _ask(self, kind: str) -> None:
        if kind == "safetensors":
            self._ask_folder()
        else:
            self._ask_file(kind)

    def _ask_folder(self) -> None:
        run = self._chooser.run
        name = QFileDialog.getExistingDirectory(self._window(), tr("predict-export-choose"))
        if run is not None and name:
            out = free_name(Path(name), f"{run.name} model")
            self._export(run.path, "safetensors", out, "predict-exported-text")

    def _ask_file(self, kind: str) -> None:
        run = self._chooser.run
        if run is None:
            return
        title, suffix = tr(f"predict-export-{kind}-choose"), f".{kind}"
        files = f"{tr(f'predict-{kind}-filter')} (*{suffix})"
        name, _ = QFileDialog.getSaveFileName(self._window(), title, f"{run.name}{suffix}", files)
        if name:
            out = Path(name if name.endswith(suffix) else f"{name}{suffix}")
            self._export(run.path, kind, out, f"predict-exported-{kind}-text")

    def _export(self, run: Path, name: str, out: Path, text: str) -> None:
        self._button.setEnabled(False)
        handle = self._session.runner.start(Export(run, name, out))
        handle.finished.connect(lambda path: self.exported.emit(text, path))
        handle.failed.connect(self.failed)
        handle.state_changed.connect(lambda _state: self._button.setEnabled(handle.is_over))

    def _window(self) -> QWidget:
        return self._button.window()
