"""Finds out what the files are that a file manager hands over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import RunFolder, RunState

RECIPE_SUFFIX = ".toml"


@dataclass(frozen=True)
class FoundPaths:
    """What is there: ``run`` with its state, a ``recipe``, the ``others``, and what is ``missing``.

    Of several runs or recipes the first one counts.
    """

    run: Path | None = None
    state: RunState | None = None
    recipe: Path | None = None
    others: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()


@dataclass(frozen=True)
class LookAtPaths:
    """Look at ``paths``, which may lie on a drive that answers slowly.

    It queues behind the job that opens the last run: photos are for the model of that one.
    """

    paths: tuple[Path, ...]
    lane: Lane = Lane.READ
    title: str = "shell-job-look"

    def run(self, ctx: JobContext) -> FoundPaths:
        """Look; raises `OSError` when a drive fails."""
        runs: list[Path] = []
        recipes: list[Path] = []
        others: list[Path] = []
        missing: list[Path] = []
        for path in self.paths:
            ctx.check_cancelled()
            run = _run_of(path)
            if not path.exists():
                missing.append(path)
            elif run is not None:
                runs.append(run)
            elif path.suffix.lower() == RECIPE_SUFFIX and path.is_file():
                recipes.append(path)
            else:
                others.append(path)
        first = next(iter(runs), None)
        return FoundPaths(
            first,
            None if first is None else RunFolder.open(first).state(),
            next(iter(recipes), None),
            tuple(others),
            tuple(missing),
        )


def _run_of(path: Path) -> Path | None:
    """The run whose folder or ``recipe.toml`` this is; a recipe that lies alone is of none."""
    if RunFolder(path).recipe_file.is_file():
        return path
    run = RunFolder(path.parent)
    is_its_recipe = path == run.recipe_file and path.is_file()
    return run.path if is_its_recipe and run.events_file.is_file() else None
