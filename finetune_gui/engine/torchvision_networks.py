"""torchvision's classification networks, with a head of ours.

They are named ``torchvision/resnet50``: many have the name of one of timm's.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
import torchvision
from torch import nn

from finetune_gui.engine.headed import Headed
from finetune_gui.engine.preprocessing import Preprocessing

Shape = tuple[int, ...]

PREFIX = "torchvision/"
_models: Any = torchvision.models  # its types name none of the functions used here
_LICENCE = "BSD-3-Clause"  # torchvision's own; weights that have another say so
# These have further heads, which help to train them from scratch.
_WITH_HELPERS = ("googlenet", "inception_v3")
# These learn where in a picture of one size something is.
_FIXED_SIZE = ("vit_", "maxvit")


@dataclass(frozen=True)
class Published:
    """What torchvision tells of the weights it recommends for a network.

    ``parameters`` with the head for ImageNet's thousand classes, ``top1`` in percent.
    """

    url: str
    preprocessing: Preprocessing
    parameters: int
    weights_bytes: int
    top1: float
    licence: str


def names() -> list[str]:
    """All networks, as recipes name them."""
    return [PREFIX + name for name in _models.list_models(module=_models)]


def published(name: str) -> Published | None:
    """What is told of ``name``; None where there is no such network."""
    weights = _weights(name)
    if weights is None:
        return None
    meta, view = weights.meta, weights.transforms()
    size = view.crop_size[0]
    return Published(
        url=weights.url,
        preprocessing=Preprocessing(
            input_size=size,
            crop_fraction=size / view.resize_size[0],
            interpolation=view.interpolation.value,
            mean=tuple(view.mean),
            std=tuple(view.std),
        ),
        parameters=meta["num_params"],
        weights_bytes=round(meta["_file_size"] * 2**20),
        top1=meta["_metrics"]["ImageNet-1K"]["acc@1"],
        licence="CC-BY-NC-4.0" if "SWAG" in weights.name else _LICENCE,
    )


def takes_any_size(name: str) -> bool:
    """Whether one network can be given pictures of several sizes."""
    return not name.removeprefix(PREFIX).startswith(_FIXED_SIZE)


def create(name: str, n_classes: int, input_size: int, dropout: float) -> Headed:
    """The bare architecture with a head for ``n_classes``.

    Raises:
        ValueError, RuntimeError, AssertionError: it does not take this input size.
    """
    with _where(name):
        return Headed(_body(name, input_size), n_classes, input_size, dropout)


def published_and_body(name: str) -> tuple[dict[str, Shape], dict[str, Shape]]:
    """The shapes of the tensors in published weights, and of those without head and helpers."""
    bare = name.removeprefix(PREFIX)
    with _where(name):
        network: nn.Module = _models.get_model(bare, weights=None)
        full = _shapes(network)
        if bare in _WITH_HELPERS:
            network = _body(name, _size(name))
        else:
            _remove_head(network)
    return full, _shapes(network)


def _body(name: str, input_size: int) -> nn.Module:
    bare = name.removeprefix(PREFIX)
    options: dict[str, Any] = {}
    if bare in _WITH_HELPERS:
        # Without their helpers for training from scratch, with the inputs that the weights expect.
        options = {"aux_logits": False, "transform_input": True, "init_weights": False}
    elif bare.startswith("vit_"):
        options = {"image_size": input_size}
    body: nn.Module = _models.get_model(bare, weights=None, **options)
    _remove_head(body)
    return body


def _where(name: str) -> AbstractContextManager[object]:
    """Regnets calculate with tensors while they are built, for which "meta" has no numbers."""
    is_regnet = name.removeprefix(PREFIX).startswith("regnet")
    return torch.device("cpu") if is_regnet else nullcontext()


def _size(name: str) -> int:
    found = published(name)
    return 224 if found is None else found.preprocessing.input_size


def _shapes(network: nn.Module) -> dict[str, Shape]:
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def _remove_head(body: nn.Module) -> None:
    linear = [name for name, part in body.named_modules() if isinstance(part, nn.Linear)]
    if not linear:  # SqueezeNet decides by a convolution
        body.classifier = nn.AdaptiveAvgPool2d(1)
        return
    parent, _, last = linear[-1].rpartition(".")
    setattr(body.get_submodule(parent), last, nn.Identity())


def _weights(name: str) -> Any:
    bare = name.removeprefix(PREFIX)
    if not name.startswith(PREFIX) or bare not in _models.list_models(module=_models):
        return None
    variants: Any = _models.get_model_weights(bare)
    return variants.DEFAULT
