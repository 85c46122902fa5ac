"""Counts the parameters that learn, for each way to freeze, beside the window."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from PySide6.QtCore import QObject, Signal

from finetune_gui.core.errors import RecipeError, UserError
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


@dataclass(frozen=True)
class Choice:
    """What learns: a way to freeze and, for "custom", the stages that learn."""

    freeze: Freeze
    learning_stages: str = ""


class ParameterCounter(QObject):
    """Counts one network at a time and remembers what it counted.

    ``changed`` comes when a number is known, or when a network turned out not to be possible.
    """

    changed = Signal()

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._known: dict[tuple[Network, Choice], tuple[int, int]] = {}
        self._refused: dict[tuple[Network, Choice], UserError] = {}
        self._wanted: list[tuple[Network, Choice]] = []
        self._job: JobHandle[tuple[int, int]] | None = None

    def find(self, network: Network, choice: Choice) -> tuple[int, int] | None:
        """(all, learning), or None while it is not known."""
        return self._known.get((network, choice))

    def problem(self, network: Network, choice: Choice) -> UserError | None:
        """Why a network cannot be built so; None where nothing is known against it."""
        return self._refused.get((network, choice))

    def count(self, network: Network, choices: list[Choice]) -> None:
        """Count these choices for ``network``, the first first; drops what was asked before."""
        wanted = [(network, choice) for choice in choices]
        self._wanted = [w for w in wanted if w not in self._known and w not in self._refused]
        if self._job is not None and self._job.is_over:  # somebody stopped it
            self._job = None
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
        if self._job is not None and not self._job.is_over:
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
        # Stages that are not there speak against one choice, all else against the network.
        refused = self._wanted[:1] if isinstance(error, RecipeError) else self._wanted
        self._refused.update(dict.fromkeys(refused, error))
        self._wanted = [w for w in self._wanted if w not in self._refused]
        self.changed.emit()
        self._start_next()


def _job_for(wanted: tuple[Network, Choice]) -> CountParameters:
    network, choice = wanted
    return CountParameters(
        freeze=choice.freeze, learning_stages=choice.learning_stages, **asdict(network)
    )
