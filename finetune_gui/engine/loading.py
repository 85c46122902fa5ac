"""Batches of photos, decoded and augmented by threads ahead of the device.

Threads and not processes: Pillow releases the interpreter while it decodes and resizes, nothing
has to be pickled, and a frozen Windows program starts none of itself. What a batch holds depends
on (seed, epoch) alone, never on how many threads work or who is first.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image

from finetune_gui.core.errors import PhotoError
from finetune_gui.engine.preprocessing import to_batch
from finetune_gui.engine.views import Stacked
from finetune_gui.engine.windows import Window

Seen = Image.Image | Window
View = Callable[[int], Seen]
Stack = Callable[[Sequence[Any]], Stacked]


@dataclass(frozen=True)
class Batch:
    """``pixels`` become uint8 [N, 3, H, W] by their ``to``; ``indices`` of the N samples."""

    indices: tuple[int, ...]
    pixels: Stacked


@dataclass(frozen=True)
class Unreadable:
    """A photo that could not be read when its turn came."""

    index: int
    error: PhotoError


def epoch_order(n: int, seed: int, epoch: int) -> list[int]:
    """The order in which ``n`` samples are seen in an epoch: a function of (seed, epoch)."""
    order: list[int] = np.random.default_rng((seed, epoch)).permutation(n).tolist()
    return order


def batches(order: Sequence[int], size: int, at_least: int = 2) -> list[list[int]]:
    """Cut an order into portions of ``size``; the last may be smaller, but not a single photo.

    One photo alone would make batch statistics undefined, so it joins the portion before, as does
    any rest of fewer than ``at_least``.
    """
    cut = [list(order[i : i + size]) for i in range(0, len(order), size)]
    if len(cut) > 1 and len(cut[-1]) < at_least:
        cut[-2].extend(cut.pop())
    return cut


def load_batches(
    portions: Sequence[Sequence[int]],
    view: View,
    *,
    stack: Stack = to_batch,
    on_unreadable: Callable[[Unreadable], None] | None = None,
    workers: int | None = None,
) -> Generator[Batch]:
    """Give the portions in order as batches, decoding up to two portions ahead.

    ``view`` makes the picture for a sample's index, in a thread; ``stack`` makes a batch of them,
    for which they must have one size where it does not say otherwise. Without
    ``on_unreadable`` the first unreadable photo ends the iteration with its `PhotoError`; with
    it, the photo is reported and left out (a batch may then be smaller or empty).
    """
    pool = ThreadPoolExecutor(workers or default_workers(), thread_name_prefix="photo-loader")
    waiting: deque[tuple[Sequence[int], list[Future[Seen]]]] = deque()
    upcoming = iter(portions)

    def submit_next() -> None:
        portion = next(upcoming, None)
        if portion is not None:
            waiting.append((portion, [pool.submit(view, index) for index in portion]))

    try:
        for _ in range(2):
            submit_next()
        while waiting:
            portion, futures = waiting.popleft()
            submit_next()
            yield _collect(portion, futures, stack, on_unreadable)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def default_workers() -> int:
    """Enough threads to keep a device fed without starving the one that computes."""
    return max(1, min(8, (os.cpu_count() or 2) // 2))


def _collect(
    portion: Sequence[int],
    futures: Sequence[Future[Seen]],
    stack: Stack,
    on_unreadable: Callable[[Unreadable], None] | None,
) -> Batch:
    indices: list[int] = []
    views: list[Seen] = []
    for index, future in zip(portion, futures, strict=True):
        try:
            views.append(future.result())
        except PhotoError as error:
            if on_unreadable is None:
                raise
            on_unreadable(Unreadable(index, error))
        else:
            indices.append(index)
    pixels = stack(views) if views else torch.empty((0, 3, 0, 0), dtype=torch.uint8)
    return Batch(tuple(indices), pixels)
