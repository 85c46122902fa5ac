"""How a backbone is built with a head for the user's classes, and photos prepared for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import timm
import torch
from torch import nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import Head, ModelRecipe, Pooling
from finetune_gui.engine import keras_file, keras_networks, torchvision_networks
from finetune_gui.engine.adapters import add_lora
from finetune_gui.engine.catalogue import config_of, find
from finetune_gui.engine.headed import Headed, stages_of_timm
from finetune_gui.engine.mlp_head import give_mlp_head
from finetune_gui.engine.pooling import can_pool
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.weights_file import load_into

_NOT_OF_TIMM = (torchvision_networks.PREFIX, keras_networks.PREFIX, keras_file.PREFIX)
# What networks raise for pictures of a size that they do not take.
_SIZE_ERRORS = (AssertionError, TypeError, ValueError, RuntimeError)


def architecture(name: str, kept: str = "") -> str:
    """What must be kept so that a network can be built again when the user's file is gone.

    Empty where the name says it all.

    Raises:
        UserError: the file cannot be used.
    """
    return keras_file.described(name, kept).architecture if keras_file.is_keras_file(name) else ""


def build(recipe: ModelRecipe, n_classes: int, weights: Path | None, kept: str = "") -> nn.Module:
    """The network on the CPU in evaluation mode, with a fresh head for ``n_classes``.

    ``weights``: a file for the backbone (see `finetune_gui.engine.weights_store`), or None to start
    from random weights drawn from torch's generator. ``kept`` is an earlier `architecture`.

    Raises:
        UserError: the backbone is unknown, or does not take this input size, pooling or adapter.
        WeightsError: the file does not fit the network.
    """
    backbone = find(recipe.backbone, kept)
    network = create(
        backbone.name,
        n_classes,
        recipe.input_size,
        recipe.dropout,
        recipe.head,
        recipe.pooling,
        kept,
    )
    check_input_size(network, backbone.name, recipe.input_size)
    if weights is not None:
        load_into(network, weights)
    if recipe.adapts:
        size = recipe.input_size or backbone.input_size
        add_lora(network, recipe.lora_rank, size, backbone.name)
    return network.eval()


def create(
    name: str,
    n_classes: int,
    input_size: int,
    dropout: float,
    head: Head = "linear",
    pooling: Pooling = "own",
    kept: str = "",
) -> nn.Module:
    """The bare architecture; ``input_size`` 0 keeps the backbone's own.

    Raises:
        UserError: the network does not take this input size, its head cannot be replaced, or its
            features are not pooled from maps.
    """
    if pooling == "own":
        network = _with_linear_head(name, n_classes, input_size, dropout, kept)
    else:
        network = _with_pooling(name, n_classes, input_size, dropout, pooling)
    if head == "mlp":
        give_mlp_head(network)
    return network


def _with_pooling(
    name: str, n_classes: int, input_size: int, dropout: float, pooling: Pooling
) -> nn.Module:
    if name.startswith(_NOT_OF_TIMM):
        raise UserError("error-backbone-pooling", name=name)
    try:
        body: Any = _create_timm(name, n_classes, input_size, 0.0)
    except _SIZE_ERRORS as error:
        raise UserError("error-backbone-input-size", name=name, size=input_size) from error
    size = input_size or find(name).input_size
    try:
        body.reset_classifier(0)
        if can_pool(body):
            return Headed(body, n_classes, size, dropout, pooling)
    except (*_SIZE_ERRORS, AttributeError, IndexError) as error:
        raise UserError("error-backbone-pooling", name=name) from error
    raise UserError("error-backbone-pooling", name=name)


def _with_linear_head(
    name: str, n_classes: int, input_size: int, dropout: float, kept: str
) -> nn.Module:
    size = input_size or find(name, kept).input_size
    try:
        if name.startswith(torchvision_networks.PREFIX):
            return torchvision_networks.create(name, n_classes, size, dropout)
        if name.startswith(keras_networks.PREFIX):
            return keras_networks.create(name, n_classes, size, dropout)
        if keras_file.is_keras_file(name):
            file = keras_file.described(name, kept)
            return keras_file.create(file, n_classes, size, dropout)
        network = _create_timm(name, n_classes, input_size, dropout)
    except _SIZE_ERRORS as error:
        raise UserError("error-backbone-input-size", name=name, size=input_size) from error
    timm_network: Any = network
    if isinstance(timm_network.get_classifier(), nn.Linear) and stages_of_timm(network):
        return network
    try:
        timm_network.reset_classifier(0)
        return Headed(network, n_classes, size, 0.0)
    except _SIZE_ERRORS as error:
        raise UserError("error-backbone-head", name=name) from error


def _create_timm(name: str, n_classes: int, input_size: int, dropout: float) -> nn.Module:
    options: dict[str, Any] = {}
    if input_size and not takes_any_size(name):
        options["img_size"] = input_size
    network: nn.Module = timm.create_model(
        name, num_classes=n_classes, drop_rate=dropout, **options
    )
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
    except _SIZE_ERRORS as error:
        raise UserError("error-backbone-input-size", name=name, size=input_size) from error


def preprocessing_for(recipe: ModelRecipe, kept: str = "") -> Preprocessing:
    """How photos must be prepared for these weights; ``kept`` is an earlier `architecture`."""
    own = _own_preprocessing(recipe.backbone, kept)
    return replace(own, input_size=recipe.input_size or own.input_size)


def _own_preprocessing(name: str, kept: str) -> Preprocessing:
    if keras_file.is_keras_file(name):
        return keras_file.described(name, kept).preprocessing
    if name in keras_networks.published():
        return keras_networks.published()[name].preprocessing
    vision = torchvision_networks.published(name)
    if vision is not None:
        return vision.preprocessing
    config = config_of(name)
    return Preprocessing(
        input_size=config.input_size[-1],
        crop_fraction=config.crop_pct,
        interpolation=config.interpolation,
        mean=_three(config.mean),
        std=_three(config.std),
    )


def takes_any_size(name: str) -> bool:
    """Whether one network can be given pictures of several sizes.

    Transformers with learned positions must be told their input size when they are built, and so
    must all of Keras' networks.
    """
    if name.startswith((keras_networks.PREFIX, keras_file.PREFIX)):
        return False
    if name.startswith(torchvision_networks.PREFIX):
        return torchvision_networks.takes_any_size(name)
    return not config_of(name).fixed_input_size


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue
