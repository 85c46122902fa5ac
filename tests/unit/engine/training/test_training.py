"""Whole runs, small but real: what they leave, what may be chosen, what they cannot do without."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.core.errors import DatasetError, RunError, UserError
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Evaluated,
    Event,
    Progress,
    RunFinished,
    RunStarted,
)
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunState
from finetune_gui.dataset.index import Dataset, open_dataset
from finetune_gui.engine import baseline, finetune
from finetune_gui.engine.inference import How
from finetune_gui.engine.model_file import load_model, read_info
from finetune_gui.engine.sources import PhotoSource
from finetune_gui.engine.training import train
from finetune_gui.engine.views import Stacked
from finetune_gui.engine.workspace import Photos, Workspace
from tests.helpers.photos import text_named_as_photo, truncated_jpeg
from tests.helpers.tiny import make_coloured_photos, tiny_recipe
from tests.helpers.whole_runs import Start, same_bits


def test_a_run_leaves_everything(start: Start, ctx: JobContext, events: list[Event]) -> None:
    run = start(ctx)
    kinds = [type(event) for event in events]
    assert kinds.index(BaselineFinished) < kinds.index(EpochFinished) < kinds.index(RunFinished)
    assert kinds[-1] is Evaluated
    assert run.state() is RunState.FINISHED
    manifest = run.read_manifest()
    assert manifest.classes == ("blue", "green", "red")
    assert {entry.split for entry in manifest.samples} == {"train", "validation", "test"}
    assert (run.evaluation / "metrics.json").is_file()
    assert run.log_file.read_text(encoding="utf-8").count("\n") >= 1
    history = run.read_history()
    assert [epoch.epoch for epoch in history.epochs] == [1, 2]
    assert len(history.steps) == 2 * history.epochs[0].step
    assert history.evaluations["test"].accuracy > 0.6
    info = read_info(run.path)
    assert load_model(run.path).info == info
    assert info.val_accuracy >= history.baseline.val_accuracy if history.baseline else False


def test_what_is_told_is_what_is_written(
    start: Start, ctx: JobContext, events: list[Event]
) -> None:
    run = start(ctx, train__epochs=1)
    told = [event for event in events if event.kind != "progress"]
    assert run.read_events() == told


def test_twice_the_same_bits(start: Start, ctx: JobContext) -> None:
    assert same_bits(start(ctx, "first"), start(ctx, "second"))


def test_another_seed_is_another_run(start: Start, ctx: JobContext) -> None:
    assert not same_bits(start(ctx, "first"), start(ctx, "second", seed=1))


def test_no_epochs_is_the_baseline_alone(start: Start, ctx: JobContext) -> None:
    end = start(ctx, train__epochs=0).read_history().end
    assert isinstance(end, RunFinished)
    assert (end.winner, end.winner_epoch) == ("baseline", 0)


def test_fine_tuning_that_harms_loses_to_the_baseline(start: Start, ctx: JobContext) -> None:
    run = start(ctx, optim__lr=5.0, train__epochs=1, optim__gradient_clip=0)
    end = run.read_history().end
    assert isinstance(end, RunFinished)
    assert end.winner == "baseline"
    assert read_info(run.path).stage == "baseline"


def test_patience_ends_the_run_early(start: Start, ctx: JobContext) -> None:
    run = start(ctx, optim__lr=1e-12, train__epochs=6, train__patience=2)  # nothing moves
    history = run.read_history()
    assert isinstance(history.end, RunFinished)
    assert history.end.reason == "early_stop"
    assert len(history.epochs) < 6


@pytest.mark.parametrize(
    "values",
    [
        {"optim__optimizer": "sgd"},
        {"schedule__shape": "constant"},
        {"train__balance_classes": True},
        {"train__freeze_batch_norm": False},
        {"model__freeze": "backbone"},
        {"model__pretrained": False},
        {"augment__preset": "strong"},
        {"train__precision": "bfloat16"},
        {"train__batch_size": 1000},
        {"train__micro_batch": 3},
        {"schedule__first_size": 0.5},
        {"optim__mixing": "both", "train__balance_classes": True},
        {"optim__weight_average": 0.9},
        {"optim__weight_average": 0.9, "optim__mixing": "mixup", "model__freeze": "backbone"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_every_choice_trains(start: Start, ctx: JobContext, values: dict[str, object]) -> None:
    assert start(ctx, train__epochs=1, **values).state() is RunState.FINISHED


def test_frozen_layers_do_not_move(start: Start, ctx: JobContext) -> None:
    run = start(ctx, model__freeze="backbone", train__epochs=1)
    last = load_file(run.checkpoint / "last.safetensors")
    pretrained = load_file(start(ctx, "plain", train__epochs=0).model_file)
    moved = {
        name
        for name, tensor in pretrained.items()
        if not torch.equal(tensor, last[f"network.{name}"])
    }
    assert moved <= {"classifier.weight", "classifier.bias"}
    assert moved


def test_unreadable_photos_are_named_and_skipped(
    photos: Path, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    truncated_jpeg(photos / "red" / "cut.jpg")
    text_named_as_photo(photos / "blue" / "text.jpg")
    dataset = open_dataset(photos, paths, ctx)
    run = train(dataset, tiny_recipe(train__epochs=1), tmp_path / "run", paths, ctx)
    assert run.state() is RunState.FINISHED
    manifest = run.read_manifest()
    skipped = set(manifest.skipped)
    learned = {e.path for e in manifest.samples if e.split != "test"} - skipped
    assert not learned & {"red/cut.jpg", "blue/text.jpg"}


def test_a_full_memory_goes_on_with_fewer_photos_at_once(
    start: Start, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, events: list[Event]
) -> None:
    real = PhotoSource.__init__

    def with_small_memory(source: PhotoSource, space: Workspace) -> None:
        real(source, space)

        def scores(inputs: torch.Tensor) -> torch.Tensor:
            if len(inputs) > 2:
                raise RuntimeError("CUDA out of memory")
            found: torch.Tensor = space.network(inputs)
            return found

        source.scores = scores

    whole = start(ctx, "whole", model__dropout=0.0)
    events.clear()
    monkeypatch.setattr(PhotoSource, "__init__", with_small_memory)
    run = start(ctx, model__dropout=0.0)
    assert run.state() is RunState.FINISHED
    assert run.read_manifest().chosen["micro_batch"] == 2
    assert "memory was full" in run.log_file.read_text(encoding="utf-8")
    first, second = load_file(whole.model_file), load_file(run.model_file)
    for name, tensor in first.items():
        torch.testing.assert_close(second[name], tensor, rtol=1e-3, atol=1e-3)


def test_a_frozen_backbone_is_passed_once_for_each_view(
    start: Start, ctx: JobContext, events: list[Event]
) -> None:
    start(ctx, model__freeze="backbone", train__epochs=6, train__frozen_views=2, train__patience=0)
    views = [e for e in events if isinstance(e, Progress) and e.text == "train-progress-views"]
    n = next(e.n_train for e in events if isinstance(e, RunStarted))
    assert sum(e.done == e.total == n for e in views) == 2
    assert sum(isinstance(e, EpochFinished) for e in events) == 6


@pytest.mark.usefixtures("allow_failed_run")
def test_infinite_loss_is_a_sentence(start: Start, ctx: JobContext) -> None:
    with pytest.raises(UserError) as caught:
        start(
            ctx,
            model__backbone="resnet18.a1_in1k",
            model__pretrained=False,
            optim__lr=10.0,
            optim__optimizer="sgd",
            optim__gradient_clip=0,
            train__freeze_batch_norm=True,
            train__epochs=20,
            train__patience=0,
        )
    assert caught.value.key == "error-loss-not-finite"


@pytest.mark.usefixtures("allow_failed_run")
def test_missing_weights_are_a_sentence(start: Start, ctx: JobContext) -> None:
    with pytest.raises(UserError) as caught:
        start(ctx, model__backbone="resnet10t.c3_in1k")
    assert caught.value.key == "error-weights-not-at-hand"


def test_a_folder_with_files_is_no_place_for_a_run(
    dataset: Dataset, paths: AppPaths, photos: Path, ctx: JobContext
) -> None:
    before = sorted(photos.rglob("*"))
    with pytest.raises(RunError):
        train(dataset, tiny_recipe(), photos, paths, ctx)
    assert sorted(photos.rglob("*")) == before


def test_too_few_photos_is_a_sentence(paths: AppPaths, tmp_path: Path, ctx: JobContext) -> None:
    source = make_coloured_photos(tmp_path / "few", per_class=1)
    dataset = open_dataset(source, paths, ctx)
    with pytest.raises(DatasetError) as caught:
        train(dataset, Recipe(), tmp_path / "run", paths, ctx)
    assert caught.value.key == "error-too-few-photos"


def test_what_validation_cannot_tell_apart_is_decided_by_the_last_epoch(
    start: Start, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The baseline and every epoch get the same photos right; the losses say nothing.
    judged = iter([0.0, 0.1, 0.5, 0.4, 0.3])

    def judge(_scores: torch.Tensor, photos: Photos) -> finetune.Validation:
        on_train = not photos.paths and len(photos.labels) > 6
        return finetune.Validation(0.0 if on_train else next(judged), 1.0, 1.0)

    monkeypatch.setattr(baseline, "score", judge)
    monkeypatch.setattr(finetune, "judge", judge)
    run = start(ctx, train__epochs=4)
    history = run.read_history()
    assert [e.best for e in history.epochs] == [False, False, False, True]
    assert isinstance(history.end, RunFinished)
    assert (history.end.winner, history.end.winner_epoch) == ("finetune", 4)
    assert read_info(run.path).epoch == 4


def test_a_memory_full_before_the_step_goes_on_with_fewer_photos_at_once(
    start: Start, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start(ctx, "whole", model__dropout=0.0)
    real = How.inputs

    def with_small_memory(how: How, pixels: Stacked) -> torch.Tensor:
        # Not in passes without gradients: the fitted head would differ by its features' rounding.
        if len(pixels) > 2 and not torch.is_inference_mode_enabled():
            raise torch.OutOfMemoryError("CUDA out of memory")
        return real(how, pixels)

    monkeypatch.setattr(How, "inputs", with_small_memory)
    run = start(ctx, model__dropout=0.0)
    assert run.state() is RunState.FINISHED
    assert run.read_manifest().chosen["micro_batch"] == 2
    assert "memory was full" in run.log_file.read_text(encoding="utf-8")
    first, second = load_file(whole.model_file), load_file(run.model_file)
    for name, tensor in first.items():
        torch.testing.assert_close(second[name], tensor, rtol=1e-3, atol=1e-3)
