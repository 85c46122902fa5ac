"""The pretrained networks on offer: a few recommended, all of timm's, torchvision's and Keras'."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import timm
from timm.models import PretrainedCfg

from finetune_gui.core.errors import UserError
from finetune_gui.core.paths import resource
from finetune_gui.engine import keras_file, keras_networks, torchvision_networks
from finetune_gui.engine.keras_library import has_keras

EMBEDDED = "tf_efficientnet_lite0"
EMBEDDED_NAMES = (EMBEDDED, "tf_efficientnet_lite1", "tf_efficientnet_lite2")

_LICENCES = {
    "apache-2.0": "Apache-2.0",
    "mit": "MIT",
    "bsd-3-clause": "BSD-3-Clause",
    "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0",
}
_FREE = frozenset({"Apache-2.0", "MIT", "BSD-3-Clause", "CC-BY-4.0"})

# How families are called where it is not simply the name of timm's file in capitals.
_FAMILIES = {
    "byobnet": "ByobNet",
    "convnext": "ConvNeXt",
    "cspnet": "CSPNet",
    "densenet": "DenseNet",
    "edgenext": "EdgeNeXt",
    "efficientnet": "EfficientNet",
    "ghostnet": "GhostNet",
    "maxxvit": "MaxViT",
    "metaformer": "MetaFormer",
    "mobilenetv3": "MobileNet",
    "mobilevit": "MobileViT",
    "regnet": "RegNet",
    "resnet": "ResNet",
    "resnetv2": "ResNet V2",
    "swin_transformer": "Swin Transformer",
    "swin_transformer_v2": "Swin Transformer V2",
    "vision_transformer": "Vision Transformer",
}

Character = Literal["speed", "balance", "accuracy"]


@dataclass(frozen=True)
class Backbone:
    """One network on offer.

    ``parameters`` are those without the head in `CATALOGUE`; elsewhere the published number, which
    includes the head for ImageNet's thousand classes, or 0 where none was published.
    ``weights_bytes`` is the size of the file that is fetched, 0 where it is not known.
    ``character`` says what it is good at, where somebody judged that. ``top1`` is its published
    accuracy on ImageNet in percent. ``repository`` is its place on the Hugging Face hub; weights
    from elsewhere have a ``url``, and a user's own file a ``path``.
    """

    name: str
    title: str
    family: str
    input_size: int
    parameters: int
    weights_bytes: int
    licence: str
    character: Character | None = None
    repository: str = ""
    url: str = ""
    path: str = ""
    top1: float | None = None

    @property
    def embedded(self) -> bool:
        """Whether its weights come with the program."""
        return self.name in EMBEDDED_NAMES

    @property
    def weights_name(self) -> str:
        """The file name of its weights in the weights folder."""
        known = (suffix for suffix in (".pth", ".h5") if self.url.endswith(suffix))
        suffix = next(known, ".safetensors")
        return self.name.replace("/", "-") + suffix

    @property
    def is_free(self) -> bool:
        """Whether its licence lets anybody use it for anything."""
        return self.licence in _FREE


def _included(n: int, input_size: int, parameters: int, top1: float) -> Backbone:
    return Backbone(
        name=f"tf_efficientnet_lite{n}",
        title=f"EfficientNet-Lite{n}",
        family="EfficientNet",
        input_size=input_size,
        parameters=parameters,
        weights_bytes=0,
        licence="Apache-2.0",
        character="balance" if n else "speed",
        top1=top1,
    )


def _on_hub(
    name: str,
    title: str,
    family: str,
    parameters: int,
    weights_bytes: int,
    character: Character,
    top1: float | None,
) -> Backbone:
    return Backbone(
        name=name,
        title=title,
        family=family,
        input_size=224,
        parameters=parameters,
        weights_bytes=weights_bytes,
        licence="Apache-2.0",
        character=character,
        repository=f"timm/{name}",
        top1=top1,
    )


CATALOGUE: tuple[Backbone, ...] = (
    _included(0, 224, 3_371_008, 74.830),
    _included(1, 240, 4_135_680, 76.644),
    _included(2, 260, 4_811_072, 77.464),
    _on_hub(
        "mobilenetv4_conv_small.e2400_r224_in1k",
        "MobileNetV4 Small",
        "MobileNet",
        2_493_024,
        15_200_000,
        "speed",
        None,
    ),
    _on_hub("resnet18.a1_in1k", "ResNet-18", "ResNet", 11_176_512, 46_800_000, "speed", 73.158),
    _on_hub(
        "efficientnet_b0.ra_in1k",
        "EfficientNet-B0",
        "EfficientNet",
        4_007_548,
        21_400_000,
        "balance",
        77.694,
    ),
    _on_hub("resnet50.a1_in1k", "ResNet-50", "ResNet", 23_508_032, 102_000_000, "balance", 81.214),
    _on_hub(
        "vit_small_patch16_224.augreg_in21k_ft_in1k",
        "ViT Small",
        "Vision Transformer",
        21_665_664,
        88_200_000,
        "accuracy",
        81.384,
    ),
    _on_hub(
        "convnext_tiny.in12k_ft_in1k",
        "ConvNeXt Tiny",
        "ConvNeXt",
        27_820_128,
        114_000_000,
        "accuracy",
        84.450,
    ),
)


def find(name: str, kept: str = "") -> Backbone:
    """The backbone called ``name``: recommended or not, or a user's own file.

    ``kept`` is the architecture that a run kept of such a file, see `backbones.architecture`.

    Raises:
        UserError: nothing has that name, or the file cannot be used.
    """
    for backbone in CATALOGUE:
        if backbone.name == name:
            return backbone
    if name.startswith(torchvision_networks.PREFIX):
        return _of_torchvision(name)
    if name.startswith(keras_networks.PREFIX):
        return _of_keras(name)
    if keras_file.is_keras_file(name):
        return _of_keras_file(name, kept)
    module = timm.models.model_entrypoint(name.partition(".")[0]).__module__ if _known(name) else ""
    return _of_timm(name, module.rpartition(".")[2], config_of(name))


def everything() -> Iterator[Backbone]:
    """All backbones with published weights: the recommended first, then by source and family."""
    yield from CATALOGUE
    recommended = {backbone.name for backbone in CATALOGUE}
    for module in timm.list_modules():
        for name in timm.list_models(module=module, pretrained=True):
            # The embedded ones are recommended under a name without the weights'.
            if recommended.isdisjoint({name, name.removesuffix(".in1k")}):
                config = timm.get_pretrained_cfg(name, allow_unregistered=False)
                if config is not None and config.hf_hub_id and config.input_size[0] == 3:
                    yield _of_timm(name, module, config)
    for name in torchvision_networks.names():
        yield _of_torchvision(name)
    if has_keras():
        for name in keras_networks.published():
            yield _of_keras(name)


def config_of(name: str) -> PretrainedCfg:
    """What timm knows of a network's weights.

    Raises:
        UserError: timm knows no network of that name.
    """
    try:
        config = timm.get_pretrained_cfg(name)
    except RuntimeError as error:  # the network is known, its variant is not
        raise UserError("error-backbone-unknown", name=name) from error
    if config is None:
        raise UserError("error-backbone-unknown", name=name)
    return config


def is_published(name: str) -> bool:
    """Whether timm publishes weights under this whole name, such as ``resnet18.a1_in1k``."""
    if "." not in name or not _known(name):
        return False
    try:
        return timm.get_pretrained_cfg(name, allow_unregistered=False) is not None
    except RuntimeError:
        return False


def _known(name: str) -> bool:
    return bool(timm.is_model(name.partition(".")[0]))


def _of_timm(name: str, module: str, config: PretrainedCfg) -> Backbone:
    parameters, top1 = _published().get(name, (0, None))
    licence = config.license or ""
    return Backbone(
        name=name,
        title=name,
        family=_FAMILIES.get(module, module.replace("_", " ").title()),
        input_size=config.input_size[-1],
        parameters=parameters,
        weights_bytes=4 * parameters,
        licence=_LICENCES.get(licence, licence),
        repository=config.hf_hub_id or "",
        top1=top1,
    )


def _of_torchvision(name: str) -> Backbone:
    found = torchvision_networks.published(name)
    if found is None:
        raise UserError("error-backbone-unknown", name=name)
    return Backbone(
        name=name,
        title=name,
        family="torchvision",
        input_size=found.preprocessing.input_size,
        parameters=found.parameters,
        weights_bytes=found.weights_bytes,
        licence=found.licence,
        url=found.url,
        top1=found.top1,
    )


def _of_keras(name: str) -> Backbone:
    found = keras_networks.published().get(name)
    if found is None:
        raise UserError("error-backbone-unknown", name=name)
    return Backbone(
        name=name,
        title=name,
        family=f"Keras {found.family}",
        input_size=found.input_size,
        parameters=found.parameters,
        weights_bytes=found.weights_bytes,
        licence=found.licence,
        url=found.url,
        top1=found.top1,
    )


def _of_keras_file(name: str, kept: str) -> Backbone:
    file = keras_file.described(name, kept)
    return Backbone(
        name=name,
        title=file.path.name,
        family="Keras",
        input_size=file.input_size,
        parameters=0,
        weights_bytes=0,
        licence="",
        path=str(file.path),
    )


@cache
def _published() -> dict[str, tuple[int, float]]:
    """Parameters and accuracy by name, from the results that timm publishes for ImageNet."""
    with resource("backbones.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["name"]: (round(float(row["parameters"]) * 1e6), float(row["top1"]))
            for row in csv.DictReader(file)
        }
