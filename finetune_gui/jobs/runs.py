"""Read runs from disk: one with its story, or the list of all of them."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from finetune_gui.core import atomic
from finetune_gui.core.errors import RunError, UserError, as_user_error
from finetune_gui.core.events import BaselineFinished, EpochFinished, Evaluated, RunFinished
from finetune_gui.core.history import RunHistory, from_events
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.manifest_facts import read_facts
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.recipe_words import Change, changes
from finetune_gui.core.run_folder import (
    EventFollower,
    RunFolder,
    RunState,
    list_runs,
    state_of,
)
from finetune_gui.core.run_notes import RunNotes, read_notes
from finetune_gui.jobs.export import formats_of

_logger = logging.getLogger(__name__)

_MOST_KNOWN = 10_000  # runs whose summaries are kept in memory, a few kilobytes each


@dataclass(frozen=True)
class OpenedRun:
    """A run as it was when it was read; ``follower`` goes on from there.

    ``dataset`` is the folder of the photos that it learns from, empty where that is not known.
    """

    run: RunFolder
    recipe: Recipe
    history: RunHistory
    state: RunState
    follower: EventFollower
    dataset: str = ""


@dataclass(frozen=True)
class OpenRun:
    """Read the recipe and the events of the run at ``path``."""

    path: Path
    lane: Lane = Lane.READ
    title: str = "runs-job-open"

    def run(self, ctx: JobContext) -> OpenedRun:
        """What the folder says; raises `RunError` or `RecipeError` when it is not a run."""
        ctx.check_cancelled()
        run = RunFolder.open(self.path)
        follower = EventFollower(run)
        history = from_events(follower.read_new())
        dataset = str(_data_of(run).get("dataset", ""))
        return OpenedRun(run, run.read_recipe(), history, run.state(), follower, dataset)


@dataclass(frozen=True)
class RunSummary:
    """One line of the list of runs.

    ``started`` is in Unix seconds; ``val_accuracy`` a fraction in [0, 1], None before there is a
    model, judged on ``n_validation`` photos; ``epochs_done`` counts whole epochs of fine-tuning and
    ``curve`` holds the validation accuracy of the baseline and of each. Its model can be exported
    in ``formats``. ``judged`` are the evaluations by split.

    ``dataset`` is the folder of its ``n_photos`` photos, ``data_version`` says which they are and
    how they were split (see `core.manifest_facts`); empty before the run has looked.
    ``changes`` is what differs from the run called ``parent``: None where that is not there any
    more. A run that cannot be read has a ``problem`` and nothing else.
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
    notes: RunNotes = field(default_factory=RunNotes)
    recipe: Recipe = field(default_factory=Recipe)
    curve: tuple[float, ...] = ()
    best_epoch: int | None = None
    seconds: float | None = None
    n_validation: int = 0
    judged: Mapping[str, Evaluated] = field(default_factory=dict)
    dataset: str = ""
    n_photos: int = 0
    data_version: str = ""
    parent: str = ""
    parent_title: str = ""
    parent_data_version: str = ""
    changes: tuple[Change, ...] | None = None
    problem: UserError | None = None

    @property
    def title(self) -> str:
        """What people call the run."""
        return self.notes.title or self.name

    @property
    def has_other_data(self) -> bool:
        """Whether it learned from other photos, or split them otherwise, than its parent."""
        versions = (self.data_version, self.parent_data_version)
        return all(versions) and versions[0] != versions[1]


@dataclass(frozen=True)
class ListRuns:
    """All runs under ``folder``, the newest first."""

    folder: Path
    lane: Lane = Lane.READ
    title: str = "runs-job-list"

    def run(self, ctx: JobContext) -> tuple[RunSummary, ...]:
        """A summary of each run; of one that cannot be read it says why."""
        found = []
        for run in list_runs(self.folder):
            ctx.check_cancelled()
            try:
                found.append(_known.summary(run))
            except (UserError, OSError) as error:
                _logger.info("cannot be read: %s (%s)", run.path, error)
                found.append(_unreadable(run, error))
        by_name = {summary.name: summary for summary in found}
        return tuple(_beside_parent(run, by_name.get(run.parent)) for run in found)


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
    """The line for one run, as if it had no parent.

    Raises:
        RecipeError: its recipe cannot be read.
        OSError: neither can its events.
    """
    wanted, story = run.read_recipe(), run.read_outline()
    started = story.started
    return RunSummary(
        path=run.path,
        name=run.name,
        state=RunState.RUNNING if run.is_locked() else state_of(story),
        # Written once, when the run was made; its events begin anew with each resume.
        started=run.recipe_file.stat().st_mtime,
        backbone=wanted.model.backbone if started is None else started.backbone_name,
        val_accuracy=best_accuracy(story),
        epochs_done=len(story.epochs),
        has_model=run.model_file.is_file(),
        formats=formats_of(wanted.model.backbone, is_ensemble=story.ensemble is not None),
        notes=read_notes(run),
        recipe=wanted,
        curve=tuple(point.val_accuracy for point in judged_points(story)),
        best_epoch=story.best_epoch,
        seconds=story.end.seconds if isinstance(story.end, RunFinished) else None,
        n_validation=0 if started is None else started.n_validation,
        judged=story.evaluations,
        **_data_of(run),
    )


def _data_of(run: RunFolder) -> dict[str, Any]:
    """What the manifest tells; nothing before there is one."""
    try:
        facts = read_facts(run)
    except RunError:
        return {}
    return {
        "dataset": facts.dataset,
        "n_photos": facts.n_photos,
        "data_version": facts.version,
        "parent": facts.parent,
    }


def _unreadable(run: RunFolder, error: Exception) -> RunSummary:
    when = 0.0
    with contextlib.suppress(OSError):
        when = run.recipe_file.stat().st_mtime
    return RunSummary(
        path=run.path,
        name=run.name,
        state=RunState.RUNNING if run.is_locked() else RunState.FAILED,
        started=when,
        backbone="",
        val_accuracy=None,
        epochs_done=0,
        has_model=False,
        notes=read_notes(run),
        problem=as_user_error(error),
    )


def _beside_parent(run: RunSummary, parent: RunSummary | None) -> RunSummary:
    if parent is None or parent.problem is not None:
        return run
    return replace(
        run,
        parent_title=parent.title,
        parent_data_version=parent.data_version,
        changes=changes(parent.recipe, run.recipe),
    )


class _Known:
    """Summaries by the size and time of the files that they were read from."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[object, RunSummary]] = {}

    def summary(self, run: RunFolder) -> RunSummary:
        """The line for one run; read anew only when one of its files has changed."""
        stamp = tuple(map(_stamp, (run.recipe_file, run.events_file, run.manifest_file)))
        before, summary = self._found.get(run.path, (None, None))
        if summary is None or stamp != before or not run.events_file.exists():
            summary = summarise(run)
            if len(self._found) >= _MOST_KNOWN:
                self._found.clear()
            # One that goes on now is another one as soon as it stops, with no word in its files.
            if summary.state is not RunState.RUNNING:
                self._found[run.path] = (stamp, summary)
            return summary
        state = RunState.RUNNING if run.is_locked() else summary.state
        has_model = run.model_file.is_file()
        return replace(summary, state=state, has_model=has_model, notes=read_notes(run))


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns


_known = _Known()


def judged_points(story: RunHistory) -> list[BaselineFinished | EpochFinished]:
    """When the validation photos were judged: by the baseline, and after each epoch."""
    start = [] if story.baseline is None else [story.baseline]
    return [*start, *story.epochs]


def best_accuracy(story: RunHistory) -> float | None:
    """The validation accuracy of the best model so far, a fraction; None before there is one."""
    if story.ensemble is not None:
        return story.ensemble.val_accuracy
    accuracies = [epoch.val_accuracy for epoch in story.epochs if epoch.best]
    if accuracies:
        return accuracies[-1]
    return None if story.baseline is None else story.baseline.val_accuracy
