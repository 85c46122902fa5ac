"""What a page shows while a job works for it: what is done, how far, and a way to stop it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from finetune_gui.core.job import JobState
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import secondary_button, text_label

_BAR_WIDTH = 320


class BusyView(QWidget):
    """In the middle of a page: a sentence, a bar, "12 of 229 photos", Cancel.

    ``cancelled`` comes when the user presses Cancel.
    """

    cancelled = Signal()

    def __init__(self, name: str, count_key: str, parent: QWidget | None = None) -> None:
        """``count_key``: a message with ``done`` and ``total``."""
        super().__init__(parent)
        self.setObjectName(name)
        self._count_key = count_key
        self._progress = (0, 0)
        self.text = text_label(None, "subheading")
        self.bar = QProgressBar()
        self.bar.setFixedWidth(_BAR_WIDTH)
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "common-working")
        self.count = text_label(None, "muted")
        self.cancel_button = secondary_button("common-cancel", f"{name}-cancel")
        self.cancel_button.clicked.connect(self.cancelled)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE.m)
        column.addStretch(1)
        for widget in (self.text, self.bar, self.count, self.cancel_button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        on_change(self, self._show_progress)

    def wait_for(self, text_key: str) -> None:
        """Show work of unknown length that cannot be stopped."""
        bind(self.text, self.text.setText, text_key)
        self.cancel_button.hide()
        self._set_progress(0, 0)

    def follow(self, handle: JobHandle[Any], text_key: str, waiting_key: str) -> None:
        """Show how far a job is; ``waiting_key`` is shown before its turn comes."""
        self.cancel_button.show()
        self.cancel_button.setEnabled(True)
        self._set_progress(0, 0)

        def say(state: object) -> None:
            key = waiting_key if state is JobState.PENDING else text_key
            bind(self.text, self.text.setText, key)
            self.cancel_button.setEnabled(state is not JobState.CANCELLING)

        handle.state_changed.connect(say)
        handle.progressed.connect(lambda done, total, _text: self._set_progress(done, total))
        say(handle.state)

    def _set_progress(self, done: int, total: int) -> None:
        self._progress = (done, total)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._show_progress()

    def _show_progress(self) -> None:
        done, total = self._progress
        self.count.setText(tr(self._count_key, done=done, total=total) if total else "")
