"""Cross-validation with real, tiny trainings: exact, repeatable, and never losing work."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.core import test_looks
from finetune_gui.core.cross_validation import FoldsAsked, Study
from finetune_gui.core.errors import DatasetError, RunError
from finetune_gui.core.events import Event, FoldFinished, FoldMoved, FoldStarted, RunFinished
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunState
from finetune_gui.dataset.index import Dataset, open_dataset
from finetune_gui.dataset.splits import assign_splits
from finetune_gui.engine import shared_features
from finetune_gui.engine.cross_validation import (
    cross_validate,
    estimate,
    go_on,
    make_plan,
    read_pooled,
)
from tests.helpers.photos import text_named_as_photo
from tests.helpers.tiny import make_coloured_photos, tiny_recipe

ASKED = FoldsAsked(2)


@pytest.fixture
def photos(tmp_path: Path, ctx: JobContext) -> Dataset:
    root = make_coloured_photos(tmp_path / "photos", per_class=8)
    return open_dataset(root, AppPaths.under(tmp_path / "app"), ctx)


def baseline(**values: object) -> Recipe:
    return tiny_recipe(train__epochs=0, model__pretrained=False, **values)


def full(**values: object) -> Recipe:
    return tiny_recipe(model__pretrained=False, train__patience=0, **values)


def rows(study: Study) -> list[dict[str, str]]:
    with study.predictions_file.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def models(study: Study, n: int) -> list[dict[str, torch.Tensor]]:
    return [load_file(study.fold(i).model_file) for i in range(1, n + 1)]


def equal(first: list[dict[str, torch.Tensor]], second: list[dict[str, torch.Tensor]]) -> bool:
    return all(
        a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)
        for a, b in zip(first, second, strict=True)
    )


def controlled(when: Callable[[Event], bool], what: str) -> JobContext:
    """Pauses or cancels its own job at the first such event."""
    control = JobControl()
    return JobContext(lambda e: getattr(control, what)() if when(e) else None, control)


def test_every_photo_but_those_for_the_test_is_judged_once(
    photos: Dataset, paths: AppPaths, tmp_path: Path
) -> None:
    told: list[Event] = []
    recipe = baseline()
    study = cross_validate(
        photos, recipe, FoldsAsked(3), tmp_path / "study", paths, JobContext(told.append)
    )
    data = recipe.data
    splits = assign_splits(photos, data.validation_fraction, data.test_fraction, data.split_seed)
    folded = [str(s.path) for s, t in zip(photos.samples, splits, strict=True) if t != "test"]
    judged = rows(study)
    assert sorted(row["path"] for row in judged) == sorted(folded)
    # Each by a model that has neither learned from it nor was chosen by it.
    for number in (1, 2, 3):
        manifest = study.fold(number).read_manifest()
        root = Path(manifest.dataset)
        held = {str(root / e.path) for e in manifest.samples if e.split == "test"}
        assert held == {row["path"] for row in judged if row["fold"] == str(number)}
        assert len({e.path for e in manifest.samples}) == len(folded)
        assert study.fold(number).state() is RunState.FINISHED
    results, pooled = study.read_results(), read_pooled(study, study.read_plan())
    assert results is not None
    assert pooled is not None
    assert results.complete
    assert len(results.folds) == 3
    right = sum(row["truth"] == row["label"] for row in judged)
    assert sum(pooled.matrix[i][i] for i in range(3)) == right
    assert sum(map(sum, pooled.matrix)) == len(folded)
    by_fold = Counter(row["fold"] for row in judged if row["truth"] == row["label"])
    for fold in results.folds:
        assert fold.metrics["accuracy"] == by_fold[str(fold.number)] / fold.n
    assert [e.number for e in told if isinstance(e, FoldFinished)] == [1, 2, 3]
    assert [e.number for e in told if isinstance(e, FoldMoved)] == [1, 2, 3]
    assert not study.features.exists()


def test_test_photos_do_not_even_have_to_be_there(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    recipe = baseline()
    data = recipe.data
    splits = assign_splits(photos, data.validation_fraction, data.test_fraction, data.split_seed)
    for number, (sample, split) in enumerate(zip(photos.samples, splits, strict=True)):
        if split == "test":
            sample.path.unlink()
            if number % 2:
                text_named_as_photo(sample.path)
    study = cross_validate(photos, recipe, ASKED, tmp_path / "study", paths, ctx)
    assert len(rows(study)) == sum(split != "test" for split in splits)
    assert not paths.test_looks_file.exists()


def test_the_same_again_gives_the_same(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    asked = FoldsAsked(2, 2)
    first, second = (
        cross_validate(photos, baseline(), asked, tmp_path / name, paths, ctx)
        for name in ("first", "second")
    )
    assert first.predictions_file.read_bytes() == second.predictions_file.read_bytes()
    assert equal(models(first, 4), models(second, 4))
    # Twice divided, twice judged.
    assert set(Counter(row["path"] for row in rows(first)).values()) == {2}


@pytest.mark.parametrize("what", ["pause", "cancel"])
@pytest.mark.parametrize("freeze", ["none", "backbone"])
def test_stopped_anywhere_it_goes_on_to_the_same(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext, what: str, freeze: str
) -> None:
    recipe = full(model__freeze=freeze)
    whole = cross_validate(photos, recipe, ASKED, tmp_path / "whole", paths, ctx)

    def baseline_of(number: int) -> Callable[[Event], bool]:
        return lambda e: isinstance(e, FoldMoved) and (e.number, e.epoch) == (number, 0)

    def epoch_of(number: int) -> Callable[[Event], bool]:
        return lambda e: isinstance(e, FoldMoved) and (e.number, e.epoch) == (number, 1)

    study = Study(tmp_path / "study")
    stops = [
        lambda e: isinstance(e, FoldStarted),  # before there is anything
        baseline_of(1),
        epoch_of(1),
        lambda e: isinstance(e, FoldFinished),  # between two folds
        epoch_of(2),
    ]
    for number, stop in enumerate(stops):
        inner = controlled(stop, what)
        try:
            if number == 0:
                cross_validate(photos, recipe, ASKED, study.path, paths, inner)
            else:
                go_on(study, paths, inner)
        except Cancelled:
            assert what == "cancel"
        results = study.read_results()
        assert results is None or not results.complete
        if number == 3:
            assert isinstance(study.fold(1).read_history().end, RunFinished)
    begun = study.fold(1).model_file.stat().st_mtime_ns
    go_on(study, paths, ctx)
    assert study.fold(1).model_file.stat().st_mtime_ns == begun
    assert equal(models(study, 2), models(whole, 2))
    for one, other in zip(rows(study), rows(whole), strict=True):
        assert one == other


def test_a_frozen_backbone_looks_at_each_view_once(
    photos: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes: list[int] = []
    infer = shared_features.infer

    def counted(compute: Any, shown: Any, *args: Any, **options: Any) -> Any:
        passes.append(len(shown))
        return infer(compute, shown, *args, **options)

    monkeypatch.setattr(shared_features, "infer", counted)
    recipe = full(model__freeze="backbone", train__epochs=3, train__frozen_views=2)
    study = cross_validate(photos, recipe, FoldsAsked(3), tmp_path / "study", paths, ctx)
    n = len(rows(study))
    # As they are, and two augmented views, for three models: each photo once at most, for not all
    # of them are learned from in every view.
    assert 2 * n < sum(passes) <= 3 * n


def test_killed_before_a_fold_had_its_manifest(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    whole = cross_validate(photos, baseline(), ASKED, tmp_path / "whole", paths, ctx)
    study = Study.create(tmp_path / "study", make_plan(photos, baseline(), ASKED, ctx))
    study.fold(1).path.mkdir()
    (study.fold(1).path / "recipe.toml").write_text("torn")
    go_on(study, paths, ctx)
    assert equal(models(study, 2), models(whole, 2))


def test_killed_before_the_figures_were_written(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    study = cross_validate(photos, baseline(), ASKED, tmp_path / "study", paths, ctx)
    before = study.predictions_file.read_bytes()
    for file in (study.results_file, study.predictions_file, study.matrix_file):
        file.unlink()
    (study.fold(2).evaluation / "metrics.json").unlink()
    go_on(study, paths, ctx)
    results = study.read_results()
    assert results is not None
    assert results.complete
    assert [r["label"] for r in rows(study)] == [
        line.split(",")[2] for line in before.decode("utf-8-sig").split("\r\n")[1:-1]
    ]


def test_a_photo_that_cannot_be_read_is_left_out_of_its_fold(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    plan = make_plan(photos, baseline(), ASKED, ctx)
    spoiled = Path(plan.dataset) / plan.photos[0].path
    spoiled.unlink()
    text_named_as_photo(spoiled)
    study = cross_validate(photos, baseline(), ASKED, tmp_path / "study", paths, ctx)
    assert len(rows(study)) == len(plan.photos) - 1
    assert str(spoiled) not in {row["path"] for row in rows(study)}


def test_a_folder_with_something_in_it_is_left_alone(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError) as caught:
        cross_validate(photos, baseline(), ASKED, tmp_path, paths, ctx)
    assert caught.value.key == "error-run-exists"
    with pytest.raises(DatasetError) as refused:
        cross_validate(photos, baseline(), FoldsAsked(9), tmp_path / "study", paths, ctx)
    assert refused.value.key == "error-folds-class-small"
    assert not (tmp_path / "study").exists()


def test_a_broken_plan_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        Study.open(tmp_path)
    assert caught.value.key == "error-not-a-study"
    (tmp_path / "cross_validation.json").write_text('{"format": 1, "photos": 3')
    with pytest.raises(RunError) as broken:
        Study.open(tmp_path).read_plan()
    assert broken.value.key == "error-study-broken"


def test_the_interval_is_the_corrected_one() -> None:
    values = [0.90, 0.94, 0.92, 0.88, 0.96]
    found = estimate(values, 5)
    sd = math.sqrt(0.001)  # of the five, with n - 1
    reach = 2.7764451 * math.sqrt((1 / 5 + 1 / 4) * 0.001)  # t of 4 degrees at 97.5 %
    assert found.mean == pytest.approx(0.92)
    assert found.sd == pytest.approx(sd)
    assert (found.low, found.high) == pytest.approx((0.92 - reach, 0.92 + reach), abs=1e-6)
    assert estimate([0.99, 0.97, 1.0], 3).high == 1.0
    assert estimate([0.9], 5).low is None
    assert estimate([1.0, 1.0], 2).high is None
    assert estimate([0.8] * 3, 3).high is None, "their sum is not exactly three times as much"


def test_looks_at_the_same_test_photos_add_up(paths: AppPaths) -> None:
    version = test_looks.version_of([("a.jpg", "ant", "12-99"), ("b.jpg", "bee", "7-1")])
    copied = test_looks.version_of([("b.jpg", "bee", "7-2"), ("a.jpg", "ant", "12-3")])
    other = test_looks.version_of([("a.jpg", "ant", "13-99"), ("b.jpg", "bee", "7-1")])
    assert version == copied != other
    assert test_looks.count(paths, version) == 0
    test_looks.add(paths, version, "run 1")
    with paths.test_looks_file.open("ab") as file:
        file.write(b'{"data": "to')  # a kill in the middle of a line
    test_looks.add(paths, copied, "run 2")
    test_looks.add(paths, other, "run 2")
    test_looks.add(paths, "", "run 3")
    assert test_looks.count(paths, version) == 2
    assert test_looks.count(paths, other) == 1
    assert test_looks.count(paths, "") == 0
