"""What earlier searches on the same photos found out, for a new one to begin with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from optuna.trial import FrozenTrial, create_trial

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import with_values
from finetune_gui.core.search_space import values_in
from finetune_gui.core.study import StudyFolder, StudySpec, list_studies
from finetune_gui.engine.search_storage import distributions
from finetune_gui.engine.search_story import read_story


def trials_from_earlier(folder: StudyFolder, spec: StudySpec) -> Iterator[FrozenTrial]:
    """Complete trials of searches on the same photos, where all that is fixed now was the same."""
    for other in list_studies(folder.path.parent):
        if other.path == folder.path:
            continue
        with contextlib.suppress(UserError, OSError):  # one that cannot be read teaches nothing
            earlier = other.read_spec()
            if earlier.data_version == spec.data_version and not earlier.storage:
                yield from _comparable(other, spec)


def _comparable(other: StudyFolder, spec: StudySpec) -> Iterator[FrozenTrial]:
    story = read_story(other.path, importance=False)
    for row in story.own:
        if row.state != "complete" or row.score is None:
            continue
        recipe = story.recipe_of(row)
        if with_values(recipe, _base_values(spec)) != spec.recipe:
            continue
        params = values_in(recipe, spec.searched)
        if not all(d.contains(params[d.key]) for d in spec.searched):
            continue
        yield create_trial(
            value=row.score,
            params=params,
            distributions=distributions(spec.searched),
            user_attrs={
                "study": other.path.name,
                "values": params,
                "accuracy": row.accuracy,
                "loss": row.loss,
                "seconds": row.seconds,
            },
        )


def _base_values(spec: StudySpec) -> dict[str, Any]:
    """The present recipe's values in the searched fields, augmentation with all that it sets."""
    values: dict[str, Any] = dict(values_in(spec.recipe, spec.searched))
    if "augment.preset" in values:
        values |= {f"augment.{k}": v for k, v in spec.recipe.augment.model_dump().items()}
    return values
