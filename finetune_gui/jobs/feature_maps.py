"""What each stage of a network makes of one photo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.jobs.preview_augmentation import Picture

if TYPE_CHECKING:
    from finetune_gui.engine.feature_maps import Pictures

_CLASSES = 2  # the head makes no maps: any number does


@dataclass(frozen=True)
class PhotoInside:
    """``photo`` as the network sees it and, by stage, maps of its strongest channels [K, h, w].

    ``filters`` [N, h, w, 3] are those of the first convolution, None where it sees no colours.
    ``pretrained``: whether the weights were at hand; else they are random.
    """

    photo: Picture
    maps: dict[str, Pictures]
    filters: Pictures | None
    pretrained: bool


@dataclass(frozen=True)
class FeatureMaps:
    """Pass ``photo`` through the network of ``recipe``, as training finds it at its start.

    It shares the lane of training: building a network draws from torch's random numbers.
    """

    photo: Path
    recipe: Recipe
    paths: AppPaths
    count: int = 16
    lane: Lane = Lane.COMPUTE
    title: str = "model-job-maps"

    def run(self, ctx: JobContext) -> PhotoInside:
        """Raises `PhotoError`, `WeightsError`, or `UserError` for an unknown backbone."""
        import torch

        from finetune_gui.engine import backbones, starting_point
        from finetune_gui.engine.catalogue import find
        from finetune_gui.engine.feature_maps import feature_maps, first_filters
        from finetune_gui.engine.preprocessing import to_batch
        from finetune_gui.engine.weights_store import local_weights

        model = self.recipe.model
        preprocessing = starting_point.preprocessing_for(model)
        view = preprocessing.centre_view(preprocessing.load(self.photo))
        ctx.check_cancelled()
        weights = starting_point.chosen_weights(model) if model.pretrained else None
        if model.needs_published:
            weights = local_weights(find(model.backbone), WeightsPlaces.of(self.paths))
        torch.manual_seed(self.recipe.seed)
        network = backbones.build(model, _CLASSES, weights)
        ctx.check_cancelled()
        maps = feature_maps(network, preprocessing.normalise(to_batch([view])), self.count)
        return PhotoInside(
            Picture(view.width, view.height, view.tobytes()),
            maps,
            first_filters(network),
            weights is not None,
        )
