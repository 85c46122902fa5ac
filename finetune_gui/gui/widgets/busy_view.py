"""What a page shows while a job works for it: what is done, how far, and a way to stop it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from finetune_gui.core.job import JobState
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import secondary_button, small_button, text_label

_BAR_WIDTH = 320


class JobWatch(QObject):
    """Looks at one job at a time; what an earlier one still says is not heard.

    ``changed`` comes when `state`, `done` or `total` did.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._handle: JobHandle[Any] | None = None
        self.state = JobState.PENDING
        self.done = 0
        self.total = 0

    def follow(self, handle: JobHandle[Any]) -> None:
        """Look at this job from now on."""
        self._handle = handle
        handle.state_changed.connect(lambda _state: self._look(handle))
        handle.progressed.connect(lambda _done, _total, _text: self._look(handle))
        self._look(handle)

    def stop(self) -> None:
        """Look at nothing any more."""
        self._handle = None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to wait for."""
        return self._handle is None or self._handle.is_over

    def _look(self, handle: JobHandle[Any]) -> None:
        if handle is self._handle:
            self.state, self.done, self.total = handle.state, handle.done, handle.total
            self.changed.emit()


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
        self._keys = ("common-working", "common-working")
        self._watch = JobWatch(self)
        self._watch.changed.connect(self._show_job)
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
        on_change(self, self._show_count)

    def wait_for(self, text_key: str) -> None:
        """Show work of unknown length that cannot be stopped."""
        self._watch.stop()
        bind(self.text, self.text.setText, text_key)
        self.cancel_button.hide()
        self.bar.setRange(0, 0)
        self.count.clear()

    def follow(self, handle: JobHandle[Any], text_key: str, waiting_key: str) -> None:
        """Show how far a job is; ``waiting_key`` is shown before its turn comes."""
        self._keys = (text_key, waiting_key)
        self.cancel_button.show()
        self._watch.follow(handle)

    def _show_job(self) -> None:
        text_key, waiting_key = self._keys
        is_waiting = self._watch.state is JobState.PENDING
        bind(self.text, self.text.setText, waiting_key if is_waiting else text_key)
        self.cancel_button.setEnabled(self._watch.state is not JobState.CANCELLING)
        self.bar.setRange(0, self._watch.total)
        self.bar.setValue(self._watch.done)
        self._show_count()

    def _show_count(self) -> None:
        done, total = self._watch.done, self._watch.total
        known = total and not self._watch.is_over
        self.count.setText(tr(self._count_key, done=done, total=total) if known else "")


class ProgressStrip(QWidget):
    """How far a job is, in a line above what it has brought so far. Hidden while there is none.

    ``cancelled`` comes when the user presses Cancel.
    """

    cancelled = Signal()

    def __init__(self, name: str, count_key: str, waiting_key: str, starting_key: str) -> None:
        """``count_key``: a message with ``done`` and ``total``. ``waiting_key`` is shown before
        the job's turn comes, ``starting_key`` before it knows how much there is to do.
        """
        super().__init__()
        self.setObjectName(name)
        self._count_key, self._waiting_key = count_key, waiting_key
        self._starting_key = starting_key
        self._watch = JobWatch(self)
        self._watch.changed.connect(self._show_job)
        self.text = text_label(None, "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "common-working")
        self.cancel_button = small_button("common-cancel", f"{name}-cancel")
        self.cancel_button.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.m)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel_button)
        on_change(self, self._show_words)
        self.hide()

    def follow(self, handle: JobHandle[Any]) -> None:
        """Show how far a job is until it is over."""
        self._watch.follow(handle)

    def stop(self) -> None:
        """Show nothing any more."""
        self._watch.stop()
        self.hide()

    def _show_job(self) -> None:
        self.setVisible(not self._watch.is_over)
        self.cancel_button.setEnabled(self._watch.state is not JobState.CANCELLING)
        self.bar.setRange(0, self._watch.total)
        self.bar.setValue(self._watch.done)
        self._show_words()

    def _show_words(self) -> None:
        done, total = self._watch.done, self._watch.total
        if self._watch.state is JobState.PENDING:
            self.text.setText(tr(self._waiting_key))
        elif total:
            self.text.setText(tr(self._count_key, done=done, total=total))
        else:
            self.text.setText(tr(self._starting_key))
