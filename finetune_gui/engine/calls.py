"""Watches a network work: which module gives what, and to which stage that belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from finetune_gui.engine.network import named_groups, stages_of


@dataclass(frozen=True)
class Call:
    """One module that has just worked. ``given`` and ``output`` are its first tensors, if any.

    ``stage`` is the stage that the module belongs to; None for what holds several of them.
    """

    path: str
    module: nn.Module
    stage: str | None
    given: Tensor | None
    output: Tensor | None


@contextmanager
def watched(network: nn.Module, tell: Callable[[Call], None]) -> Iterator[None]:
    """Tell of every module that works meanwhile, inner ones before those that hold them."""
    finder = _StageFinder(network)

    def hook(path: str, module: nn.Module, given: Any, output: Any) -> None:
        made = first_tensor(output)
        tell(Call(path, module, finder.find(path, made), first_tensor(given), made))

    named = [(path, module) for path, module in network.named_modules() if path]
    handles = [m.register_forward_hook(partial(hook, path)) for path, m in named]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def first_tensor(values: object) -> Tensor | None:
    """The first tensor of what a module was given or gave; some give lists of them."""
    if isinstance(values, Tensor):
        return values
    if isinstance(values, Sequence) and not isinstance(values, str):
        return next((t for t in map(first_tensor, values) if t is not None), None)
    return None


def blank_photos(network: nn.Module, input_size: int, n: int = 1) -> Tensor:
    """Black photos [N, 3, H, W], H = W = ``input_size`` pixels, where the network is."""
    device = next(network.parameters()).device
    return torch.zeros(n, 3, input_size, input_size, device=device)


def is_flat(output: Tensor) -> bool:
    """Whether nothing is left of where in the photo something was."""
    return output.ndim < 3 or output.shape[2:] == (1, 1)


class _StageFinder:
    """Says which stage a module belongs to, as the modules work one after the other.

    What has parameters, or stands inside of what has, belongs to the stage of these. What stands
    between the stages (an activation, a pool) belongs to the one that has just worked; once it
    has made one vector of the photo, to the head.
    """

    def __init__(self, network: nn.Module) -> None:
        groups = named_groups(network)
        self._head = next(name for name in groups if name not in stages_of(network))
        of = {name: stage for stage, names in groups.items() for name in names}
        inside = {path: {of[n] for n in _below(path, of)} for path, _ in network.named_modules()}
        self._spanning = {path for path, stages in inside.items() if len(stages) > 1}
        self._fixed = {path: min(stages) for path, stages in inside.items() if len(stages) == 1}
        self._last = next(iter(groups))

    def find(self, path: str, output: Tensor | None) -> str | None:
        if path in self._spanning:
            return None
        fixed = self._fixed_at(path)
        if fixed is not None:
            self._last = fixed
        elif output is not None and is_flat(output):
            self._last = self._head
        return self._last

    def _fixed_at(self, path: str) -> str | None:
        while path and path not in self._spanning:
            if path in self._fixed:
                return self._fixed[path]
            path = path.rpartition(".")[0]
        return None


def _below(path: str, names: dict[str, str]) -> Iterator[str]:
    return (name for name in names if not path or name.startswith(f"{path}."))
