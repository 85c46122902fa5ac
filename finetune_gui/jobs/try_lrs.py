"""Train a little with three learning rates, one after the other, and compare them."""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.lr_trials import LrTrials, three_around
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.dataset.index import Dataset


@dataclass(frozen=True)
class TryLrs:
    """A third of ``lr``, ``lr`` and three times it. The trainings are no runs of the user's."""

    dataset: Dataset
    recipe: Recipe
    lr: float
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "lr-job-try"

    def run(self, ctx: JobContext) -> LrTrials:
        """How each did and which to use. See `finetune_gui.engine.lr_trials.try_lrs`."""
        from finetune_gui.engine.lr_trials import try_lrs

        return try_lrs(self.dataset, self.recipe, three_around(self.lr), self.paths, ctx)
