from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import timm
import torch

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.inference import How, infer
from finetune_gui.engine.weights_file import load_into, read_weights
from finetune_gui.engine.weights_store import embedded_weights

REAL_PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "grocery-mini" / "train"
# The numbers of these classes among ImageNet's thousand.
IMAGENET = {"banana": 954, "lemon": 951}


@pytest.mark.parametrize("backbone", catalogue.CATALOGUE, ids=lambda b: b.title)
def test_catalogue_tells_the_truth(backbone: catalogue.Backbone) -> None:
    with torch.device("meta"):
        built = timm.create_model(backbone.name, num_classes=0)
    assert sum(p.numel() for p in built.parameters()) == backbone.parameters
    recipe = ModelRecipe(backbone=backbone.name)
    assert backbones.preprocessing_for(recipe).input_size == backbone.input_size


def test_default_is_embedded_and_first() -> None:
    assert catalogue.CATALOGUE[0].embedded
    assert ModelRecipe().backbone == catalogue.CATALOGUE[0].name


def test_embedded_weights_fit_tensor_by_tensor() -> None:
    built = backbones.create(catalogue.EMBEDDED, 1000, 0, 0.0)
    load_into(built, embedded_weights())
    stored = list(read_weights(embedded_weights()).values())
    loaded = built.state_dict()
    head = network.head_names(built)
    assert len(stored) == len(loaded)
    for tensor, (name, own) in zip(stored, loaded.items(), strict=True):
        if name not in head:
            assert torch.equal(tensor, own), name


def test_default_pads_as_its_weights_were_trained() -> None:
    # Without "tf_" timm pads symmetrically: it loads without an error and loses 7 points.
    built = backbones.create(catalogue.EMBEDDED, 2, 0, 0.0)
    assert type(built.get_submodule("conv_stem")).__name__ == "Conv2dSame"


def test_default_is_normalised_as_its_weights_were_trained() -> None:
    # ImageNet's own mean and std load without an error and lose 10 points.
    prepared = backbones.preprocessing_for(ModelRecipe())
    assert prepared.mean == prepared.std == (0.5, 0.5, 0.5)
    assert (prepared.input_size, prepared.crop_fraction) == (224, 0.875)
    assert prepared.interpolation == "bicubic"


@pytest.mark.skipif(not REAL_PHOTOS.is_dir(), reason="real photos are not in this checkout")
@pytest.mark.parametrize("label", sorted(IMAGENET))
def test_default_sees_what_people_see(label: str) -> None:
    built = backbones.create(catalogue.EMBEDDED, 1000, 0, 0.0)
    load_into(built, embedded_weights())
    stored = read_weights(embedded_weights())
    head = network.head_of(built)
    with torch.no_grad():
        head.weight.copy_(stored["_fc.weight"])
        head.bias.copy_(stored["_fc.bias"])
    photos = sorted((REAL_PHOTOS / label).iterdir())[:8]
    prepared = backbones.preprocessing_for(ModelRecipe())
    ctx = JobContext(lambda _event: None)
    _, scores = infer(built.eval(), photos, How(prepared, torch.device("cpu"), "float32"), ctx)
    right = (scores.argmax(1) == IMAGENET[label]).float().mean()
    assert right >= 0.7


@pytest.fixture(params=[b.name for b in catalogue.CATALOGUE])
def built(request: pytest.FixtureRequest) -> Iterator[torch.nn.Module]:
    with torch.device("meta"):
        yield backbones.create(request.param, 5, 0, 0.0)


def test_freezing_more_learns_less(built: torch.nn.Module) -> None:
    counts = []
    for what in ("none", "all_but_last_two_stages", "all_but_last_stage", "backbone"):
        network.freeze(built, what)
        counts.append(network.count_parameters(built)[1])
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == len(counts)
    everything, head = network.count_parameters(built)[0], network.head_of(built)
    assert counts[0] == everything
    assert counts[-1] == sum(p.numel() for p in head.parameters())
    # A stage is a real share of the network, not a stray norm.
    assert counts[-2] > 0.02 * everything


def test_training_mode_keeps_frozen_statistics() -> None:
    built = backbones.create(catalogue.EMBEDDED, 2, 0, 0.0)
    network.set_training_mode(built, freeze_batch_norm=True)
    before = built.state_dict()["bn1.running_mean"].clone()
    built(torch.randn(2, 3, 64, 64))
    assert torch.equal(built.state_dict()["bn1.running_mean"], before)
    network.set_training_mode(built, freeze_batch_norm=False)
    built(torch.randn(2, 3, 64, 64))
    assert not torch.equal(built.state_dict()["bn1.running_mean"], before)


@pytest.mark.parametrize("name", ["no_such_network", "resnet18.no_such_tag"])
def test_unknown_name_is_a_sentence(name: str) -> None:
    with pytest.raises(UserError) as caught:
        catalogue.find(name)
    assert name in caught.value.sentence


def test_any_network_of_timm_is_found() -> None:
    assert catalogue.find("resnet10t.c3_in1k").repository == "timm/resnet10t.c3_in1k"


def test_transformer_takes_another_input_size() -> None:
    built = backbones.create("vit_small_patch16_224.augreg_in21k_ft_in1k", 3, 64, 0.0)
    assert built(torch.randn(1, 3, 64, 64)).shape == (1, 3)


def test_impossible_input_size_is_a_sentence() -> None:
    with pytest.raises(UserError) as caught:
        backbones.build(ModelRecipe(input_size=16, backbone="convnext_tiny.in12k_ft_in1k"), 3, None)
    assert caught.value.key == "error-backbone-input-size"
