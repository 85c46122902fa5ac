"""What the stages of a run share, opened without running them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.dataset.samples import Dataset
from finetune_gui.engine import backbones, catalogue, network
from finetune_gui.engine.devices import choose_device
from finetune_gui.engine.inference import to_device
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.training import make_manifest
from finetune_gui.engine.weights_store import require_weights
from finetune_gui.engine.workspace import Workspace


@contextmanager
def open_workspace(
    dataset: Dataset, recipe: Recipe, path: Path, paths: AppPaths, ctx: JobContext
) -> Iterator[Workspace]:
    """The workspace of a new run in ``path``, with pretrained weights if the recipe wants them."""
    run = RunFolder.create(path, recipe)
    manifest = make_manifest(dataset, recipe)
    backbone = catalogue.find(recipe.model.backbone)
    torch.manual_seed(recipe.seed)
    places = WeightsPlaces.of(paths)
    weights = require_weights(backbone, places) if recipe.model.pretrained else None
    built = backbones.build(recipe.model, len(manifest.classes), weights)
    network.freeze(built, recipe.model.freeze, recipe.model.learning_stages)
    device = choose_device(recipe.train.device)
    with RunRecorder(run, ctx) as recorder:
        yield Workspace(
            run=run,
            recipe=recipe,
            manifest=manifest,
            device=device,
            preprocessing=backbones.preprocessing_for(recipe.model),
            network=to_device(built, device).eval(),
            recorder=recorder,
            ctx=ctx,
            measurements=(paths.measurements_file, "test"),
        )
