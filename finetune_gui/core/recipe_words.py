"""The values of a recipe in words, in the language now set: for the form, the coach and reports."""

from __future__ import annotations

import re
from dataclasses import dataclass

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import Recipe, RecipeField, get_value, recipe_fields

Value = bool | int | float | str
DECIMALS = 12


def number_text(value: float) -> str:
    """A number as people write it: no exponent down to 0.00001, no zeros at the end."""
    if value != 0 and abs(value) < 1e-5:
        return re.sub(r"e-0*", "e-", f"{value:.3g}")
    text = f"{value:.10f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def value_text(field: RecipeField, value: Value) -> str:
    """A field's value with its unit, in the language now set."""
    if isinstance(value, bool):
        return tr("common-on") if value else tr("common-off")
    if isinstance(value, str):
        return tr(choice_message(field, value)) if field.choices else value
    if value == 0 and field.face.zero:
        return tr(field.face.zero)
    shown = shown_number(field, value)
    return number_text(shown) + unit_suffix(field, shown)


def unit_suffix(field: RecipeField, shown: float) -> str:
    """The unit that follows the number ``shown``, with the space before it; may be empty."""
    if not field.face.unit:
        return ""
    if field.face.unit == "unit-percent":
        return tr("common-percent", value="")  # with or without a space, as the language wants it
    gap = "" if field.face.unit == "unit-degrees" else " "
    return gap + tr(field.face.unit, n=shown)


def choice_message(field: RecipeField, choice: str) -> str:
    """The message key of one of the words that a field takes."""
    return f"choice-{field.key}-{choice}".replace(".", "-").replace("_", "-")


def range_text(field: RecipeField) -> str:
    """The range of a number as a sentence; empty where there is none."""
    if field.minimum is None or field.maximum is None:
        return ""
    high = value_text(field, field.maximum)
    low = number_text(shown_number(field, field.minimum))
    if field.exclusive_minimum:
        return tr("recipe-form-range-above", low=low, high=high)
    return tr("recipe-form-range", low=low, high=high)


def shown_number(field: RecipeField, value: float) -> float:
    """The number that people see: a fraction as percent where the field asks for it."""
    return round(value * 100, DECIMALS) if field.face.percent else float(value)


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a recipe that was changed."""

    key: str
    before: Value
    after: Value


def changes(before: Recipe, after: Recipe) -> tuple[Change, ...]:
    """Every field that differs, in the order of the form."""
    found: list[Change] = []
    if before == after:
        return ()
    # The values of a preset change with it, and its name says them all.
    preset = after.augment.preset not in (before.augment.preset, "custom")
    for key in recipe_fields():
        old, new = get_value(before, key), get_value(after, key)
        implied = preset and key.startswith("augment.") and key != "augment.preset"
        if old != new and not implied:
            found.append(Change(key, old, new))
    return tuple(found)


def change_line(change: Change) -> str:
    """One change as ``Learning rate: 0.03 → 0.003``."""
    field = recipe_fields()[change.key]
    shown = {
        "before": value_text(field, change.before),
        "after": value_text(field, change.after),
    }
    return tr("coach-clone-change", field=tr(field.message), **shown)


def change_lines(before: Recipe, after: Recipe) -> list[str]:
    """Every field that differs, as ``Learning rate: 0.03 → 0.003``."""
    return [change_line(change) for change in changes(before, after)]
