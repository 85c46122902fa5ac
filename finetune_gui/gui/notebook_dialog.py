"""The lab notebook in the window: all runs with the same photos, and how to take it along."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QTextBrowser, QWidget
from typing_extensions import override

from finetune_gui.core.notebook import Notebook
from finetune_gui.core.notebook_page import PrintPage
from finetune_gui.core.notebook_plot import Ink
from finetune_gui.gui.document_dialog import DocumentDialog
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.notebook_document import NotebookDocument, SavePdf
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE, current_theme, font_families
from finetune_gui.gui.widgets.basic import primary_button, secondary_button
from finetune_gui.jobs.notebook import MakeNotebook, PutIntoWords, SaveHtml


class NotebookDialog(DocumentDialog):
    """Shows the notebook of the runs that share their photos with the one at ``path``."""

    def __init__(self, session: Session, path: Path, parent: QWidget | None = None) -> None:
        self.browser = QTextBrowser()
        self.browser.setObjectName("notebook-view")
        self.browser.setOpenLinks(False)
        self.browser.setTabChangesFocus(True)
        self.browser.setStyleSheet("QTextBrowser { background: transparent; border: none; }")
        bind(self.browser, self.browser.setAccessibleName, "notebook-title")
        super().__init__(
            session,
            "notebook-dialog",
            "notebook-title",
            "notebook-text",
            "notebook-language",
            self.browser,
            parent,
        )
        self._name = path.name
        self.notebook: Notebook | None = None
        html = secondary_button("notebook-save-html", "notebook-save-html")
        pdf = primary_button("notebook-save-pdf", "notebook-save-pdf")
        self.html_button = self.add_button(html, self._save_html)
        self.pdf_button = self.add_button(pdf, self._save_pdf)
        self.read(MakeNotebook(path), "notebook-waiting", self._on_notebook)
        follow(self, current_theme().changed, self.on_language)

    def _on_notebook(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.on_language()

    @override
    def on_language(self) -> None:
        """Put the notebook into words of that language."""
        if self.notebook is not None:
            tokens = current_theme().tokens
            ink = Ink(tokens.accent, tokens.validation, tokens.muted, tokens.line)
            job = PutIntoWords(self.notebook, self.spoken, ink, tokens.text)
            self.read(job, "notebook-waiting", self._show)

    def _show(self, page: PrintPage) -> None:
        document = NotebookDocument(page, font_families(), self.devicePixelRatioF())
        document.setDocumentMargin(SPACE.l)
        document.setParent(self.browser)
        self.browser.setDocument(document)
        self.show_view()

    def _save_html(self) -> None:
        path = self._ask(".html", "notebook-filter-html")
        if path is not None and self.notebook is not None:
            job = SaveHtml(self.notebook, path, self.spoken)
            self.save(job, "notebook-saved", "notebook-saved-html")

    def _save_pdf(self) -> None:
        path = self._ask(".pdf", "notebook-filter-pdf")
        if path is not None and self.notebook is not None:
            job = SavePdf(self.notebook, path, tuple(font_families()), self.spoken)
            self.save(job, "notebook-saved", "notebook-saved-pdf")

    def _ask(self, ending: str, filter_key: str) -> Path | None:
        """Where to save it: called after the photos, in letters that every file system takes."""
        name = self._name if self.notebook is None else Path(self.notebook.dataset).name
        safe = "".join(c if c.isalnum() or c in " -_" else "_" for c in name)
        return self.ask_file("notebook-save-title", safe or "notebook", ending, filter_key)
