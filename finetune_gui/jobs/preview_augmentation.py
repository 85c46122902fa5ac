"""Augmented versions of a photo, made by the code that training uses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.recipe import Recipe


@dataclass(frozen=True)
class Picture:
    """RGB pixels as bytes, row by row, without padding: ``3 * width * height`` of them."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True)
class Preview:
    """``original`` is what validation sees, ``versions`` what training draws."""

    original: Picture
    versions: tuple[Picture, ...]


@dataclass(frozen=True)
class PreviewAugmentation:
    """``count`` versions of ``photo``, as the epochs from ``first_epoch`` on will see it.

    ``index`` is the photo's number in the dataset: with the same recipe, the training draws
    exactly these pictures in these epochs.
    """

    photo: Path
    recipe: Recipe
    index: int
    count: int
    first_epoch: int = 1
    lane: Lane = Lane.READ
    title: str = "augment-job"

    def run(self, ctx: JobContext) -> Preview:
        """The pictures; raises `PhotoError` when the photo cannot be read."""
        from finetune_gui.engine.augmentation import drawn_epoch
        from finetune_gui.engine.backbones import preprocessing_for
        from finetune_gui.engine.views import Augmenter, way_for

        preprocessing = preprocessing_for(self.recipe.model)
        way = way_for(self.recipe.train.device)
        augmenter = Augmenter(self.recipe.augment, preprocessing, way)
        versions = []
        for epoch in range(self.first_epoch, self.first_epoch + self.count):
            ctx.check_cancelled()
            key = (self.recipe.seed, drawn_epoch(self.recipe, epoch), self.index)
            versions += augmenter.pictures(self.photo, [key])
        original = preprocessing.centre_view(preprocessing.load(self.photo))
        return Preview(_picture(original), tuple(_picture(version) for version in versions))


def _picture(view: Image.Image) -> Picture:
    return Picture(view.width, view.height, view.tobytes())
