"""Finds out, beside the window, how long the training that is set up now would take."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QObject, QTimer, Signal

from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.session import Session
from finetune_gui.jobs.estimate_training import EstimateTraining

_AFTER_MS = 400  # a value that is being dragged is not worth a trial


class RunEstimator(QObject):
    """Knows one estimate: that of the photos and the recipe which the session has now.

    ``changed`` comes when it is known.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: tuple[EstimateTraining, float | None] | None = None
        self._handle: JobHandle[float] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self._start)

    @property
    def seconds(self) -> float | None:
        """For the whole training; None while it is not known."""
        if self._known is None:
            return None
        job, seconds = self._known
        return seconds if job == self._job() else None

    def look(self) -> None:
        """Estimate soon what the session has now, if it can start and that is not known."""
        job = self._job()
        if self._handle is not None and self._handle.is_over:  # somebody stopped it
            self._handle = None
        if self._handle is not None and self._handle.job != job:
            self.stop()
        known = self._known is not None and self._known[0] == job
        if job is None or known:
            self._timer.stop()
        elif self._handle is None:
            self._timer.start()

    def stop(self) -> None:
        """Try nothing out any more: the computer has something else to do."""
        self._timer.stop()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _job(self) -> EstimateTraining | None:
        session = self._session
        busy = session.run_state is RunState.RUNNING or session.torch_state != "ready"
        if busy or session.dataset is None or session.why_not_start():
            return None
        counts = Counter(session.splits)
        return EstimateTraining(
            session.recipe,
            counts["train"],
            counts["validation"],
            counts["test"],
            len(session.dataset.classes),
            session.paths,
        )

    def _start(self) -> None:
        job = self._job()
        if job is None:
            return
        handle = self._session.runner.start(job)
        self._handle = handle
        handle.finished.connect(lambda seconds: self._on_over(handle, seconds))
        # Whatever is wrong will be said when the training is started; here it would be noise.
        handle.failed.connect(lambda _error: self._on_over(handle, None))

    def _on_over(self, handle: JobHandle[float], seconds: float | None) -> None:
        if handle is not self._handle:  # given up meanwhile
            return
        self._handle = None
        if isinstance(handle.job, EstimateTraining):
            self._known = (handle.job, seconds)
            self.changed.emit()
