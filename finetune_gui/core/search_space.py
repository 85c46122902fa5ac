"""What a search may change: fields of the recipe, each with a range or a few choices.

Everything that is not in the space stays as the recipe says. A space is plain data: the window
edits it, ``--range`` changes it, and the study's folder keeps it as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from finetune_gui.core.errors import RecipeError
from finetune_gui.core.recipe import Recipe, RecipeField, get_value, recipe_fields, with_values

Value = bool | int | float | str
Kind = Literal["float", "int", "choice"]

# The fields that are offered, in the order of the form, and those that are on at the start.
OFFERED = (
    "optim.lr",
    "optim.weight_decay",
    "train.batch_size",
    "augment.preset",
    "model.freeze",
    "optim.label_smoothing",
    "train.epochs",
    "model.input_size",
    "model.backbone",
)
_OFF_AT_START = ("model.input_size", "model.backbone")
OFF = "off"  # as `--range key=off` writes it
_USUAL: dict[str, tuple[Value, ...]] = {
    "augment.preset": ("none", "light", "medium", "strong"),
    "model.freeze": ("none", "all_but_last_stage", "backbone"),
    "model.input_size": (128, 160, 192, 256),
}
_LEAST_DECAY = 1e-4
# With other photos, or by luck, one trial would not be comparable with the next.
_NEVER = ("data.", "seed", "model.weights", "model.pretrained", "train.device")


@dataclass(frozen=True)
class Dimension:
    """One field that a search may change.

    ``low`` and ``high`` are both possible; with ``log`` values are drawn by their logarithm. Where
    ``kind`` is "choice", ``choices`` counts and the range does not. ``on`` False leaves the field
    as the recipe says but keeps the range for when it is turned on again.
    """

    key: str
    kind: Kind
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple[Value, ...] = ()
    on: bool = True

    @property
    def field(self) -> RecipeField:
        """The field of the recipe."""
        return recipe_fields()[self.key]

    @property
    def message(self) -> str:
        """The message key of its name; the form's own where that says enough by itself."""
        return "search-augmentation" if self.key == "augment.preset" else self.field.message

    def contains(self, value: Value) -> bool:
        """Whether a search could come to this value."""
        if self.kind == "choice":
            return value in self.choices
        return not isinstance(value, str) and self.low <= value <= self.high

    def nearest(self, value: Value) -> Value:
        """``value``, or what is nearest to it in the range; the first choice where it is none."""
        if self.contains(value):
            return value
        if self.kind == "choice" or isinstance(value, str):
            return self.choices[0] if self.choices else value
        held = min(max(value, self.low), self.high)
        return round(held) if self.kind == "int" else float(held)

    def range_words(self) -> str:
        """As ``--range`` takes it: ``0.0001..0.01`` or ``8,16,32``."""
        if self.kind == "choice":
            return ",".join(_plain(value) for value in self.choices)
        return f"{self.low:g}..{self.high:g}"


def default_space(recipe: Recipe) -> tuple[Dimension, ...]:
    """What is offered for a recipe: ranges around its own values, within what each field takes."""
    return tuple(_default(key, recipe) for key in OFFERED)


def _default(key: str, recipe: Recipe) -> Dimension:
    value = get_value(recipe, key)
    if isinstance(value, str) or key in _USUAL:
        usual = _USUAL.get(key, ())
        return Dimension(key, "choice", choices=_with(value, usual), on=key not in _OFF_AT_START)
    if key == "train.batch_size":
        sizes = {max(1, int(value) // 2), int(value), min(1024, int(value) * 2)}
        return Dimension(key, "choice", choices=tuple(sorted(sizes)))
    if key == "train.epochs":
        epochs = int(value)
        return Dimension(key, "int", max(1, epochs // 2), min(1000, max(2, epochs * 2)))
    if key == "optim.lr":
        return Dimension(key, "float", value / 10, min(10.0, value * 10), log=True)
    if key == "optim.weight_decay":
        low = min(_LEAST_DECAY, value) or _LEAST_DECAY
        return Dimension(key, "float", low, max(0.2, value), log=True)
    return Dimension(key, "float", 0.0, max(0.2, value))


def _with(value: Value, usual: Iterable[Value]) -> tuple[Value, ...]:
    """The usual values, after the recipe's own where it is none of them."""
    known = tuple(usual)
    return known if value in known else (value, *known)


def checked(dimension: Dimension) -> Dimension:
    """The dimension itself, when a search can use it.

    Raises:
        RecipeError: the field does not exist, the range is upside down or leaves what the field
            takes, or there is no choice.
    """
    field = recipe_fields().get(dimension.key)
    if field is None:
        raise RecipeError("error-recipe-unknown-key", key=dimension.key)
    if dimension.key.startswith(_NEVER):
        raise RecipeError("error-search-fixed", key=dimension.key)
    if dimension.kind == "choice":
        return _checked_choices(dimension)
    if field.type not in (int, float) or field.choices:
        raise _bad(dimension, dimension.range_words())
    low, high = dimension.low, dimension.high
    possible = math.isfinite(low) and math.isfinite(high) and low <= high
    if not possible or (dimension.kind == "int" and (low % 1 or high % 1)):
        raise _bad(dimension, dimension.range_words())
    if dimension.log and low <= 0:
        raise RecipeError("error-search-log-zero", key=dimension.key)
    for end in (low, high):
        with_values(Recipe(), {dimension.key: int(end) if field.type is int else end})
    return dimension


def _checked_choices(dimension: Dimension) -> Dimension:
    if not dimension.choices:
        raise _bad(dimension, "")
    # Without the augmentation's "custom": with_values would only keep what is there.
    for value in dimension.choices:
        with_values(Recipe(), {dimension.key: value})
    return replace(dimension, choices=tuple(dict.fromkeys(dimension.choices)))


def _bad(dimension: Dimension, words: str) -> RecipeError:
    return RecipeError("error-search-range", key=dimension.key, range=words)


def from_words(key: str, words: str) -> Dimension:
    """A dimension as ``--range KEY=WORDS`` says: ``low..high``, or choices with commas between.

    Raises:
        RecipeError: see `checked`; or the words are neither.
    """
    field = recipe_fields().get(key)
    if field is None:
        raise RecipeError("error-recipe-unknown-key", key=key)
    low, dots, high = words.partition("..")
    try:
        if dots:
            ends = (float(low), float(high))
            kind: Kind = "int" if field.type is int else "float"
            return checked(Dimension(key, kind, *ends, log=_by_logarithm(field, ends[0])))
        values = [_value(field, word.strip()) for word in words.split(",") if word.strip()]
    except (ValueError, OverflowError) as error:
        raise RecipeError("error-search-range", key=key, range=words[:60]) from error
    return checked(Dimension(key, "choice", choices=tuple(values)))


def _by_logarithm(field: RecipeField, low: float) -> bool:
    """Rates and decays are compared by how many times larger they are."""
    return low > 0 and field.type is float and (field.face.log or field.key.endswith("decay"))


def _value(field: RecipeField, word: str) -> Value:
    if field.type is bool:
        if word not in ("true", "false"):
            raise ValueError(word)
        return word == "true"
    if field.type is int:
        return int(word)
    return float(word) if field.type is float else word


def changed(space: Iterable[Dimension], ranges: Mapping[str, str]) -> tuple[Dimension, ...]:
    """The space with some ranges replaced or added; "off" leaves a field as the recipe says."""
    by_key = {dimension.key: dimension for dimension in space}
    for key, words in ranges.items():
        if words == OFF:
            if key not in recipe_fields():
                raise RecipeError("error-recipe-unknown-key", key=key)
            if key in by_key:
                by_key[key] = replace(by_key[key], on=False)
        else:
            by_key[key] = from_words(key, words)
    return tuple(by_key.values())


def searched(space: Iterable[Dimension]) -> tuple[Dimension, ...]:
    """Those that are on; raises `RecipeError` when there is none."""
    found = tuple(checked(dimension) for dimension in space if dimension.on)
    if not found:
        raise RecipeError("error-search-nothing")
    return found


def values_in(recipe: Recipe, space: Iterable[Dimension]) -> dict[str, Value]:
    """The values that a recipe has in the fields of a space."""
    return {dimension.key: get_value(recipe, dimension.key) for dimension in space}


def to_json(space: Iterable[Dimension]) -> list[dict[str, Any]]:
    """Plain values for a file."""
    return [vars(dimension) | {"choices": list(dimension.choices)} for dimension in space]


def from_json(found: Iterable[Mapping[str, Any]]) -> tuple[Dimension, ...]:
    """What `to_json` wrote; raises `RecipeError`, `TypeError` or `KeyError` for anything else."""
    made = (
        Dimension(**cast(Any, {**entry, "choices": tuple(entry["choices"])})) for entry in found
    )
    return tuple(checked(dimension) for dimension in made)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else value
