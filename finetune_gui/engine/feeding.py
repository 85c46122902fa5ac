"""Inputs on the device: the next ones made ready while it computes with those before."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from finetune_gui.core.errors import UserError
from finetune_gui.engine.loading import Batch
from finetune_gui.engine.step import free_cached_memory, is_out_of_memory
from finetune_gui.engine.views import Stacked

cuda: Any = torch.cuda  # its streams have no type hints

Make = Callable[[Stacked], Tensor]
Fed = tuple[tuple[int, ...], Tensor]


@dataclass(frozen=True)
class _Made:
    indices: tuple[int, ...]
    inputs: Tensor
    fits: bool
    done: torch.cuda.Event | None


class Feeder:
    """Makes the inputs of batches, for `Source.inputs`.

    ``ahead``: in a thread, and on a stream of its own, one batch before it is asked for. By
    default on CUDA: a CPU that trains has nothing to spare.

    Where the device's memory is full they are made of half as many photos at once, and stay in
    the computer's memory as a whole; ``on_full`` is told how many did not fit together.
    """

    def __init__(self, device: torch.device, *, ahead: bool | None = None) -> None:
        self._device = device
        self._ahead = device.type == "cuda" if ahead is None else ahead
        self._stream = cuda.Stream(device) if device.type == "cuda" else None
        self._room = math.inf  # of so many photos together the inputs are tried

    def feed(
        self, batches: Generator[Batch], make: Make, on_full: Callable[[int], None]
    ) -> Generator[Fed]:
        """The batches in order, with the inputs that ``make`` makes on the device.

        Raises:
            PhotoError: a photo cannot be read.
            UserError: the memory is too small for a single photo.
        """
        made = self._made_ahead(batches, make) if self._ahead else self._made(batches, make)
        try:
            for one in made:
                if not one.fits:
                    on_full(len(one.indices))
                yield one.indices, self._usable_now(one)
        finally:
            made.close()
            batches.close()

    def _made(self, batches: Iterator[Batch], make: Make) -> Generator[_Made]:
        for batch in batches:
            yield self._make(batch, make)

    def _made_ahead(self, batches: Iterator[Batch], make: Make) -> Generator[_Made]:
        def make_next() -> _Made | None:
            with self._on_stream():
                batch = next(batches, None)
                return None if batch is None else self._make(batch, make)

        with ThreadPoolExecutor(1, thread_name_prefix="photo-feeder") as pool:
            coming = pool.submit(make_next)
            while (made := coming.result()) is not None:
                coming = pool.submit(make_next)
                yield made

    def _make(self, batch: Batch, make: Make) -> _Made:
        inputs, fits = self._fitted(batch.pixels, make)
        done = None if self._stream is None else self._stream.record_event()
        return _Made(batch.indices, inputs, fits, done)

    def _fitted(self, pixels: Stacked, make: Make) -> tuple[Tensor, bool]:
        """The inputs of all, and whether the device has room for them together."""
        n = len(pixels)
        if n <= self._room:
            try:
                return make(pixels), True
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if n == 1:
                    raise UserError("error-out-of-memory") from error
            # Outside of the handler: its traceback would keep the tensors alive.
            self._room = (n + 1) // 2
            free_cached_memory(self._device)
        halves = pixels[: (n + 1) // 2], pixels[(n + 1) // 2 :]
        return torch.cat([self._fitted(half, make)[0].cpu() for half in halves]), False

    def _on_stream(self) -> AbstractContextManager[object]:
        return nullcontext() if self._stream is None else torch.cuda.stream(self._stream)

    def _usable_now(self, made: _Made) -> Tensor:
        """The inputs; what is computed from now on waits for them to be there."""
        if made.done is not None:
            present = torch.cuda.current_stream(self._device)
            present.wait_event(made.done)
            if made.inputs.is_cuda:
                made.inputs.record_stream(present)
        return made.inputs
