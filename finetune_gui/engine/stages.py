"""Opens the stages of a network one after the other, within what the recipe lets learn at all."""

from __future__ import annotations

from collections.abc import Collection

from torch import nn

from finetune_gui.core.recipe import Recipe
from finetune_gui.core.timeline import Phase, phases
from finetune_gui.engine.network import head_names, stage_parameters


def open_to_learn(network: nn.Module) -> list[list[str]]:
    """The names of all parameters but the head's that learn now, by stage, from the head backwards.

    What stands in one group with the head (a last norm) goes with the last stage.
    """
    head = head_names(network)
    learning = {name for name, p in network.named_parameters() if p.requires_grad} - head
    found: list[list[str]] = []
    behind: list[str] = []
    for group in reversed(stage_parameters(network)):
        names = [name for name in group if name in learning]
        if head.intersection(group):
            behind += names
        elif names:
            found.append(names)
    if behind:
        found[:1] = [behind + (found[0] if found else [])]
    return found


class Stages:
    """The stages of a network that may learn, and when each of them begins to.

    What may learn is what learns when this is made; see `finetune_gui.engine.network.freeze`.
    """

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        self._network = network
        self._stages = open_to_learn(network)
        self._head = head_names(network)
        self._phases = phases(recipe.train.epochs, recipe.schedule, len(self._stages))

    def phase(self, epoch: int) -> Phase:
        """The phase of an epoch from 1; the last one for those behind the end."""
        return next((p for p in self._phases if epoch <= p.last), self._phases[-1])

    def is_last(self, phase: Phase) -> bool:
        """Whether nothing more is opened after it."""
        return phase == self._phases[-1]

    def open(self, phase: Phase, but: Collection[int]) -> None:
        """Let learn what learns in ``phase``, except the stages of the numbers ``but``."""
        numbers = [n for n in range(1, phase.stages + 1) if n not in but]
        learning = self._head.union(*(self._stages[n - 1] for n in numbers))
        for name, parameter in self._network.named_parameters():
            parameter.requires_grad_(name in learning)
