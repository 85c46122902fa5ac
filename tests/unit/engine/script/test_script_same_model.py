"""A run as one plain script: it does what the engine does and comes to the same model."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from finetune_gui.core import events
from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import ManifestEntry, RunFolder
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine import backbones, catalogue, script, weights_store
from finetune_gui.engine.augmentation import augment
from finetune_gui.engine.training import train
from tests.helpers.plain_script import names_of
from tests.helpers.tiny import tiny_recipe

STRONG = {"augment.preset": "strong", "augment.vertical_flip": True}


# Its parts do what the engine does


def test_photos_are_read_as_the_engine_reads_them(
    make_run: Callable[..., RunFolder], places: WeightsPlaces, tmp_path: Path
) -> None:
    run = make_run({"samples": (ManifestEntry("a.png", "cat", "train", "1-1"),)})
    names = names_of(script.script_of(run, places), tmp_path)
    preprocessing = backbones.preprocessing_for(run.read_recipe().model)
    for file in _photos(tmp_path):
        ours = np.asarray(preprocessing.load(file), dtype=int)
        theirs = np.asarray(names["load_photo"](file), dtype=int)
        assert theirs.shape == ours.shape, file
        assert np.abs(theirs - ours).max() <= 2, file


def _photos(folder: Path) -> list[Path]:
    rng = np.random.default_rng(0)
    smooth = Image.fromarray(rng.integers(0, 255, (20, 30, 3), np.uint8)).resize((1500, 1000))
    smooth.save(folder / "large.jpg", quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6
    smooth.save(folder / "turned.jpg", exif=exif)
    smooth.resize((90, 60)).save(folder / "small.png")
    see_through = smooth.resize((300, 400)).convert("RGBA")
    see_through.putalpha(100)
    see_through.save(folder / "transparent.png")
    deep = np.linspace(0, 65535, 400 * 300).reshape(400, 300).astype(np.uint16)
    Image.fromarray(deep).save(folder / "deep.png")
    smooth.resize((300, 400)).convert("L").save(folder / "grey.jpg")
    return sorted(folder.glob("*.[jp][pn]g"))


def test_views_are_those_of_the_engine(
    make_run: Callable[..., RunFolder], places: WeightsPlaces, tmp_path: Path
) -> None:
    run = make_run(**{key.replace(".", "__"): value for key, value in STRONG.items()})
    recipe = run.read_recipe()
    names = names_of(script.script_of(run, places), tmp_path)
    preprocessing = backbones.preprocessing_for(recipe.model)
    (file,) = [file for file in _photos(tmp_path) if file.name == "large.jpg"]
    photo = preprocessing.load(file)
    for number in range(12):
        ours = augment(photo, recipe.augment, preprocessing, (recipe.seed, 3, number))
        theirs = names["augmented"](names["load_photo"](file), number, 3)
        difference = np.asarray(ours, dtype=int) - np.asarray(theirs, dtype=int)
        assert np.abs(difference).max() <= 2, number


@pytest.mark.parametrize("start", ["package", "published", "own", "own .pth", "random"])
@pytest.mark.parametrize("head", ["linear", "mlp"])
def test_the_network_starts_from_the_same_weights(
    head: str,
    start: str,
    make_run: Callable[..., RunFolder],
    places: WeightsPlaces,
    tmp_path: Path,
) -> None:
    name = "tf_efficientnet_lite0" if start == "package" else "test_resnet.r160_in1k"
    file = tmp_path / "mine.safetensors"
    backbone = catalogue.find(name)
    if start == "package":
        file = weights_store.embedded_weights()
    elif start == "published":
        file = places.own / backbone.weights_name
        file.parent.mkdir(parents=True, exist_ok=True)
    elif start == "own .pth":
        file = tmp_path / "mine.pth"
    if start != "package":
        tensors = backbones.create(name, 1000, 0, 0.0).state_dict()
        if file.suffix == ".pth":
            torch.save(tensors, file)
        else:
            save_file(tensors, file)
    own = {"model__weights": str(file)} if start.startswith("own") else {}
    run = make_run(
        model__backbone=name, model__head=head, model__pretrained=start != "random", **own
    )
    model = run.read_recipe().model
    torch.manual_seed(0)
    ours = backbones.build(model, 2, None if start == "random" else file).state_dict()
    names = names_of(script.script_of(run, places), tmp_path)
    if start == "package":
        assert names["embedded_weights"]() == file
    elif start != "random":
        assert names["WEIGHTS"] == str(file)
    theirs = names["build_network"](file).state_dict()
    assert theirs.keys() == ours.keys()
    assert all(torch.equal(theirs[key].cpu(), tensor) for key, tensor in ours.items())


def test_own_weights_with_other_names_are_refused(
    make_run: Callable[..., RunFolder], places: WeightsPlaces, tmp_path: Path
) -> None:
    tensors = backbones.create("test_resnet.r160_in1k", 2, 0, 0.0).state_dict()
    save_file({f"module.{key}": t for key, t in tensors.items()}, tmp_path / "mine.safetensors")
    run = make_run(
        model__backbone="test_resnet.r160_in1k", model__weights=str(tmp_path / "mine.safetensors")
    )
    with pytest.raises(UserError) as caught:
        script.script_of(run, places)
    assert caught.value.key == "error-script-weights"


# It trains the same model


def _hard_photos(root: Path) -> Path:
    """Noise in three colours so close that a good part is mistaken."""
    for number, name in enumerate(("amber", "ochre", "sand")):
        (root / name).mkdir(parents=True)
        for n in range(20):
            rng = np.random.default_rng((number, n))
            colour = np.array((150 + 9 * number, 120, 90 - 6 * number)) + rng.normal(0, 7, 3)
            pixels = np.clip(colour + rng.normal(0, 30, (40, 48, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(root / name / f"{n}.png")
    return root


def _train(folder: Path, photos: Path, paths: AppPaths, recipe: Recipe) -> RunFolder:
    ctx = JobContext(lambda _event: None)
    return train(open_dataset(photos, paths, ctx), recipe, folder, paths, ctx)


def _run_alone(file: Path) -> str:
    """What the script prints, run as a student would: in its own process, in another folder."""
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, str(file)],
        cwd=file.parent,
        env=alone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _compare(run: RunFolder, printed: str, points: float = 1.0) -> list[float]:
    """See that all accuracies are within ``points`` percent; returns those of the run."""
    history = run.read_history()
    assert history.baseline is not None
    ours = [history.baseline.val_accuracy, *(e.val_accuracy for e in history.epochs)]
    *theirs, best = [float(x) for x in re.findall(r"val_accuracy ([\d.]+)", printed)]
    assert theirs == pytest.approx(ours, abs=points / 100)
    assert isinstance(history.end, events.RunFinished)
    assert best == pytest.approx(history.end.val_accuracy, abs=points / 100)
    losses = [float(x) for x in re.findall(r"val_loss ([\d.]+)", printed)]
    told = [history.baseline.val_loss, *(e.val_loss for e in history.epochs)]
    assert losses == pytest.approx(told, rel=0.05)
    return ours


# A network so small, and without weights, that three epochs take a second.
SMALL = {
    "model__backbone": "test_resnet.r160_in1k",
    "model__pretrained": False,
    "data__test_fraction": 0.0,
}
KINDS: dict[str, dict[str, Any]] = {
    "fine-tuned": {**SMALL, "optim__lr": 0.02},
    "frozen": {"model__freeze": "backbone", "train__frozen_views": 2, "data__test_fraction": 0.0},
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_to_the_accuracy_of_the_run(
    kind: str, tmp_path: Path, paths: AppPaths, places: WeightsPlaces
) -> None:
    recipe = tiny_recipe(train__epochs=3, **KINDS[kind])
    run = _train(tmp_path / "run", _hard_photos(tmp_path / "照片 p"), paths, recipe)
    file = tmp_path / "elsewhere" / "code.py"
    file.parent.mkdir()
    file.write_text(script.script_of(run, places), encoding="utf-8")
    accuracies = _compare(run, _run_alone(file))
    # Photos on which every model is equally good would show nothing.
    assert len(set(accuracies)) > 1
    assert not {0.0, 1.0} & set(accuracies)


OTHERS: dict[str, dict[str, Any]] = {
    "stage by stage": {
        "schedule__head_epochs": 2,
        "schedule__stage_epochs": 1,
        "train__epochs": 6,
        "train__patience": 1,
        "train__frozen_views": 2,
        "optim__weight_average": 0.5,
        "optim__lr": 0.02,
    },
    "mixing": {
        "optim__mixing": "both",
        "train__balance_classes": True,
        "optim__weight_average": 0.9,
        "augment__preset": "strong",
        "optim__optimizer": "sgd",
        "optim__lr": 0.01,
    },
    "late stages": {
        "model__freeze": "all_but_last_stage",
        "train__freeze_batch_norm": False,
        "model__head": "mlp",
        "augment__preset": "none",
        "schedule__first_size": 0.5,
        "optim__label_smoothing": 0.0,
    },
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_recipes_come_to_the_same(
    name: str,
    tmp_path: Path,
    paths: AppPaths,
    places: WeightsPlaces,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe = tiny_recipe(**SMALL, **OTHERS[name])
    run = _train(tmp_path / "run", _hard_photos(tmp_path / "photos"), paths, recipe)
    file = tmp_path / "code.py"
    file.write_text(script.script_of(run, places), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(file)])
    capsys.readouterr()
    runpy.run_path(str(file), run_name="__main__")
    _compare(run, capsys.readouterr().out)


def test_a_run_based_on_another_comes_to_the_same(
    tmp_path: Path,
    paths: AppPaths,
    places: WeightsPlaces,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    photos = _hard_photos(tmp_path / "photos")
    first = _train(tmp_path / "first", photos, paths, tiny_recipe(**SMALL, optim__lr=0.02))
    own = {**SMALL, "model__pretrained": True, "model__weights": str(first.path)}
    run = _train(tmp_path / "second", photos, paths, tiny_recipe(**own, train__epochs=1))
    file = tmp_path / "code.py"
    file.write_text(script.script_of(run, places), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(file)])
    capsys.readouterr()
    runpy.run_path(str(file), run_name="__main__")
    _compare(run, capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.parametrize("freeze", ["none", "backbone"])
def test_it_comes_to_the_accuracy_of_a_run_on_real_photos(
    freeze: str, tmp_path: Path, paths: AppPaths, places: WeightsPlaces
) -> None:
    recipe = with_values(
        Recipe(),
        {
            "model.freeze": freeze,
            "train.epochs": 2,
            "train.runtime": "torch",
            "train.device": "cpu",
        },
    )
    run = _train(tmp_path / "run", resource("demo", "fashion"), paths, recipe)
    file = tmp_path / "code.py"
    file.write_text(script.script_of(run, places), encoding="utf-8")
    _compare(run, _run_alone(file))
