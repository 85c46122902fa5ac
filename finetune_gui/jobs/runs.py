"""Read runs from disk: one with its story, or the list of all of them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError
from finetune_gui.core.history import RunHistory, from_events
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import EventFollower, RunFolder, RunState, list_runs
from finetune_gui.jobs.export import formats_of

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedRun:
    """A run as it was when it was read; ``follower`` goes on from there."""

    run: RunFolder
    recipe: Recipe
    history: RunHistory
    state: RunState
    follower: EventFollower


@dataclass(frozen=True)
class OpenRun:
    """Read the recipe and the events of the run at ``path``."""

    path: Path
    lane: Lane = Lane.READ
    title: str = "shell-job-open-run"

    def run(self, ctx: JobContext) -> OpenedRun:
        """What the folder says; raises `RunError` or `RecipeError` when it is not a run."""
        ctx.check_cancelled()
        run = RunFolder.open(self.path)
        follower = EventFollower(run)
        history = from_events(follower.read_new())
        return OpenedRun(run, run.read_recipe(), history, run.state(), follower)


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs.

    ``started`` is in Unix seconds; ``val_accuracy`` a fraction in [0, 1], None before there is a
    model; ``epochs_done`` counts whole epochs of fine-tuning. ``formats`` are those that its model
    can be exported in.
    """

    path: Path
    name: str
    state: RunState
    started: float
    backbone: str
    val_accuracy: float | None
    epochs_done: int
    has_model: bool
    formats: tuple[str, ...] = ("safetensors",)


@dataclass(frozen=True)
class ListRuns:
    """All runs under ``folder``, the newest first."""

    folder: Path
    lane: Lane = Lane.READ
    title: str = "shell-job-list-runs"

    def run(self, ctx: JobContext) -> tuple[RunSummary, ...]:
        """A summary of each run that can be read; the others are named in the log."""
        found = []
        for run in list_runs(self.folder):
            ctx.check_cancelled()
            try:
                found.append(summarise(run))
            except (UserError, OSError) as error:
                _logger.info("left out of the list: %s (%s)", run.path, error)
        return tuple(found)


@dataclass(frozen=True)
class SweepRuns:
    """Remove the temporary files that killed processes left in the runs under ``folder``."""

    folder: Path
    lane: Lane = Lane.READ
    title: str = "shell-job-tidy"

    def run(self, ctx: JobContext) -> int:
        """How many files were removed; runs that some process trains in are left alone."""
        removed = 0
        for run in list_runs(self.folder):
            ctx.check_cancelled()
            if not run.is_locked():
                removed += atomic.sweep(run.path)
        return removed


def summarise(run: RunFolder) -> RunSummary:
    """The line for one run; raises `RecipeError` or `OSError` when its files cannot be read."""
    wanted, story = run.read_recipe(), run.read_history()
    started = story.started
    return RunSummary(
        path=run.path,
        name=run.name,
        state=run.state(),
        # Written once, when the run was made; its events begin anew with each resume.
        started=run.recipe_file.stat().st_mtime,
        backbone=wanted.model.backbone if started is None else started.backbone_name,
        val_accuracy=best_accuracy(story),
        epochs_done=len(story.epochs),
        has_model=run.model_file.is_file(),
        formats=formats_of(wanted.model.backbone),
    )


def best_accuracy(story: RunHistory) -> float | None:
    """The validation accuracy of the best model so far, a fraction; None before there is one."""
    accuracies = [epoch.val_accuracy for epoch in story.epochs if epoch.best]
    if accuracies:
        return accuracies[-1]
    return None if story.baseline is None else story.baseline.val_accuracy
