"""A dialog that shows a document about a run in either language, and saves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import Job
from finetune_gui.core.messages import LANGUAGES, language, tr
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    secondary_button,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.reveal import reveal

_SIZE = (900, 680)


class DocumentDialog(QDialog):
    """Made anew each time it is opened; it deletes itself when closed, and stops what it reads.

    A save that has begun goes on to its end. ``view`` shows the document once it is there.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        title_key: str,
        text_key: str,
        language_key: str,
        view: QWidget,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(*_SIZE)
        self.session = session
        self.view = view
        self._reading: JobHandle[Any] | None = None
        self._saving: JobHandle[Any] | None = None
        self._needing: list[QPushButton] = []
        self.banner = Banner(f"{name}-banner")
        self.waiting = text_label(None, "muted")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.language = _language_box(f"{name}-language")
        self.buttons = QHBoxLayout()
        self.close_button = secondary_button("common-close", f"{name}-close")
        self.close_button.clicked.connect(self.reject)
        self._lay_out(title_key, text_key, language_key)
        self.language.activated.connect(lambda _place: self.on_language())

    def _lay_out(self, title_key: str, text_key: str, language_key: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.m)
        bind(self, self.setWindowTitle, title_key)
        label = text_label(language_key, "muted")
        label.setBuddy(self.language)
        bind(self.language, self.language.setAccessibleName, language_key)
        top = QHBoxLayout()
        top.setSpacing(SPACE.s)
        top.addWidget(text_label(title_key, "subheading"), 1)
        top.addWidget(label)
        top.addWidget(self.language)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.view)
        card = Card()
        card.box.setContentsMargins(SPACE.s, SPACE.s, SPACE.s, SPACE.s)
        card.box.addWidget(self.stack)
        self.buttons.setSpacing(SPACE.s)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.close_button)
        column.addLayout(top)
        column.addWidget(text_label(text_key, "muted", wrap=True))
        column.addWidget(card, 1)
        column.addWidget(self.banner)
        column.addLayout(self.buttons)

    def add_button(self, button: QPushButton, action: Callable[[], None]) -> QPushButton:
        """A button that needs the document."""
        self.buttons.addWidget(button)
        button.clicked.connect(lambda _on: action())
        button.setEnabled(False)
        self._needing.append(button)
        return button

    @property
    def spoken(self) -> str:
        """The language that was chosen for the document."""
        return str(self.language.currentData())

    def on_language(self) -> None:
        """Make the document anew in `spoken`."""
        raise NotImplementedError

    # ---- reading

    def read(self, job: Job[Any], waiting_key: str, show: Callable[[Any], None]) -> None:
        """Do ``job`` and ``show`` its result; what was being read before is given up."""
        if self._reading is not None:
            self._reading.cancel()
        bind(self.waiting, self.waiting.setText, waiting_key)
        self.stack.setCurrentWidget(self.waiting)
        self._allow(allowed=False)
        handle = self.session.runner.start(job)
        self._reading = handle
        handle.finished.connect(lambda found: self._on_read(handle, found, show))
        handle.failed.connect(lambda error: self._on_not_read(handle, error))

    def _on_read(self, handle: JobHandle[Any], found: object, show: Callable[[Any], None]) -> None:
        if handle is self._reading:
            self._reading = None
            show(found)

    def show_view(self) -> None:
        """The document is there."""
        if not self.language.hasFocus() or not self.isVisible():
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.stack.setCurrentWidget(self.view)
        self._allow(allowed=True)

    def _on_not_read(self, handle: JobHandle[Any], error: UserError) -> None:
        if handle is self._reading:
            self._reading = None
            self.waiting.clear()
            self.banner.say_error(error)

    def _allow(self, *, allowed: bool) -> None:
        for button in self._needing:
            button.setEnabled(allowed and self._saving is None)

    # ---- saving

    def ask_file(self, title_key: str, name: str, ending: str, filter_key: str) -> Path | None:
        """The file that the user chose, with its ending; None when they thought better of it."""
        kind = f"{tr(filter_key)} (*{ending})"
        chosen, _ = QFileDialog.getSaveFileName(self, tr(title_key), f"{name}{ending}", kind)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix.lower() == ending else path.with_name(path.name + ending)

    def save(self, job: Job[Path], saved_key: str, text_key: str) -> None:
        """Do ``job`` and say where the file is."""
        handle = self.session.runner.start(job)
        self._saving = handle
        self.banner.dismiss()
        self._allow(allowed=False)
        handle.finished.connect(lambda path: self._on_saved(handle, path, saved_key, text_key))
        handle.failed.connect(lambda error: self._on_not_saved(handle, error))

    def _on_saved(self, handle: JobHandle[Any], path: Path, saved: str, text: str) -> None:
        if handle is self._saving:
            self._saving = None
            self._allow(allowed=True)
            self.banner.say("good", saved, text, path=str(path))
            button = small_button("common-show-in-folder", f"{self.objectName()}-reveal")
            self.banner.add_button(button, lambda: reveal(path))

    def _on_not_saved(self, handle: JobHandle[Any], error: UserError) -> None:
        if handle is self._saving:
            self._saving = None
            self._allow(allowed=True)
            self.banner.say_error(error)

    @override
    def done(self, result: int) -> None:
        """Stop what is read; of a save that fails later the window tells."""
        if self._reading is not None:
            handle, self._reading = self._reading, None
            handle.cancel()
        if self._saving is not None:
            self._saving.failed.connect(self.session.message)
            self._saving = None
        super().done(result)


def _language_box(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    for value, shown in LANGUAGES.items():
        box.addItem(shown, value)
    box.setCurrentIndex(max(box.findData(language()), 0))
    return box
