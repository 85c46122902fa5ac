"""Train a model, or go on with a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Dataset


@dataclass(frozen=True)
class Train:
    """Train on ``dataset`` as ``recipe`` says, into the new run folder ``out``.

    ``parent`` is the name of the run whose settings were taken over and changed.
    """

    dataset: Dataset
    recipe: Recipe
    out: Path
    paths: AppPaths
    parent: str = ""
    lane: Lane = Lane.COMPUTE
    title: str = "train-job"

    def run(self, ctx: JobContext) -> RunFolder:
        """The run, with its model in place. See `finetune_gui.engine.training.train`."""
        from finetune_gui.engine.training import train

        return train(self.dataset, self.recipe, self.out, self.paths, ctx, self.parent)


@dataclass(frozen=True)
class Resume:
    """Go on with a run that was paused, killed or failed."""

    path: Path
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "train-job"

    def run(self, ctx: JobContext) -> RunFolder:
        """The run, with its model in place. See `finetune_gui.engine.training.resume`.

        Raises `RunError` for a run of a search or cross-validation too: ended by itself, it would
        count as a trial or fold that is done.
        """
        from finetune_gui.engine.training import resume

        if RunFolder(self.path).is_of_trials:
            raise RunError("error-run-of-trials", path=str(self.path))
        return resume(self.path, self.paths, ctx)
