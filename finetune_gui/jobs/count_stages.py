"""How many stages of a backbone may learn: what the timeline of unfreezing is drawn of."""

from __future__ import annotations

from dataclasses import dataclass

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.recipe import ModelRecipe


@dataclass(frozen=True)
class CountStages:
    """How many stages of the network the recipe lets learn, the head not counted."""

    model: ModelRecipe
    lane: Lane = Lane.READ
    title: str = "model-job-count"

    def run(self, ctx: JobContext) -> int:
        """Raises `UserError` where the network cannot be built as the recipe asks."""
        import torch

        from finetune_gui.engine import backbones, network
        from finetune_gui.engine.stages import open_to_learn

        ctx.check_cancelled()
        with torch.device("meta"):  # shapes without memory
            built = backbones.build(self.model, 2, None)
        network.freeze(built, self.model.freeze, self.model.learning_stages)
        return len(open_to_learn(built))
