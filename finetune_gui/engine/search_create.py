"""Making a search: what is asked for, written down with the photos that all trials share."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest
from finetune_gui.core.search_space import Dimension, searched
from finetune_gui.core.study import (
    UNUSED,
    Budget,
    Pruner,
    StudyFolder,
    StudySpec,
    data_version,
)
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine import starting_point
from finetune_gui.engine.search_story import read_story
from finetune_gui.engine.training import make_manifest


@dataclass(frozen=True)
class Asked:
    """What a new search is asked for; see `StudySpec`."""

    recipe: Recipe
    space: tuple[Dimension, ...]
    budget: Budget
    storage: str = ""
    pruner: Pruner = "auto"


def create(dataset: Dataset, asked: Asked, out: Path) -> StudyFolder:
    """A new study in the folder ``out``; nothing is trained yet.

    Raises:
        RecipeError: nothing may change, or a range is not possible.
        DatasetError: there are no photos to learn from or none to judge by.
        RunError: there is something in ``out`` already.
    """
    recipe = starting_point.pinned(asked.recipe)
    space = searched(asked.space)
    manifest = make_manifest(dataset, recipe)
    samples = tuple(
        replace(entry, split=UNUSED) if entry.split == "test" else entry
        for entry in manifest.samples
    )
    spec = StudySpec(
        dataset=str(dataset.source),
        data_version=data_version(manifest.samples),
        recipe=recipe,
        space=asked.space,
        budget=asked.budget,
        place=secrets.token_hex(8),
        name=_shared_name(dataset.name, manifest, recipe, space),
        storage=asked.storage,
        pruner=asked.pruner,
    )
    folder = StudyFolder(out)
    folder.create(spec, replace(manifest, samples=samples))
    return folder


def _shared_name(
    dataset: str, manifest: Manifest, recipe: Recipe, space: tuple[Dimension, ...]
) -> str:
    """The study's name in a storage: the same wherever the same is searched on the same photos.

    Times of files are left out: copies of the photos on other computers have their own.
    """
    photos = [[e.path, e.label, e.split, e.fingerprint.partition("-")[0]] for e in manifest.samples]
    found = [sorted(photos), recipe.model_dump(mode="json"), [vars(d) for d in space]]
    text = json.dumps(found, default=list).encode("utf-8", "surrogatepass")
    return f"{dataset[:60]} {hashlib.sha256(text).hexdigest()[:12]}"


def widened(folder: StudyFolder, spec: StudySpec, more: Budget) -> StudySpec:
    """The study with the budget ``more`` from now on, written down."""
    story = read_story(folder.path)
    trials = None if more.trials is None else len(story.own) + more.trials
    budget = Budget(trials, more.minutes, since=story.spent)
    wider = replace(spec, budget=budget)
    folder.write_spec(wider)
    folder.forget_uncompared()
    return wider
