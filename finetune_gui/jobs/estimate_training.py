"""How long a training will take on this computer, from a short trial of its network."""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe


@dataclass(frozen=True)
class EstimateTraining:
    """The seconds that ``recipe`` needs for so many photos of each split.

    It shares the lane of training: what is measured beside a training would be wrong.
    """

    recipe: Recipe
    n_train: int
    n_validation: int
    n_test: int
    n_classes: int
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "train-job-estimate"

    def run(self, ctx: JobContext) -> float:
        """Try the network out unless that was done before."""
        from finetune_gui.engine.estimate import Counts, estimate_run

        counts = Counts(self.n_train, self.n_validation, self.n_test, self.n_classes)
        return estimate_run(self.recipe, counts, self.paths, ctx)
