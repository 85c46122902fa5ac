"""Which runtime computes a pass, and that a run comes to the same with it each time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import TrainRecipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine import computing, runtimes
from finetune_gui.engine.computing import quickest, require_runtime
from finetune_gui.engine.inference import How, infer
from finetune_gui.engine.loading import Unreadable
from finetune_gui.engine.prediction import Predictor
from finetune_gui.engine.preflight import Setup
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.runtimes import NotComputableError, OpenVino
from finetune_gui.engine.training import train
from finetune_gui.engine.workspace import Workspace
from tests.helpers.evaluated_run import make_working_run
from tests.helpers.photos import save_photo, truncated_jpeg
from tests.helpers.tiny import tiny_recipe
from tests.helpers.workspaces import open_workspace

CPU = torch.device("cpu")
SETUP = Setup(
    training="float32",
    inference="float32",
    channels_last=True,
    threads=1,
    training_speed=10.0,
    inference_speed=100.0,
    runtime="openvino",
    openvino_speed=200.0,
    openvino_seconds=2.0,
    openvino_from=400,
)
ALWAYS = SETUP.model_copy(update={"openvino_from": 1})
HOW = How(Preprocessing(16, 0.875, "bilinear", (0.5,) * 3, (0.25,) * 3), CPU, "float32")


def network() -> nn.Module:
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(8, 3)).eval()


def fail(error: NotComputableError) -> None:
    raise error


# ---- the choice


def test_few_photos_are_computed_in_torch() -> None:
    made = network()
    assert quickest(made, HOW, SETUP, 399, fail) is made
    assert isinstance(quickest(made, HOW, SETUP, 400, fail), OpenVino)


def test_a_setup_of_torch_stays_with_it() -> None:
    made = network()
    setup = SETUP.model_copy(update={"runtime": "torch", "openvino_from": 0})
    assert quickest(made, HOW, setup, 10**6, fail) is made


def test_another_device_stays_with_torch() -> None:
    made = network()
    elsewhere = How(HOW.preprocessing, torch.device("meta"), "float32")
    assert quickest(made, elsewhere, ALWAYS, 10**6, fail) is made


def test_what_cannot_be_computed_makes_way_for_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    told: list[NotComputableError] = []
    made = network()
    assert quickest(made, HOW, ALWAYS, 1, told.append) is made
    assert len(told) == 1


def test_seconds_follow_the_choice() -> None:
    assert SETUP.seconds_for(100) == pytest.approx(1.0)
    assert SETUP.seconds_for(1000) == pytest.approx(2.0 + 5.0)
    assert ALWAYS.seconds_for(0) == 0


def test_what_a_recipe_insists_on_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    require_runtime(TrainRecipe(runtime="openvino"), CPU)
    with pytest.raises(UserError) as caught:
        require_runtime(TrainRecipe(runtime="openvino"), torch.device("cuda"))
    assert caught.value.key == "error-openvino-device"
    monkeypatch.setattr(computing, "is_installed", lambda: False)
    require_runtime(TrainRecipe(), CPU)
    with pytest.raises(UserError) as caught:
        require_runtime(TrainRecipe(runtime="openvino"), CPU)
    assert caught.value.key == "error-no-openvino"


# ---- passes


def test_a_pass_gives_what_torch_gives(tmp_path: Path, ctx: JobContext) -> None:
    paths = [save_photo(tmp_path / f"{n}.png", n) for n in range(70)]
    truncated_jpeg(tmp_path / "damaged.jpg")
    paths.insert(5, tmp_path / "damaged.jpg")
    made = network()
    expected = infer(made, paths, HOW, ctx, on_unreadable=lambda _: None)
    unreadable: list[Unreadable] = []
    program = quickest(made, HOW, ALWAYS, len(paths), fail)
    found = infer(program, paths, HOW, ctx, on_unreadable=unreadable.append)
    assert [u.index for u in unreadable] == [5]
    assert found[0] == expected[0]
    torch.testing.assert_close(found[1], expected[1], rtol=1e-4, atol=1e-4)
    again = infer(program, paths[6:], HOW, ctx)
    assert torch.equal(again[1], found[1][5:])


def test_a_cancelled_pass_leaves_nothing_undone(tmp_path: Path, ctx: JobContext) -> None:
    paths = [save_photo(tmp_path / f"{n}.png", n) for n in range(3)] * 30
    program = quickest(network(), HOW, ALWAYS, len(paths), fail)
    whole = infer(program, paths, HOW, ctx)[1]

    stopped = JobContext(lambda _event: None)

    def view(index: int) -> Image.Image:
        if index == 70:  # one batch is read, another one is being computed
            stopped.control.cancel()
        return HOW.preprocessing.centre_view(HOW.preprocessing.load(paths[index]))

    with pytest.raises(Cancelled):
        infer(program, paths, HOW, stopped, view=view)
    again = infer(program, paths, HOW, ctx)[1]
    assert torch.equal(again, whole)


# ---- a run


Open = Callable[..., Workspace]


def test_a_frozen_backbone_is_got_ready_once(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    for freeze in ("backbone", "none"):
        recipe = tiny_recipe(model__freeze=freeze)
        with open_workspace(dataset, recipe, tmp_path / freeze, paths, ctx) as space:
            space.manifest.chosen.update(ALWAYS.model_dump())
            first, second = space.features(), space.features()
            assert isinstance(first, OpenVino)
            assert (first is second) == (freeze == "backbone")


def test_without_openvino_a_run_that_used_it_goes_on_and_says_so(
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_workspace(dataset, tiny_recipe(), tmp_path / "run", paths, ctx) as space:
        space.manifest.chosen.update(ALWAYS.model_dump())
        monkeypatch.setitem(sys.modules, "openvino", None)
        monkeypatch.setattr(runtimes, "is_installed", lambda: False)
        for _ in range(2):
            assert space.computing(space.network, 9) is space.network
        told = space.run.log_file.read_text(encoding="utf-8")
    assert told.count("not installed any more") == 1


def test_the_same_recipe_gives_the_same_weights(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    recipe = tiny_recipe(train__runtime="openvino", model__freeze="backbone", train__threads=1)
    runs = [train(dataset, recipe, tmp_path / name, paths, ctx) for name in ("one", "two")]
    for run in runs:
        chosen = Setup.among(run.read_manifest().chosen)
        assert chosen is not None
        assert (chosen.runtime, chosen.openvino_from) == ("openvino", 1)
        assert "OpenVINO" in run.log_file.read_text(encoding="utf-8")
        assert (run.evaluation / "metrics.json").is_file()
    one, two = (run.model_file.read_bytes() for run in runs)
    assert one == two


def test_predictions_are_those_of_torch(tmp_path: Path, ctx: JobContext) -> None:
    run: RunFolder = make_working_run(tmp_path / "run")
    photos = [save_photo(tmp_path / f"{n}.png", n) for n in range(5)]
    in_torch = Predictor.for_run(run).predict(photos, ctx)
    manifest = run.read_manifest()
    manifest.chosen.update(ALWAYS.model_dump())
    run.write_manifest(manifest)
    found = Predictor.for_run(run, len(photos)).predict(photos, ctx)
    for one, other in zip(in_torch, found, strict=True):
        assert one.label == other.label
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-4)
