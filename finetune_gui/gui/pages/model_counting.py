"""Counts the parameters that learn, for each way to freeze, beside the window."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from PySide6.QtCore import QObject, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import Adapter, Freeze, Head, Pooling
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.jobs.list_backbones import CountParameters


@dataclass(frozen=True)
class Network:
    """What the numbers depend on. ``input_size`` in pixels, 0: the backbone's own."""

    backbone: str
    input_size: int
    n_classes: int
    head: Head = "linear"
    pooling: Pooling = "own"
    adapter: Adapter = "none"
    lora_rank: int = 8


class ParameterCounter(QObject):
    """Counts one network at a time and remembers what it counted.

    ``changed`` comes when a number is known, or when a network turned out not to be possible.
    """

    changed = Signal()

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._known: dict[tuple[Network, Freeze], tuple[int, int]] = {}
        self._refused: dict[Network, UserError] = {}
        self._wanted: list[tuple[Network, Freeze]] = []
        self._job: JobHandle[tuple[int, int]] | None = None

    def find(self, network: Network, freeze: Freeze) -> tuple[int, int] | None:
        """(all, learning), or None while it is not known."""
        return self._known.get((network, freeze))

    def problem(self, network: Network) -> UserError | None:
        """Why a network cannot be built; None where nothing is known against it."""
        return self._refused.get(network)

    def count(self, network: Network, freezes: list[Freeze]) -> None:
        """Count these ways to freeze ``network``, the first first; drops what was asked before."""
        possible = network not in self._refused
        wanted = [(network, freeze) for freeze in freezes if possible]
        self._wanted = [w for w in wanted if w not in self._known]
        if self._job is not None and self._job.job not in [_job_for(w) for w in self._wanted]:
            self.stop_job()
        if self._job is None:
            self._start_next()

    def stop(self) -> None:
        """Count nothing any more."""
        self._wanted = []
        self.stop_job()

    def stop_job(self) -> None:
        """Cancel the job that goes on; what it still says is not heard."""
        if self._job is not None:
            self._job.finished.disconnect(self._on_counted)
            self._job.failed.disconnect(self._on_failed)
            self._job.cancel()
            self._job = None

    def _start_next(self) -> None:
        if self._wanted:
            self._job = self._runner.start(_job_for(self._wanted[0]))
            self._job.finished.connect(self._on_counted)
            self._job.failed.connect(self._on_failed)

    def _on_counted(self, counts: tuple[int, int]) -> None:
        done = None if self._job is None else self._job.job
        self._job = None
        for wanted in self._wanted:
            if _job_for(wanted) == done:
                self._known[wanted] = counts
        self._wanted = [w for w in self._wanted if w not in self._known]
        self.changed.emit()
        self._start_next()

    def _on_failed(self, error: UserError) -> None:
        self._job = None
        for network, _ in self._wanted:  # all wanted at one time are of one network
            self._refused[network] = error
        self._wanted = []
        self.changed.emit()


def _job_for(wanted: tuple[Network, Freeze]) -> CountParameters:
    network, freeze = wanted
    return CountParameters(freeze=freeze, **asdict(network))
