"""Passes without gradients: what validation, evaluation and prediction share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from finetune_gui.core.job import JobContext
from finetune_gui.engine.loading import Unreadable, batches, load_batches
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.step import free_cached_memory, is_out_of_memory

BATCH_SIZE = 32


@dataclass(frozen=True)
class How:
    """What a pass works with; ``precision`` is a name in `precision.DTYPES`."""

    preprocessing: Preprocessing
    device: torch.device
    precision: str


def infer(
    compute: Callable[[Tensor], Tensor],
    paths: Sequence[Path],
    how: How,
    ctx: JobContext,
    *,
    view: Callable[[int], Image.Image] | None = None,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    progress: str = "",
) -> tuple[list[int], Tensor]:
    """Run ``compute`` over the photos at ``paths``, without gradients.

    Returns the indices that were read, in order, and the float32 results [N, …] on the CPU.
    ``view`` makes the picture of a photo's number, by default its centre view. ``progress`` is a
    message key; empty tells nothing.

    Raises:
        Cancelled: the user asked it to stop.
        PhotoError: a photo cannot be read and ``on_unreadable`` is None.
    """
    done: list[int] = []
    results = torch.empty(0)
    portions = batches(range(len(paths)), BATCH_SIZE)

    def centre(index: int) -> Image.Image:
        return how.preprocessing.centre_view(how.preprocessing.load(paths[index]))

    for batch in load_batches(portions, view or centre, on_unreadable=on_unreadable):
        ctx.check_cancelled()
        if batch.indices:
            inputs = how.preprocessing.normalise(batch.pixels.to(how.device))
            with torch.inference_mode(), autocast(how.device, how.precision):
                found = _in_portions(compute, inputs)
            if not done:
                # Filled in place: a list of parts and their sum would need twice the memory.
                results = torch.empty(len(paths), *found.shape[1:])
            results[len(done) : len(done) + len(found)] = found
            done.extend(batch.indices)
        if progress:
            ctx.progress(len(done), len(paths), progress)
    return done, results[: len(done)]


def _in_portions(compute: Callable[[Tensor], Tensor], inputs: Tensor) -> Tensor:
    """All results at once or, where the memory is full, of half the inputs and the other half."""
    try:
        return compute(inputs).float().cpu()
    except (RuntimeError, MemoryError) as error:
        if len(inputs) == 1 or not is_out_of_memory(error):
            raise
    free_cached_memory(inputs.device)
    return torch.cat([_in_portions(compute, half) for half in inputs.tensor_split(2)])


def probabilities(scores: Tensor) -> Tensor:
    """Probabilities [N, C] from scores [N, C], in float64 so that rows sum to one closely."""
    return torch.softmax(scores.double(), dim=-1)


def to_device(network: nn.Module, device: torch.device) -> nn.Module:
    """Move a network to a device in channels-last layout, which convolutions are fastest in."""
    # The utility and not `Module.to(memory_format=...)`, which torch's own types do not know.
    return convert_conv2d_weight_memory_format(network.to(device), torch.channels_last)
