"""One download of weights and the card that shows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.gui.widgets.backbone_card import BackboneCard
from finetune_gui.jobs.list_backbones import FetchWeights


class WeightsDownload(QObject):
    """Fetches the weights of a card's backbone; ``over`` tells that it ended, in any way.

    It ends with the card: what the job tells after that is not heard.
    """

    over = Signal()

    def __init__(self, card: BackboneCard, runner: JobRunner, paths: AppPaths) -> None:
        super().__init__(card)
        self._card = card
        self._stopping = False
        self.job: JobHandle[str] = runner.start(FetchWeights(card.status.backbone.name, paths))
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_finished)
        self.job.failed.connect(self._on_failed)
        self.job.cancelled.connect(self._on_cancelled)
        card.show_progress(0, 0)

    def cancel(self) -> None:
        """Stop as soon as the job looks up; a transfer that hangs takes up to two seconds."""
        self._stopping = True
        self._card.show_stopping()
        self.job.cancel()

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        if not self._stopping:
            self._card.show_progress(done, total)

    def _on_finished(self, _path: str) -> None:
        self._end()

    def _on_failed(self, error: UserError) -> None:
        # A transfer that hangs ends with an error even when the user had asked it to stop.
        if not self._stopping:
            self._card.show_error(error)
        self._end()

    def _on_cancelled(self) -> None:
        self._end()

    def _end(self) -> None:
        self._card.show_idle()
        self.over.emit()
        self.deleteLater()
