"""A run as one plain script: what it holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from finetune_gui.core import events
from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import LANGUAGES, speaking, tr
from finetune_gui.core.run_folder import ManifestEntry, RunFolder
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine import backbones, script, script_plan
from finetune_gui.engine import network as nets
from tests.helpers.plain_script import names_of

# What is in it

PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "mixup": ({"optim__mixing": "mixup"}, "v2.MixUp"),
    "cutmix": ({"optim__mixing": "cutmix"}, "v2.CutMix"),
    "average": ({"optim__weight_average": 0.9}, "AveragedModel"),
    "smoothing": ({"optim__label_smoothing": 0.1}, "label_smoothing"),
    "clipping": ({"optim__gradient_clip": 1.0}, "clip_grad_norm_"),
    "patience": ({"train__patience": 3}, "PATIENCE"),
    "balance": ({"train__balance_classes": True}, "class_weights"),
    "mlp": ({"model__head": "mlp"}, "MlpHead"),
    "freezing": ({"model__freeze": "all_but_last_stage"}, "requires_grad_(name.startswith"),
    "first size": ({"schedule__first_size": 0.5}, "SIZES"),
    "warm-up": ({"schedule__warmup_epochs": 1.0}, "warmup"),
    "rotation": ({"augment__rotation": 10.0}, "def rotate"),
    "erasing": ({"augment__erasing": 0.5}, "def erase"),
    "blur": ({"augment__blur": 1.0}, "GaussianBlur"),
    "hue": ({"augment__hue": 0.1}, "adjust_hue"),
    "sgd": ({"optim__optimizer": "sgd"}, "torch.optim.SGD"),
}
PLAIN: dict[str, Any] = {
    "augment__preset": "none",
    "optim__mixing": "none",
    "optim__weight_average": 0.0,
    "optim__label_smoothing": 0.0,
    "optim__gradient_clip": 0.0,
    "train__patience": 0,
    "schedule__warmup_epochs": 0.0,
}


@pytest.mark.parametrize("part", PARTS)
def test_only_what_the_recipe_uses_is_in_it(
    part: str, make_run: Callable[..., RunFolder], places: WeightsPlaces
) -> None:
    values, sign = PARTS[part]
    assert sign not in script.script_of(make_run(**PLAIN), places)
    text = script.script_of(make_run(**{**PLAIN, **values}), places)
    assert sign in text
    assert not unused_imports(text)


@pytest.mark.parametrize("freeze", ["none", "backbone"])
@pytest.mark.parametrize("epochs", [0, 3])
def test_every_import_is_used(
    epochs: int, freeze: str, make_run: Callable[..., RunFolder], places: WeightsPlaces
) -> None:
    for extra in ({}, PLAIN, {"model__head": "mlp", "optim__mixing": "both"}):
        run = make_run(**{**extra, "train__epochs": epochs, "model__freeze": freeze})
        text = script.script_of(run, places)
        assert not unused_imports(text)
        assert "finetune_gui" not in text


def unused_imports(text: str) -> set[str]:
    tree = ast.parse(text)
    imported = {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return imported - {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_comments_are_in_the_language(
    language: str, make_run: Callable[..., RunFolder], places: WeightsPlaces
) -> None:
    run = make_run(optim__mixing="both", train__balance_classes=True, **PLAIN_MLP)
    with speaking(language):
        text = script.script_of(run, places)
        assert f"# {tr('script-build')}" in text
        assert f"# {tr('script-head', run=run.name).splitlines()[0]}" in text
    comments = re.findall(r"^\s*# .*[A-Za-z\u4e00-\u9fff].*$", text, re.MULTILINE)
    in_chinese = [c for c in comments if re.search(r"[\u4e00-\u9fff]", c)]
    assert len(comments) > 20
    # But for the line with the command.
    assert len(in_chinese) == (0 if language == "en" else len(comments))


PLAIN_MLP = {"model__head": "mlp", "optim__weight_average": 0.5}


def test_names_of_photos_are_kept_whatever_they_hold(
    make_run: Callable[..., RunFolder], places: WeightsPlaces, tmp_path: Path
) -> None:
    strange = ['a "quote"\n.jpg', "b'\\n.png", "照片 é.jpg", 'c""".jpg']
    entries = tuple(ManifestEntry(name, "cat", "train", "1-1") for name in strange)
    entries += (ManifestEntry("gone.jpg", "dog", "train", "1-1"),)
    entries += (ManifestEntry("v.jpg", "dog", "validation", "1-1"),)
    run = make_run({"samples": entries, "skipped": {"gone.jpg": "error-photo-damaged"}})
    names = names_of(script.script_of(run, places), tmp_path)
    folder = tmp_path / "other place"
    assert names["photos_of"]("train", folder) == [
        (number, folder / name, 0) for number, name in enumerate(strange)
    ]
    # The number of a photo stays its own, though the one before cannot be read.
    assert names["photos_of"]("validation", folder) == [(5, folder / "v.jpg", 1)]


def test_many_photos_are_read_from_the_manifest(
    make_run: Callable[..., RunFolder], places: WeightsPlaces, tmp_path: Path
) -> None:
    few = make_run()
    entries = few.read_manifest().samples
    many = (*entries, *(replace(entries[0], path=f"cat/m{n}.jpg") for n in range(600)))
    run = make_run({"samples": many, "skipped": {"cat/m7.jpg": "error-photo-damaged"}})
    text = script.script_of(run, places)
    assert "cat/m1.jpg" not in text
    names = names_of(text, tmp_path)
    assert names["MANIFEST"] == str(run.manifest_file)
    found = names["photos_of"]("train", tmp_path, names["MANIFEST"])
    assert len(found) == 4 + 599
    assert found[0] == (0, tmp_path / "cat/0.jpg", 0)
    assert found[-1] == (607, tmp_path / "cat/m599.jpg", 0)


def test_a_stopped_run_is_shown_as_far_as_it_went(
    make_run: Callable[..., RunFolder], places: WeightsPlaces
) -> None:
    run = make_run(train__epochs=9)
    for event in (
        events.BaselineFinished(0.1, 1, 0.1, 0.5, 1.0),
        events.EpochFinished(1, 5, 0.3, 0.9, 0.35, 0.9, 0.9, True, 1.0, 1.0),
        events.RunFinished("stopped", "finetune", 1, 0.9, 0.5, 3.0),
    ):
        run.append_event(event)
    text = script.script_of(run, places)
    assert "STOP_AFTER = 1" in text
    assert "EPOCHS = 9" in text
    assert "90.0 %" in text


@pytest.mark.parametrize(
    ("values", "manifest", "key"),
    [
        (
            {"model__backbone": "vit_tiny_patch16_224", "model__adapter": "lora"},
            {},
            "error-script-lora",
        ),
        ({"model__backbone": "torchvision/resnet18"}, {}, "error-script-network"),
        ({"model__backbone": "keras/MobileNetV2"}, {}, "error-script-network"),
        ({"model__pooling": "max"}, {}, "error-script-network"),
    ],
)
def test_what_is_no_plain_code_is_said_in_a_sentence(
    values: dict[str, Any],
    manifest: dict[str, Any],
    key: str,
    make_run: Callable[..., RunFolder],
    places: WeightsPlaces,
) -> None:
    with pytest.raises(UserError) as caught:
        script.script_of(make_run(manifest, **values), places)
    assert caught.value.key == key


def test_a_run_whose_rate_was_halved_is_not_shown(
    make_run: Callable[..., RunFolder], places: WeightsPlaces
) -> None:
    run = make_run()
    run.append_event(events.RolledBack(0, 0.5))
    with pytest.raises(UserError) as caught:
        script.script_of(run, places)
    assert caught.value.key == "error-script-setback"


@pytest.mark.parametrize("freeze", ["all_but_last_stage", "all_but_last_two_stages", "backbone"])
def test_what_learns_is_named_by_few_beginnings(freeze: Any) -> None:
    with torch.device("meta"):
        network = backbones.create("tf_efficientnet_lite0", 3, 0, 0.0)
    nets.freeze(network, freeze)
    prefixes = script_plan.learning_prefixes(network)
    found = {name for name, _ in network.named_parameters() if name.startswith(prefixes)}
    assert found == {name for name, p in network.named_parameters() if p.requires_grad}
    assert len(prefixes) < 6
