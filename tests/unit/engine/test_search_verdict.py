"""Whether a winner is better than the default, or only luckier."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.core.search_space import from_words
from finetune_gui.core.study import UNUSED, Budget, StudyFolder, StudyStory, Verdict
from finetune_gui.dataset.samples import Dataset
from finetune_gui.engine import search, search_create, search_trial, search_verdict
from finetune_gui.engine.search_story import read_story
from finetune_gui.engine.search_trial import Outcome
from finetune_gui.engine.search_verdict import (
    FOLDS,
    Pair,
    compare,
    fold_manifests,
    judged,
    seconds_to_compare,
)
from tests.helpers.searches import quick_recipe

N_TRAIN = 80


def pair(winner: list[bool], default: list[bool], fold: int) -> Pair:
    names = [f"{fold}-{i}" for i in range(len(winner))]
    return Pair(
        dict(zip(names, winner, strict=True)), dict(zip(names, default, strict=True)), N_TRAIN
    )


def test_far_more_right_in_every_fold_is_better() -> None:
    pairs = [pair([True] * 20, [True] * 14 + [False] * 6, fold) for fold in range(5)]
    found = judged(3, pairs)
    assert found.answer == "better"
    assert found.difference == pytest.approx(0.3)
    assert found.winner_accuracy - found.default_accuracy == pytest.approx(found.difference)
    assert 0 < found.low < found.difference < found.high
    assert (found.winner, found.folds, found.photos) == (3, 5, 100)


def test_one_photo_more_may_be_chance_even_when_no_fold_disagrees() -> None:
    pairs = [pair([True] * 20, [True] * 19 + [fold > 0], fold) for fold in range(5)]
    found = judged(3, pairs)
    assert found.answer == "chance"
    assert found.low < 0 < found.difference


@pytest.mark.parametrize(("winner", "default"), [(15, 15), (12, 15)])
def test_as_many_or_fewer_right_is_no_better(winner: int, default: int) -> None:
    pairs = [
        pair([i < winner for i in range(20)], [i < default for i in range(20)], fold)
        for fold in range(3)
    ]
    assert judged(1, pairs).answer == "not_better"


def test_that_all_answers_agree_is_not_taken_for_certainty() -> None:
    found = judged(1, [pair([True] * 47, [True] * 47, fold) for fold in range(5)])
    assert (found.answer, found.difference) == ("not_better", 0.0)
    assert 0.005 < found.high < 0.02
    assert found.low == -found.high


@pytest.mark.parametrize("folds", FOLDS)
def test_equal_models_are_seldom_called_better(folds: int) -> None:
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(400):
        pairs = [
            pair(list(rng.random(20) < 0.8), list(rng.random(20) < 0.8), fold)
            for fold in range(folds)
        ]
        called += judged(1, pairs).answer == "better"
    assert called / 400 <= 0.05


def test_two_parts_are_judged_by_their_photos() -> None:
    clear = [pair([True] * 40, [True] * 30 + [False] * 10, fold) for fold in range(2)]
    assert judged(1, clear).answer == "better"
    slight = [pair([True] * 40, [True] * 39 + [False], fold) for fold in range(2)]
    assert judged(1, slight).answer == "chance"
    once = [pair([True] * 40, [True] * 10 + [False] * 30, 0), pair([True] * 40, [True] * 40, 1)]
    assert judged(1, once).answer == "chance"


@pytest.mark.parametrize("folds", FOLDS)
def test_that_trainings_vary_is_reckoned_with(folds: int) -> None:
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(300):
        pairs = []
        for fold in range(folds):
            rates = 0.9 + 0.02 * rng.standard_normal(2)  # of two trainings by one recipe
            right = [list(rng.random(200 // folds) < rate) for rate in rates]
            pairs.append(pair(right[0], right[1], fold))
        called += judged(1, pairs).answer == "better"
    assert called / 300 <= 0.03


def manifest(per_class: int = 10) -> Manifest:
    splits = ["train"] * 6 + ["validation"] * 2 + [UNUSED] * (per_class - 8)
    samples = tuple(
        ManifestEntry(f"{name}/{i}.png", name, splits[i], "1-1")
        for name in ("a", "b")
        for i in range(per_class)
    )
    return Manifest("/photos", ("a", "b"), samples, skipped={"a/0.png": "error-photo-empty"})


def test_each_photo_judges_once_and_the_test_photos_never() -> None:
    folds = list(fold_manifests(manifest(), 5, seed=0))
    assert len(folds) == 5
    judges = Counter(e.path for m in folds for e in m.samples if e.split == "test")
    usable = {e.path for e in manifest().samples if e.split != UNUSED} - {"a/0.png"}
    assert judges == Counter(usable)
    for found in folds:
        assert [e.path for e in found.samples] == [e.path for e in manifest().samples]
        for name in ("a", "b"):
            counts = Counter(e.split for e in found.samples if e.label == name)
            assert counts["train"] >= 4
            assert counts["validation"] >= 1
        again = next(m for m in fold_manifests(manifest(), 5, seed=0))
        assert again == folds[0]


GENTLE = (from_words("optim.lr", "0.002..0.003"),)


@pytest.fixture
def searched(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[StudyFolder, StudyStory]:
    """A search of which the second trial won: such easy photos would call all trials alike."""
    real = search_trial.outcome_of

    def unlucky(run: RunFolder) -> Outcome:
        found = real(run)
        return replace(found, loss=9.0) if run.name == "0000" and found.loss else found

    monkeypatch.setattr(search_trial, "outcome_of", unlucky)
    asked = search_create.Asked(quick_recipe(), GENTLE, Budget(trials=2))
    folder = search_create.create(dataset, asked, tmp_path / "study")
    return folder, search.go_on(folder.path, paths, ctx)


def test_a_search_ends_with_an_answer_on_photos_that_the_trainings_have_not_seen(
    searched: tuple[StudyFolder, StudyStory],
) -> None:
    folder, story = searched
    assert story.best is story.own[1]
    assert story.verdict is not None
    assert (story.verdict.winner, story.verdict.folds) == (1, 5)
    runs = [RunFolder(p) for p in folder.verdicts.iterdir()]
    assert len(runs) == 10
    kept_away = {e.path for e in folder.read_manifest().samples if e.split == UNUSED}
    for run in runs:
        entries = run.read_manifest().samples
        assert not kept_away & {e.path for e in entries if e.split != UNUSED}
    rates = Counter(run.read_recipe().optim.lr for run in runs)
    assert rates == {quick_recipe().optim.lr: 5, story.recipe_of(story.own[1]).optim.lr: 5}


def test_a_comparison_that_was_stopped_uses_what_was_trained(
    searched: tuple[StudyFolder, StudyStory], paths: AppPaths, ctx: JobContext
) -> None:
    folder, story = searched
    forget(folder)
    times = {p: p.stat().st_mtime_ns for p in folder.verdicts.glob("*/model.safetensors")}
    lost = sorted(times)[0]
    shutil.rmtree(lost.parent)
    stopped = JobControl()
    stopped.cancel()
    search.compare_now(folder.path, 5, paths, JobContext(lambda _e: None, stopped))
    assert read_story(folder.path).verdict is None
    again = search.compare_now(folder.path, 5, paths, ctx)
    assert again.verdict == story.verdict
    assert {p: p.stat().st_mtime_ns for p in times if p != lost}.items() <= times.items()


def test_too_little_time_is_said_with_how_long_it_would_take(
    searched: tuple[StudyFolder, StudyStory], paths: AppPaths, ctx: JobContext
) -> None:
    folder, _ = searched
    forget(folder)
    spec = folder.read_spec()
    folder.write_spec(replace(spec, budget=Budget(trials=2, minutes=1e-4)))
    story = search.go_on(folder.path, paths, ctx)
    assert story.verdict is not None
    assert story.verdict.answer == "too_short"
    assert story.verdict.seconds_needed > 0


@pytest.mark.parametrize("folds", FOLDS)
def test_as_many_parts_as_there_is_time_for(
    searched: tuple[StudyFolder, StudyStory], paths: AppPaths, ctx: JobContext, folds: int
) -> None:
    folder, story = searched
    forget(folder)
    assert story.best is not None
    assert story.default is not None
    needed = seconds_to_compare((story.best, story.default), folds)
    minutes = (story.spent + 1.2 * needed) / 60
    folder.write_spec(replace(folder.read_spec(), budget=Budget(trials=2, minutes=minutes)))
    found = search.go_on(folder.path, paths, ctx).verdict
    assert found is not None
    assert found.folds == folds
    assert found.photos == sum(e.split != UNUSED for e in folder.read_manifest().samples)


def test_where_comparing_takes_long_less_time_goes_into_trials() -> None:
    budget = Budget(minutes=10)
    assert budget.search_seconds() == pytest.approx(390)
    assert budget.search_seconds(comparison=100) == pytest.approx(390)
    assert budget.search_seconds(comparison=250) == pytest.approx(350)
    assert budget.search_seconds(comparison=300) == pytest.approx(300)
    assert budget.search_seconds(comparison=5000) == pytest.approx(390), "it would be vain"
    assert Budget(trials=3).search_seconds(comparison=100) is None


def test_what_the_first_trial_got_ready_for_all_is_not_counted_again(
    searched: tuple[StudyFolder, StudyStory],
) -> None:
    _, story = searched
    assert story.default is not None
    slow = replace(story.default, seconds=1000.0)
    assert seconds_to_compare((slow,), 3) < 100.0
    away = replace(slow, folder=None)
    assert seconds_to_compare((away,), 3) == pytest.approx(2000.0)


def forget(folder: StudyFolder) -> None:
    """As if the comparison had not been made yet."""
    (folder.path / "verdict.json").unlink()


def failing(
    folder: StudyFolder, name: str, error: UserError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forget the comparison; in the next one a training fails whose run is called ``name``…"""
    forget(folder)
    shutil.rmtree(folder.verdicts)
    real = search_verdict.go_on_with

    def train(run: RunFolder, *rest: Any) -> None:
        if run.path.name.startswith(name):
            raise error
        real(run, *rest)

    monkeypatch.setattr(search_verdict, "go_on_with", train)


def test_a_training_that_fails_in_the_comparison_counts_as_wrong_answers(
    searched: tuple[StudyFolder, StudyStory],
    paths: AppPaths,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, _ = searched
    failing(folder, "default 1", UserError("error-loss-not-finite"), monkeypatch)
    found = search.compare_now(folder.path, 3, paths, ctx).verdict
    assert found is not None
    assert found.folds == 3
    assert found.photos == sum(e.split != UNUSED for e in folder.read_manifest().samples)
    assert found.default_accuracy <= 0.7


def test_a_disk_that_is_full_is_nobody_s_wrong_answer(
    searched: tuple[StudyFolder, StudyStory],
    paths: AppPaths,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, _ = searched
    failing(folder, "default 1", UserError("error-disk-full"), monkeypatch)
    with pytest.raises(UserError):
        search.compare_now(folder.path, 3, paths, ctx)
    assert read_story(folder.path).verdict is None


def test_what_failed_or_was_cut_off_is_not_compared(
    searched: tuple[StudyFolder, StudyStory], paths: AppPaths, ctx: JobContext
) -> None:
    folder, story = searched
    default, winner = story.own
    failed = replace(story, trials=(replace(default, state="failed"), winner))
    found = compare(folder, failed, paths, ctx)
    assert found is not None
    assert found.answer == "default_failed"
    assert replace(failed, verdict=found).advised == winner
    cut = replace(story, trials=(default, replace(winner, state="pruned", cut=True)))
    found = compare(folder, cut, paths, ctx)
    assert found is not None
    assert found.answer == "only_default"


def test_an_answer_about_another_winner_is_none(
    searched: tuple[StudyFolder, StudyStory], paths: AppPaths, ctx: JobContext
) -> None:
    folder, story = searched
    folder.write_verdict(Verdict("better", winner=0))
    assert read_story(folder.path).verdict is None
    assert search.go_on(folder.path, paths, ctx).verdict == story.verdict


def test_more_trials_keep_an_answer_whose_winner_stays_the_best(
    searched: tuple[StudyFolder, StudyStory], paths: AppPaths, ctx: JobContext
) -> None:
    folder, story = searched
    assert story.verdict is not None
    few = replace(story.verdict, folds=2)
    folder.write_verdict(few)
    spec = search_create.widened(folder, folder.read_spec(), Budget(minutes=0.01))
    assert read_story(folder.path).verdict == few
    folder.write_spec(replace(spec, budget=Budget(trials=2)))
    assert search.go_on(folder.path, paths, ctx).verdict == story.verdict, "of five parts"


def test_minutes_are_added_to_those_that_were_used(
    searched: tuple[StudyFolder, StudyStory],
) -> None:
    folder, story = searched
    wider = search_create.widened(folder, folder.read_spec(), Budget(minutes=20))
    assert wider.budget == Budget(minutes=20, since=story.spent)
    assert folder.read_spec() == wider


def test_when_the_default_is_the_best_nothing_is_trained_again(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    asked = search_create.Asked(quick_recipe(), GENTLE, Budget(trials=1))
    folder = search_create.create(dataset, asked, tmp_path / "study")
    story = search.go_on(folder.path, paths, ctx)
    assert story.verdict is not None
    assert story.verdict.answer == "only_default"
    story = search.go_on(folder.path, paths, ctx, Budget(trials=1))
    if story.best is story.default:
        assert story.verdict is not None
        assert story.verdict.answer == "default_won"
        assert not folder.verdicts.exists()


def test_without_time_for_one_trial_there_is_no_answer(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    asked = search_create.Asked(quick_recipe(), GENTLE, Budget(minutes=0.0))
    folder = search_create.create(dataset, asked, tmp_path / "study")
    story = search.go_on(folder.path, paths, ctx)
    assert (story.best, story.verdict, story.own) == (None, None, ())
