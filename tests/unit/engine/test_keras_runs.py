"""Whole runs with Keras' networks, and what plain Keras says of their models."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event, StepFinished
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine import backbones, catalogue
from finetune_gui.engine.export import export
from finetune_gui.engine.keras_body import body_of
from finetune_gui.engine.keras_library import has_keras
from finetune_gui.engine.model_file import load_model, read_info
from finetune_gui.engine.prediction import Predictor
from finetune_gui.engine.training import resume, train
from finetune_gui.jobs.evaluate import Evaluate
from tests.helpers import keras_models
from tests.helpers.keras_models import SIDE, plain_predictions, save, settled_weights
from tests.helpers.tiny import tiny_recipe

pytestmark = pytest.mark.skipif(not has_keras(), reason="Keras is not installed")

Start = Callable[..., RunFolder]
MODELS = {"functional": keras_models.functional, "sequential": keras_models.sequential}


@pytest.fixture
def start(dataset: Dataset, paths: AppPaths, tmp_path: Path) -> Start:
    """Trains into a new folder; keywords change the tiny recipe."""

    def run(ctx: JobContext, name: str = "run", **values: object) -> RunFolder:
        recipe = tiny_recipe(**{"model__input_size": 0, **values})
        return train(dataset, recipe, tmp_path / name, paths, ctx)

    return run


@pytest.fixture(params=list(MODELS))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return save(MODELS[request.param](), tmp_path / "我的 模型.keras")


def pausing(step: int) -> JobContext:
    control = JobControl()

    def emit(event: Event) -> None:
        if isinstance(event, StepFinished) and event.step == step:
            control.pause()

    return JobContext(emit, control)


def same_bits(first: RunFolder, second: RunFolder) -> bool:
    files = [(r.model_file, r.checkpoint / "last.safetensors") for r in (first, second)]
    return all(
        a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)
        for a, b in (map(load_file, pair) for pair in zip(*files, strict=True))
    )


def check_plain_keras(
    runs: Sequence[RunFolder], photos: Path, tmp_path: Path, ctx: JobContext
) -> None:
    """Plain Keras says the same of the exported files, given pixels as they are."""
    ours, files = [], []
    chosen = sorted(photos.rglob("*.png"))[::3]
    for number, run in enumerate(runs):
        answers = Predictor.for_run(run).predict(chosen, ctx)
        ours.append([list((answer.probabilities or {}).values()) for answer in answers])
        files.append(export(run, "keras", tmp_path / f"{number}.keras"))
        described = json.loads(files[-1].with_suffix(".json").read_text("utf-8"))
        assert described["classes"] == list(run.read_manifest().classes)
    prepare = read_info(runs[0].path).preprocessing
    views = [prepare.centre_view(prepare.load(path)) for path in chosen]
    pixels = np.stack([np.asarray(view) for view in views])
    theirs = plain_predictions(files, pixels, tmp_path)
    assert np.abs(np.array(ours) - theirs).max() < 1e-4
    # The answers do differ from photo to photo.
    assert np.ptp(theirs, axis=1).max(-1).min() > 1e-3


def test_a_users_file_is_trained_resumed_and_judged(
    start: Start, file: str, paths: AppPaths, ctx: JobContext
) -> None:
    values = {"model__backbone": file, "train__freeze_batch_norm": False, "optim__lr": 0.01}
    whole = start(ctx, "whole", **values)
    assert whole.state() is RunState.FINISHED
    cut = start(pausing(4), "cut", **values)
    assert cut.state() is RunState.PAUSED
    Path(file.removeprefix("file:")).unlink()  # the run goes on without it
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)
    assert Evaluate(whole.path).run(ctx).accuracy > 0.6


def test_plain_keras_says_the_same(
    start: Start, photos: Path, tmp_path: Path, ctx: JobContext
) -> None:
    runs = []
    for kind, make in MODELS.items():
        name = save(make(), tmp_path / f"{kind}.keras")
        values = {"train__freeze_batch_norm": False, "optim__lr": 0.01, "train__epochs": 1}
        runs.append(start(ctx, kind, model__backbone=name, **values))
    check_plain_keras(runs, photos, tmp_path, ctx)


@pytest.mark.parametrize(
    "values",
    [
        {"model__freeze": "backbone"},
        {"model__freeze": "all_but_last_stage", "optim__weight_average": 0.9},
        {"optim__mixing": "both", "train__micro_batch": 2},
    ],
    ids=["frozen", "averaged", "mixed"],
)
def test_other_ways_resume_to_the_same_bits(
    start: Start, paths: AppPaths, tmp_path: Path, ctx: JobContext, values: dict[str, object]
) -> None:
    name = save(keras_models.functional(), tmp_path / "m.keras")
    values = {"model__backbone": name, **values}
    whole = start(ctx, "whole", **values)
    cut = start(pausing(5), "cut", **values)
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)


def test_frozen_layers_keep_their_tensors_and_statistics(
    start: Start, tmp_path: Path, ctx: JobContext
) -> None:
    name = save(keras_models.functional(), tmp_path / "m.keras")
    run = start(
        ctx,
        model__backbone=name,
        model__freeze="all_but_last_stage",
        train__freeze_batch_norm=False,
    )
    before = load_file(run.checkpoint / "epoch.safetensors")
    keras = keras_models.keras_library()
    theirs = keras.saving.load_model(tmp_path / "m.keras", compile=False)
    norm = next(la for la in theirs.layers if isinstance(la, keras.layers.BatchNormalization))
    for ours in ("gamma", "moving_mean", "moving_variance"):
        kept = next(t for k, t in before.items() if k.endswith(f"BatchNormalization.{ours}"))
        assert torch.equal(kept, getattr(norm, ours).value)
    last = [la for la in theirs.layers if isinstance(la, keras.layers.Conv2D)][-1]
    moved = next(t for k, t in before.items() if t.shape == tuple(last.kernel.shape))
    assert not torch.equal(moved, last.kernel.value)


def test_the_model_alone_is_enough(start: Start, tmp_path: Path, ctx: JobContext) -> None:
    name = save(keras_models.sequential(), tmp_path / "m.keras")
    run = start(ctx, model__backbone=name, train__epochs=1)
    described = json.loads((run.path / "model.json").read_text("utf-8"))
    assert "kernel" not in described["architecture"].replace("kernel_", "")
    (tmp_path / "m.keras").unlink()
    out = export(run, "safetensors", tmp_path / "out")
    torch.testing.assert_close(
        load_model(out).network(torch.ones(1, 3, SIDE, SIDE)),
        load_model(run.path).network(torch.ones(1, 3, SIDE, SIDE)),
    )


def test_other_networks_are_no_keras_files(start: Start, tmp_path: Path, ctx: JobContext) -> None:
    run = start(ctx, model__input_size=32, train__epochs=0)
    with pytest.raises(UserError) as caught:
        export(run, "keras", tmp_path / "out.keras")
    assert caught.value.key == "error-export-not-keras"
    assert not (tmp_path / "out.keras").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["keras/MobileNetV2", "keras/EfficientNetV2B0", "keras/ConvNeXtTiny"]
)
def test_keras_own_networks_are_trained_resumed_and_saved(
    start: Start, name: str, photos: Path, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    values = {
        "model__backbone": name,
        "model__input_size": 64,
        "train__epochs": 1,
    }
    torch.manual_seed(0)
    body = body_of(backbones.create(name, 3, 64, 0.0))
    prepare = backbones.preprocessing_for(ModelRecipe(backbone=name, input_size=64))
    settled_weights(body, prepare, paths.weights / catalogue.find(name).weights_name)
    whole = start(ctx, "whole", **values)
    cut = start(pausing(2), "cut", **values)
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)
    Evaluate(whole.path).run(ctx)
    check_plain_keras([whole], photos, tmp_path, ctx)
