"""Which parts of a network learn in which epochs, as the recipe's schedule asks for it.

Stages are counted from the head backwards: stage 1 is the last one of the backbone. Opening them
one after the other keeps the early layers from being moved by a head that knows nothing yet
(Howard and Ruder 2018, "gradual unfreezing").
"""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.recipe import Recipe, ScheduleRecipe


@dataclass(frozen=True)
class Phase:
    """Epochs ``first`` to ``last`` (from 1), in which stages 1 to ``stages`` may learn.

    ``opened`` of them are new in it. With 0 stages the head learns alone.
    """

    first: int
    last: int
    stages: int
    opened: int

    @property
    def new(self) -> range:
        """The numbers of the stages that begin to learn."""
        return range(self.stages - self.opened + 1, self.stages + 1)


def phases(epochs: int, schedule: ScheduleRecipe, stages: int) -> tuple[Phase, ...]:
    """The phases of a run of ``epochs``, of a network of which ``stages`` may learn at all.

    Together they hold every epoch once; those that would begin after the last one are left out.
    """
    begins = [(1, 0)] if schedule.head_epochs or not stages else []
    first = schedule.head_epochs + 1
    if stages and not schedule.stage_epochs:
        begins.append((first, stages))
    elif stages:
        begins += [(first + n * schedule.stage_epochs, n + 1) for n in range(stages)]
    begins = [begin for begin in begins if begin[0] <= max(1, epochs)]
    lasts = [begin - 1 for begin, _ in begins[1:]] + [epochs]
    before = [0, *(open_ for _, open_ in begins)]
    return tuple(
        Phase(begin, last, open_, open_ - already)
        for (begin, open_), last, already in zip(begins, lasts, before, strict=False)
    )


def head_learns_alone(recipe: Recipe, epoch: int) -> bool:
    """Whether nothing of the backbone learns in ``epoch`` (from 1)."""
    return recipe.model.only_head_learns or epoch <= recipe.schedule.head_epochs
