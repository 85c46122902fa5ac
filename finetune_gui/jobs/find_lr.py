"""Find a learning rate for a recipe and a dataset by a range test."""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.lr_curve import LrCurve
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.dataset.index import Dataset


@dataclass(frozen=True)
class FindLr:
    """Test what learning rate suits ``recipe`` on ``dataset``; no run of the user's is touched."""

    dataset: Dataset
    recipe: Recipe
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "lr-job-find"

    def run(self, ctx: JobContext) -> LrCurve:
        """The curve and what it says. See `finetune_gui.engine.lr_finder.find_lr`."""
        from finetune_gui.engine.lr_finder import find_lr

        return find_lr(self.dataset, self.recipe, self.paths, ctx)
