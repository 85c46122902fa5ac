"""What each stage of a network makes of a photo, and what its first layer looks for."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from finetune_gui.engine.calls import Call, is_flat, watched
from finetune_gui.engine.structure import is_channels_last

Pictures = npt.NDArray[np.uint8]


def feature_maps(network: nn.Module, photo: Tensor, count: int) -> dict[str, Pictures]:
    """The strongest channels of each stage's output, by stage: uint8 [K, h, w], K ≤ ``count``.

    ``photo`` is input [1, 3, H, W]. A channel's strength is the mean of its squares; the strongest
    comes first, and each is stretched to 0 … 255. Tokens are put back to where their patches were.
    Stages whose output has no places, the head above all, are left out.
    """
    outputs: dict[str, Tensor] = {}

    def tell(call: Call) -> None:
        if call.stage is not None and call.output is not None and not is_flat(call.output):
            outputs[call.stage] = call.output

    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode(), watched(network, tell):
            network(photo)
    finally:
        network.train(was_training)
    maps = {stage: _channels_first(output) for stage, output in outputs.items()}
    return {stage: _strongest(m, count) for stage, m in maps.items() if m is not None}


def first_filters(network: nn.Module) -> Pictures | None:
    """What the first convolution looks for: uint8 [N, h, w, 3], each stretched to 0 … 255.

    None where the first convolution does not see the three colours.
    """
    first = next((m for m in network.modules() if isinstance(m, nn.Conv2d)), None)
    if first is None or first.weight.shape[1] != 3:
        return None
    return _stretched(first.weight.detach().float().cpu()).transpose(0, 2, 3, 1)


def _channels_first(output: Tensor) -> Tensor | None:
    """Maps [C, h, w] of a stage's output for one photo; None where it has no places."""
    if output.ndim == 4:
        return output[0].permute(2, 0, 1) if is_channels_last(output) else output[0]
    if output.ndim != 3:
        return None
    _, tokens, channels = output.shape
    side = math.isqrt(tokens)
    if side < 2:
        return None
    # Tokens of no patch (the class, registers) come first.
    return output[0, tokens - side * side :].T.reshape(channels, side, side)


def _strongest(maps: Tensor, count: int) -> Pictures:
    energy = maps.float().square().mean(dim=(1, 2))
    best = energy.argsort(descending=True, stable=True)[:count]
    return _stretched(maps[best].float().cpu())


def _stretched(values: Tensor) -> Pictures:
    """Each of [N, …] stretched to 0 … 255; one that is the same everywhere is grey."""
    flat = values.flatten(1)
    low, high = flat.min(1).values, flat.max(1).values
    span = (high - low).clamp_min(torch.finfo(torch.float32).tiny)
    shape = (-1, *[1] * (values.ndim - 1))
    scaled = (values - low.view(shape)) / span.view(shape) * 255
    scaled[high <= low] = 128
    pictures: Pictures = scaled.round().to(torch.uint8).numpy()
    return pictures
