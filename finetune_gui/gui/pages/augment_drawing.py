"""Keeps the preview up to date: one job at a time, and only the latest wish counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import Recipe
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.jobs.preview_augmentation import Preview, PreviewAugmentation

# A slider tells of every step: so many are gathered into one drawing.
GATHER_MS = 80
# Only a drawing that takes longer than this is worth telling.
SLOW_MS = 300


@dataclass(frozen=True)
class Wish:
    """What the preview should show: ``count`` versions of a photo from ``first_epoch`` on.

    ``index`` is the photo's place in ``dataset.samples``, which is what training draws from.
    """

    photo: Path
    index: int
    recipe: Recipe
    count: int
    first_epoch: int

    @property
    def last_epoch(self) -> int:
        """The epoch of the last version."""
        return self.first_epoch + self.count - 1


class PreviewMaker(QObject):
    """Turns wishes into previews.

    ``made`` carries the wish and its `Preview`, ``failed`` the wish and a `UserError`; both only
    for the latest wish. ``slow`` tells that a drawing takes a while.
    """

    made = Signal(object, object)
    failed = Signal(object, object)
    slow = Signal()

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._wish: Wish | None = None
        self._drawn: Wish | None = None
        self._job: JobHandle[Preview] | None = None
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._start)
        self._patience = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._patience.timeout.connect(self.slow)

    @property
    def job(self) -> JobHandle[Preview] | None:
        """The drawing that goes on; None when nothing is being drawn."""
        return self._job

    @property
    def is_idle(self) -> bool:
        """Whether nothing is drawn and nothing waits to be."""
        return self._job is None and not self._gather.isActive()

    def ask(self, wish: Wish) -> None:
        """Show this soon. What was asked before and is not drawn yet is dropped."""
        stopped = self._job is not None and self._job.is_over
        if wish == self._wish and not stopped:
            return
        self._wish = wish
        if not self._gather.isActive():
            self._gather.start()

    def forget(self) -> None:
        """Draw nothing, and draw even the same wish again when it is asked next."""
        self._wish = None
        self._gather.stop()
        self._drop_job()

    def _start(self) -> None:
        self._drop_job()
        wish = self._wish
        if wish is None:
            return
        handle = self._runner.start(
            PreviewAugmentation(wish.photo, wish.recipe, wish.index, wish.count, wish.first_epoch)
        )
        self._job = handle
        self._drawn = wish
        handle.finished.connect(self._on_finished)
        handle.failed.connect(self._on_failed)
        self._patience.start()

    def _drop_job(self) -> None:
        """Cancel what is being drawn; a job that finishes all the same is not heard any more."""
        self._patience.stop()
        if self._job is None:
            return
        if self._job.is_over:  # somebody else stopped it
            self._job = None
            return
        self._job.finished.disconnect(self._on_finished)
        self._job.failed.disconnect(self._on_failed)
        self._job.cancel()
        self._job = None

    def _on_finished(self, preview: Preview) -> None:
        self._job = None
        self._patience.stop()
        self.made.emit(self._drawn, preview)

    def _on_failed(self, error: UserError) -> None:
        self._job = None
        self._patience.stop()
        self.failed.emit(self._drawn, error)
