"""What is found out about the open dataset in the background."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from finetune_gui.core.job import Lane
from finetune_gui.dataset.check import HealthReport, Issue
from finetune_gui.dataset.samples import SkippedPhoto
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.thumbnail_loader import DISK_SIZES, loader_for
from finetune_gui.jobs.check_dataset import CheckDataset, VerifyPhotos

# The page and the first photos come before the reading of all of them.
_VERIFY_AFTER_MS = 300


class DatasetCare(QObject):
    """Reads every photo of a newly opened dataset once, and checks it when asked to.

    ``changed``: the report, or whether something is going on, changed. ``progressed`` carries how
    many photos the check has read and how many there are.
    """

    changed = Signal()
    progressed = Signal(int, int)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._verifying: JobHandle[tuple[SkippedPhoto, ...]] | None = None
        self._checking: JobHandle[HealthReport] | None = None
        self._marking = False
        self._soon = QTimer(self, singleShot=True, interval=_VERIFY_AFTER_MS)
        self._soon.timeout.connect(self._verify)
        self.report: HealthReport | None = None
        session.dataset_changed.connect(self._on_dataset)
        self._on_dataset()

    # ---- what is known

    @property
    def is_checking(self) -> bool:
        """Whether the check that the user asked for is going on, or waits for its turn."""
        return _is_running(self._checking)

    @property
    def is_busy(self) -> bool:
        """Whether photos are being read, or will be in a moment."""
        return self._soon.isActive() or _is_running(self._verifying) or self.is_checking

    def issues(self) -> list[Issue]:
        """Photos that cannot be used, one entry for each reason, then what the check found."""
        dataset = self._session.dataset
        if dataset is None:
            return []
        by_reason: dict[str, list[str]] = defaultdict(list)
        for photo in dataset.skipped:
            by_reason[photo.reason].append(dataset.relative(photo.path))
        left_out = [
            Issue("unreadable", tuple(paths), {"n": len(paths), "reason": reason})
            for reason, paths in by_reason.items()
        ]
        found = () if self.report is None else self.report.issues
        return left_out + [issue for issue in found if issue.kind != "unreadable"]

    # ---- what can be asked for

    def check(self) -> None:
        """Look for what a person should know before training."""
        dataset = self._session.dataset
        if dataset is None or self.is_checking:
            return
        # Beside the reading of small files, not before it: splitting must not wait for this.
        job = CheckDataset(dataset.source, self._session.paths, Lane.THUMBNAILS)
        handle = self._session.runner.start(job)
        self._checking = handle
        handle.finished.connect(lambda report: self._on_report(handle, report))
        handle.failed.connect(self._session.message.emit)
        handle.progressed.connect(lambda done, total, _text: self.progressed.emit(done, total))
        self._follow(handle)

    def cancel(self) -> None:
        """Stop the check; what it found so far is forgotten."""
        if self._checking is not None:
            self._checking.cancel()

    # ---- inside

    def _on_dataset(self) -> None:
        if self._marking:
            return
        for handle in (self._verifying, self._checking):
            if handle is not None:
                handle.cancel()
        self._verifying = self._checking = None
        self.report = None
        loader_for(self._session).forget()
        if self._session.dataset is None:
            self._soon.stop()
        else:
            self._soon.start()
        self.changed.emit()

    def _verify(self) -> None:
        dataset = self._session.dataset
        if dataset is None:
            return
        job = VerifyPhotos(dataset, self._session.paths, DISK_SIZES[0])
        handle = self._session.runner.start(job)
        self._verifying = handle
        handle.finished.connect(lambda photos: self._on_verified(handle, photos))
        handle.failed.connect(self._session.message.emit)
        self._follow(handle)

    def _follow(self, handle: JobHandle[Any]) -> None:
        handle.state_changed.connect(lambda _state: self.changed.emit())
        self.changed.emit()

    def _on_verified(
        self, handle: JobHandle[tuple[SkippedPhoto, ...]], photos: tuple[SkippedPhoto, ...]
    ) -> None:
        if handle is self._verifying:
            self._mark(photos)

    def _on_report(self, handle: JobHandle[HealthReport], report: HealthReport) -> None:
        if handle is self._checking:
            self.report = report
            self._mark(report.skipped)
            self.changed.emit()

    def _mark(self, photos: tuple[SkippedPhoto, ...]) -> None:
        """Leave out what turned out to be unreadable and is not left out already."""
        dataset = self._session.dataset
        present = set() if dataset is None else {sample.path for sample in dataset.samples}
        fresh = tuple(photo for photo in photos if photo.path in present)
        if fresh:
            self._marking = True
            self._session.mark_skipped(fresh)
            self._marking = False
            self.changed.emit()


def _is_running(handle: JobHandle[Any] | None) -> bool:
    return handle is not None and not handle.is_over
