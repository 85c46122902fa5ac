"""Processes that train one run together: as ``torchrun`` or ``accelerate launch`` start them.

Each works on its share of every batch and adds up gradients with the others, so all hold the same
weights and go the same way; alone, the same code runs with a team of one. Only the first process
writes into the run folder, listens to the user and tells what happens.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.run_folder import RunFolder

T = TypeVar("T")


class Team:
    """A team of one: everything is its own sum, and what the first one has.

    ``rank`` counts from 0; ``size`` is the number of processes. ``device`` is what this one is
    given to compute on, None where the recipe decides.
    """

    rank = 0
    size = 1
    device: torch.device | None = None

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes and tells."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """This one's part of what all work on."""
        return items[self.rank :: self.size] if self.size > 1 else items

    def sum(self, values: Tensor) -> Tensor:
        """The sum over all of tensors of the same shape."""
        return values

    def of_first(self, make: Callable[[], T]) -> T:
        """What the first one makes; the others wait for it."""
        return make()

    def gather(self, thing: T) -> list[T]:
        """What each has, in order of their ranks; waits for all."""
        return [thing]

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give every parameter that learns the sum of its gradients over all."""

    def align(self, network: nn.Module) -> None:
        """Give all the weights and buffers of the first one's network."""


class _Accelerated(Team):
    """The processes that ``accelerate`` finds."""

    def __init__(self, state: Any, tools: Any) -> None:
        self._tools = tools
        self.rank = state.process_index
        self.size = state.num_processes
        self.device = state.device

    def sum(self, values: Tensor) -> Tensor:
        total: Tensor = self._tools.reduce(values.to(self.device), "sum")
        return total.to(values.device)

    def of_first(self, make: Callable[[], T]) -> T:
        carried: list[Any] = [make() if self.is_first else None]
        self._tools.broadcast_object_list(carried, from_process=0)
        made: T = carried[0]
        return made

    def gather(self, thing: T) -> list[T]:
        found: list[T] = self._tools.gather_object([thing])
        return found

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        # In one piece: a message for each of hundreds of tensors would cost more than the sum.
        learning = [p for p in parameters if p.requires_grad]
        gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in learning]
        flat = self.sum(torch.cat([g.flatten() for g in gradients]))
        sizes = [p.numel() for p in learning]
        for parameter, part in zip(learning, torch.split(flat, sizes), strict=True):
            parameter.grad = part.view(parameter.shape).clone(memory_format=torch.preserve_format)

    def align(self, network: nn.Module) -> None:
        with torch.no_grad():
            for tensor in network.state_dict().values():
                tensor.copy_(self._tools.broadcast(tensor.contiguous(), from_process=0))


@contextmanager
def team_of_process(*, cpu: bool) -> Iterator[Team]:
    """The team that this process was started in, by the environment that ``torchrun`` sets.

    ``cpu``: nothing else is to be computed on.

    Raises:
        UserError: there are several processes, but accelerate is not installed.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Team()
        return
    try:
        accelerate = importlib.import_module("accelerate")
        tools = importlib.import_module("accelerate.utils")
    except ImportError as error:
        raise UserError("error-no-accelerate") from error
    state = accelerate.PartialState(cpu=cpu)
    try:
        yield _Accelerated(state, tools)
    finally:
        state.destroy_process_group()


@contextmanager
def folder_of_its_own(run: RunFolder) -> Iterator[RunFolder]:
    """A copy of a run for one that is not the first: thrown away with all it writes there."""
    with tempfile.TemporaryDirectory(prefix="finetune-gui-", ignore_cleanup_errors=True) as name:
        copy = Path(name) / run.name
        ignored = shutil.ignore_patterns("*.lock", "*.partial", "*.jsonl", "*.txt")
        shutil.copytree(run.path, copy, ignore=ignored)
        yield RunFolder.open(copy)
