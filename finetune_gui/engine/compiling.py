"""``torch.compile`` for training, where this computer has what it needs.

It writes code for the network and has a compiler translate it: a minute or two of waiting for
steps that are faster by some tens of percent, so only long runs gain. An option, never a need.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable

import torch
from torch import Tensor, nn

_COMPILERS = ("g++", "clang++", "cl")


def has_compiler(device: torch.device) -> bool:
    """Whether code can be made for ``device`` here."""
    wanted = os.environ.get("CXX")
    found = any(shutil.which(name) for name in ((wanted,) if wanted else _COMPILERS))
    if device.type == "cuda":
        return found and importlib.util.find_spec("triton") is not None
    return found and device.type == "cpu"


def compiled(network: nn.Module) -> Callable[[Tensor], Tensor]:
    """``network`` as `torch.compile` makes it: the same weights, the same scores but for rounding.

    What cannot be compiled is computed as it is. There is code for each size of batch, since code
    for any size would depend on which one came first, and a resumed run would not be the same.
    """
    torch._dynamo.config.suppress_errors = True
    made: Callable[[Tensor], Tensor] = torch.compile(network, dynamic=False)
    return made


def forget_compiled() -> None:
    """Compile anew at the next pass: other parts of the network learn now.

    torch would notice that by itself, but compiles one network only a few times.
    """
    torch.compiler.reset()
