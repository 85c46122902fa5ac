"""Whole searches, small but real: what they find, and what a pause or a kill leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from safetensors.torch import load_file

from finetune_gui.core.errors import RecipeError, RunError, UserError
from finetune_gui.core.events import Event, Progress, TrialMoved
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.core.search_space import from_words
from finetune_gui.core.study import Budget, StudyFolder
from finetune_gui.dataset.samples import Dataset
from finetune_gui.engine import search, search_create, search_trial
from finetune_gui.engine.inference import infer
from finetune_gui.engine.model_file import read_info
from finetune_gui.engine.search_story import read_story
from finetune_gui.engine.training import train
from tests.helpers.searches import SPACE, begun, quick_recipe


def at(when: Callable[[Event], bool], what: str, events: list[Event] | None = None) -> JobContext:
    """A context that pauses or cancels its own job at an event."""
    control = JobControl()

    def emit(event: Event) -> None:
        if events is not None:
            events.append(event)
        if when(event):
            getattr(control, what)()

    return JobContext(emit, control)


def moved(number: int, state: str = "running", epoch: int = 0) -> Callable[[Event], bool]:
    def is_it(event: Event) -> bool:
        return (
            isinstance(event, TrialMoved)
            and (event.number, event.state) == (number, state)
            and event.epoch >= epoch
        )

    return is_it


def test_every_trial_is_a_run_and_the_default_comes_first(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext, events: list[Event]
) -> None:
    folder = begun(dataset, tmp_path / "study")
    story = search.go_on(folder.path, paths, ctx)
    assert [t.number for t in story.own] == [0, 1, 2]
    assert [t.state for t in story.own] == ["complete"] * 3
    assert story.state == "done"
    assert story.default is story.trials[0]
    assert story.recipe_of(story.trials[0]) == quick_recipe()
    assert len({json.dumps(t.values) for t in story.own}) == 3
    for trial in story.own:
        assert trial.folder is not None
        run = RunFolder.open(trial.folder)
        assert run.state() is RunState.FINISHED
        assert run.read_recipe() == story.recipe_of(trial)
        info = read_info(run.path)
        assert (info.val_accuracy, info.val_loss) == (trial.accuracy, trial.loss)
    over = [e.number for e in events if isinstance(e, TrialMoved) and e.state == "complete"]
    assert over == [0, 1, 2]
    texts = {e.text for e in events if isinstance(e, Progress)}
    assert "search-progress-trials" in texts


def test_no_trial_sees_a_test_photo(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    folder = begun(dataset, tmp_path / "study", trials=2)
    run = train(dataset, quick_recipe(), tmp_path / "ordinary", paths, ctx)
    kept_away = {e.path for e in run.read_manifest().samples if e.split == "test"}
    assert kept_away
    search.go_on(folder.path, paths, ctx)
    manifests = [RunFolder(p).read_manifest() for p in folder.path.rglob("trials/*")]
    assert len(manifests) == 2
    for manifest in manifests:
        used = {e.path for e in manifest.samples if e.split in ("train", "validation", "test")}
        assert not used & kept_away
        assert used | kept_away == {e.path for e in manifest.samples}


def test_the_default_trial_is_the_ordinary_run_bit_for_bit(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    folder = begun(dataset, tmp_path / "study", trials=1)
    search.go_on(folder.path, paths, ctx)
    run = train(dataset, quick_recipe(), tmp_path / "ordinary", paths, ctx)
    ours, theirs = (load_file(r.model_file) for r in (RunFolder(folder.trial(0)), run))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_trials_share_the_features_of_the_frozen_backbone(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes: list[str] = []

    def counted(*args: object, progress: str = "", **kwargs: object) -> object:
        passes.append(progress)
        return infer(*args, progress=progress, **kwargs)

    monkeypatch.setattr("finetune_gui.engine.shared_features.infer", counted)
    counts = []
    for trials in (1, 3):
        folder = begun(dataset, tmp_path / str(trials) / "study", trials=trials)
        search.go_on(folder.path, paths, at(moved(trials - 1, "complete"), "cancel"))
        counts.append(len(passes))
        passes.clear()
    assert len(read_story(folder.path).own) == 3
    assert counts[0] == counts[1] >= 1


def test_features_stay_while_they_are_needed(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    folder = begun(dataset, tmp_path / "study", trials=2)
    search.go_on(folder.path, paths, at(moved(0, "complete"), "pause"))
    assert list(folder.features.iterdir())
    with FileLock(folder.workers / "another process.lock"):
        search.go_on(folder.path, paths, ctx)
        assert folder.features.exists()
    search.compare_now(folder.path, 3, paths, ctx)
    assert not folder.features.exists()
    story = search.go_on(folder.path, paths, ctx, Budget(trials=1))
    assert [t.state for t in story.own] == ["complete"] * 3
    assert not folder.features.exists()


def test_a_paused_search_goes_on_with_the_same_run(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    recipe = quick_recipe(train__epochs=4)
    folder = begun(dataset, tmp_path / "study", trials=2, recipe=recipe)
    story = search.go_on(folder.path, paths, at(moved(0, epoch=2), "pause"))
    assert story.state == "paused"
    assert [t.state for t in story.own] == ["unfinished"]
    assert RunFolder(folder.trial(0)).state() is RunState.PAUSED
    story = search.go_on(folder.path, paths, ctx)
    assert [(t.number, t.state) for t in story.own] == [(0, "complete"), (1, "complete")]
    straight = begun(dataset, tmp_path / "straight", trials=1, recipe=recipe)
    search.go_on(straight.path, paths, ctx)
    ours, theirs = (load_file(RunFolder(f.trial(0)).model_file) for f in (folder, straight))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_stop_keeps_the_best_and_loses_nothing(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    recipe = quick_recipe(train__epochs=3)
    folder = begun(dataset, tmp_path / "study", trials=9, recipe=recipe)
    story = search.go_on(folder.path, paths, at(moved(2, epoch=1), "cancel"))
    assert story.state == "stopped"
    assert story.best is not None
    assert [t.state for t in story.own] == ["complete", "complete", "unfinished"]
    folder.write_spec(replace(folder.read_spec(), budget=Budget(trials=3)))
    story = search.go_on(folder.path, paths, ctx)
    assert [t.state for t in story.own] == ["complete"] * 3


@pytest.mark.parametrize("key", ["error-out-of-memory", "error-loss-not-finite"])
def test_a_trial_that_fails_is_told_and_the_search_goes_on(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
) -> None:
    real = search_trial.go_on_with

    def sometimes(run: RunFolder, *args: object, **kwargs: object) -> None:
        if run.name == "0001":
            params = {"step": 3, "lr": "1"} if "finite" in key else {}
            raise UserError(key, **params)
        real(run, *args, **kwargs)

    monkeypatch.setattr(search_trial, "go_on_with", sometimes)
    folder = begun(dataset, tmp_path / "study")
    story = search.go_on(folder.path, paths, ctx)
    assert [t.state for t in story.own] == ["complete", "failed", "complete"]
    assert story.own[1].error == key


def test_what_is_not_the_fault_of_a_trial_ends_the_search_and_keeps_the_trial(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise UserError("error-disk-full-somewhere")

    folder = begun(dataset, tmp_path / "study", trials=1)
    with monkeypatch.context() as patch:
        patch.setattr(search_trial, "go_on_with", full)
        with pytest.raises(UserError):
            search.go_on(folder.path, paths, ctx)
    assert [t.state for t in read_story(folder.path).own] == ["unfinished"]
    story = search.go_on(folder.path, paths, ctx)
    assert [(t.number, t.state) for t in story.own] == [(0, "complete")]


def test_three_failures_in_a_row_end_the_search(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise UserError("error-out-of-memory")

    monkeypatch.setattr(search_trial, "go_on_with", full)
    folder = begun(dataset, tmp_path / "study", trials=20)
    with pytest.raises(UserError, match="memory"):
        search.go_on(folder.path, paths, ctx)
    assert len(read_story(folder.path).own) == 3


def test_a_trial_that_promises_nothing_is_stopped_and_stays_usable(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("optuna.Trial.should_prune", lambda trial: trial.number == 1)
    recipe = quick_recipe(train__epochs=4)
    folder = begun(dataset, tmp_path / "study", trials=2, recipe=recipe)
    story = search.go_on(folder.path, paths, ctx)
    assert [t.state for t in story.own] == ["complete", "pruned"]
    run = RunFolder(folder.trial(1))
    assert len(run.read_history().epochs) == 1
    assert run.model_file.is_file()
    assert story.best is story.own[0]


def test_the_time_ends_a_trial_and_what_was_found_stays(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = property(lambda control: control.fine_tunes)
    monkeypatch.setattr(search_trial.TrialControl, "is_late", late)
    folder = begun(dataset, tmp_path / "study", trials=1, recipe=quick_recipe(train__epochs=9))
    story = search.go_on(folder.path, paths, ctx)
    assert story.state == "done"
    assert story.own[0].cut
    assert len(RunFolder(folder.trial(0)).read_history().epochs) < 9
    assert story.best is story.own[0]


def test_when_the_time_is_over_no_trial_begins(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    asked = search_create.Asked(quick_recipe(), SPACE, Budget(minutes=60))
    folder = search_create.create(dataset, asked, tmp_path / "study")
    folder.write_state("paused", 3600.0)
    story = search.go_on(folder.path, paths, ctx)
    assert (story.state, story.own) == ("done", ())


def test_what_an_earlier_search_found_is_known_to_the_next(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    first = begun(dataset, tmp_path / "studies" / "one", trials=2)
    search.go_on(first.path, paths, ctx)
    second = begun(dataset, tmp_path / "studies" / "two", trials=1)
    story = search.go_on(second.path, paths, ctx)
    earlier = [t for t in story.trials if t.state == "earlier"]
    assert [t.score for t in earlier] == [t.score for t in read_story(first.path).own]
    assert {t.study for t in earlier} == {"one"}
    assert [t.is_default for t in story.own] == [True]
    other = begun(
        dataset,
        tmp_path / "studies" / "three",
        trials=1,
        recipe=quick_recipe(optim__optimizer="sgd"),
    )
    assert all(t.state != "earlier" for t in search.go_on(other.path, paths, ctx).trials)


def test_two_folders_on_one_journal_share_the_trials(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    url = f"journal://{tmp_path}/shared.log"
    one, two = (begun(dataset, tmp_path / n, trials=3, storage=url) for n in ("one", "two"))
    search.go_on(one.path, paths, at(moved(1, "complete"), "pause"))
    story = search.go_on(two.path, paths, ctx)
    assert [t.number for t in story.own] == [0, 1, 2]
    assert [t.folder is None for t in story.own] == [True, True, False]
    assert sum(t.is_default for t in story.own) == 1


def test_a_search_with_nothing_to_change_is_not_begun(dataset: Dataset, tmp_path: Path) -> None:
    asked = search_create.Asked(quick_recipe(), (), Budget(trials=1))
    with pytest.raises(RecipeError):
        search_create.create(dataset, asked, tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_a_default_outside_the_ranges_is_still_the_default(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    space = (from_words("optim.lr", "0.1..1"),)
    asked = search_create.Asked(quick_recipe(), space, Budget(trials=1))
    folder = search_create.create(dataset, asked, tmp_path / "study")
    story = search.go_on(folder.path, paths, ctx)
    assert story.own[0].values == {"optim.lr": quick_recipe().optim.lr}


def test_a_search_in_which_nothing_is_possible_can_be_stopped(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, tried = JobControl(), []

    def impossible(_spec: object, values: object, *, default: bool) -> Recipe:
        tried.append((values, default))
        if len(tried) == 5:
            control.cancel()
        raise RecipeError("error-recipe-unknown-key", key="x")

    monkeypatch.setattr(search, "recipe_for", impossible)
    asked = search_create.Asked(quick_recipe(), SPACE, Budget(minutes=60))
    folder = search_create.create(dataset, asked, tmp_path / "study")
    story = search.go_on(folder.path, paths, JobContext(lambda _event: None, control))
    assert story.state == "stopped"
    assert len(tried) == 5


def test_there_must_be_a_study(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    with pytest.raises(RunError):
        search.go_on(tmp_path, paths, ctx)
    assert StudyFolder(tmp_path).read_state() == ("interrupted", 0.0)
