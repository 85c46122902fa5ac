"""A whole run: look at the photos, baseline, fine-tuning, evaluation; and how one is resumed."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from finetune_gui.core import atomic
from finetune_gui.core.errors import (
    DatasetError,
    PhotoError,
    RecipeError,
    RunError,
    UserError,
    as_user_error,
)
from finetune_gui.core.events import (
    RunFailed,
    RunFinished,
)
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.index import Dataset
from finetune_gui.dataset.splits import assign_splits
from finetune_gui.engine import (
    starting_point,
)
from finetune_gui.engine.devices import choose_device, describe
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.run_work import RunWork
from finetune_gui.engine.runtimes import installed_version
from finetune_gui.engine.shared_features import SharedFeatures
from finetune_gui.engine.team import Team, folder_of_its_own, team_of_process

log = logging.getLogger(__name__)
_PACKAGES = ("torch", "torchvision", "timm", "numpy", "pillow", "scikit-learn")


def train(
    dataset: Dataset,
    recipe: Recipe,
    out: Path,
    paths: AppPaths,
    ctx: JobContext,
    parent: str = "",
) -> RunFolder:
    """Train on ``dataset`` as ``recipe`` says, into the new run folder ``out``.

    ``parent`` is the name of the run whose settings were taken over and changed.

    Raises:
        Cancelled: stopped before there was a model.
        UserError: it could not be done; the run folder says why.
    """
    with _team_for(recipe) as team:
        _check_batch(team, recipe)
        if not team.is_first:
            return _help(team, paths)
        recipe = starting_point.pinned(recipe)
        with _in_plain_words():
            manifest = replace(make_manifest(dataset, recipe), parent=parent)
        run = RunFolder.create(out, recipe)
        with run.locked():
            run.write_manifest(manifest)
            _lead(team, run, paths, ctx)
        return run


def train_fold(
    manifest: Manifest,
    recipe: Recipe,
    out: Path,
    paths: AppPaths,
    ctx: JobContext,
    shared: SharedFeatures,
) -> RunFolder:
    """Train on photos that are divided already; in this process alone. Raises as `train` does."""
    run = RunFolder.create(out, recipe)
    run.write_manifest(manifest)
    go_on_with(run, paths, ctx, shared)
    return run


def resume(path: Path, paths: AppPaths, ctx: JobContext) -> RunFolder:
    """Go on with a run that was paused, killed or failed, exactly where it was.

    Raises:
        Cancelled: stopped before there was a model.
        RunError: there is no run, it is over, or another process trains in it.
        UserError: as for `train`.
    """
    run = RunFolder.open(path)
    if isinstance(run.read_history().end, RunFinished):
        raise RunError("error-run-finished", path=str(path))
    with _team_for(run.read_recipe()) as team:
        if not team.is_first:
            return _help(team, paths)
        with run.locked():
            atomic.sweep(run.path)
            _lead(team, run, paths, ctx)
        return run


def go_on_with(
    run: RunFolder,
    paths: AppPaths,
    ctx: JobContext,
    shared: SharedFeatures | None = None,
    *,
    evaluate: bool = True,
) -> None:
    """Do the run of a folder that has its recipe and manifest, from wherever it is.

    For folds and trials: they have features in common (``shared``), and not all of them
    ``evaluate`` in the end.

    Raises:
        Cancelled: stopped before there was a model.
        RunError: another process trains in it.
        UserError: as for `train`.
    """
    with run.locked():
        atomic.sweep(run.path)
        _work(run, paths, ctx, Team(), shared, evaluate=evaluate)


@contextmanager
def prepared(
    manifest: Manifest, recipe: Recipe, folder: Path, paths: AppPaths, ctx: JobContext
) -> Iterator[FineTuner]:
    """What fine-tuning would begin with: the baseline is fitted, no update has been made.

    For trials that are no run of the user's: ``folder`` is new and whoever asks removes it.

    Raises:
        Cancelled: the user asked it to stop.
        UserError: a run with this recipe could not begin either, or the trial failed.
    """
    run = RunFolder.create(folder, recipe)
    run.write_manifest(manifest)
    with RunRecorder(run, ctx) as recorder, _in_plain_words(), _reproducible():
        work = RunWork(run, paths, ctx, recorder, Team())
        try:
            with work.threads():
                yield work.begin()
        finally:
            work.free_memory()


def _team_for(recipe: Recipe) -> AbstractContextManager[Team]:
    return team_of_process(cpu=choose_device(recipe.train.device).type == "cpu")


def _check_batch(team: Team, recipe: Recipe) -> None:
    """Every process needs a photo of each batch."""
    if recipe.train.batch_size < team.size:
        batch = recipe.train.batch_size
        raise RecipeError("error-team-too-large", processes=team.size, batch=batch)


def _lead(team: Team, run: RunFolder, paths: AppPaths, ctx: JobContext) -> None:
    """Train in ``run``, with the help of the others in the team."""
    team.of_first(lambda: run.path)
    team.gather("copied")  # nothing may change before
    _work(run, paths, ctx, team)


def _help(team: Team, paths: AppPaths) -> RunFolder:
    """Do what the first process does, but write and tell nothing: returns the first one's run."""
    run = RunFolder.open(team.of_first(Path))
    with folder_of_its_own(run) as copy:
        team.gather("copied")
        _work(copy, paths, JobContext(lambda _event: None, JobControl()), team)
    return run


def make_manifest(dataset: Dataset, recipe: Recipe) -> Manifest:
    """What the run will learn from: every photo with its split and fingerprint.

    Raises:
        DatasetError: there are no photos to learn from or none to judge by.
    """
    data = recipe.data
    splits = assign_splits(dataset, data.validation_fraction, data.test_fraction, data.split_seed)
    samples = tuple(
        ManifestEntry(dataset.relative(s.path), s.label, split, fingerprint(s.path))
        for s, split in zip(dataset.samples, splits, strict=True)
    )
    for split in ("train", "validation"):
        if not any(entry.split == split for entry in samples):
            raise DatasetError("error-too-few-photos", path=str(dataset.source))
    return replace(
        manifest_base(recipe),
        dataset=str(dataset.root),
        classes=dataset.classes,
        samples=samples,
        skipped={dataset.relative(s.path): s.reason for s in dataset.skipped},
    )


def manifest_base(recipe: Recipe) -> Manifest:
    """A manifest without photos: versions, device, and what the network starts from."""
    return Manifest(
        dataset="",
        classes=(),
        samples=(),
        device=describe(choose_device(recipe.train.device)),
        versions={
            **{name: version(name) for name in _PACKAGES},
            **({"openvino": installed_version()} if installed_version() else {}),
        },
        started_from=starting_point.for_manifest(recipe.model),
    )


def _work(
    run: RunFolder,
    paths: AppPaths,
    ctx: JobContext,
    team: Team,
    shared: SharedFeatures | None = None,
    *,
    evaluate: bool = True,
) -> None:
    with RunRecorder(run, ctx) as recorder:
        try:
            with _reproducible():
                work = RunWork(run, paths, ctx, recorder, team, shared)
                try:
                    work.work(evaluate=evaluate)
                finally:
                    work.free_memory()
        except Cancelled:
            raise
        except Exception as error:
            failure = _failure(error)
            log.exception("run %s failed", run.path)
            # The disk may be full or gone: then the sentence reaches the user by the job alone.
            with contextlib.suppress(OSError):
                recorder.emit(RunFailed(failure.key, failure.params))
            raise failure from error


def _failure(error: Exception) -> UserError:
    """What is said of an error; one about a photo alone would not say which."""
    if isinstance(error, PhotoError):
        return DatasetError("error-run-photo", path=error.params.get("path", ""))
    return as_user_error(error)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _failure(error) from error


@contextmanager
def _reproducible() -> Iterator[None]:
    """Ask torch for algorithms that give the same result each time, where it has them."""
    details: Any = torch.utils.deterministic  # its type hints leave this out
    before = torch.are_deterministic_algorithms_enabled()
    fills = details.fill_uninitialized_memory
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    # Nothing here reads memory before it is written, and to fill all of it each time costs.
    details.fill_uninitialized_memory = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(mode=before)
        details.fill_uninitialized_memory = fills
