"""What is to be expected of a cross-validation before it begins."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.gui.job_runner import JobRunner
from finetune_gui.gui.latest_job import LatestJob
from finetune_gui.jobs.cross_validate import FoldsOutlook, LookAhead

_AFTER_MS = 400  # a number that is being turned is not worth a trial


class Outlook(QObject):
    """Finds it out a moment after the last wish. ``changed`` comes when `of` knows more."""

    changed = Signal()

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: LookAhead | None = None
        self._known: tuple[object, FoldsOutlook | UserError] | None = None
        self._looking = LatestJob(runner, self)
        self._looking.finished.connect(self._on_found)
        self._looking.failed.connect(self._on_found)
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self._look)

    def want(self, wanted: LookAhead | None) -> None:
        """Find out about ``wanted``; None: about nothing any more."""
        self._wanted = wanted
        if wanted is None:
            self._timer.stop()
            self._looking.drop()
        elif self.of(wanted) is None:
            self._timer.start()

    def forget_failure(self) -> None:
        """What failed may have had a reason that is gone: a full memory, a busy device."""
        if self._known is not None and isinstance(self._known[1], UserError):
            self._known = None

    def of(self, wanted: LookAhead | None) -> FoldsOutlook | UserError | None:
        """What is known of ``wanted``, or why it cannot be done; None before that is known."""
        if wanted is None or self._known is None or self._known[0] != wanted:
            return None
        return self._known[1]

    def _look(self) -> None:
        if self._wanted is not None:
            self._looking.ask(self._wanted)

    def _on_found(self, job: object, found: FoldsOutlook | UserError) -> None:
        self._known = (job, found)
        self.changed.emit()
