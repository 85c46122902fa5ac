"""Short trainings with a few learning rates, from one baseline and in one temporary folder."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import (
    EpochFinished,
    Event,
    LrTrialMoved,
    Progress,
    RolledBack,
    StepFinished,
)
from finetune_gui.core.job import JobContext
from finetune_gui.core.lr_trials import LrTrial, LrTrials, judge
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.learner import make_learner
from finetune_gui.engine.loading import batches
from finetune_gui.engine.lr_finder import for_a_trial, thinned
from finetune_gui.engine.network import freeze
from finetune_gui.engine.training import make_manifest, prepared

_STEPS = 40  # of each training, about
_MOST_PHOTOS = {"train": 320, "validation": 200, "test": 0}


def try_lrs(
    dataset: Dataset, recipe: Recipe, lrs: Sequence[float], paths: AppPaths, ctx: JobContext
) -> LrTrials:
    """Train a little with each of three rates, the suggested one in the middle, and compare.

    Each training is a whole one made short: it warms up and comes to rest within a few epochs.
    Tells an `LrTrialMoved` for each update and each epoch.

    Raises:
        Cancelled: the user asked it to stop; nothing is left behind.
        UserError: a run could not begin either.
    """
    manifest = thinned(make_manifest(dataset, recipe), recipe.seed, _MOST_PHOTOS)
    n_train = sum(entry.split == "train" for entry in manifest.samples)
    short = shortened(for_a_trial(recipe), len(batches(range(n_train), recipe.train.batch_size)))
    listener = _Listener(ctx, len(lrs), short.train.epochs)
    with (
        tempfile.TemporaryDirectory(prefix="finetune-lr-") as folder,
        prepared(manifest, short, Path(folder) / "run", paths, listener.context) as tuner,
    ):
        start = {k: v.detach().clone() for k, v in tuner.space.network.state_dict().items()}
        trials = []
        for number, lr in enumerate(lrs):
            listener.begin(number, tuner.space.steps_per_epoch())
            trials.append(_try(tuner, start, lr, listener))
        return judge(tuple(trials), len(tuner.space.photos("validation")))


def shortened(recipe: Recipe, steps_per_epoch: int) -> Recipe:
    """The recipe with so few epochs that it takes about 40 updates, but two epochs at least."""
    wanted = max(2, math.ceil(_STEPS / max(1, steps_per_epoch)))
    epochs = max(1, min(wanted, recipe.train.epochs))
    share = epochs / max(1, recipe.train.epochs)
    return with_values(
        recipe,
        {
            "train.epochs": epochs,
            "train.patience": 0,
            "schedule.warmup_epochs": recipe.schedule.warmup_epochs * min(1.0, share),
        },
    )


def _try(tuner: FineTuner, start: dict[str, Tensor], lr: float, listener: _Listener) -> LrTrial:
    network = tuner.space.network
    network.load_state_dict(start)
    recipe = with_values(tuner.space.recipe, {"optim.lr": lr})
    # The one before may have ended while some stages were not open yet.
    freeze(network, recipe.model.freeze, recipe.model.learning_stages)
    space = replace(tuner.space, recipe=recipe)
    trial = FineTuner(space, make_learner(network, recipe), replace(tuner.state))
    trial.begin()
    try:
        trial.run()
    except UserError as error:
        if error.key != "error-loss-not-finite":
            raise
        return LrTrial(lr)
    last = listener.last
    # One that was begun again with half the rate says nothing of this one.
    if listener.exploded or last is None:
        return LrTrial(lr)
    return LrTrial(lr, last.val_loss, last.val_accuracy)


class _Listener:
    """Makes of what a training tells what is told of a trial."""

    def __init__(self, ctx: JobContext, trials: int, epochs: int) -> None:
        self.context = JobContext(self._hear, ctx.control)
        self.last: EpochFinished | None = None
        self.exploded = False
        self._ctx, self._trials, self._epochs = ctx, trials, epochs
        self._number, self._per_epoch = -1, 1

    def begin(self, number: int, steps_per_epoch: int) -> None:
        """From now on it is the training of this number, counted from 0."""
        self._number, self._per_epoch = number, steps_per_epoch
        self.last, self.exploded = None, False

    def _hear(self, event: Event) -> None:
        match event:
            case Progress() if self._number < 0:
                self._ctx.emit(event)
            case RolledBack():
                self.exploded = True
            case StepFinished() if not self.exploded:
                self._tell(event.step, event.train_loss)
                total = self._trials * self._epochs * self._per_epoch
                done = self._number * self._epochs * self._per_epoch + event.step
                self._ctx.progress(done, total, "lr-progress-trials")
            case EpochFinished() if not self.exploded:
                self.last = event
                self._tell(event.step, event.train_loss, event.val_loss)

    def _tell(self, step: int, train_loss: float, val_loss: float | None = None) -> None:
        self._ctx.emit(LrTrialMoved(self._number, step / self._per_epoch, train_loss, val_loss))
