from __future__ import annotations

from pathlib import Path

import pytest
import torch

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.weights_file import load_into, read_weights
from finetune_gui.engine.weights_store import download_url, embedded_weights

EVERYTHING = list(catalogue.everything())


def test_all_of_timm_and_torchvision_is_there_once() -> None:
    names = [b.name for b in EVERYTHING]
    assert len(names) == len(set(names)) > 1500
    assert names[: len(catalogue.CATALOGUE)] == [b.name for b in catalogue.CATALOGUE]
    assert {"swin_tiny_patch4_window7_224.ms_in1k", "torchvision/maxvit_t"} <= set(names)


def test_what_is_published_is_told() -> None:
    by_name = {b.name: b for b in EVERYTHING}
    regnet = by_name["regnety_032.ra_in1k"]
    assert (regnet.family, regnet.parameters, regnet.top1) == ("RegNet", 19_440_000, 82.728)
    assert (regnet.licence, regnet.is_free) == ("Apache-2.0", True)
    shuffle = by_name["torchvision/shufflenet_v2_x1_0"]
    assert (shuffle.input_size, shuffle.parameters, shuffle.top1) == (224, 2_278_604, 69.362)
    assert shuffle.weights_name == "torchvision-shufflenet_v2_x1_0.pth"
    assert download_url(shuffle, WeightsPlaces(Path("weights"))).endswith(
        "/shufflenetv2_x1-5666bf0f80.pth"
    )
    assert not by_name["torchvision/vit_h_14"].is_free


def test_every_published_figure_belongs_to_a_network() -> None:
    names = {b.name.removesuffix(".in1k") for b in EVERYTHING}
    figures = {name.removesuffix(".in1k") for name in catalogue._published()}
    assert figures <= names


@pytest.mark.parametrize("backbone", EVERYTHING[::97], ids=lambda b: b.name)
def test_each_is_found_by_its_name(backbone: catalogue.Backbone) -> None:
    assert catalogue.find(backbone.name) == backbone


@pytest.mark.parametrize("name", ["torchvision/no_such", "torchvision/", "no_such_network"])
def test_an_unknown_one_is_a_sentence(name: str) -> None:
    with pytest.raises(UserError) as caught:
        catalogue.find(name)
    assert caught.value.key == "error-backbone-unknown"


@pytest.mark.parametrize("name", catalogue.EMBEDDED_NAMES)
def test_included_weights_fit_tensor_by_tensor(name: str) -> None:
    built = backbones.create(name, 1000, 0, 0.0)
    load_into(built, embedded_weights(name))
    stored = list(read_weights(embedded_weights(name)).values())
    loaded, head = built.state_dict(), network.head_names(built)
    assert len(stored) == len(loaded)
    for tensor, (key, own) in zip(stored, loaded.items(), strict=True):
        if key not in head:
            assert torch.equal(tensor, own), key


def test_photos_are_prepared_as_torchvision_does() -> None:
    prepared = backbones.preprocessing_for(ModelRecipe(backbone="torchvision/resnet50"))
    assert (prepared.input_size, prepared.crop_fraction) == (224, 224 / 232)
    assert prepared.mean == pytest.approx((0.485, 0.456, 0.406))
    larger = backbones.preprocessing_for(
        ModelRecipe(backbone="torchvision/resnet50", input_size=288)
    )
    assert larger.input_size == 288
