"""The pretrained networks on offer, and how one is built with a head for the user's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import timm
import torch
from timm.models import PretrainedCfg
from torch import nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import ModelRecipe
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.weights_file import load_into

EMBEDDED = "tf_efficientnet_lite0"


@dataclass(frozen=True)
class Backbone:
    """One network on offer.

    ``parameters`` without the head; ``weights_bytes`` is the size of the file that is fetched;
    ``character`` says what it is good at. ``repository`` is its place on the Hugging Face hub.
    """

    name: str
    title: str
    family: str
    input_size: int
    parameters: int
    weights_bytes: int
    licence: str
    character: Literal["speed", "balance", "accuracy"]
    repository: str = ""

    @property
    def embedded(self) -> bool:
        """Whether its weights come with the program."""
        return self.name == EMBEDDED

    @property
    def weights_name(self) -> str:
        """The file name of its weights in the weights folder."""
        return f"{self.name}.safetensors"


CATALOGUE: tuple[Backbone, ...] = (
    Backbone(
        EMBEDDED, "EfficientNet-Lite0", "EfficientNet", 224, 3_371_008, 0, "Apache-2.0", "speed"
    ),
    Backbone(
        "mobilenetv4_conv_small.e2400_r224_in1k",
        "MobileNetV4 Small",
        "MobileNet",
        224,
        2_493_024,
        15_200_000,
        "Apache-2.0",
        "speed",
        "timm/mobilenetv4_conv_small.e2400_r224_in1k",
    ),
    Backbone(
        "resnet18.a1_in1k",
        "ResNet-18",
        "ResNet",
        224,
        11_176_512,
        46_800_000,
        "Apache-2.0",
        "speed",
        "timm/resnet18.a1_in1k",
    ),
    Backbone(
        "efficientnet_b0.ra_in1k",
        "EfficientNet-B0",
        "EfficientNet",
        224,
        4_007_548,
        21_400_000,
        "Apache-2.0",
        "balance",
        "timm/efficientnet_b0.ra_in1k",
    ),
    Backbone(
        "resnet50.a1_in1k",
        "ResNet-50",
        "ResNet",
        224,
        23_508_032,
        102_000_000,
        "Apache-2.0",
        "balance",
        "timm/resnet50.a1_in1k",
    ),
    Backbone(
        "vit_small_patch16_224.augreg_in21k_ft_in1k",
        "ViT Small",
        "Vision Transformer",
        224,
        21_665_664,
        88_200_000,
        "Apache-2.0",
        "accuracy",
        "timm/vit_small_patch16_224.augreg_in21k_ft_in1k",
    ),
    Backbone(
        "convnext_tiny.in12k_ft_in1k",
        "ConvNeXt Tiny",
        "ConvNeXt",
        224,
        27_820_128,
        114_000_000,
        "Apache-2.0",
        "accuracy",
        "timm/convnext_tiny.in12k_ft_in1k",
    ),
)


def find(name: str) -> Backbone:
    """The backbone called ``name``: one of the catalogue, or any network that timm knows.

    Raises:
        UserError: nothing has that name.
    """
    for backbone in CATALOGUE:
        if backbone.name == name:
            return backbone
    config = _config(name)
    return Backbone(
        name=name,
        title=name,
        family=name.split("_", maxsplit=1)[0],
        input_size=config.input_size[-1],
        parameters=0,
        weights_bytes=0,
        licence=config.license or "",
        character="balance",
        repository=config.hf_hub_id or "",
    )


def build(recipe: ModelRecipe, n_classes: int, weights: Path | None) -> nn.Module:
    """The network on the CPU in evaluation mode, with a fresh head for ``n_classes``.

    ``weights``: a file for the backbone (see `finetune_gui.engine.weights_store`), or None to start
    from random weights drawn from torch's generator.

    Raises:
        UserError: the backbone is unknown or does not take this input size.
        WeightsError: the file does not fit the network.
    """
    backbone = find(recipe.backbone)
    network = create(backbone.name, n_classes, recipe.input_size, recipe.dropout)
    check_input_size(network, backbone.name, recipe.input_size)
    if weights is not None:
        load_into(network, weights)
    return network.eval()


def create(name: str, n_classes: int, input_size: int, dropout: float) -> nn.Module:
    """The bare architecture; ``input_size`` 0 keeps the backbone's own.

    Raises:
        UserError: the network does not take this input size.
    """
    options: dict[str, Any] = {}
    if input_size and _fixed_size(name):
        options["img_size"] = input_size
    try:
        network: nn.Module = timm.create_model(
            name, num_classes=n_classes, drop_rate=dropout, **options
        )
    except (AssertionError, TypeError, ValueError, RuntimeError) as error:
        raise UserError("error-backbone-input-size", name=name, size=input_size) from error
    return network


def check_input_size(network: nn.Module, name: str, input_size: int) -> None:
    """See that pictures of ``input_size`` pixels come through (0, the backbone's own, always do).

    Raises:
        UserError: they are too small, or do not fit the network's patches.
    """
    if not input_size:
        return
    device = next(network.parameters()).device
    try:
        with torch.no_grad():
            network.eval()(torch.zeros(1, 3, input_size, input_size, device=device))
    except (AssertionError, ValueError, RuntimeError) as error:
        raise UserError("error-backbone-input-size", name=name, size=input_size) from error


def preprocessing_for(recipe: ModelRecipe) -> Preprocessing:
    """How photos must be prepared for these weights."""
    config = _config(recipe.backbone)
    return Preprocessing(
        input_size=recipe.input_size or config.input_size[-1],
        crop_fraction=config.crop_pct,
        interpolation=config.interpolation,
        mean=_three(config.mean),
        std=_three(config.std),
    )


def takes_any_size(name: str) -> bool:
    """Whether one network can be given pictures of several sizes."""
    return not _fixed_size(name)


def _fixed_size(name: str) -> bool:
    """Transformers with learned positions must be told their input size when they are built."""
    return bool(_config(name).fixed_input_size)


def _config(name: str) -> PretrainedCfg:
    try:
        config = timm.get_pretrained_cfg(name)
    except RuntimeError as error:  # the network is known, its variant is not
        raise UserError("error-backbone-unknown", name=name) from error
    if config is None:
        raise UserError("error-backbone-unknown", name=name)
    return config


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue
