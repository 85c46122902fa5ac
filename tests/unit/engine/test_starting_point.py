"""Weights that the user brings: which network they are recognised as, and training from them."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from finetune_gui.core.errors import UserError, WeightsError
from finetune_gui.core.events import Event, Logged
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import ModelRecipe, Recipe, with_values
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Dataset, open_dataset
from finetune_gui.engine import backbones, catalogue, starting_point, torchvision_networks
from finetune_gui.engine.head import LinearHead
from finetune_gui.engine.recognise import architectures, describe
from finetune_gui.engine.starting_point import StartingPoint, look_at
from finetune_gui.engine.training import make_manifest, resume, train
from finetune_gui.engine.weights_file import body_and_head, load_into, read_stored
from tests.helpers.tiny import make_coloured_photos, tiny_recipe

SMALL = "resnet10t"
CLASSES = 5


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    torch.manual_seed(1)
    tensors: dict[str, Tensor] = timm.create_model(SMALL, num_classes=CLASSES).state_dict()
    return tensors


def saved(thing: object, path: Path) -> Path:
    torch.save(thing, path)
    return path


def look(path: Path, backbone: str = "") -> StartingPoint:
    return look_at(path, JobContext(lambda _event: None), backbone)


# ---- the table


@pytest.mark.parametrize(
    "name",
    [
        *("resnet10t", "tf_efficientnet_lite0", "mobilenetv3_small_050", "vit_tiny_patch16_224"),
        *("dla46_c", "levit_128s", "torchvision/squeezenet1_1", "torchvision/shufflenet_v2_x0_5"),
    ],
)
def test_the_table_agrees_with_the_networks(name: str) -> None:
    assert architectures()[name] == describe(name)


@pytest.mark.parametrize("name", ["mobilenetv3_small_050", "levit_128s", "dla46_c"])
def test_the_table_counts_as_loading_does(name: str) -> None:
    """What is left out as the head is what loading does without."""
    with torch.device("meta"):
        body, head = body_and_head(backbones.create(name, 3, 0, 0.0))
        full = timm.create_model(name)
    left_out = set(full.state_dict()) - (set(body.state_dict()) - head)
    named = {n for n in left_out if not n.endswith("num_batches_tracked")}
    assert named == set(architectures()[name].head.split())


def test_the_table_has_all_networks() -> None:
    known = architectures().keys()
    names = (*timm.list_models(), *torchvision_networks.names())
    # Encoders of language models have no head that could be replaced.
    assert [n for n in names if n not in known and not n.endswith("_enc")] == []


# ---- how files are wrapped


def under(prefix: str) -> Callable[[dict[str, Tensor]], object]:
    return lambda tensors: {f"{prefix}{name}": tensor for name, tensor in tensors.items()}


WRAPPED: dict[str, Callable[[dict[str, Tensor]], Any]] = {
    "plain": dict,
    "DataParallel": under("module."),
    "compiled": under("_orig_mod."),
    "compiled in DataParallel": under("module._orig_mod."),
    "Lightning": lambda t: {"epoch": 3, "state_dict": under("model.")(t)},
    "OpenMMLab": lambda t: {
        "meta": {"epoch": 1},
        "state_dict": {(n if n.startswith("fc.") else f"backbone.{n}"): v for n, v in t.items()},
    },
    "model": lambda t: {"model": t, "optimizer": {"state": {}, "param_groups": []}},
    "model_state_dict": lambda t: {"model_state_dict": t, "loss": 0.5},
    "timm": lambda t: {
        "epoch": 2,
        "arch": SMALL,
        "state_dict": {n: torch.zeros_like(v) for n, v in t.items()},
        "state_dict_ema": t,
        "args": argparse.Namespace(lr=0.1, model=SMALL),
    },
    "averaged": lambda t: {
        "n_averaged": torch.tensor(3),
        **{f"module.{n}": v for n, v in t.items()},
    },
    "without counters": lambda t: {n: v for n, v in t.items() if "num_batches" not in n},
    "half": lambda t: {n: v.half() if v.is_floating_point() else v for n, v in t.items()},
    "parameters": lambda t: {
        n: torch.nn.Parameter(v) if v.is_floating_point() else v for n, v in t.items()
    },
    "without a head": lambda t: {n: v for n, v in t.items() if not n.startswith("fc.")},
}


@pytest.mark.parametrize("how", WRAPPED)
def test_wrapped_weights_are_recognised_and_loaded(
    how: str, weights: dict[str, Tensor], tmp_path: Path
) -> None:
    path = saved(WRAPPED[how](weights), tmp_path / "mine.pth")
    found = look(path)
    first = found.candidates[0]
    assert first.name == SMALL
    assert first.is_whole
    assert found.classes == (None if how == "without a head" else CLASSES)
    network = backbones.create(SMALL, 2, 0, 0.0)
    load_into(network, path)
    loaded = network.state_dict()
    for name, tensor in weights.items():
        if not name.startswith("fc.") and "num_batches" not in name:
            expected = tensor.half().float() if how == "half" else tensor
            assert torch.equal(loaded[name], expected), name


def test_the_average_is_preferred_and_named(weights: dict[str, Tensor], tmp_path: Path) -> None:
    stored = read_stored(saved(WRAPPED["timm"](weights), tmp_path / "last.pth.tar"))
    assert stored.part == "state_dict_ema"
    assert stored.architecture == SMALL


@pytest.mark.parametrize(
    "name",
    [
        *("mobilenetv3_small_050", "vit_tiny_patch16_224", "dla46_c", "levit_128s"),
        *("torchvision/squeezenet1_1", "torchvision/shufflenet_v2_x0_5"),
    ],
)
def test_networks_of_all_kinds_are_recognised(name: str, tmp_path: Path) -> None:
    bare = name.removeprefix("torchvision/")
    if bare == name:
        tensors = timm.create_model(name, num_classes=7).state_dict()
    else:
        tensors = _torchvision(bare)
    save_file({n: t.contiguous() for n, t in tensors.items()}, tmp_path / "w.safetensors")
    found = look(tmp_path / "w.safetensors")
    assert name in [c.name for c in found.candidates if c.is_whole]


def _torchvision(name: str) -> dict[str, Tensor]:
    import torchvision

    tensors: dict[str, Tensor] = torchvision.models.get_model(name, weights=None).state_dict()
    return tensors


# ---- what is not clear


def test_equal_networks_are_left_to_the_user(tmp_path: Path) -> None:
    path = saved(timm.create_model("resnet18").state_dict(), tmp_path / "best.pt")
    found = look(path)
    names = [candidate.name for candidate in found.candidates]
    assert {"resnet18", "torchvision/resnet18"} <= set(names)
    assert not found.is_sure
    told = look(path, "torchvision/resnet18")
    assert told.is_sure
    assert told.values_for("torchvision/resnet18")["model.backbone"] == "torchvision/resnet18"
    assert told.candidates[0].is_whole


def test_what_a_file_is_called_settles_it(tmp_path: Path) -> None:
    tensors = timm.create_model("resnet18").state_dict()
    for file, name in (
        ("resnet18-f37072fd.pth", "torchvision/resnet18"),
        ("resnet18.a1_in1k.pt", "resnet18.a1_in1k"),
    ):
        found = look(saved(tensors, tmp_path / file))
        assert (found.is_sure, found.candidates[0].name) == (True, name)


def test_the_description_of_the_hub_settles_it(weights: dict[str, Tensor], tmp_path: Path) -> None:
    save_file(weights, tmp_path / "model.safetensors")
    described = {"architecture": SMALL, "pretrained_cfg": {"tag": "c3_in1k"}}
    (tmp_path / "config.json").write_text(json.dumps(described), encoding="utf-8")
    found = look(tmp_path)
    assert (found.is_sure, found.candidates[0].name) == (True, "resnet10t.c3_in1k")


def test_an_unknown_network_can_be_named_and_is_compared(tmp_path: Path) -> None:
    path = saved({f"l{n}.weight": torch.ones(2, 2) for n in range(5)}, tmp_path / "own.pt")
    assert look(path).candidates == ()
    told = look(path, SMALL).candidates[0]
    assert not told.is_whole
    assert (told.fitting, told.unexpected) == (0, 5)
    assert told.missing == told.wanted
    assert "conv1.0.weight: missing" in told.problems
    with pytest.raises(UserError):
        look(path, "no-such-network")


def test_what_does_not_fit_is_told_tensor_by_tensor(
    weights: dict[str, Tensor], tmp_path: Path
) -> None:
    changed = {**weights, "own.weight": torch.ones(1)}
    del changed["layer3.0.bn1.weight"]
    changed["layer2.0.conv1.weight"] = torch.ones(3, 3)
    found = look(saved(changed, tmp_path / "w.pt"), SMALL).candidates[0]
    assert (found.missing, found.reshaped, found.unexpected) == (1, 1, 1)
    assert found.fitting == found.wanted - 2
    assert any("layer2.0.conv1.weight: (3, 3) instead of" in line for line in found.problems)


def test_the_names_of_the_makers_are_understood(tmp_path: Path) -> None:
    """ConvNeXt's own files call everything otherwise than timm; its converter knows how."""
    theirs = {}
    for name, tensor in timm.create_model("convnext_atto", num_classes=3).state_dict().items():
        old = name.replace("stem.", "downsample_layers.0.").replace("head.norm.", "norm.")
        old = old.replace("head.fc.", "head.").replace(".conv_dw.", ".dwconv.")
        old = old.replace(".mlp.fc1.", ".pwconv1.").replace(".mlp.fc2.", ".pwconv2.")
        for stage in range(4):
            old = old.replace(f"stages.{stage}.downsample.", f"downsample_layers.{stage}.")
            old = old.replace(f"stages.{stage}.blocks.", f"stages.{stage}.")
        theirs[old] = tensor
    found = look(saved({"model": theirs}, tmp_path / "atto.pth"), "convnext_atto").candidates[0]
    assert (found.fitting, found.problems) == (found.wanted, ())


# ---- models of this program


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunFolder, Dataset, AppPaths]:
    """A finished run on photos in three colours."""
    folder = tmp_path_factory.mktemp("base")
    paths, ctx = AppPaths.under(folder / "app"), JobContext(lambda _event: None)
    dataset = open_dataset(make_coloured_photos(folder / "photos"), paths, ctx)
    recipe = tiny_recipe(train__epochs=1, data__split_seed=3)
    return train(dataset, recipe, folder / "Base run", paths, ctx), dataset, paths


Base = tuple[RunFolder, Dataset, AppPaths]


def based_on(base: Base, **values: object) -> Recipe:
    found = look(base[0].path)
    recipe = tiny_recipe(train__epochs=0, **values)
    return with_values(recipe, found.values_for(found.candidates[0].name))


def test_a_run_tells_all_about_itself(base: Base) -> None:
    run, dataset, _ = base
    for path in (run.path, run.model_file):
        found = look(path)
        assert (found.kind, found.run, found.is_sure) == ("model", "Base run", True)
        assert found.labels == dataset.classes
        assert found.candidates[0].is_whole
        values = found.values_for(found.candidates[0].name)
        assert values["model.weights"] == str(run.path)
        assert values["model.input_size"] == 64
        assert values["data.split_seed"] == 3


def test_an_export_is_a_model_too(base: Base, tmp_path: Path) -> None:
    path = Path(shutil.copy(base[0].model_file, tmp_path / "sent by a friend.safetensors"))
    found = look(path)
    assert (found.kind, found.run) == ("model", "")
    assert found.labels == base[1].classes


def test_a_run_based_on_another_begins_where_that_ended(
    base: Base, tmp_path: Path, ctx: JobContext, events: list[Event]
) -> None:
    first, dataset, paths = base
    recipe = based_on(base)
    run = train(dataset, recipe, tmp_path / "run", paths, ctx)
    manifest = run.read_manifest()
    assert manifest.started_from["run"] == "Base run"
    assert manifest.started_from["sha256"] == starting_point.sha256(first.model_file)
    assert run.read_recipe().model.weights == str(first.path)
    old, new = load_file(first.model_file), load_file(run.model_file)
    head = ("classifier.weight", "classifier.bias")
    assert all(torch.equal(old[name], new[name]) for name in old if name not in head)
    told = [event.message for event in events if isinstance(event, Logged)]
    assert "train-log-based-on-run" in told
    assert "train-log-based-on-seen" not in told  # the same split as before


def test_the_better_head_is_the_baseline(
    base: Base,
    tmp_path: Path,
    ctx: JobContext,
    events: list[Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, dataset, paths = base
    old = load_file(first.model_file)

    def useless(*_args: object) -> LinearHead:
        return LinearHead(torch.zeros_like(old["classifier.weight"]), torch.zeros(3))

    monkeypatch.setattr("finetune_gui.engine.baseline.fit_linear_head", useless)
    run = train(dataset, based_on(base), tmp_path / "run", paths, ctx)
    new = load_file(run.model_file)
    assert torch.equal(old["classifier.weight"], new["classifier.weight"])
    assert any(e.message == "train-log-based-on-head" for e in events if isinstance(e, Logged))


def test_the_head_follows_the_names_of_the_classes(base: Base) -> None:
    run, dataset, _ = base
    network = backbones.create("tf_efficientnet_lite0", 3, 64, 0.0)
    turned = dataset.classes[::-1]
    kept = starting_point.kept_head(network, run.model_file, turned)
    assert kept is not None
    assert torch.equal(kept.weight.flip(0), load_file(run.model_file)["classifier.weight"])
    assert starting_point.kept_head(network, run.model_file, ("red", "blue", "x")) is None
    deep = backbones.build(ModelRecipe(head="mlp", pretrained=False), len(turned), None)
    assert starting_point.kept_head(deep, run.model_file, turned) is None


def test_photos_that_the_earlier_model_learned_from_are_counted(
    base: Base, tmp_path: Path, ctx: JobContext, events: list[Event]
) -> None:
    _, dataset, paths = base
    recipe = with_values(based_on(base), {"data.split_seed": 4})
    train(dataset, recipe, tmp_path / "run", paths, ctx)
    told = [e for e in events if isinstance(e, Logged) and e.message == "train-log-based-on-seen"]
    assert told
    assert int(told[0].params["n"]) > 0


def test_who_names_the_file_of_a_run_means_the_run(base: Base) -> None:
    run, dataset, _ = base
    recipe = with_values(tiny_recipe(), {"model.weights": str(run.model_file)})
    pinned = starting_point.pinned(recipe)
    assert pinned.model.weights == str(run.path.absolute())
    again = with_values(pinned, {"data.split_seed": 4})
    told = starting_point.for_manifest(again.model)
    assert told["run"] == run.path.name
    assert starting_point.seen_before(make_manifest(dataset, again)) > 0


def test_a_changed_file_is_not_used_for_a_replay(
    base: Base, tmp_path: Path, ctx: JobContext
) -> None:
    _, dataset, paths = base
    copy = Path(shutil.copy(base[0].model_file, tmp_path / "copy.safetensors"))
    recipe = with_values(tiny_recipe(train__epochs=0), {"model.weights": str(copy)})
    first = train(dataset, recipe, tmp_path / "first", paths, ctx)
    replay = first.read_recipe()
    assert replay.model.weights_sha256 == starting_point.sha256(copy)
    tensors = load_file(copy)
    save_file({n: t + 1 if t.is_floating_point() else t for n, t in tensors.items()}, copy)
    with pytest.raises(WeightsError) as caught:
        train(dataset, replay, tmp_path / "second", paths, ctx)
    assert caught.value.key == "error-weights-changed"
    copy.unlink()
    with pytest.raises(WeightsError) as caught:
        train(dataset, replay, tmp_path / "third", paths, ctx)
    assert caught.value.key == "error-weights-missing"


def test_resuming_does_not_need_the_file(
    weights: dict[str, Tensor], dataset: Dataset, paths: AppPaths, tmp_path: Path
) -> None:
    file = saved(weights, tmp_path / "mine.pt")
    recipe = tiny_recipe(model__backbone=SMALL, model__weights=str(file), train__epochs=1)
    control = JobControl()

    def pause_soon(event: Event) -> None:
        if type(event).__name__ == "StepFinished":
            control.pause()

    run = train(dataset, recipe, tmp_path / "run", paths, JobContext(pause_soon, control))
    assert run.state().value == "paused"
    file.unlink()
    resume(run.path, paths, JobContext(lambda _event: None))
    assert run.state().value == "finished"


def test_a_lone_setting_from_the_command_line_is_made_whole(
    weights: dict[str, Tensor],
    dataset: Dataset,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    saved(weights, tmp_path / "mine.pt")
    monkeypatch.chdir(tmp_path)
    recipe = tiny_recipe(model__backbone=SMALL, model__weights="mine.pt", train__epochs=0)
    run = train(dataset, recipe, tmp_path / "run", paths, ctx)
    assert run.read_recipe().model.weights == str(tmp_path / "mine.pt")
    stored = load_file(run.model_file)
    assert torch.equal(stored["layer1.0.conv1.weight"], weights["layer1.0.conv1.weight"])


def test_from_scratch_the_file_does_not_matter(tmp_path: Path) -> None:
    model = tiny_recipe(model__weights=str(tmp_path / "gone.pt"), model__pretrained=False).model
    assert starting_point.chosen_weights(model) is None


def test_another_file_takes_its_fingerprint_along() -> None:
    recipe = with_values(Recipe(), {"model.weights": "a", "model.weights_sha256": "0" * 64})
    assert with_values(recipe, {"model.weights": "b"}).model.weights_sha256 == ""
    assert with_values(recipe, {"seed": 1}).model.weights_sha256 == "0" * 64


def test_keras_files_are_handed_on_or_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"PK")
    monkeypatch.setattr(catalogue, "find", _no_backbone)
    with pytest.raises(WeightsError) as caught:
        look(path)
    assert caught.value.key == "error-weights-keras"
    monkeypatch.setattr(catalogue, "find", lambda _name: catalogue.CATALOGUE[0])
    values = look(path).values_for(look(path).candidates[0].name)
    assert values["model.backbone"] == f"file:{path}"
    assert values["model.weights"] == ""


def _no_backbone(name: str) -> catalogue.Backbone:
    raise UserError("error-backbone-unknown", name=name)


def test_a_folder_without_a_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WeightsError) as caught:
        look(tmp_path)
    assert caught.value.key == "error-weights-folder"
