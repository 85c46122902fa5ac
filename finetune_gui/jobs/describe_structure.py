"""What the network of a recipe is made of, what of it learns, and the memory that this needs."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_gui.core.errors import RecipeError, UserError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe

if TYPE_CHECKING:
    from finetune_gui.engine.structure import Structure


@dataclass(frozen=True)
class Described:
    """A structure with what learns in it. ``memory`` is what training takes, in bytes.

    ``presets``: the stages that learn by each way to freeze but "custom". ``problem`` is set where
    the recipe names stages that are not there; then only the head is shown to learn.
    """

    structure: Structure
    memory: int
    presets: dict[str, tuple[str, ...]]
    problem: UserError | None


@dataclass(frozen=True)
class DescribeStructure:
    """Look into the network of ``recipe`` for ``n_classes`` classes; needs no weights."""

    recipe: Recipe
    n_classes: int
    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "model-job-structure"

    def run(self, ctx: JobContext) -> Described:
        """Raises `UserError` for an unknown backbone or an input size that does not fit."""
        from finetune_gui.engine import network as nets
        from finetune_gui.engine.memory import training_memory
        from finetune_gui.engine.structure import blueprint, with_learning

        model = self.recipe.model
        ctx.check_cancelled()
        network, plain = blueprint(model.backbone, self.n_classes, model.input_size)
        ctx.check_cancelled()
        problem = None
        try:
            nets.freeze(network, model.freeze, model.learning_stages)
        except RecipeError as error:
            problem = error
            nets.freeze(network, "backbone")
        structure = with_learning(plain, network, self.recipe.optim)
        ctx.check_cancelled()
        memory = training_memory(network, self.recipe, structure.input_size, self._precision())
        return Described(structure, memory.total, _presets(structure), problem)

    def _precision(self) -> str:
        """The arithmetic of training, if it is known: that of a trial, else the long one."""
        from finetune_gui.engine.estimate import measured_in
        from finetune_gui.engine.preflight import known_setup

        train = self.recipe.train
        if train.precision != "auto":
            return train.precision
        with contextlib.suppress(UserError):  # a device that is not here
            setup = known_setup(train, measured_in(self.recipe, self.paths))
            if setup is not None:
                return setup.training
        return "float32"


def _presets(structure: Structure) -> dict[str, tuple[str, ...]]:
    from finetune_gui.core.recipe import FREEZE_PRESETS
    from finetune_gui.engine.network import learning_stages_of

    names = [stage.name for stage in structure.stages if stage.role != "head"]
    return {what: tuple(learning_stages_of(names, what)) for what in FREEZE_PRESETS}
