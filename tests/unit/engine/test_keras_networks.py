"""Networks of `keras.applications`: the table, the pixels, the weights."""

from __future__ import annotations

import csv
import inspect
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from finetune_gui.core.errors import UserError, WeightsError
from finetune_gui.core.paths import resource
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine import backbones, catalogue, keras_library, keras_networks, network
from finetune_gui.engine.keras_body import body_of
from finetune_gui.engine.keras_library import has_keras
from finetune_gui.engine.weights_file import load_into
from finetune_gui.engine.weights_store import download_url, local_weights
from tests.helpers import keras_table
from tests.helpers.keras_models import lively_weights, write_legacy

needs_keras = pytest.mark.skipif(not has_keras(), reason="Keras is not installed")
SIDE = 32


def told() -> dict[str, dict[str, str]]:
    with resource("keras_backbones.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


@pytest.fixture
def pixels() -> Tensor:
    return torch.randint(0, 256, (2, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(0))


@needs_keras
def test_the_table_has_what_keras_has() -> None:
    assert list(told()) == [f"keras/{name}" for name in keras_table.networks()]
    small = "MobileNetV2"
    assert told()[f"keras/{small}"] == keras_table.row(small, keras_table.networks()[small])


@needs_keras
@pytest.mark.slow
@pytest.mark.parametrize("name", list(told()))
def test_each_line_is_what_keras_says(name: str) -> None:
    bare = name.removeprefix("keras/")
    assert told()[name] == keras_table.row(bare, keras_table.networks()[bare])


@needs_keras
@pytest.mark.parametrize("name", [n for n, row in told().items() if row["pixels"] != "raw"])
def test_pixels_are_prepared_as_keras_does(name: str, pixels: Tensor) -> None:
    bare = name.removeprefix("keras/")
    if bare.startswith("EfficientNet"):
        pytest.skip("Keras' own layers do it: see the test of its weights")
    make = keras_table.networks()[bare]
    module: Any = inspect.getmodule(inspect.unwrap(make))
    theirs = torch.tensor(
        module.preprocess_input(pixels.permute(0, 2, 3, 1).float().numpy()).copy()
    )
    if told()[name]["pixels"] == "caffe":
        theirs = theirs.flip(3)
    ours = backbones.preprocessing_for(ModelRecipe(backbone=name)).normalise(pixels)
    torch.testing.assert_close(ours, theirs.permute(0, 3, 1, 2), rtol=1e-4, atol=1e-4)


def test_what_is_published_is_told(tmp_path: Path) -> None:
    found = catalogue.find("keras/EfficientNetV2B0")
    assert (found.input_size, found.parameters, found.top1) == (224, 7_200_312, 78.7)
    assert (found.licence, found.is_free) == ("Apache-2.0", True)
    assert found.weights_name == "keras-EfficientNetV2B0.h5"
    assert download_url(found, WeightsPlaces(tmp_path)).endswith("/efficientnetv2-b0_notop.h5")
    assert catalogue.find("keras/VGG16").licence == "CC-BY-4.0"
    with pytest.raises(UserError) as caught:
        catalogue.find("keras/NASNetMobile")
    assert caught.value.key == "error-backbone-unknown"


def test_without_keras_none_is_listed_and_a_sentence_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(catalogue, "has_keras", lambda: False)
    assert not [b for b in catalogue.everything() if b.name.startswith("keras/")]
    monkeypatch.setattr(keras_library.importlib, "import_module", absent)
    with pytest.raises(UserError) as caught:
        backbones.create("keras/MobileNetV2", 3, 0, 0.0)
    assert caught.value.key == "error-no-keras"
    assert "pip install" in caught.value.next_step


@needs_keras
def test_all_are_listed() -> None:
    names = [b.name for b in catalogue.everything() if b.name.startswith("keras/")]
    assert names == list(keras_networks.published())


@needs_keras
def test_published_weights_make_the_features_that_keras_makes(
    pixels: Tensor, tmp_path: Path
) -> None:
    # The mean that is taken off, and blue before red: VGG has both.
    name = "keras/VGG16"
    built = backbones.create(name, 3, SIDE, 0.0).eval()
    whole = body_of(built).graph.whole
    path = lively_weights(whole, tmp_path / catalogue.find(name).weights_name)
    assert local_weights(catalogue.find(name), WeightsPlaces(tmp_path)) == path
    again = backbones.build(ModelRecipe(backbone=name, input_size=SIDE), 3, path)
    prepare = backbones.preprocessing_for(ModelRecipe(backbone=name))
    vgg = keras_library.keras_library().applications.vgg16
    seen = vgg.preprocess_input(pixels.permute(0, 2, 3, 1).float().numpy()).copy()
    with torch.no_grad():
        theirs = whole(seen)
        ours = network.features(again, prepare.normalise(pixels))
    assert ours.std() > 0
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4 * float(theirs.abs().max()))


@needs_keras
@pytest.mark.slow
def test_efficientnet_prepares_pixels_as_with_the_weights_that_keras_fetches(
    pixels: Tensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "keras/EfficientNetB0"
    built = backbones.create(name, 3, SIDE, 0.0)
    whole = body_of(built).graph.whole
    path = lively_weights(whole, tmp_path / "weights.h5")
    norm: Any = next(la for la in whole.layers if type(la).__name__ == "Normalization")
    # As the published file has it: the variance is what elsewhere is called the deviation.
    norm.adapt_mean.assign([0.485, 0.456, 0.406])
    norm.adapt_variance.assign([0.229, 0.224, 0.225])
    write_legacy(whole, path)
    file_utils: Any = pytest.importorskip("keras.src.utils.file_utils")
    monkeypatch.setattr(file_utils, "get_file", lambda *_args, **_options: str(path))
    keras = keras_library.keras_library()
    fetched = keras.applications.EfficientNetB0(
        weights="imagenet", include_top=False, pooling="avg", input_shape=(SIDE, SIDE, 3)
    )
    load_into(built, path)
    prepare = backbones.preprocessing_for(ModelRecipe(backbone=name))
    with torch.no_grad():
        theirs = fetched(pixels.permute(0, 2, 3, 1).float())
        ours = network.features(built.eval(), prepare.normalise(pixels))
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4 * float(theirs.abs().max()))


@needs_keras
@pytest.mark.parametrize("content", [b"", b"not a file", b"\x89HDF\r\n\x1a\n" + b"\0" * 64])
def test_nonsense_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights.h5"
    path.write_bytes(content)
    with torch.device("meta"):
        built = backbones.create("keras/VGG16", 3, SIDE, 0.0)
    with pytest.raises(WeightsError) as caught:
        load_into(built, path)
    assert caught.value.key == "error-weights-broken"


@needs_keras
def test_impossible_input_size_is_a_sentence() -> None:
    with pytest.raises(UserError) as caught:
        backbones.create("keras/VGG16", 3, 16, 0.0)
    assert caught.value.key == "error-backbone-input-size"
