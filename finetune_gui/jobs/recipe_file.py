"""Read and write a recipe file that the user chose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core import recipe
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.recipe import Recipe


@dataclass(frozen=True)
class ReadRecipe:
    """Read the recipe at ``path`` (TOML)."""

    path: Path
    lane: Lane = Lane.READ
    title: str = "train-job-read-recipe"

    def run(self, ctx: JobContext) -> Recipe:
        """The recipe; raises `RecipeError` when the file is none, or `OSError`."""
        ctx.check_cancelled()
        return recipe.load(self.path)


@dataclass(frozen=True)
class WriteRecipe:
    """Write ``recipe`` to ``path``, complete, so that it gives the same run anywhere."""

    recipe: Recipe
    path: Path
    lane: Lane = Lane.READ
    title: str = "train-job-save-recipe"

    def run(self, ctx: JobContext) -> Path:
        """The file, whole; raises `OSError` when it cannot be written."""
        ctx.check_cancelled()
        recipe.save(self.recipe, self.path)
        return self.path
