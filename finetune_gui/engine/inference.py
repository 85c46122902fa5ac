"""Passes without gradients: what validation, evaluation and prediction share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn.utils import convert_conv2d_weight_memory_format

from finetune_gui.core.job import JobContext
from finetune_gui.engine.devices import copies_behind
from finetune_gui.engine.loading import Batch, Stack, Unreadable, View, batches, load_batches
from finetune_gui.engine.precision import autocast
from finetune_gui.engine.preprocessing import Preprocessing, to_batch
from finetune_gui.engine.runtimes import OpenVino
from finetune_gui.engine.step import free_cached_memory, is_out_of_memory
from finetune_gui.engine.team import Team
from finetune_gui.engine.views import Stacked

BATCH_SIZE = 32

# What computes results [N, …]: torch, of the network's inputs; or OpenVINO, of pixels [N, H, W, 3].
Compute = Callable[[Tensor], Tensor] | OpenVino


@dataclass(frozen=True)
class How:
    """What a pass works with; ``precision`` is a name in `precision.DTYPES`."""

    preprocessing: Preprocessing
    device: torch.device
    precision: str
    channels_last: bool = True
    team: Team = field(default_factory=Team)

    @property
    def stack(self) -> Stack:
        """Makes a batch of pictures of one size."""
        return partial(to_batch, pin=copies_behind(self.device))

    def inputs(self, pixels: Stacked) -> Tensor:
        """What the network is given for uint8 pixels, both [N, 3, H, W]."""
        moved = pixels.to(self.device, non_blocking=copies_behind(self.device))
        normalised = self.preprocessing.normalise(moved)
        return lay_out(normalised, channels_last=self.channels_last)


def infer(
    compute: Compute,
    paths: Sequence[Path],
    how: How,
    ctx: JobContext,
    *,
    view: View | None = None,
    stack: Stack | None = None,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    progress: str = "",
) -> tuple[list[int], Tensor]:
    """Run ``compute`` over the photos at ``paths``, without gradients.

    Returns the indices that were read, in order, and the float32 results [N, …] on the CPU.
    ``view`` makes the picture of a photo's number, by default its centre view, and ``stack`` a
    batch of them. ``progress`` is a message key; empty tells nothing. In a team each process does
    a share, and all have the whole.

    Raises:
        Cancelled: the user asked it to stop.
        PhotoError: a photo cannot be read and ``on_unreadable`` is None.
    """

    def centre(index: int) -> Image.Image:
        return how.preprocessing.centre_view(how.preprocessing.load(paths[index]))

    def load(share: Sequence[int], tell: Callable[[Unreadable], None]) -> Iterator[Batch]:
        portions = batches(share, BATCH_SIZE)
        see, pile = view or centre, stack or how.stack
        return load_batches(portions, see, stack=pile, on_unreadable=tell)

    share = how.team.share(range(len(paths)))
    if how.team.size == 1:
        loaded = load(share, on_unreadable or _raise)
        return _infer_share(compute, len(share), loaded, how, ctx, progress)
    unreadable: list[Unreadable] = []
    loaded = load(share, unreadable.append)
    part = _infer_share(compute, len(share), loaded, how, ctx, progress)
    for found in sorted(chain(*how.team.gather(unreadable)), key=lambda u: u.index):
        (on_unreadable or _raise)(found)
    return _merged(how.team.gather(part))


def _infer_share(
    compute: Compute,
    n: int,
    loaded: Iterator[Batch],
    how: How,
    ctx: JobContext,
    progress: str,
) -> tuple[list[int], Tensor]:
    results = _Results(n)
    try:
        for batch in loaded:
            ctx.check_cancelled()
            if batch.indices:
                results.expect(batch.indices, start(compute, batch.pixels, how))
            # What computes by itself goes on with this batch while the next one is read.
            results.take(all_but=1 if isinstance(compute, OpenVino) else 0)
            if progress:
                ctx.progress(len(results.indices), n, progress)
        waited_for = results.take()
        if progress and waited_for:
            ctx.progress(len(results.indices), n, progress)
    finally:
        if isinstance(compute, OpenVino):
            compute.drain()
    return results.indices, results.values[: len(results.indices)]


class _Results:
    """The results of one pass, [n, …], in the order in which their batches were begun."""

    def __init__(self, n: int) -> None:
        self.indices: list[int] = []
        self.values = torch.empty(0)
        self._n = n
        self._expected: deque[tuple[Sequence[int], Callable[[], Tensor]]] = deque()

    def expect(self, indices: Sequence[int], wait: Callable[[], Tensor]) -> None:
        """A batch was begun; ``wait`` gives its results."""
        self._expected.append((indices, wait))

    def take(self, all_but: int = 0) -> int:
        """Wait for what was begun, except the last few batches; returns how many it waited for."""
        waiting = max(0, len(self._expected) - all_but)
        for _ in range(waiting):
            indices, wait = self._expected.popleft()
            found, done = wait(), len(self.indices)
            if not done:
                # Filled in place: a list of parts and their sum would need twice the memory.
                self.values = torch.empty(self._n, *found.shape[1:])
            self.values[done : done + len(found)] = found
            self.indices.extend(indices)
        return waiting


def start(compute: Compute, pixels: Stacked, how: How) -> Callable[[], Tensor]:
    """Begin with pixels [N, 3, H, W]; what waits for the end. In torch that is now."""
    if isinstance(compute, OpenVino):
        return compute.start(pixels.to(torch.device("cpu")).permute(0, 2, 3, 1))
    with torch.inference_mode(), autocast(how.device, how.precision):
        found = _in_portions(compute, pixels, how)
    return lambda: found


def _raise(unreadable: Unreadable) -> None:
    raise unreadable.error


def _merged(parts: Sequence[tuple[list[int], Tensor]]) -> tuple[list[int], Tensor]:
    """The shares of all in the order of their photos."""
    indices = [index for done, _ in parts for index in done]
    order = sorted(range(len(indices)), key=indices.__getitem__)
    found = [results for done, results in parts if done]
    return sorted(indices), torch.cat(found)[order] if found else torch.empty(0)


def _in_portions(compute: Callable[[Tensor], Tensor], pixels: Stacked, how: How) -> Tensor:
    """All results at once or, where the memory is full, of half the photos and the other half."""
    try:
        return compute(how.inputs(pixels)).float().cpu()
    except (RuntimeError, MemoryError) as error:
        if len(pixels) == 1 or not is_out_of_memory(error):
            raise
    free_cached_memory(how.device)
    half = (len(pixels) + 1) // 2
    return torch.cat([_in_portions(compute, p, how) for p in (pixels[:half], pixels[half:])])


def probabilities(scores: Tensor) -> Tensor:
    """Probabilities [N, C] from scores [N, C], in float64 so that rows sum to one closely."""
    return torch.softmax(scores.double(), dim=-1)


def to_device(network: nn.Module, device: torch.device, *, channels_last: bool = True) -> nn.Module:
    """Move a network to a device, in the layout that convolutions are mostly fastest in."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    # The utility and not `Module.to(memory_format=...)`, which torch's own types do not know.
    return convert_conv2d_weight_memory_format(network.to(device), layout)


def lay_out(inputs: Tensor, *, channels_last: bool) -> Tensor:
    """Inputs [N, 3, H, W] in the layout of the network: convolutions take that of their input."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    return inputs.contiguous(memory_format=layout)
