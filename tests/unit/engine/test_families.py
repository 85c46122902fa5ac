"""Networks of all kinds through all that is done with a network here, with random weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from finetune_gui.core.recipe import Freeze
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.keras_library import has_keras
from finetune_gui.engine.weights_file import load_into

# Small ones of each kind: a linear head, one of another kind, transformers, torchvision's.
FEW = (
    "resnet10t.c3_in1k",
    "mobilenetv3_small_050.lamb_in1k",
    "dla46_c.in1k",
    "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
    "torchvision/shufflenet_v2_x0_5",
    "torchvision/squeezenet1_1",
)
MANY = (
    *("convnext_atto.d2_in1k", "convnextv2_atto.fcmae_ft_in1k", "densenet121.ra_in1k"),
    *("edgenext_xx_small.in1k", "efficientformerv2_s0.snap_dist_in1k", "efficientnet_b0.ra_in1k"),
    *("ghostnet_100.in1k", "hrnet_w18_small.ms_in1k", "inception_next_atto.sail_in1k"),
    *("levit_128s.fb_dist_in1k", "maxvit_rmlp_pico_rw_256.sw_in1k", "mobilenetv4_conv_small"),
    *("mobilevit_xxs.cvnets_in1k", "caformer_s18.sail_in1k", "mnasnet_small.lamb_in1k"),
    *("pit_ti_224.in1k", "poolformer_s12.sail_in1k", "pvt_v2_b0.in1k", "regnety_002.pycls_in1k"),
    *("repvgg_a0.rvgg_in1k", "resnetv2_50.a1h_in1k", "rexnet_100.nav_in1k", "rdnet_tiny.nv_in1k"),
    *("swin_tiny_patch4_window7_224.ms_in1k", "xcit_nano_12_p16_224.fb_in1k"),
    *("torchvision/googlenet", "torchvision/regnet_y_400mf", "torchvision/swin_t"),
    *("torchvision/vit_b_32", "torchvision/mobilenet_v3_small"),
)
# Those of Keras, slow too: it takes seconds to be imported, and to build a network.
KERAS = ("keras/EfficientNetV2B0", "keras/EfficientNetB0", "keras/MobileNetV3Small")
OF_KERAS = [
    pytest.param(
        name,
        marks=(
            pytest.mark.slow,
            pytest.mark.skipif(not has_keras(), reason="Keras is not installed"),
        ),
    )
    for name in KERAS
]
FREEZES: Sequence[Freeze] = (
    "none",
    "all_but_last_two_stages",
    "all_but_last_stage",
    "backbone",
)
N_CLASSES = 3


@pytest.fixture(
    params=[*FEW, *(pytest.param(name, marks=pytest.mark.slow) for name in MANY), *OF_KERAS]
)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def built(name: str) -> nn.Module:
    torch.manual_seed(0)
    return backbones.create(name, N_CLASSES, 0, 0.0).eval()


@pytest.fixture
def inputs(name: str) -> Tensor:
    size = catalogue.find(name).input_size
    return torch.randn(4, 3, size, size, generator=torch.Generator().manual_seed(1))


def test_the_head_makes_the_scores_from_the_features(built: nn.Module, inputs: Tensor) -> None:
    with torch.no_grad():
        features = network.features(built, inputs)
        scores = network.head_of(built)(features)
        assert features.ndim == 2
        assert scores.shape == (len(inputs), N_CLASSES)
        torch.testing.assert_close(scores, built(inputs), rtol=1e-3, atol=1e-4)


def test_it_learns_what_is_not_frozen(built: nn.Module, inputs: Tensor) -> None:
    labels = torch.tensor([0, 1, 2, 0])
    counts = []
    for freeze in FREEZES:
        network.freeze(built, freeze)
        network.set_training_mode(built, freeze_batch_norm=True)
        counts.append(network.count_parameters(built)[1])
        loss = nn.functional.cross_entropy(built(inputs), labels)
        learning = [p for p in built.parameters() if p.requires_grad]
        gradients = torch.autograd.grad(loss, learning, allow_unused=True)
        assert any(g is not None and g.abs().sum() > 0 for g in gradients)
    assert counts == sorted(counts, reverse=True)
    head = sum(p.numel() for p in network.head_of(built).parameters())
    assert (counts[0], counts[-1]) == (network.count_parameters(built)[0], head)


def test_each_parameter_belongs_to_one_stage(built: nn.Module) -> None:
    stages = network.stage_parameters(built)
    found = sorted(name for names in stages for name in names)
    assert found == sorted(name for name, _ in built.named_parameters())
    assert len(stages) >= 3


def test_saved_and_loaded_it_answers_the_same(
    name: str, built: nn.Module, inputs: Tensor, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    save_file({k: network.storable(t) for k, t in built.state_dict().items()}, path)
    again = backbones.create(name, N_CLASSES, 0, 0.0).eval()
    again.load_state_dict(load_file(path))
    with torch.no_grad():
        assert torch.equal(again(inputs), built(inputs))


def test_pretrained_weights_go_into_all_but_the_head(built: nn.Module, tmp_path: Path) -> None:
    body = built.body if isinstance(built, Headed) else built
    path = tmp_path / "weights.safetensors"
    save_file({k: network.storable(t) + 1 for k, t in body.state_dict().items()}, path)
    head = {k: t.clone() for k, t in network.head_of(built).state_dict().items()}
    before = {k: t.clone() for k, t in body.state_dict().items()}
    own = set() if isinstance(built, Headed) else network.head_names(built)
    load_into(built, path)
    after = body.state_dict()
    assert all(torch.equal(after[k], before[k] + 1) for k in before if k not in own)
    assert all(torch.equal(head[k], t) for k, t in network.head_of(built).state_dict().items())
