"""What a training tells of its health beside the losses: waiting for photos, and dead units.

Looking changes nothing: no random number is drawn and no weight is touched.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from finetune_gui.dataset import photo_cache
from finetune_gui.engine.feeding import Fed

FEWEST_HEARD = 32  # photos: that a unit says the same of fewer is often chance
_SAME = 1e-5  # values that differ by a smaller share are the same but for rounding


class Waiting:
    """How much of an epoch's training went by in waiting for photos, and how many were decoded."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """An epoch begins."""
        self._begun = time.monotonic()
        self._waited = self._spent = 0.0
        self._photos = 0
        self._decoded = _decoded_so_far()

    def timed(self, inputs: Iterator[Fed]) -> Iterator[Fed]:
        """The same inputs; what passes until each is there counts as waiting."""
        while True:
            asked = time.monotonic()
            fed = next(inputs, None)
            now = time.monotonic()
            self._waited += now - asked
            self._spent = now - self._begun
            if fed is None:
                return
            self._photos += len(fed[0])
            yield fed

    @property
    def share(self) -> float:
        """The part of the epoch's training, in [0, 1], in which there was nothing to compute."""
        return min(1.0, self._waited / self._spent) if self._spent > 0 else 0.0

    @property
    def decoded(self) -> float:
        """How many of the photos, as a part in [0, 1], were not found decoded in the cache."""
        before, now = self._decoded, _decoded_so_far()
        if before is None or now is None:
            return 1.0
        return min(1.0, (now - before) / max(1, self._photos))


def _decoded_so_far() -> int | None:
    """What the program's cache had to decode until now; None without a cache."""
    cache = photo_cache.shared()
    return None if cache is None else cache.decoded


class QuietUnits:
    """Which inputs of a head say nothing: zero, or the same value, for every photo.

    A ReLU whose weights went astray gives zero whatever it sees, and never recovers, since no
    gradient passes it (Lu et al. 2020, arXiv 1903.06733). What dropout hides is zero as well:
    only a unit that is zero for all photos counts, or has one value wherever it is not.
    """

    def __init__(self) -> None:
        self._photos = 0
        self._heard: tuple[Tensor, Tensor, Tensor] | None = None

    @contextmanager
    def listening(self, head: nn.Linear) -> Iterator[None]:
        """Take in what ``head`` is given meanwhile."""
        handle = head.register_forward_pre_hook(self._hear)
        try:
            yield
        finally:
            handle.remove()

    def _hear(self, _head: nn.Module, given: tuple[Any, ...]) -> None:
        with torch.no_grad():
            values = given[0].detach().float().flatten(0, -2)
            silent = values == 0
            said = (~silent).sum(0)
            low = values.masked_fill(silent, torch.inf).amin(0)
            high = values.masked_fill(silent, -torch.inf).amax(0)
        self._photos += len(values)
        if self._heard is not None:
            before_said, before_low, before_high = self._heard
            said = said + before_said
            low, high = torch.minimum(low, before_low), torch.maximum(high, before_high)
        self._heard = said, low, high

    @property
    def share(self) -> float:
        """The part of the units, in [0, 1]; 0 where too few photos were heard to tell."""
        if self._heard is None or self._photos < FEWEST_HEARD:
            return 0.0
        said, low, high = self._heard
        size = torch.maximum(low.abs(), high.abs())
        constant = (2 * said >= self._photos) & (high - low <= _SAME * size)
        return float(((said == 0) | constant).double().mean())
