"""The weights that come along, tensor by tensor, and on real photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import sklearn.datasets
import torch
from torch import Tensor, nn

from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.engine import backbones, catalogue, lite_names, network
from finetune_gui.engine.inference import How, infer
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.weights_file import load_into, read_weights
from finetune_gui.engine.weights_store import embedded_weights

CTX = JobContext(lambda _event: None)
# Photographs that scikit-learn brings along, CC-BY by their authors.
BROUGHT = Path(sklearn.datasets.__file__).parent / "images"
# The numbers of classes among ImageNet's thousand.
PALACE, MONASTERY, CASTLE, DAISY = 698, 663, 483, 985
# Photos beside a developer's checkout; a user's clone has none.
REAL_PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "grocery-mini"
FRUIT = {"banana": 954, "lemon": 951}
N_PHOTOS = 40  # of each


def whole(name: str, n_classes: int = 1000) -> nn.Module:
    """The network with the head that its weights bring for ImageNet's classes."""
    built = backbones.create(name, n_classes, 0, 0.0)
    path = embedded_weights(f"tf_{name.removeprefix('tf_')}")
    load_into(built, path)
    stored = read_weights(path)
    head = network.head_of(built)
    with torch.no_grad():
        head.weight.copy_(stored["_fc.weight"])
        head.bias.copy_(stored["_fc.bias"])
    return built.eval()


def scores(built: nn.Module, photos: Sequence[Path], prepared: Preprocessing) -> Tensor:
    how = How(prepared, torch.device("cpu"), "float32")
    return infer(built, photos, how, CTX)[1]


@pytest.mark.parametrize("name", catalogue.EMBEDDED_NAMES)
def test_every_tensor_has_its_place(name: str) -> None:
    """By name, not by order: two tensors of one shape must not change places."""
    built = backbones.create(name, 1000, 0, 0.0)
    load_into(built, embedded_weights(name))
    stored, own = read_weights(embedded_weights(name)), built.state_dict()
    depths = [len(list(stage.children())) for stage in built.get_submodule("blocks").children()]
    renamed = lite_names.to_timm_names(stored, depths)
    head = network.head_names(built)
    assert renamed.keys() == own.keys()
    for there, here in zip(stored, renamed, strict=True):
        kind = there.rpartition(".")[2]
        assert here.endswith(kind), (there, here)
        if here not in head:
            assert torch.equal(own[here], stored[there]), (there, here)


@pytest.mark.parametrize("name", catalogue.EMBEDDED_NAMES)
def test_a_palace_is_seen_as_one(name: str) -> None:
    best = _best_five(name, BROUGHT / "china.jpg")
    assert best[0] == PALACE
    assert MONASTERY in best or CASTLE in best


def test_a_flower_is_seen_as_one() -> None:
    # Of a thousand classes, two are flowers; a dahlia is most like the other one, a daisy.
    assert DAISY in _best_five(catalogue.EMBEDDED, BROUGHT / "flower.jpg")


def _best_five(name: str, photo: Path) -> list[int]:
    prepared = backbones.preprocessing_for(ModelRecipe(backbone=name))
    best: list[int] = scores(whole(name), [photo], prepared).topk(5).indices[0].tolist()
    return best


@pytest.mark.slow
@pytest.mark.skipif(not REAL_PHOTOS.is_dir(), reason="real photos are not in this checkout")
def test_the_mean_and_std_of_imagenet_do_worse() -> None:
    """They raise no error, so only photos tell."""
    photos = {
        photo: label
        for name, label in FRUIT.items()
        for photo in sorted(REAL_PHOTOS.glob(f"*/{name}/*"))[:N_PHOTOS]
    }
    labels = torch.tensor(list(photos.values()))
    prepared = backbones.preprocessing_for(ModelRecipe())
    imagenet = replace(prepared, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))

    def sureness(built: nn.Module, how: Preprocessing) -> tuple[float, float]:
        found = scores(built, list(photos), how)
        right = (found.argmax(1) == labels).double().mean().item()
        return right, nn.functional.cross_entropy(found, labels).item()

    good = sureness(whole(catalogue.EMBEDDED), prepared)
    other_mean = sureness(whole(catalogue.EMBEDDED), imagenet)
    assert len(photos) == 2 * N_PHOTOS
    assert good[0] >= 0.7
    assert good[0] > other_mean[0], (good, other_mean)
    assert good[1] < other_mean[1], (good, other_mean)
