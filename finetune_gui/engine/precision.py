"""The arithmetic that a network computes in."""

from __future__ import annotations

from typing import Literal

import torch

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

Pass = Literal["training", "inference"]


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """A context in which a network computes in ``precision``."""
    dtype = DTYPES[precision]
    return torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32)


def computes_halves(device: torch.device) -> bool:
    """Whether a device has instructions for `half_of`.

    Where a CPU has none (before AVX-512), torch converts each number to and fro: ten times slower.
    """
    if device.type != "cpu":
        return True
    native: bool = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # torch has no public name for it
    return native


def half_of(device: torch.device) -> Literal["bfloat16", "float16"]:
    """The shorter arithmetic that a device may be faster in."""
    return "float16" if device.type == "mps" else "bfloat16"
