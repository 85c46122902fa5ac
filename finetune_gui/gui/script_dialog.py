"""Show me the code: a run as one plain PyTorch script, to read, copy and save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from finetune_gui.gui.document_dialog import DocumentDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import primary_button, secondary_button
from finetune_gui.gui.widgets.code_view import CodeView
from finetune_gui.jobs.script import SaveText, ShowScript


class ScriptDialog(DocumentDialog):
    """Shows the script of the run at ``path``."""

    def __init__(self, session: Session, path: Path, parent: QWidget | None = None) -> None:
        self.code = CodeView("script-code", "script-view")
        super().__init__(
            session,
            "script-dialog",
            "script-dialog-title",
            "script-dialog-text",
            "script-language",
            self.code,
            parent,
        )
        self._path = path
        copy = secondary_button("script-copy", "script-copy")
        self.copy_button = self.add_button(copy, self._copy)
        self.save_button = self.add_button(primary_button("script-save", "script-save"), self._save)
        self.on_language()

    @override
    def on_language(self) -> None:
        """Write the script with comments in that language."""
        job = ShowScript(self._path, self.session.paths, self.spoken)
        self.read(job, "script-waiting", self._show)

    def _show(self, text: str) -> None:
        self.code.setPlainText(text)
        self.show_view()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText())
        self.banner.say("good", "script-copied")

    def _save(self) -> None:
        path = self.ask_file("script-save-title", self._path.name, ".py", "script-filter")
        if path is not None:
            job = SaveText(self.code.toPlainText(), path)
            self.save(job, "script-saved", "script-saved-text")
