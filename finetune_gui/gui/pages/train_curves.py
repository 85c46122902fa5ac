"""The curves of a run as growing series: what the plots of the Train page draw. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Event,
    RolledBack,
    RunStarted,
    StepFinished,
)
from finetune_gui.core.history import RunHistory
from finetune_gui.gui.widgets.plot_data import Floats, Series

_SPEED_STEPS = 20


class RunCurves:
    """All series of one run; x is in epochs, so a step lies between two whole numbers.

    ``*_step`` is each step's own value, ``*_mean`` the mean over the steps of the last epoch's
    length, ``val_*`` one value an epoch, the first at 0 for the baseline, from whose model the
    fine-tuning starts.
    """

    def __init__(self) -> None:
        self.loss_step, self.loss_mean, self.val_loss = Series(), Series(), Series()
        self.accuracy_step, self.accuracy_mean, self.val_accuracy = Series(), Series(), Series()
        self.lr, self.speed = Series(), Series()
        self._sums = {"loss": Series(), "accuracy": Series()}
        self._per_epoch = 1
        self.baseline: BaselineFinished | None = None
        self._bests: list[EpochFinished] = []

    @property
    def _all(self) -> tuple[Series, ...]:
        return (
            self.loss_step,
            self.loss_mean,
            self.val_loss,
            self.accuracy_step,
            self.accuracy_mean,
            self.val_accuracy,
            self.lr,
            self.speed,
            *self._sums.values(),
        )

    @property
    def best(self) -> EpochFinished | None:
        """The best epoch so far; None while the baseline is the best."""
        return self._bests[-1] if self._bests else None

    def clear(self) -> None:
        """Forget everything."""
        for series in self._all:
            series.clear()
        self.baseline = None
        self._bests = []

    def load(self, history: RunHistory | None) -> None:
        """Show what a history tells, and nothing else."""
        self.clear()
        if history is None:
            return
        if history.started is not None:
            self._per_epoch = max(1, history.started.steps_per_epoch)
        if history.baseline is not None:
            self._add_baseline(history.baseline)
        self._add_steps(history.steps)
        self._add_epochs(history.epochs)

    def add(self, events: Iterable[Event]) -> None:
        """Take in what happened since; events come in their order."""
        steps: list[StepFinished] = []
        epochs: list[EpochFinished] = []
        for event in events:
            match event:
                case StepFinished():
                    steps.append(event)
                case EpochFinished():
                    epochs.append(event)
                case BaselineFinished():
                    self._add_baseline(event)
                case RunStarted() | RolledBack():
                    self._add_steps(steps)
                    self._add_epochs(epochs)
                    steps, epochs = [], []
                    self._start_from(event)
        self._add_steps(steps)
        self._add_epochs(epochs)

    def photos_per_second(self) -> float | None:
        """The speed over the last steps; None before the first."""
        recent = self.speed.ys[-_SPEED_STEPS:]
        return float(recent.mean()) if len(recent) else None

    def _start_from(self, event: RunStarted | RolledBack) -> None:
        """What is told of later steps than the one it goes on from is void: they come again."""
        if isinstance(event, RolledBack):
            step = event.step
        else:
            step = event.resumed_at_step or 0
            self._per_epoch = max(1, event.steps_per_epoch)
            if event.resumed_at_step is None:
                self.clear()
        for series in self._all:
            series.cut(step / self._per_epoch)
        self._bests = [e for e in self._bests if e.step <= step]

    def _add_baseline(self, event: BaselineFinished) -> None:
        self.baseline = event
        self.val_loss.extend([0.0], [event.val_loss])
        self.val_accuracy.extend([0.0], [event.val_accuracy])

    def _add_steps(self, steps: Sequence[StepFinished]) -> None:
        if not steps:
            return
        xs: Floats = np.array([s.step for s in steps], dtype=np.float64) / self._per_epoch
        self.lr.extend(xs, [s.lr for s in steps])
        self.speed.extend(xs, [s.photos_per_second for s in steps])
        losses = np.array([s.train_loss for s in steps], dtype=np.float64)
        accuracies = np.array([s.train_accuracy for s in steps], dtype=np.float64)
        self._add(self.loss_step, self.loss_mean, self._sums["loss"], xs, losses)
        self._add(self.accuracy_step, self.accuracy_mean, self._sums["accuracy"], xs, accuracies)

    def _add(self, raw: Series, mean: Series, sums: Series, xs: Floats, ys: Floats) -> None:
        before = float(sums.ys[-1]) if len(sums) else 0.0
        raw.extend(xs, ys)
        sums.extend(xs, before + np.cumsum(ys))
        mean.extend(xs, _window_means(sums.ys, len(xs), self._per_epoch))

    def _add_epochs(self, epochs: Sequence[EpochFinished]) -> None:
        for event in epochs:
            x = event.step / self._per_epoch
            self.val_loss.extend([x], [event.val_loss])
            self.val_accuracy.extend([x], [event.val_accuracy])
            if event.best:
                self._bests.append(event)


def _window_means(sums: Floats, n: int, window: int) -> Floats:
    """The means over the last ``window`` values (fewer at the start) at the last ``n`` places.

    ``sums`` [N] are running sums of the values.
    """
    ends = np.arange(len(sums) - n, len(sums))
    starts = np.maximum(ends - window, -1)
    before = np.where(starts >= 0, sums[np.maximum(starts, 0)], 0.0)
    means: Floats = (sums[ends] - before) / (ends - starts)
    return means
