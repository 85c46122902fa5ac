"""Heads, poolings and adapters on small networks with random weights."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import Freeze, ModelRecipe, Pooling
from finetune_gui.engine import backbones, network
from finetune_gui.engine.adapters import adaptable_layers, adapter_parameters, plain_state
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.learner import make_optimizer
from finetune_gui.engine.mlp_head import MlpHead
from finetune_gui.engine.model_file import ModelInfo, load_model, read_info, save_model
from finetune_gui.engine.stages import Stages, open_to_learn
from finetune_gui.engine.weights_file import load_into
from tests.helpers.tiny import tiny_recipe

RESNET, VIT, CONVNEXT = "test_resnet.r160_in1k", "test_vit.r160_in1k", "test_convnext.r160_in1k"
TORCHVISION = "torchvision/shufflenet_v2_x0_5"


def built(name: str = RESNET, **values: Any) -> nn.Module:
    torch.manual_seed(0)
    return backbones.build(ModelRecipe(backbone=name, dropout=0.0, **values), 3, None)


def pictures(size: int = 160, n: int = 2) -> Tensor:
    return torch.randn(n, 3, size, size, generator=torch.Generator().manual_seed(1))


def scores(model: nn.Module) -> Tensor:
    with torch.no_grad():
        found: Tensor = model.eval()(pictures())
    return found


def learning(model: nn.Module) -> set[str]:
    return {name for name, p in model.named_parameters() if p.requires_grad}


def info(**values: Any) -> ModelInfo:
    preprocessing = backbones.preprocessing_for(ModelRecipe(backbone=VIT))
    kept = {"backbone": VIT, "input_size": 0, "classes": ("a", "b", "c"), **values}
    return ModelInfo(
        preprocessing=preprocessing, stage="finetune", epoch=1, val_accuracy=1, val_loss=0, **kept
    )


# ---- the head


@pytest.mark.parametrize("name", [RESNET, VIT, CONVNEXT, TORCHVISION])
def test_a_hidden_layer_begins_as_the_linear_head_it_holds(name: str) -> None:
    model = built(name, head="mlp")
    head = network.head_of(model)
    assert isinstance(head, MlpHead)
    with torch.no_grad():
        features = network.features(model, pictures())
        expected = nn.functional.linear(features, head.weight, head.bias)
    torch.testing.assert_close(scores(model), expected)


def test_the_hidden_layer_learns_with_the_head_alone() -> None:
    model = built(head="mlp")
    network.freeze(model, "backbone")
    assert learning(model) == network.head_names(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(2):  # in the first step only the last layer gets a gradient that is not zero
        optimizer.zero_grad()
        model(pictures()).sum().backward()
        optimizer.step()
    head = network.head_of(model)
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in head.parameters())


def test_pretrained_weights_fit_under_a_hidden_layer(tmp_path: Path) -> None:
    plain, model = built(), built(head="mlp")
    path = tmp_path / "weights.safetensors"
    save_file({k: network.storable(t) + 1 for k, t in plain.state_dict().items()}, path)
    load_into(model, path)
    head = network.head_names(plain)
    loaded = model.state_dict()
    assert all(
        torch.equal(loaded[k], t + 1) for k, t in plain.state_dict().items() if k not in head
    )


# ---- pooling


@pytest.mark.parametrize(
    "name", [RESNET, CONVNEXT, "test_efficientnet.r160_in1k", "test_vit2.r160_in1k"]
)
def test_averages_are_those_of_a_network_that_averages(name: str) -> None:
    plain, pooled = built(name), built(name, pooling="average")
    assert isinstance(pooled, Headed)
    own = {k.removeprefix("body."): t for k, t in pooled.state_dict().items()}
    plain.load_state_dict(own, strict=False)
    with torch.no_grad():
        expected = network.features(plain.eval(), pictures())
        torch.testing.assert_close(network.features(pooled, pictures()), expected)


@pytest.mark.parametrize(
    "name",
    [
        *(RESNET, VIT, CONVNEXT),
        pytest.param("swin_tiny_patch4_window7_224.ms_in1k", marks=pytest.mark.slow),
        pytest.param("pvt_v2_b0.in1k", marks=pytest.mark.slow),
    ],
)
def test_both_is_the_averages_and_then_the_maxima(name: str) -> None:
    parts: dict[Pooling, Tensor] = {}
    size = 224 if "224" in name or "pvt" in name else 160
    poolings: Sequence[Pooling] = ("average", "max", "both")
    for pooling in poolings:
        with torch.no_grad():
            parts[pooling] = network.features(built(name, pooling=pooling), pictures(size))
    torch.testing.assert_close(parts["both"], torch.cat([parts["average"], parts["max"]], 1))
    assert not torch.equal(parts["average"], parts["max"])


def test_the_tokens_that_are_no_places_are_not_pooled() -> None:
    model = built(VIT, pooling="max")
    assert isinstance(model, Headed)
    body: Any = model.body
    with torch.no_grad():
        tokens = body.forward_features(pictures())
        places = tokens[:, body.num_prefix_tokens :].amax(1)
        torch.testing.assert_close(network.features(model, pictures()), body.fc_norm(places))


@pytest.mark.parametrize("name", [TORCHVISION, "resnet50_clip.openai"])
def test_where_there_is_nothing_to_pool_it_is_said(name: str) -> None:
    with pytest.raises(UserError) as caught, torch.device("meta"):
        built(name, pooling="max")
    assert caught.value.key == "error-backbone-pooling"
    assert name in caught.value.sentence


def test_freezing_leaves_the_head_alone_with_any_pooling() -> None:
    model = built(pooling="both")
    network.freeze(model, "backbone")
    assert learning(model) == {"fc.weight", "fc.bias"}
    network.freeze(model, "all_but_last_stage")
    assert {n.split(".")[1] for n in learning(model) if n.startswith("body.")} == {"layer4"}


@pytest.mark.parametrize(("name", "values"), [(RESNET, {"pooling": "both"}), (TORCHVISION, {})])
def test_layers_learn_more_slowly_towards_the_input(name: str, values: dict[str, Any]) -> None:
    groups = make_optimizer(built(name, **values), tiny_recipe(optim__layer_decay=0.5)).param_groups
    scales = [group["lr_scale"] for group in groups]
    assert scales == sorted(scales)
    assert scales[-1] == 1
    assert len(set(scales)) > 3


# ---- adapters


@pytest.fixture
def adapted() -> nn.Module:
    model = built(VIT, adapter="lora", lora_rank=4)
    network.freeze(model, "none")
    return model


def test_adapters_change_nothing_at_first(adapted: nn.Module) -> None:
    plain = built(VIT)
    assert plain.state_dict().keys() == plain_state(adapted).keys()
    plain.load_state_dict(plain_state(adapted))
    torch.testing.assert_close(scores(adapted), scores(plain))


def test_the_matrices_and_the_head_learn_and_nothing_else(adapted: nn.Module) -> None:
    matrices = adapter_parameters(adapted)
    assert learning(adapted) == matrices | network.head_names(adapted)
    assert len(matrices) == 2 * len(adaptable_layers(built(VIT), 160)) > 4
    assert all("attn" in name for name in matrices)
    ranks = [p.shape[0] for name, p in adapted.named_parameters() if ".lora_A." in name]
    assert set(ranks) == {4}


@pytest.mark.parametrize(
    ("freeze", "share"), [("all_but_last_two_stages", 2), ("all_but_last_stage", 1)]
)
def test_freezing_holds_for_adapters_too(freeze: Freeze, share: int) -> None:
    model = built(VIT, adapter="lora")
    network.freeze(model, freeze)
    blocks = {name.split(".")[1] for name in learning(model) if name.startswith("blocks")}
    assert len(blocks) == share


def test_what_adapters_learned_is_in_the_plain_network(adapted: nn.Module, tmp_path: Path) -> None:
    optimizer = torch.optim.SGD([p for p in adapted.parameters() if p.requires_grad], lr=0.5)
    before = scores(adapted)
    for _ in range(2):
        optimizer.zero_grad()
        nn.functional.cross_entropy(adapted(pictures()), torch.tensor([0, 1])).backward()
        optimizer.step()
    after = scores(adapted)
    assert (before - after).abs().max() > 0.01
    save_model(tmp_path, adapted, info())
    assert not any("lora" in name for name in load_file(tmp_path / "model.safetensors"))
    torch.testing.assert_close(scores(load_model(tmp_path).network), after, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", [RESNET, TORCHVISION, "torchvision/swin_t"])
def test_networks_without_such_layers_are_told(name: str) -> None:
    with pytest.raises(UserError) as caught, torch.device("meta"):
        built(name, adapter="lora")
    assert caught.value.key == "error-adapter-no-layers"


def test_without_the_library_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "peft" else real(name)
    )
    with pytest.raises(UserError) as caught:
        built(VIT, adapter="lora")
    assert caught.value.key == "error-adapter-no-peft"


def test_a_frozen_backbone_needs_no_adapters() -> None:
    assert not adapter_parameters(built(RESNET, adapter="lora", freeze="backbone"))


# ---- files


@pytest.mark.parametrize("pooling", ["own", "both"])
def test_a_saved_model_comes_back_with_its_head_and_pooling(
    pooling: Pooling, tmp_path: Path
) -> None:
    model = built(VIT, head="mlp", pooling=pooling)
    head: Any = network.head_of(model)
    nn.init.normal_(head.mlp[-1].weight)
    save_model(tmp_path, model, info(head="mlp", pooling=pooling))
    torch.testing.assert_close(scores(load_model(tmp_path).network), scores(model))


def test_a_model_of_an_earlier_version_comes_back(tmp_path: Path) -> None:
    model = built(VIT)
    save_model(tmp_path, model, info())
    described = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    del described["head"], described["pooling"]
    tensors = load_file(tmp_path / "model.safetensors")
    save_file(
        tensors, tmp_path / "model.safetensors", metadata={"finetune_gui": json.dumps(described)}
    )
    assert (read_info(tmp_path).head, read_info(tmp_path).pooling) == ("linear", "own")
    assert torch.equal(scores(load_model(tmp_path).network), scores(model))


# ---- stages


@pytest.mark.parametrize("name", [RESNET, VIT, CONVNEXT, TORCHVISION])
def test_all_that_may_learn_is_opened_in_the_end(name: str) -> None:
    model = built(name)
    wanted = learning(model)
    found = open_to_learn(model)
    recipe = tiny_recipe(
        model__backbone=name,
        schedule__head_epochs=1,
        schedule__stage_epochs=1,
        train__epochs=1 + len(found),
    )
    stages = Stages(model, recipe)
    before = 0
    for epoch in range(1, 2 + len(found)):
        stages.open(stages.phase(epoch), but=[])
        assert len(learning(model)) > before
        before = len(learning(model))
        if epoch == 1:
            assert learning(model) == network.head_names(model)
    assert learning(model) == wanted
    assert stages.is_last(stages.phase(1 + len(found)))


def test_stages_keep_to_what_the_recipe_freezes() -> None:
    model = built()
    network.freeze(model, "all_but_last_two_stages")
    wanted = learning(model)
    stages = Stages(model, tiny_recipe(schedule__stage_epochs=1, train__epochs=9))
    stages.open(stages.phase(9), but=[])
    assert learning(model) == wanted
    stages.open(stages.phase(9), but=[1])
    assert {n.split(".")[0] for n in learning(model)} == {"fc", "layer3"}
