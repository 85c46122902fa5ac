"""Ways out that several findings offer."""

from __future__ import annotations

from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Remedy
from finetune_gui.core.recipe import MOST_HELD_BACK

_STRONGER = {"none": "medium", "light": "medium", "medium": "strong"}
_LEAST_VALIDATION, _MOST_VALIDATION = 0.2, 0.5


def augment_more(facts: Facts) -> list[Remedy]:
    """The next stronger preset; nothing where there is none."""
    augment = facts.recipe.augment
    preset = _STRONGER.get(augment.preset if augment.changes_anything else "none")
    return [Remedy("coach-remedy-augment", {"augment.preset": preset})] if preset else []


def validate_more(facts: Facts) -> list[Remedy]:
    """Twice as many validation photos, as far as enough are left to learn from."""
    data = facts.recipe.data
    most = min(_MOST_VALIDATION, MOST_HELD_BACK - data.test_fraction)
    fraction = round(min(most, max(_LEAST_VALIDATION, 2 * data.validation_fraction)), 2)
    if fraction <= data.validation_fraction:
        return []
    return [Remedy("coach-remedy-larger-validation", {"data.validation_fraction": fraction})]
