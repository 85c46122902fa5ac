"""Which arithmetic is fastest here: measured once for a machine and a backbone, then remembered.

On one CPU bfloat16 triples the speed of a pass without gradients and slows training; on another
it slows both. So a short trial decides, and the answer is kept: the same recipe must give the
same run, whatever else the machine was doing the second time.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_TRIAL_PHOTOS = {"training": 2, "inference": 8}  # a few seconds even where it is slow
# A first call this many times slower is not tried again. It includes the preparation of the
# kernels, which weighs more where there are no gradients.
_HOPELESS = {"training": 4.0, "inference": 20.0}
_MIN_GAIN = 1.15  # a change of arithmetic must be clearly worth it


Pass = Literal["training", "inference"]


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """A context in which a network computes in ``precision``."""
    dtype = DTYPES[precision]
    return torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32)


def choose_precision(
    which: Pass,
    network: nn.Module,
    input_size: int,
    memory: tuple[Path, str],
    ctx: JobContext,
) -> str:
    """The arithmetic that is fastest here for passes with gradients or without.

    ``memory`` is the file that remembers measurements and the key of this one. The network's
    weights and buffers are not changed.

    Raises:
        Cancelled: the user asked it to stop.
    """
    path, key = memory
    remembered = _recall(path)
    key = f"{key} | {which}"
    if key not in remembered:
        remembered[key] = _measure(which, network, input_size, ctx)
        # What was measured is only a help: a full disk must not stop the run for it.
        with contextlib.suppress(OSError):
            atomic.write_text(path, json.dumps(remembered, indent=1))
    return remembered[key]


def _recall(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in found.items() if value in DTYPES}


def _measure(which: Pass, network: nn.Module, input_size: int, ctx: JobContext) -> str:
    device = next(network.parameters()).device
    inputs = torch.zeros(_TRIAL_PHOTOS[which], 3, input_size, input_size, device=device)
    inputs = inputs.contiguous(memory_format=torch.channels_last)
    half = "float16" if device.type == "mps" else "bfloat16"
    work = _trial_step if which == "training" else _trial_pass
    full_seconds = _seconds(partial(work, network, inputs, "float32"), device, ctx)
    limit = full_seconds * _HOPELESS[which]
    half_seconds = _seconds(partial(work, network, inputs, half), device, ctx, limit)
    return half if full_seconds / half_seconds > _MIN_GAIN else "float32"


def _trial_pass(network: nn.Module, inputs: Tensor, precision: str) -> None:
    with torch.inference_mode(), autocast(inputs.device, precision):
        network(inputs)


def _trial_step(network: nn.Module, inputs: Tensor, precision: str) -> None:
    with torch.enable_grad(), autocast(inputs.device, precision):
        scores = network(inputs)
        loss = f.cross_entropy(scores.float(), torch.zeros(len(scores)).to(scores.device).long())
    learning = [p for p in network.parameters() if p.requires_grad]
    torch.autograd.grad(loss, learning, allow_unused=True)


def _seconds(
    work: Callable[[], None],
    device: torch.device,
    ctx: JobContext,
    limit: float = float("inf"),
) -> float:
    """The best of two timed calls after one to warm up; the first alone if it passes ``limit``."""
    best = float("inf")
    for trial in range(3):
        ctx.check_cancelled()
        begun = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        elapsed = time.perf_counter() - begun
        if elapsed > limit:
            return elapsed
        if trial:
            best = min(best, elapsed)
    return best
