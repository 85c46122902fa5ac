"""Small dialogs of the list of runs: a note, and the question before the trash."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from typing_extensions import override

from finetune_gui.gui.dialogs import MessageDialog
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.widgets.basic import (
    primary_button,
    secondary_button,
    set_role,
    text_label,
)
from finetune_gui.jobs.runs import RunSummary

_MOST_NAMES = 8


class _NoteField(QPlainTextEdit):
    """A field for text. ``done`` comes on Ctrl+Enter."""

    done = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter alone begins another line."""
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if with_ctrl and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
            return
        super().keyPressEvent(event)


class NoteDialog(MessageDialog):
    """Writes a note; Ctrl+Enter keeps it. Escape asks twice before it drops what was typed."""

    def __init__(self, run: RunSummary, keep: Callable[[str], None], parent: QWidget) -> None:
        super().__init__("runs-note-dialog", "runs-note-title", "runs-note-text", parent)
        self._before = run.notes.note
        self._warned = False
        self.text.setText(run.title)
        self.field = _NoteField(run.notes.note)
        self.field.setObjectName("runs-note-field")
        self.field.setTabChangesFocus(True)
        self.field.setMinimumHeight(160)
        bind(self.field, self.field.setAccessibleName, "runs-note-title")
        bind(self.field, self.field.setPlaceholderText, "runs-note-text")
        self.warning = text_label("runs-note-unsaved", "caution", wrap=True)
        self.warning.hide()
        place = self.column.indexOf(self.text) + 1
        self.column.insertWidget(place, self.field)
        self.column.insertWidget(place + 1, self.warning)
        cancel = secondary_button("common-cancel", "runs-note-cancel")
        self.row.addWidget(cancel)
        cancel.clicked.connect(self._drop)
        self.save = self.add(
            primary_button("runs-note-keep", "runs-note-keep"),
            lambda: keep(self.field.toPlainText().strip()),
        )
        self.field.done.connect(self.save.click)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def reject(self) -> None:
        """Close, but not at the first Escape when something would be lost."""
        if self.field.toPlainText().strip() == self._before or self._warned:
            super().reject()
            return
        self._warned = True
        self.warning.show()

    def _drop(self) -> None:
        self._warned = True
        self.reject()


class TrashDialog(MessageDialog):
    """Names the runs and asks whether they may go to the trash. Escape leaves them."""

    def __init__(
        self, runs: Sequence[RunSummary], trash: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__("runs-trash-dialog", "runs-trash-title", "runs-trash-text", parent)
        self.names = text_label(None, wrap=True)
        self.names.setObjectName("runs-trash-names")
        titles = [f"• {run.title}" for run in runs[:_MOST_NAMES]]
        more = len(runs) - len(titles)
        self.names.setText("\n".join([*titles, *(["…"] if more else [])]))
        self.column.insertWidget(self.column.indexOf(self.text), self.names)
        cancel = self.add(secondary_button("common-cancel", "runs-trash-cancel"))
        button = secondary_button("runs-trash", "runs-trash-move")
        set_role(button, "danger")
        self.move_button = self.add(button, trash)
        cancel.setFocus(Qt.FocusReason.OtherFocusReason)
