"""All models of a cross-validation as one, with real, tiny trainings."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from finetune_gui.core.cross_validation import FoldsAsked, Study
from finetune_gui.core.errors import DatasetError, RunError, UserError, WeightsError
from finetune_gui.core.events import Event
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import with_values
from finetune_gui.core.run_folder import RunFolder, RunState, list_runs
from finetune_gui.dataset.index import Dataset, open_dataset
from finetune_gui.dataset.splits import assign_splits
from finetune_gui.engine.cross_validation import cross_validate, make_plan, read_pooled
from finetune_gui.engine.ensemble import Ensemble
from finetune_gui.engine.evaluation import evaluate_run, judge_split
from finetune_gui.engine.export import export
from finetune_gui.engine.fold_ensemble import make_ensemble
from finetune_gui.engine.model_file import read_info
from finetune_gui.engine.onnx_export import has_onnx
from finetune_gui.engine.prediction import Predictor
from finetune_gui.engine.starting_point import look_at
from finetune_gui.engine.training import train
from finetune_gui.jobs.cross_validate import LookAhead
from finetune_gui.jobs.runs import summarise
from tests.helpers.tiny import make_coloured_photos, tiny_recipe

RECIPE = tiny_recipe(
    model__pretrained=False, train__patience=0, train__epochs=1, data__test_fraction=0.25
)


@pytest.fixture
def photos(tmp_path: Path, ctx: JobContext) -> Dataset:
    root = make_coloured_photos(tmp_path / "照片 1", per_class=8)
    return open_dataset(root, AppPaths.under(tmp_path / "app"), ctx)


@pytest.fixture
def study(photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext) -> Study:
    """Two folds, trained."""
    return cross_validate(photos, RECIPE, FoldsAsked(2), tmp_path / "study", paths, ctx)


def test_answers_are_the_mean_of_the_probabilities() -> None:
    torch.manual_seed(0)
    members = [nn.Linear(4, 3) for _ in range(5)]
    inputs = 30 * torch.randn(7, 4)  # sure to the point where a probability is 0 in float32
    with torch.no_grad():
        found = Ensemble(members)(inputs).softmax(1)
        wanted = torch.stack([member(inputs).softmax(1) for member in members]).mean(0)
    assert torch.allclose(found, wanted, atol=1e-6)


def test_it_is_a_run_that_answers_with_the_mean_of_its_folds(
    study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    run = make_ensemble(study, photos, tmp_path / "run", ctx)
    assert run.state() is RunState.FINISHED
    paths = [sample.path for sample in photos.samples[:5]]
    ours = Predictor.for_run(run).predict(paths, ctx)
    theirs = [Predictor.for_run(study.fold(n)).predict(paths, ctx) for n in (1, 2)]
    for mine, first, second in zip(ours, *theirs, strict=True):
        assert mine.probabilities is not None
        for name, probability in mine.probabilities.items():
            each = [(p.probabilities or {})[name] for p in (first, second)]
            assert probability == pytest.approx(sum(each) / 2, abs=1e-3)


def test_its_figure_is_that_of_photos_its_members_had_not_seen(
    study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    pooled = read_pooled(study, study.read_plan())
    assert pooled is not None
    run = make_ensemble(study, photos, tmp_path / "run", ctx)
    summary = summarise(run)
    assert summary.val_accuracy == read_info(run.path).val_accuracy == pooled.accuracy
    assert summary.n_validation == len(pooled.judged)
    assert "onnx" in summary.formats


def test_test_photos_stay_locked_and_judge_it(
    study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    run = make_ensemble(study, photos, tmp_path / "run", ctx)
    data = RECIPE.data
    splits = assign_splits(photos, data.validation_fraction, data.test_fraction, data.split_seed)
    locked = {
        photos.relative(s.path)
        for s, split in zip(photos.samples, splits, strict=True)
        if split == "test"
    }
    manifest = run.read_manifest()
    assert {s.path for s in manifest.samples if s.split == "test"} == locked
    assert {s.path for s in manifest.samples if s.split == "train"}.isdisjoint(locked)
    assert evaluate_run(run, None, ctx).n == len(locked)
    with pytest.raises(DatasetError, match="validation"):
        evaluate_run(run, "validation", ctx)


def test_it_is_not_made_of_half_a_cross_validation(
    photos: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    half = Study.create(tmp_path / "half", make_plan(photos, RECIPE, FoldsAsked(2), ctx))
    with pytest.raises(RunError, match="folds"):
        make_ensemble(half, photos, tmp_path / "run", ctx)
    assert not (tmp_path / "run").exists()


def test_what_is_too_large_to_be_used_is_not_made(
    study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finetune_gui.engine.fold_ensemble.MOST_BYTES", 1_000)
    with pytest.raises(RunError, match="2 models"):
        make_ensemble(study, photos, tmp_path / "run", ctx)
    assert not (tmp_path / "run").exists()


def test_a_photo_that_was_renamed_since_is_no_test_photo(
    study: Study, photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    for photo in study.read_plan().photos:
        old = photos.root / photo.path
        old.rename(old.with_name(f"new-{old.name}"))
    renamed = open_dataset(photos.root, paths, ctx)
    run = make_ensemble(study, renamed, tmp_path / "run", ctx)
    learned = {photo.fingerprint for photo in study.read_plan().photos}
    judging = [s for s in run.read_manifest().samples if s.split == "test"]
    assert not learned & {s.fingerprint for s in judging}


def test_a_test_photo_whose_group_was_learned_from_does_not_judge(
    photos: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    samples = [replace(s, group=f"{s.label} {i // 2}") for i, s in enumerate(photos.samples)]
    grouped = replace(photos, samples=tuple(samples))
    asked = FoldsAsked(2, group_by="column")
    study = cross_validate(grouped, RECIPE, asked, tmp_path / "study", paths, ctx)
    run = make_ensemble(study, grouped, tmp_path / "run", ctx)
    group_of = {photos.relative(s.path): s.group for s in samples}
    learned = {group_of[photo.path] for photo in study.read_plan().photos}
    judging = {s.path for s in run.read_manifest().samples if s.split == "test"}
    locked = group_of.keys() - {photo.path for photo in study.read_plan().photos}
    assert judging == {path for path in locked if group_of[path] not in learned}
    assert judging < locked
    found = LookAhead(grouped, RECIPE, asked, paths).run(ctx)
    assert found.n_test == len(locked)
    assert found.n_test_related == len(locked - judging)


def test_cancelled_there_is_no_run(study: Study, photos: Dataset, tmp_path: Path) -> None:
    control = JobControl()

    def stop(_event: Event) -> None:
        control.cancel()

    with pytest.raises(Cancelled):
        make_ensemble(study, photos, tmp_path / "run", JobContext(stop, control))
    assert not (tmp_path / "run").exists()


def test_half_made_it_is_no_run_and_a_full_disk_leaves_nothing(
    study: Study,
    photos: Dataset,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = tmp_path / "runs"
    seen: list[list[RunFolder]] = []

    def full(folder: Path, *_: object) -> None:
        seen.append(list_runs(folder.parent))
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("finetune_gui.engine.fold_ensemble.write_model", full)
    with pytest.raises(OSError, match="no space"):
        make_ensemble(study, photos, runs / "run", ctx)
    assert seen == [[]]
    assert not (runs / "run").exists()


def test_it_cannot_be_compared_on_photos_that_it_does_not_have(
    study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    run = make_ensemble(study, photos, tmp_path / "run", ctx)
    with pytest.raises(DatasetError) as caught:
        judge_split(run, "validation", ctx)
    assert caught.value.key == "error-nothing-held-back"


def test_training_does_not_start_from_it(
    study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    run = make_ensemble(study, photos, tmp_path / "run", ctx)
    with pytest.raises(WeightsError, match="several models"):
        look_at(run.path, ctx)
    based = with_values(RECIPE, {"model.pretrained": True, "model.weights": str(run.path)})
    with pytest.raises(WeightsError, match="several models"):
        train(photos, based, tmp_path / "other", AppPaths.under(tmp_path / "app"), ctx)
    with pytest.raises(UserError, match="several"):
        export(run, "keras", tmp_path / "model.keras")


@pytest.mark.skipif(not has_onnx(), reason="the extra onnx is not installed")
def test_it_can_be_exported(study: Study, photos: Dataset, tmp_path: Path, ctx: JobContext) -> None:
    run = make_ensemble(study, photos, tmp_path / "run", ctx)
    assert export(run, "onnx", tmp_path / "model.onnx").stat().st_size > 10_000
