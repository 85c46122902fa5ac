"""One wish at a time: of the jobs that are asked for, only the latest is heard."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import Job
from finetune_gui.gui.job_runner import JobHandle, JobRunner


class LatestJob(QObject):
    """Starts what is asked for and cancels what was asked before.

    ``finished`` carries the job and its result, ``failed`` the job and a `UserError`.
    """

    finished = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._handle: JobHandle[Any] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something was asked for and is not there yet."""
        return self._handle is not None and not self._handle.is_over

    def ask(self, job: Job[Any]) -> None:
        """Run ``job``, unless it is the one that is going on."""
        if self._handle is not None and self._handle.job == job and self.is_busy:
            return
        self.drop()
        self._handle = self._runner.start(job)
        self._handle.finished.connect(self._on_finished)
        self._handle.failed.connect(self._on_failed)

    def drop(self) -> None:
        """Cancel what goes on; what it still says is not heard."""
        if self._handle is not None and self._handle.is_over:  # somebody else stopped it
            self._handle = None
        if self._handle is not None:
            self._handle.finished.disconnect(self._on_finished)
            self._handle.failed.disconnect(self._on_failed)
            self._handle.cancel()
            self._handle = None

    def _on_finished(self, result: object) -> None:
        job = self._take()
        self.finished.emit(job, result)

    def _on_failed(self, error: UserError) -> None:
        job = self._take()
        self.failed.emit(job, error)

    def _take(self) -> object:
        handle, self._handle = self._handle, None
        return None if handle is None else handle.job
