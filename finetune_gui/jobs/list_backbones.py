"""The backbones on offer and whether their weights are at hand."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Adapter, Freeze, Head, Pooling
from finetune_gui.core.weights_places import WeightsPlaces

if TYPE_CHECKING:
    from finetune_gui.engine.catalogue import Backbone


@dataclass(frozen=True)
class BackboneStatus:
    """One backbone; ``weights`` is where its weights lie, or None when they are not at hand.

    ``download_url`` is where they can be fetched and ``folder`` where they belong. ``speed`` is how
    many photos a second this computer looks at with it, 0 where that was never measured.
    """

    backbone: Backbone
    weights: str | None
    download_url: str
    folder: str
    speed: float = 0.0


@dataclass(frozen=True)
class ListBackbones:
    """The recommended backbones, the embedded ones first, or all there are (``everything``).

    ``also`` names one that is listed too; a name that nothing has is left out.
    """

    paths: AppPaths
    everything: bool = False
    also: str = ""
    lane: Lane = Lane.READ
    title: str = "model-job-list"

    def run(self, ctx: JobContext) -> tuple[BackboneStatus, ...]:
        """Look at the weights folder; downloads nothing."""
        from finetune_gui.engine.catalogue import CATALOGUE, everything, find
        from finetune_gui.engine.estimate import known_speeds
        from finetune_gui.engine.weights_store import download_url, local_weights

        wanted = list(everything() if self.everything else CATALOGUE)
        if self.also and self.also not in {backbone.name for backbone in wanted}:
            with contextlib.suppress(UserError):
                wanted.append(find(self.also))
        places = WeightsPlaces.of(self.paths)
        speeds = known_speeds(self.paths)
        found = []
        for backbone in wanted:
            ctx.check_cancelled()
            weights = local_weights(backbone, places)
            found.append(
                BackboneStatus(
                    backbone,
                    None if weights is None else str(weights),
                    "" if backbone.embedded else download_url(backbone, places),
                    str(self.paths.weights),
                    speeds.get((backbone.name, backbone.input_size), 0.0),
                )
            )
        return tuple(found)


@dataclass(frozen=True)
class FetchWeights:
    """Download the weights of a backbone; tells the bytes done as progress."""

    name: str
    paths: AppPaths
    lane: Lane = Lane.DOWNLOAD
    title: str = "model-job-fetch"

    def run(self, ctx: JobContext) -> str:
        """The path of the file; raises `WeightsError` where there is no network."""
        from finetune_gui.engine.catalogue import find
        from finetune_gui.engine.weights_store import fetch

        return str(fetch(find(self.name), WeightsPlaces.of(self.paths), ctx))


@dataclass(frozen=True)
class CountParameters:
    """How many parameters a network has and how many of them learn, as the recipe sets it."""

    backbone: str
    freeze: Freeze
    input_size: int
    n_classes: int
    learning_stages: str = ""
    head: Head = "linear"
    pooling: Pooling = "own"
    adapter: Adapter = "none"
    lora_rank: int = 8
    lane: Lane = Lane.READ
    title: str = "model-job-count"

    def run(self, ctx: JobContext) -> tuple[int, int]:
        """(all, learning); raises `UserError` where the network cannot be built like this."""
        import torch

        from finetune_gui.core.recipe import ModelRecipe
        from finetune_gui.engine import backbones, network

        ctx.check_cancelled()
        wanted = ModelRecipe(
            backbone=self.backbone,
            freeze=self.freeze,
            learning_stages=self.learning_stages,
            input_size=self.input_size,
            head=self.head,
            pooling=self.pooling,
            adapter=self.adapter,
            lora_rank=self.lora_rank,
        )
        with torch.device("meta"):  # shapes without memory
            built = backbones.build(wanted, self.n_classes, None)
        network.freeze(built, wanted.freeze, wanted.learning_stages)
        return network.count_parameters(built)
