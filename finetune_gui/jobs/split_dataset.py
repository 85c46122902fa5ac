"""Say which photos are learned from and which are kept to judge by."""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.recipe import Recipe
from finetune_gui.dataset.index import Dataset, Split
from finetune_gui.dataset.splits import assign_splits


@dataclass(frozen=True)
class SplitDataset:
    """The split of each photo of ``dataset`` as ``recipe`` asks for it."""

    dataset: Dataset
    recipe: Recipe
    lane: Lane = Lane.READ
    title: str = "shell-job-split"

    def run(self, ctx: JobContext) -> tuple[Split, ...]:
        """One split for each sample, in their order."""
        ctx.check_cancelled()
        wanted = self.recipe.data
        return assign_splits(
            self.dataset, wanted.validation_fraction, wanted.test_fraction, wanted.split_seed
        )
