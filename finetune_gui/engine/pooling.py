"""Making one vector of the maps or tokens of a network, otherwise than it does itself.

The maps are pooled to a single cell before they go to the network's own last layers. Whatever
these do, pooling one cell changes nothing, and the norms and convolutions behind the pooling,
which are pretrained too, are still there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from finetune_gui.core.recipe import Pooling

_Pool = Callable[[Tensor, tuple[int, ...]], Tensor]


def _average(maps: Tensor, where: tuple[int, ...]) -> Tensor:
    return maps.mean(where, keepdim=True)


def _maximum(maps: Tensor, where: tuple[int, ...]) -> Tensor:
    return maps.amax(where, keepdim=True)


_POOLS: dict[Pooling, tuple[_Pool, ...]] = {
    "average": (_average,),
    "max": (_maximum,),
    "both": (_average, _maximum),
}


def pooled_features(body: nn.Module, inputs: Tensor, pooling: Pooling) -> Tensor:
    """Features of inputs [N, 3, H, W]: [N, F], of "both" [N, 2 F] with the averages first.

    Raises:
        ValueError: the network has nothing that could be pooled.
    """
    network: Any = body
    maps = network.forward_features(inputs)
    cells = [_cell(network, maps, pool) for pool in _POOLS[pooling]]
    return torch.cat([network.forward_head(cell, pre_logits=True) for cell in cells], 1)


def can_pool(body: nn.Module) -> bool:
    """Whether ``body`` is one of timm's networks that pools maps or tokens without learning how."""
    learned = any("AttentionPool" in type(part).__name__ for part in body.modules())
    return hasattr(body, "forward_features") and hasattr(body, "forward_head") and not learned


def _cell(network: Any, maps: object, pool: _Pool) -> Tensor:
    """Maps with one cell [N, C, 1, 1] (or [N, 1, 1, C]), or one token on all places it is read."""
    if isinstance(maps, Tensor) and maps.ndim == 4:
        last = getattr(network, "output_fmt", "NCHW") == "NHWC"
        return pool(maps, (1, 2) if last else (2, 3))
    if isinstance(maps, Tensor) and maps.ndim == 3:
        prefix = _prefix_tokens(network)
        return pool(maps[:, prefix:], (1,)).expand(-1, prefix + 1, -1)
    raise ValueError(type(maps).__name__)


def _prefix_tokens(network: Any) -> int:
    """How many tokens stand for no place of the picture; they come first."""
    own = getattr(network, "num_prefix_tokens", None)
    if own is not None:
        return int(own)
    return 1 if getattr(network, "global_pool", "") == "token" else 0
