"""The learning-rate finder: a range test on a copy of what fine-tuning would begin with.

The same loading, augmentation, arithmetic, frozen parts and updates as in a run, from the same
fitted head; only the learning rate grows from update to update. The copy lives in a temporary
folder and is thrown away.

The loss that is noted is not that of each batch: with 16 photos that jumps by a tenth of itself
from batch to batch, more than a good learning rate moves it. After each update the same few
training photos are looked at instead, without dropout, so that nothing but the weights differs.
"""

from __future__ import annotations

import itertools
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from finetune_gui.core.events import Event, LrTried, Progress
from finetune_gui.core.job import JobContext
from finetune_gui.core.lr_curve import LrCurve, LrPoint, read_curve, without_curve
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import OptimRecipe, Recipe, with_values
from finetune_gui.core.run_folder import Manifest, ManifestEntry
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.step import NotFiniteError
from finetune_gui.engine.training import make_manifest, prepared

FEWEST_PHOTOS = 8  # to learn from; fewer say nothing about others
_LOWEST_LR = 1e-6
_HIGHEST_LR = {"adamw": 1.0, "sgd": 10.0}
_FEWEST_STEPS, _MOST_STEPS = 60, 100
_LOOKED_AT = 32  # photos
_LOOK_EPOCH = 1_000_001  # whose augmentation no update sees
_DIVERGED = 4.0  # times the lowest loss

# More photos change neither the head nor the curve by much, but each costs two passes.
_MOST_PHOTOS = {"train": 1000, "validation": 250, "test": 0}


def find_lr(dataset: Dataset, recipe: Recipe, paths: AppPaths, ctx: JobContext) -> LrCurve:
    """Which learning rate suits ``recipe`` on ``dataset``; the same answer each time on one CPU.

    Tells an `LrTried` for each update. ``optim.lr`` and the epochs of the recipe do not matter.

    Raises:
        Cancelled: the user asked it to stop; nothing is left behind.
        UserError: a run could not begin either.
    """
    manifest = thinned(make_manifest(dataset, recipe), recipe.seed, _MOST_PHOTOS)
    recipe = for_a_trial(recipe)
    if sum(entry.split == "train" for entry in manifest.samples) < FEWEST_PHOTOS:
        return without_curve("few_photos")
    with (
        tempfile.TemporaryDirectory(prefix="finetune-lr-") as folder,
        prepared(manifest, recipe, Path(folder) / "run", paths, progress_alone(ctx)) as tuner,
    ):
        return _RangeTest(tuner, ctx).run()


def for_a_trial(recipe: Recipe) -> Recipe:
    """The recipe without what pays only in a long run."""
    return with_values(recipe, {"train.compile": False})


def progress_alone(ctx: JobContext) -> JobContext:
    """A context that passes on how far a trial is, but none of what happens in a run."""

    def emit(event: Event) -> None:
        if isinstance(event, Progress):
            ctx.emit(event)

    return JobContext(emit, ctx.control)


def thinned(manifest: Manifest, seed: int, most: dict[str, int]) -> Manifest:
    """At most so many photos of each split, each class with its share; the rest is in none."""
    rng = np.random.default_rng((seed, len(manifest.samples)))
    kept: set[int] = set()
    for split, limit in most.items():
        for label in manifest.classes:
            found = [
                i for i, e in enumerate(manifest.samples) if e.split == split and e.label == label
            ]
            total = sum(e.split == split for e in manifest.samples)
            share = math.ceil(len(found) * min(1.0, limit / max(1, total)))
            kept.update(rng.permutation(found)[:share].tolist())
    return replace(
        manifest,
        samples=tuple(e if i in kept else _unused(e) for i, e in enumerate(manifest.samples)),
    )


def _unused(entry: ManifestEntry) -> ManifestEntry:
    return replace(entry, split="unused")


@dataclass(frozen=True)
class _Probe:
    """Inputs [N, …] with their classes [N]: the photos that are looked at after each update."""

    inputs: Tensor
    labels: Tensor


class _RangeTest:
    def __init__(self, tuner: FineTuner, ctx: JobContext) -> None:
        self._tuner, self._ctx = tuner, ctx
        self._lrs = learning_rates(tuner.space.recipe.optim, tuner.space.steps_per_epoch())

    def run(self) -> LrCurve:
        """Make the updates until the loss explodes or the rates are through."""
        probe = self._probe()
        points: list[LrPoint] = []
        diverged_at: float | None = None
        self._tuner.train_mode()
        for step, (lr, batch) in enumerate(zip(self._lrs, self._batches(), strict=False)):
            self._ctx.check_cancelled()
            self._tuner.set_lr(lr)
            try:
                self._tuner.update(*batch, step)
                loss = self._tuner.loss_of(probe.inputs, probe.labels)
            except NotFiniteError:
                loss = math.inf
            if not math.isfinite(loss):
                diverged_at = lr
                break
            points.append(LrPoint(lr, loss))
            self._ctx.emit(LrTried(lr, loss))
            self._ctx.progress(step + 1, len(self._lrs), "lr-progress-test")
            if loss > _DIVERGED * min(p.loss for p in points):
                diverged_at = lr
                break
        return read_curve(points, diverged_at)

    def _batches(self) -> Iterator[tuple[tuple[int, ...], Tensor]]:
        for epoch in itertools.count(1):
            yield from self._tuner.inputs(epoch)

    def _probe(self) -> _Probe:
        inputs: list[Tensor] = []
        indices: list[int] = []
        for found, some in self._tuner.inputs(_LOOK_EPOCH):
            indices += found
            inputs.append(some)
            if len(indices) >= _LOOKED_AT:
                break
        labels = self._tuner.space.photos("train").labels[indices]
        return _Probe(torch.cat(inputs)[:_LOOKED_AT], labels[:_LOOKED_AT])


def learning_rates(optim: OptimRecipe, steps_per_epoch: int) -> list[float]:
    """The rates of a test, each larger than the one before by the same factor.

    One pass over the photos where that is neither too short to be seen nor too long to wait for.
    """
    steps = min(max(steps_per_epoch, _FEWEST_STEPS), _MOST_STEPS)
    rates: list[float] = np.geomspace(_LOWEST_LR, _HIGHEST_LR[optim.optimizer], steps).tolist()
    return rates
