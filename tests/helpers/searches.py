"""Searches so small that a trial takes well under a second: the head alone, on shared features."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import optuna

from finetune_gui.core import recipe as recipes
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.search_space import Dimension, from_words
from finetune_gui.core.study import Budget, StudyFolder
from finetune_gui.dataset.samples import Dataset
from finetune_gui.engine import search, search_create, search_trial
from tests.helpers.tiny import tiny_recipe

SPACE: tuple[Dimension, ...] = (
    from_words("optim.lr", "0.0001..0.01"),
    from_words("optim.label_smoothing", "0..0.2"),
)


def quick_recipe(**values: object) -> Recipe:
    """The head alone learns, for one epoch of four updates."""
    return tiny_recipe(
        **{"model__freeze": "backbone", "augment__preset": "none", "train__epochs": 1, **values}
    )


def begun(
    dataset: Dataset, out: Path, trials: int = 3, storage: str = "", recipe: Recipe | None = None
) -> StudyFolder:
    """A study in which nothing was trained yet."""
    asked = search_create.Asked(recipe or quick_recipe(), SPACE, Budget(trials=trials), storage)
    return search_create.create(dataset, asked, out)


def search_on(path: Path, paths: AppPaths) -> None:
    """Search until the budget is used up; for a process of its own."""
    search.go_on(path, paths, JobContext(lambda _event: None))


def die_at(moment: str) -> None:
    """Kill this process without a word when it comes to a moment of a search."""

    def dying(owner: Any, name: str, *, after: bool = False) -> None:
        real = getattr(owner, name)

        def die(*args: Any, **kwargs: Any) -> Any:
            if after:
                real(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, die)

    match moment:
        case "asked":  # the trial is there, but nobody knows whose it is
            dying(optuna.Study, "ask", after=True)
        case "drawn":  # it has its values, but only half a folder
            dying(recipes, "save")
        case "epoch":
            dying(search_trial.TrialWatch, "hear")
        case "ended":  # its run is over, but the study does not know
            dying(search, "tell")
        case "told":
            dying(search, "tell", after=True)
        case "half a line":
            real = os.fsync

            def torn(handle: int) -> None:
                if Path(f"/proc/self/fd/{handle}").readlink().name == "journal.log":
                    os.truncate(handle, os.fstat(handle).st_size - 3)
                    os.kill(os.getpid(), signal.SIGKILL)
                real(handle)

            os.fsync = torn


def main(arguments: list[str]) -> None:
    """``STUDY BASEDIR [MOMENT]``: search, and die there."""
    study, base, *moment = arguments
    if moment:
        die_at(moment[0])
    search_on(Path(study), AppPaths.under(Path(base)))


if __name__ == "__main__":
    main(sys.argv[1:])
