"""What the tests of whole runs say of them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from safetensors.torch import load_file

from finetune_gui.core.run_folder import RunFolder

Start = Callable[..., RunFolder]


def same_bits(first: RunFolder, second: RunFolder) -> bool:
    """Best model and last state are equal to the last bit."""
    pairs = [
        (load_file(run.model_file), load_file(run.checkpoint / "last.safetensors"))
        for run in (first, second)
    ]
    return all(
        a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)
        for a, b in zip(*pairs, strict=True)
    )
