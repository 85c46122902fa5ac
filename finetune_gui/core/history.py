"""The story of a run, read from its events: what every plot and every finding is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from finetune_gui.core.events import (
    BaselineFinished,
    EnsembleMade,
    EpochFinished,
    Evaluated,
    Event,
    Logged,
    RolledBack,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StageJudged,
    StepFinished,
)


@dataclass
class RunHistory:
    """Everything known of a run so far. `add` takes events in the order they happened.

    What a resumed run does again replaces what was told before, so that the curves of a run that
    was killed and resumed look like those of one that never stopped.
    """

    started: RunStarted | None = None
    baseline: BaselineFinished | None = None
    steps: list[StepFinished] = field(default_factory=list)
    epochs: list[EpochFinished] = field(default_factory=list)
    stages: list[StageJudged] = field(default_factory=list)
    logs: list[Logged] = field(default_factory=list)
    evaluations: dict[str, Evaluated] = field(default_factory=dict)
    ensemble: EnsembleMade | None = None  # instead of a baseline and epochs of its own
    end: RunFinished | RunPaused | RunFailed | None = None
    setbacks: int = 0  # how often the loss became infinite

    @property
    def has_learned_all(self) -> bool:
        """Whether no photo is left that its model has not learned from: nothing can judge it."""
        none_kept = self.started is not None and self.started.n_test == 0
        return self.ensemble is not None and none_kept

    def add(self, event: Event) -> None:
        """Take in one event; kinds that are not history are ignored."""
        match event:
            case RunStarted():
                self._start(event)
            case RolledBack():
                self.setbacks += 1
                self._forget_after(event.step)
            case BaselineFinished():
                self.baseline = event
            case StepFinished():
                while self.steps and self.steps[-1].step >= event.step:
                    self.steps.pop()
                self.steps.append(event)
            case EpochFinished():
                while self.epochs and self.epochs[-1].epoch >= event.epoch:
                    self.epochs.pop()
                self.epochs.append(event)
            case StageJudged():
                # One that was judged just before a kill is judged again.
                self.stages = [s for s in self.stages if s.epoch < event.epoch] + [event]
            case EnsembleMade():
                self.ensemble = event
            case Logged():
                self.logs.append(event)
            case Evaluated():
                self.evaluations[event.split] = event
            case RunFinished() | RunPaused() | RunFailed():
                self.end = event

    def _start(self, event: RunStarted) -> None:
        self.started = event
        self.end = None
        self._forget_after(event.resumed_at_step or 0)

    def _forget_after(self, step: int) -> None:
        self.steps = [s for s in self.steps if s.step <= step]
        self.epochs = [e for e in self.epochs if e.step <= step]
        self.stages = [s for s in self.stages if s.step <= step]

    @property
    def next_epoch(self) -> int | None:
        """The epoch in which the run would go on; None before the first and after the last."""
        if self.started is None or self.baseline is None:
            return None
        epoch = self.epochs[-1].epoch + 1 if self.epochs else 1
        return epoch if epoch <= self.started.epochs else None

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the best model so far; 0 is the baseline, None before there is any."""
        best = [e.epoch for e in self.epochs if e.best]
        if best:
            return best[-1]
        return None if self.baseline is None else 0


def from_events(events: Iterable[Event]) -> RunHistory:
    """The history that ``events`` tell."""
    history = RunHistory()
    for event in events:
        history.add(event)
    return history
