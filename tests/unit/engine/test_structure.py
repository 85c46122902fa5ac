"""A look into networks: what they are made of, what learns, and what they make of photos."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from finetune_gui.core.errors import RecipeError
from finetune_gui.core.recipe import Freeze, OptimRecipe, Recipe, with_values
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.feature_maps import feature_maps, first_filters
from finetune_gui.engine.learner import make_optimizer
from finetune_gui.engine.memory import training_memory
from finetune_gui.engine.structure import Structure, blueprint, describe, learning_rate_scales

RESNET = "resnet18.a1_in1k"
VIT = "vit_tiny_patch16_224.augreg_in21k_ft_in1k"
FEW = (
    "convnext_atto.d2_in1k",
    "mobilenetv3_small_100.lamb_in1k",
    "regnety_002.pycls_in1k",
    VIT,
    "torchvision/squeezenet1_1",
)
MANY = (
    *("densenet121.ra_in1k", "efficientnet_b0.ra_in1k", "hrnet_w18_small.ms_in1k"),
    *("levit_128s.fb_dist_in1k", "maxvit_rmlp_pico_rw_256.sw_in1k", "vgg11.tv_in1k"),
    *("swin_tiny_patch4_window7_224.ms_in1k", "torchvision/efficientnet_b0"),
    *("torchvision/regnet_y_400mf", "torchvision/resnet18", "torchvision/swin_t"),
    *("torchvision/vit_b_32", "xcit_nano_12_p16_224.fb_in1k", "pvt_v2_b0.in1k"),
)
ALL = [*FEW, *(pytest.param(name, marks=pytest.mark.slow) for name in MANY)]
N_CLASSES = 3


def meta(name: str) -> nn.Module:
    with torch.device("meta"):
        return backbones.create(name, N_CLASSES, 0, 0.0)


@pytest.fixture(scope="module")
def resnet() -> tuple[nn.Module, Structure]:
    """ResNet-18 with numbers, described for photos of 64 pixels."""
    torch.manual_seed(0)
    built = backbones.create(RESNET, N_CLASSES, 64, 0.0).eval()
    return built, describe(built, 64)


# ---- what it is made of


@pytest.mark.parametrize("name", ALL)
def test_the_stages_add_up_to_the_network(name: str) -> None:
    built = meta(name)
    found = describe(built, catalogue.find(name).input_size)
    total = sum(p.numel() for p in built.parameters())
    assert found.parameters == found.learning == total
    assert sum(stage.parameters for stage in found.stages) == total
    assert sum(layer.parameters for s in found.stages for layer in s.layers) == total
    assert sum(stage.compute for stage in found.stages) == pytest.approx(1)
    assert found.multiply_adds > 1e6
    assert (found.stages[0].role, found.stages[-1].role) == ("stem", "head")
    assert all(stage.shape for stage in found.stages)
    assert found.stages[-1].shape == (N_CLASSES,)
    assert len({stage.name for stage in found.stages}) == len(found.stages)


def test_the_shapes_are_those_of_the_network(resnet: tuple[nn.Module, Structure]) -> None:
    _, found = resnet
    assert [(s.name, s.shape) for s in found.stages] == [
        ("conv1", (64, 16, 16)),
        ("layer1", (64, 16, 16)),
        ("layer2", (128, 8, 8)),
        ("layer3", (256, 4, 4)),
        ("layer4", (512, 2, 2)),
        ("fc", (N_CLASSES,)),
    ]
    # 1.8 billion for 224 pixels (He et al. 2016, table 1); the work goes with the area.
    assert found.multiply_adds == pytest.approx(1.8e9 * (64 / 224) ** 2, rel=0.03)
    assert not found.attends


def test_what_another_thread_computes_is_not_counted(
    resnet: tuple[nn.Module, Structure],
) -> None:
    begun, over = threading.Event(), threading.Event()

    def train() -> None:
        beside = nn.Sequential(nn.Conv2d(3, 64, 7))
        while not over.is_set():
            with torch.no_grad():
                beside(torch.zeros(1, 3, 32, 32))
            begun.set()

    thread = threading.Thread(target=train)
    thread.start()
    try:
        assert begun.wait(60)
        again = describe(resnet[0], 64)
    finally:
        over.set()
        thread.join()
    assert again.multiply_adds == resnet[1].multiply_adds
    assert [s.compute for s in again.stages] == [s.compute for s in resnet[1].stages]


def test_layers_stand_in_the_order_of_their_work(resnet: tuple[nn.Module, Structure]) -> None:
    entry, *_, head = resnet[1].stages
    assert [layer.kind for layer in entry.layers] == [
        *("convolution", "batch-norm", "activation", "pool"),
    ]
    assert entry.layers[0].detail == "7×7 / 2"
    assert [layer.kind for layer in head.layers] == ["pool", "linear"]


def test_maps_see_more_from_stage_to_stage(resnet: tuple[nn.Module, Structure]) -> None:
    sights = [stage.sees for stage in resnet[1].stages]
    assert sights == ["edges", "edges", "textures", "parts", "objects", "all"]


def test_tokens_are_told_from_maps() -> None:
    found = describe(meta(VIT), 224)
    assert found.attends
    assert found.stages[1].shape == (197, 192)
    assert [found.stages[n].sees for n in (0, 1, 7, 12)] == ["patches", "early", "middle", "late"]


def test_looking_changes_nothing(resnet: tuple[nn.Module, Structure]) -> None:
    built, _ = resnet
    before = {name: t.clone() for name, t in built.state_dict().items()}
    built.train()
    describe(built, 64)
    assert built.training
    assert all(torch.equal(t, before[name]) for name, t in built.state_dict().items())
    assert not any(m._forward_hooks for m in built.modules())
    built.eval()


# ---- what learns


def test_chosen_stages_learn_and_no_others() -> None:
    torch.manual_seed(0)
    built = backbones.create(RESNET, N_CLASSES, 64, 0.0)
    network.freeze(built, "custom", "layer2, layer4")
    optimizer = make_optimizer(built, Recipe())
    before = {name: p.clone() for name, p in built.named_parameters()}
    network.set_training_mode(built, freeze_batch_norm=False)
    scores = built(torch.randn(4, 3, 64, 64))
    torch.autograd.backward(nn.functional.cross_entropy(scores, torch.tensor([0, 1, 2, 0])))
    optimizer.step()
    moved = {n.split(".")[0] for n, p in built.named_parameters() if not torch.equal(p, before[n])}
    assert moved == {"layer2", "layer4", "fc"}


def test_presets_are_choices_too() -> None:
    built = meta(RESNET)
    choices: dict[Freeze, str] = {
        "none": "conv1, layer1, layer2, layer3, layer4",
        "all_but_last_two_stages": "layer3,layer4",
        "all_but_last_stage": "layer4",
        "backbone": "",
    }
    for preset, chosen in choices.items():
        network.freeze(built, preset)
        learning = {n for n, p in built.named_parameters() if p.requires_grad}
        network.freeze(built, "custom", chosen)
        assert learning == {n for n, p in built.named_parameters() if p.requires_grad}, preset


def test_a_norm_beside_the_head_learns_with_any_stage() -> None:
    built = meta("convnext_atto.d2_in1k")
    network.freeze(built, "custom", "stem")
    assert built.get_parameter("head.norm.weight").requires_grad
    network.freeze(built, "custom")
    assert not built.get_parameter("head.norm.weight").requires_grad


def test_a_stage_that_is_not_there_is_named() -> None:
    with pytest.raises(RecipeError) as caught:
        network.freeze(meta(RESNET), "custom", "layer4, layer9, stem")
    assert "layer9, stem" in caught.value.sentence
    assert "conv1, layer1, layer2, layer3, layer4" in caught.value.next_step


def test_a_norm_alone_is_no_stage() -> None:
    stages = network.stages_of(meta("torchvision/swin_t"))
    assert "body.norm.weight" in list(stages.values())[-1]


def test_rates_fall_towards_the_photo(resnet: tuple[nn.Module, Structure]) -> None:
    rates = [stage.rates for stage in resnet[1].stages]
    assert rates[-1] == (1.0, 1.0)
    highest = [high for _, high in rates]
    assert highest == sorted(highest)
    assert all(low <= high for low, high in rates)


@pytest.mark.parametrize("name", [RESNET, "torchvision/squeezenet1_1"])
def test_rates_are_those_of_the_optimizer(name: str) -> None:
    built = meta(name)
    network.freeze(built, "all_but_last_two_stages")
    optim = OptimRecipe(layer_decay=0.5)
    scales = learning_rate_scales(built, optim)
    optimizer = make_optimizer(built, Recipe(optim=optim))
    by_optimizer = {
        id(p): group["lr_scale"] for group in optimizer.param_groups for p in group["params"]
    }
    learning = {n: p for n, p in built.named_parameters() if p.requires_grad}
    assert scales == {n: by_optimizer[id(p)] for n, p in learning.items()}
    assert min(scales.values()) < max(scales.values()) == 1
    found = describe(built, 224, optim)
    frozen = [stage.is_frozen for stage in found.stages]
    assert frozen == sorted(frozen, reverse=True)
    assert found.stages[0].rates == (0.0, 0.0)
    assert len(found.learning_stages) == 2


def test_a_blueprint_is_kept() -> None:
    first, again = blueprint(RESNET, N_CLASSES, 64), blueprint(RESNET, N_CLASSES, 64)
    assert first is again
    assert first[1].input_size == 64


# ---- memory


def test_memory_counts_what_learns() -> None:
    built = meta(RESNET)
    total = sum(p.numel() for p in built.parameters())
    recipe = with_values(Recipe(), {"model.input_size": 64})
    whole = training_memory(built, recipe, 64, "float32")
    assert (whole.weights, whole.gradients, whole.optimizer) == (4 * total, 4 * total, 8 * total)
    network.freeze(built, "all_but_last_stage")
    last = training_memory(built, recipe, 64, "float32")
    assert last.gradients < whole.gradients
    assert last.activations < whole.activations
    twice = with_values(recipe, {"train.batch_size": 32})
    more = training_memory(built, twice, 64, "float32")
    assert more.activations == 2 * last.activations
    assert training_memory(built, recipe, 64, "bfloat16").activations == last.activations // 2
    sgd = with_values(recipe, {"optim.optimizer": "sgd", "optim.weight_average": 0.9})
    averaged = training_memory(built, sgd, 64, "float32")
    assert averaged.optimizer == last.gradients
    assert averaged.weights == 2 * last.weights


def test_activations_are_what_autograd_keeps() -> None:
    built = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(2048, 3)
    )
    wide = network_like(built)
    memory = training_memory(wide, with_values(Recipe(), {"train.batch_size": 1}), 16, "float32")
    photo, maps = 4 * 3 * 16 * 16, 4 * 8 * 16 * 16
    # The convolution keeps the photo, the activation and the head the same maps.
    assert memory.activations == photo + maps + 2 * 2 * maps


def network_like(body: nn.Sequential) -> nn.Module:
    """A network as this program's are, of a plain row of layers."""
    from finetune_gui.engine.headed import Headed

    return Headed(nn.Sequential(*list(body)[:-1]), N_CLASSES, 16, 0.0)


# ---- maps and filters


def test_each_stage_but_the_head_has_maps(resnet: tuple[nn.Module, Structure]) -> None:
    maps = feature_maps(resnet[0], torch.randn(1, 3, 64, 64), 5)
    assert {name: m.shape for name, m in maps.items()} == {
        "conv1": (5, 16, 16),
        "layer1": (5, 16, 16),
        "layer2": (5, 8, 8),
        "layer3": (5, 4, 4),
        "layer4": (5, 2, 2),
    }
    assert all(m.min() == 0 and m.max() == 255 for m in maps.values())


def test_the_strongest_channels_come_first(resnet: tuple[nn.Module, Structure]) -> None:
    built, photo = resnet[0], torch.randn(1, 3, 64, 64)
    kept: list[torch.Tensor] = []
    handle = built.get_submodule("layer2").register_forward_hook(lambda *a: kept.append(a[2][0]))
    with torch.no_grad():
        built(photo)
    handle.remove()
    strongest = kept[0][kept[0].square().mean((1, 2)).argmax()]
    low, high = strongest.min(), strongest.max()
    wanted = ((strongest - low) / (high - low) * 255).round().byte().numpy()
    assert abs(feature_maps(built, photo, 1)["layer2"][0].astype(int) - wanted).max() <= 1


def test_tokens_lie_where_their_patches_were() -> None:
    torch.manual_seed(0)
    built = backbones.create(VIT, N_CLASSES, 0, 0.0).eval()
    photo = torch.zeros(1, 3, 224, 224)
    photo[..., :112, :112] = 3.0  # the upper left quarter: 7 × 7 of 14 × 14 patches
    entry = feature_maps(built, photo, 1)["patch_embed"][0].astype(float)
    inside = entry[:7, :7]
    assert entry.shape == (14, 14)
    assert abs(inside.mean() - entry[7:, 7:].mean()) > 4 * inside.std()


def test_filters_are_pictures_of_the_first_layer(resnet: tuple[nn.Module, Structure]) -> None:
    filters = first_filters(resnet[0])
    assert filters is not None
    assert filters.shape == (64, 7, 7, 3)
    first = resnet[0].get_parameter("conv1.weight")[0].detach()
    place = first.argmax().item()
    channel, row, column = place // 49, place % 49 // 7, place % 7
    assert filters[0, row, column, channel] == 255
    assert first_filters(nn.Sequential(nn.Conv2d(1, 4, 3))) is None
