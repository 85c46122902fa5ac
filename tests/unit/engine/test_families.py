"""Networks of all kinds through all that is done with a network here, with random weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Freeze
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.inference import How, infer
from finetune_gui.engine.keras_library import has_keras
from finetune_gui.engine.model_file import load_model
from finetune_gui.engine.training import train
from finetune_gui.engine.weights_file import load_into
from tests.helpers.tiny import make_coloured_photos, tiny_recipe

# One of each kind: a linear head, norms in the head, tokens, torchvision's.
# timm made those called "test" for tests: they have all parts of their family, but few layers.
FEW = (
    "test_resnet.r160_in1k",
    "test_convnext.r160_in1k",
    "test_vit.r160_in1k",
    "test_efficientnet.r160_in1k",
    "torchvision/squeezenet1_1",
)
# The smallest of the families that people choose from.
MANY = (
    *("resnet10t.c3_in1k", "mobilenetv3_small_050.lamb_in1k", "vgg11.tv_in1k"),
    *("vit_tiny_patch16_224.augreg_in21k_ft_in1k", "torchvision/shufflenet_v2_x0_5"),
    *("convnext_atto.d2_in1k", "convnextv2_atto.fcmae_ft_in1k", "densenet121.ra_in1k"),
    *("edgenext_xx_small.in1k", "efficientformerv2_s0.snap_dist_in1k", "efficientnet_b0.ra_in1k"),
    *("ghostnet_100.in1k", "hrnet_w18_small.ms_in1k", "inception_next_atto.sail_in1k"),
    *("levit_128s.fb_dist_in1k", "maxvit_rmlp_pico_rw_256.sw_in1k", "dla46_c.in1k"),
    *("mobilenetv4_conv_small.e2400_r224_in1k",),
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
SIDE = 96  # pixels, where any number will do


@pytest.fixture(
    params=[*FEW, *(pytest.param(name, marks=pytest.mark.slow) for name in MANY), *OF_KERAS]
)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def built(name: str) -> nn.Module:
    torch.manual_seed(0)
    return backbones.create(name, N_CLASSES, 0, 0.0).eval()


@pytest.fixture(scope="module")
def listed() -> frozenset[str]:
    return frozenset(backbone.name for backbone in catalogue.everything())


@pytest.fixture
def inputs(name: str) -> Tensor:
    size = SIDE if backbones.takes_any_size(name) else catalogue.find(name).input_size
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


def test_a_head_of_another_kind_is_replaced() -> None:
    with torch.device("meta"):
        built = backbones.create("dla46_c.in1k", N_CLASSES, 0, 0.0)
    assert isinstance(built, Headed)
    assert network.head_of(built).out_features == N_CLASSES
    assert len(network.stage_parameters(built)) > 5


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


def test_from_the_list_to_a_trained_model(
    name: str, listed: frozenset[str], paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    """One epoch on 32 photos; the model on disk is as good as the run says."""
    assert name in listed
    photos = make_coloured_photos(tmp_path / "photos", per_class=20)
    dataset = open_dataset(photos, paths, ctx)
    recipe = tiny_recipe(
        model__backbone=name,
        model__pretrained=False,
        model__input_size=SIDE if backbones.takes_any_size(name) else 0,
        train__epochs=1,
        train__batch_size=8,
        train__threads=1,
        train__layout="channels_last",
        optim__lr=1e-5,
    )
    run = train(dataset, recipe, tmp_path / "run", paths, ctx)
    history = run.read_history()
    assert history.started is not None
    assert history.started.n_train in range(28, 37)
    assert len(history.epochs) == 1
    trained = load_model(run.path)
    validation = [e for e in run.read_manifest().samples if e.split == "validation"]
    numbers = {label: number for number, label in enumerate(trained.info.classes)}
    labels = torch.tensor([numbers[e.label] for e in validation])
    how = How(trained.info.preprocessing, torch.device("cpu"), "float32")
    _, scores = infer(trained.network, [photos / e.path for e in validation], how, ctx)
    loss = nn.functional.cross_entropy(scores, labels).item()
    assert loss == pytest.approx(trained.info.val_loss, rel=0.02)
