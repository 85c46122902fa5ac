"""Search for the best settings, go on with a search, or compare its winner with the default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.search_space import Dimension
from finetune_gui.core.study import Budget, Pruner, StudyStory
from finetune_gui.dataset.index import Dataset


@dataclass(frozen=True)
class Tune:
    """Search over ``space`` from ``recipe`` on, in the new study folder ``out``.

    ``storage`` is that of Optuna where several computers search together, see
    `finetune_gui.engine.search_storage.open_storage`.
    """

    dataset: Dataset
    recipe: Recipe
    space: tuple[Dimension, ...]
    budget: Budget
    out: Path
    paths: AppPaths
    storage: str = ""
    pruner: Pruner = "auto"
    lane: Lane = Lane.COMPUTE
    title: str = "search-job"

    def run(self, ctx: JobContext) -> StudyStory:
        """What came of it. See `finetune_gui.engine.search.go_on`."""
        from finetune_gui.engine import search, search_create

        asked = search_create.Asked(self.recipe, self.space, self.budget, self.storage, self.pruner)
        folder = search_create.create(self.dataset, asked, self.out)
        return search.go_on(folder.path, self.paths, ctx)


@dataclass(frozen=True)
class ResumeTune:
    """Go on with the search at ``path``; ``more`` is added to its budget."""

    path: Path
    paths: AppPaths
    more: Budget | None = None
    lane: Lane = Lane.COMPUTE
    title: str = "search-job"

    def run(self, ctx: JobContext) -> StudyStory:
        """What came of it. See `finetune_gui.engine.search.go_on`."""
        from finetune_gui.engine import search

        return search.go_on(self.path, self.paths, ctx, self.more)


@dataclass(frozen=True)
class CompareTune:
    """Train the winner of the search at ``path`` and the default on the same photos."""

    path: Path
    paths: AppPaths
    folds: int = 5
    lane: Lane = Lane.COMPUTE
    title: str = "search-job-compare"

    def run(self, ctx: JobContext) -> StudyStory:
        """What came of it. See `finetune_gui.engine.search.compare_now`."""
        from finetune_gui.engine import search

        return search.compare_now(self.path, self.folds, self.paths, ctx)
