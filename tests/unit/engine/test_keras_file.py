"""A user's own ``.keras`` file as a backbone: what is taken of it, and what is refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.keras_library import has_keras, keras_library
from finetune_gui.engine.weights_store import local_weights
from tests.helpers import keras_models
from tests.helpers.keras_models import SIDE, save

pytestmark = pytest.mark.skipif(not has_keras(), reason="Keras is not installed")

Make = Callable[[], Any]
# Each with the place of the layer that makes its features, and the tensors of its stages.
MODELS: tuple[tuple[Make, int, list[int]], ...] = (
    (keras_models.functional, -3, [5, 2, 2]),
    (keras_models.sequential, -4, [2, 2, 2, 2, 2]),
    (keras_models.of_parts, -2, [4, 2, 2]),
)


@pytest.fixture
def inputs() -> torch.Tensor:
    return 255 * torch.rand(4, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))


def build(name: str) -> torch.nn.Module:
    backbone = catalogue.find(name)
    weights = local_weights(backbone, WeightsPlaces(Path("nowhere")))
    return backbones.build(ModelRecipe(backbone=name), 3, weights)


@pytest.mark.parametrize(
    ("make", "place", "stages"), MODELS, ids=lambda v: getattr(v, "__name__", "")
)
def test_features_are_what_keras_gives_its_head(
    make: Make, place: int, stages: list[int], inputs: torch.Tensor, tmp_path: Path
) -> None:
    theirs = make()
    name = save(theirs, tmp_path / "m.keras")
    built = build(name)
    keras = keras_library()
    expected = keras.Model(theirs.inputs, theirs.layers[place].output)(
        inputs.permute(0, 2, 3, 1), training=False
    )
    with torch.no_grad():
        torch.testing.assert_close(network.features(built, inputs), expected)
    assert [len(names) for names in network.stage_parameters(built)] == stages
    assert catalogue.find(name).title == "m.keras"
    prepared = backbones.preprocessing_for(ModelRecipe(backbone=name))
    assert (prepared.input_size, prepared.std) == (SIDE, (1 / 255, 1 / 255, 1 / 255))


def test_maps_are_averaged_and_unscaled_pixels_are_fractions(
    inputs: torch.Tensor, tmp_path: Path
) -> None:
    theirs = keras_models.without_head()
    name = save(theirs, tmp_path / "m.keras")
    expected = theirs(inputs.permute(0, 2, 3, 1)).mean((1, 2))
    with torch.no_grad():
        torch.testing.assert_close(network.features(build(name), inputs), expected)
    assert backbones.preprocessing_for(ModelRecipe(backbone=name)).std == (1.0, 1.0, 1.0)


def test_a_head_of_one_pixel_is_taken_off_too(inputs: torch.Tensor, tmp_path: Path) -> None:
    built = build(save(keras_models.with_one_pixel_head(), tmp_path / "m.keras"))
    assert network.features(built, inputs).shape == (4, 8)


def test_what_is_hidden_is_drawn_from_torch(inputs: torch.Tensor, tmp_path: Path) -> None:
    built = build(save(keras_models.functional(), tmp_path / "m.keras")).train()

    def seen(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        found: torch.Tensor = built(inputs)
        return found.detach()

    assert torch.equal(seen(1), seen(1))
    assert not torch.equal(seen(1), seen(2))


def test_without_its_weights_it_begins_as_torch_draws_it(tmp_path: Path) -> None:
    name = save(keras_models.sequential(), tmp_path / "m.keras")

    def drawn(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        built = backbones.build(ModelRecipe(backbone=name), 3, None)
        return torch.cat([p.detach().flatten() for p in built.parameters()])

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """A copy of the file with another description."""
    out = path.with_name("changed.keras")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            new.writestr(name, data)
    return f"file:{out}"


@pytest.mark.parametrize(
    "part",
    [
        {"module": "keras.layers", "class_name": "Lambda"},
        {"module": "keras.layers", "class_name": "TFSMLayer"},
        {"module": "os", "class_name": "system"},
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"module": "keras.config", "class_name": "enable_unsafe_deserialization"},
        {"module": "keras.src.utils.file_utils", "class_name": "get_file"},
        {"module": "keras_of_mine", "class_name": "Dense"},
        {"module": None, "class_name": "Mine", "registered_name": "mine>Mine"},
    ],
    ids=lambda part: f"{part['module']} {part['class_name']}",
)
def test_what_would_run_code_is_refused_before_keras_sees_it(
    part: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.keras"
    save(keras_models.sequential(), path)
    name = changed(path, lambda config: config["config"]["layers"][2].update(part))
    monkeypatch.setattr(keras_library().saving, "deserialize_keras_object", None)
    for ask in (catalogue.find, lambda n: backbones.create(n, 3, 0, 0.0)):
        with pytest.raises(UserError) as caught:
            ask(name)
        assert caught.value.key == "error-keras-unsafe"
        assert str(part["class_name"]) in caught.value.sentence


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_keras_file_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with pytest.raises(UserError) as caught:
        catalogue.find(f"file:{path}")
    assert caught.value.key == "error-keras-missing"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        catalogue.find(f"file:{path}")
    assert caught.value.key == "error-keras-broken"


def test_a_layer_that_keras_does_not_know_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    save(keras_models.sequential(), path)
    name = changed(path, lambda c: c["config"]["layers"][2].update(class_name="Conv9D"))
    with pytest.raises(UserError) as caught:
        backbones.create(name, 3, 0, 0.0)
    assert caught.value.key == "error-keras-broken"


@pytest.mark.parametrize(
    ("shape", "key"),
    [
        ((SIDE, SIDE, 1), "error-keras-input"),
        ((SIDE, 16, 3), "error-keras-input"),
        ((8,), "error-keras-input"),
    ],
)
def test_other_inputs_are_a_sentence(shape: tuple[int, ...], key: str, tmp_path: Path) -> None:
    keras = keras_library()
    model = keras.Sequential([keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(2)])
    with pytest.raises(UserError) as caught:
        catalogue.find(save(model, tmp_path / "m.keras"))
    assert caught.value.key == key


def test_two_outputs_are_a_sentence(tmp_path: Path) -> None:
    keras = keras_library()
    start = keras.Input((SIDE, SIDE, 3))
    flat = keras.layers.Flatten()(start)
    model = keras.Model(start, [keras.layers.Dense(2)(flat), keras.layers.Dense(2)(flat)])
    with pytest.raises(UserError) as caught:
        backbones.create(save(model, tmp_path / "m.keras"), 3, 0, 0.0)
    assert caught.value.key == "error-keras-output"


def test_another_input_size_is_a_sentence(tmp_path: Path) -> None:
    name = save(keras_models.sequential(), tmp_path / "m.keras")
    with pytest.raises(UserError) as caught:
        backbones.create(name, 3, 64, 0.0)
    assert caught.value.key == "error-backbone-input-size"


def test_any_size_where_the_file_names_none(tmp_path: Path) -> None:
    keras = keras_library()
    layers = keras.layers
    model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3, strides=2)])
    name = save(model, tmp_path / "m.keras")
    assert catalogue.find(name).input_size == 224
    built = backbones.create(name, 3, 48, 0.0)
    assert built(torch.ones(1, 3, 48, 48)).shape == (1, 3)


def test_saved_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    theirs = keras_models.functional()
    built = build(save(theirs, tmp_path / "m.keras"))
    first = next(la for la in theirs.layers if type(la).__name__ == "Conv2D")
    ours = next(t for k, t in built.state_dict().items() if "Conv2D.kernel" in k)
    assert torch.equal(ours, first.kernel.value)
