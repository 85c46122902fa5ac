"""The recipe: everything that was asked for in a run.

One description with three faces: it makes the form in the window, checks the file, and answers
``--set key=value``. Labels and help in both languages are messages named after the field
(``recipe-optim-lr`` with ``.help``); unit, range and place in the form stand here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args, get_origin

import tomli_w
from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from finetune_gui.core import atomic
from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.errors import RecipeError
from finetune_gui.core.recipe_versions import SCHEMA_VERSION, bad_value, migrate

MOST_HELD_BACK = 0.8  # of all photos, for validation and test together

Preset = Literal["none", "light", "medium", "strong", "custom"]
Freeze = Literal["none", "all_but_last_two_stages", "all_but_last_stage", "backbone", "custom"]
FREEZE_PRESETS: tuple[Freeze, ...] = tuple(f for f in get_args(Freeze) if f != "custom")
Head = Literal["linear", "mlp"]
Pooling = Literal["own", "average", "max", "both"]
Adapter = Literal["none", "lora"]
Optimizer = Literal["adamw", "sgd"]
Mixing = Literal["none", "mixup", "cutmix", "both"]
Schedule = Literal["cosine", "constant"]
Precision = Literal["auto", "float32", "bfloat16", "float16"]
Layout = Literal["auto", "channels_last", "channels_first"]
Runtime = Literal["auto", "torch", "openvino"]
Device = Literal["auto", "cpu", "cuda", "mps"]


@dataclass(frozen=True)
class Face:
    """How a field looks in the form.

    ``unit`` is a message key (``unit-epochs``) or empty. ``percent``: stored as a fraction, shown
    times 100. ``log``: steps multiply instead of add. ``basic``: shown before "Advanced".
    ``zero`` is the message key of what 0 means where that is not a number (``common-off``).
    """

    unit: str = ""
    percent: bool = False
    log: bool = False
    basic: bool = False
    step: float = 1.0
    zero: str = ""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class DataRecipe(_Section):
    """Which photos are learned from, and which are kept to judge by."""

    validation_fraction: Annotated[float, Ge(0.05), Le(0.5), Face("unit-percent", percent=True)] = (
        0.15
    )
    test_fraction: Annotated[float, Ge(0.0), Le(0.5), Face("unit-percent", percent=True)] = 0.15
    split_seed: Annotated[int, Ge(0), Le(2**31 - 1), Face()] = 0


class AugmentRecipe(_Section):
    """Random changes to each training photo, drawn anew in every epoch.

    Ranges are symmetric around "no change": a brightness of 0.2 draws a factor from [0.8, 1.2],
    a rotation of 10 an angle from [-10°, 10°].
    """

    preset: Annotated[Preset, Face(basic=True)] = "light"
    rotation: Annotated[float, Ge(0), Le(180), Face("unit-degrees", step=5)] = 0.0
    horizontal_flip: Annotated[bool, Face()] = True
    vertical_flip: Annotated[bool, Face()] = False
    brightness: Annotated[float, Ge(0), Le(0.9), Face("unit-percent", percent=True, step=0.05)] = (
        0.1
    )
    contrast: Annotated[float, Ge(0), Le(0.9), Face("unit-percent", percent=True, step=0.05)] = 0.1
    saturation: Annotated[float, Ge(0), Le(0.9), Face("unit-percent", percent=True, step=0.05)] = (
        0.1
    )
    hue: Annotated[float, Ge(0), Le(0.5), Face("unit-percent", percent=True, step=0.01)] = 0.0
    crop_scale: Annotated[float, Gt(0), Le(1), Face("unit-percent", percent=True, step=0.05)] = 0.6
    blur: Annotated[float, Ge(0), Le(5), Face("unit-pixels", step=0.1)] = 0.0
    erasing: Annotated[float, Ge(0), Le(1), Face("unit-percent", percent=True, step=0.05)] = 0.0

    @property
    def changes_anything(self) -> bool:
        """Whether any photo is shown otherwise than it is."""
        return any(getattr(self, name) != off for name, off in AUGMENT_PRESETS["none"].items())

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, values: Any) -> Any:
        """A preset sets every value that is not given; one given otherwise makes it "custom"."""
        if not isinstance(values, dict):
            return values
        preset = values.get("preset", "light")
        wanted = AUGMENT_PRESETS.get(preset) if isinstance(preset, str) else None
        if wanted is None:
            return values
        filled = {**wanted, **values}
        if any(filled[name] != wanted[name] for name in wanted):
            filled["preset"] = "custom"
        return filled


def names_in(text: str) -> tuple[str, ...]:
    """Names between commas, each once and in the order given."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


class ModelRecipe(_Section):
    """The network that is fine-tuned.

    ``weights`` names a file or a run folder to start from instead of the published weights;
    ``weights_sha256``, where it is given, is what that file must be like.

    ``learning_stages`` counts only where ``freeze`` is "custom": the names of the stages that
    learn, with commas between them, as `finetune_gui.engine.network.stages_of` gives them
    (``layer3, layer4``). The head always learns.
    """

    backbone: Annotated[str, Field(min_length=1), Face()] = "tf_efficientnet_lite0"
    pretrained: Annotated[bool, Face()] = True
    weights: Annotated[str, Face()] = ""
    weights_sha256: Annotated[str, Face()] = ""
    freeze: Annotated[Freeze, Face()] = "none"
    learning_stages: Annotated[str, Face()] = ""
    input_size: Annotated[
        int, Ge(0), Le(1024), Face("unit-pixels", step=32, zero="recipe-automatic")
    ] = 0
    dropout: Annotated[float, Ge(0), Le(0.9), Face("unit-percent", percent=True, step=0.05)] = 0.2
    head: Annotated[Head, Face()] = "linear"
    pooling: Annotated[Pooling, Face()] = "own"
    adapter: Annotated[Adapter, Face()] = "none"
    lora_rank: Annotated[int, Ge(1), Le(256), Face(log=True)] = 8

    @property
    def adapts(self) -> bool:
        """Whether small matrices learn in place of the backbone's weights."""
        return self.adapter != "none" and not self.only_head_learns

    @property
    def needs_published(self) -> bool:
        """Whether it starts from the weights that the backbone was published with."""
        return self.pretrained and not self.weights

    @property
    def only_head_learns(self) -> bool:
        """Whether the whole backbone stays as it is, so that a photo's features never change."""
        chosen = self.freeze == "custom" and not names_in(self.learning_stages)
        return self.freeze == "backbone" or chosen


class OptimRecipe(_Section):
    """How the weights are moved."""

    lr: Annotated[float, Gt(0), Le(10), Face(log=True, basic=True)] = 1e-3
    weight_decay: Annotated[float, Ge(0), Le(1), Face(basic=True, step=0.01)] = 0.05
    optimizer: Annotated[Optimizer, Face()] = "adamw"
    layer_decay: Annotated[float, Gt(0), Le(1), Face(step=0.05)] = 0.8
    label_smoothing: Annotated[float, Ge(0), Le(0.5), Face(step=0.05)] = 0.1
    mixing: Annotated[Mixing, Face()] = "none"
    weight_average: Annotated[float, Ge(0), Le(0.9999), Face(step=0.01, zero="common-off")] = 0.0
    gradient_clip: Annotated[float, Ge(0), Le(100), Face(step=0.5, zero="common-off")] = 1.0


class ScheduleRecipe(_Section):
    """What changes as a run goes on: the learning rate, the size of the photos, what learns."""

    shape: Annotated[Schedule, Face()] = "cosine"
    warmup_epochs: Annotated[float, Ge(0), Le(50), Face("unit-epochs", step=0.5)] = 1.0
    first_size: Annotated[float, Ge(0.25), Le(1), Face("unit-percent", percent=True, step=0.05)] = (
        1.0
    )
    head_epochs: Annotated[int, Ge(0), Le(1000), Face("unit-epochs", zero="common-off")] = 0
    stage_epochs: Annotated[int, Ge(0), Le(1000), Face("unit-epochs", zero="recipe-at-once")] = 0
    keep_only_gains: Annotated[bool, Face()] = True

    @property
    def in_stages(self) -> bool:
        """Whether not all begins to learn at once."""
        return self.head_epochs > 0 or self.stage_epochs > 0


class TrainRecipe(_Section):
    """How long, in what portions, and on what."""

    epochs: Annotated[int, Ge(0), Le(1000), Face("unit-epochs", basic=True)] = 8
    batch_size: Annotated[int, Ge(1), Le(1024), Face("unit-photos", log=True, basic=True)] = 16
    patience: Annotated[int, Ge(0), Le(1000), Face("unit-epochs", zero="common-off")] = 5
    balance_classes: Annotated[bool, Face()] = False
    freeze_batch_norm: Annotated[bool, Face()] = True
    precision: Annotated[Precision, Face()] = "auto"
    layout: Annotated[Layout, Face()] = "auto"
    threads: Annotated[int, Ge(0), Le(256), Face(zero="recipe-automatic")] = 0
    runtime: Annotated[Runtime, Face()] = "auto"
    compile: Annotated[bool, Face()] = False
    device: Annotated[Device, Face()] = "auto"
    frozen_views: Annotated[int, Ge(1), Le(100), Face("unit-views")] = 4
    micro_batch: Annotated[
        int, Ge(0), Le(1024), Face("unit-photos", log=True, zero="recipe-automatic")
    ] = 0
    checkpoint_seconds: Annotated[int, Ge(1), Le(3600), Face("unit-seconds", step=10)] = 30


class Recipe(_Section):
    """Everything that was asked for; replaying it on the same data gives the same run."""

    schema_version: Annotated[int, Ge(SCHEMA_VERSION), Le(SCHEMA_VERSION)] = SCHEMA_VERSION
    seed: Annotated[int, Ge(0), Le(2**31 - 1), Face()] = 0
    data: DataRecipe = DataRecipe()
    augment: AugmentRecipe = AugmentRecipe()
    model: ModelRecipe = ModelRecipe()
    optim: OptimRecipe = OptimRecipe()
    schedule: ScheduleRecipe = ScheduleRecipe()
    train: TrainRecipe = TrainRecipe()

    @model_validator(mode="after")
    def _leave_photos_to_learn_from(self) -> Recipe:
        if self.data.validation_fraction + self.data.test_fraction > MOST_HELD_BACK:
            raise ValueError(f"{self.data.validation_fraction + self.data.test_fraction:g}")
        return self


@dataclass(frozen=True)
class RecipeField:
    """One field of the recipe as the form and ``--set`` see it.

    ``key`` is dotted (``optim.lr``). ``minimum`` may be exclusive (``exclusive_minimum``).
    ``choices`` is empty unless the field takes one of a few words.
    """

    key: str
    type: type
    default: bool | int | float | str
    face: Face
    minimum: float | None
    exclusive_minimum: bool
    maximum: float | None
    choices: tuple[str, ...]

    @property
    def message(self) -> str:
        """The message key of its label; its attribute ``.help`` explains it."""
        return "recipe-" + self.key.replace(".", "-").replace("_", "-")


def recipe_fields() -> dict[str, RecipeField]:
    """All fields by dotted key, in the order of the form."""
    return dict(_all_fields())


@cache
def _all_fields() -> dict[str, RecipeField]:
    fields: dict[str, RecipeField] = {}
    for name, info in Recipe.model_fields.items():
        section = info.annotation
        if isinstance(section, type) and issubclass(section, _Section):
            for inner, inner_info in section.model_fields.items():
                fields[f"{name}.{inner}"] = _field(f"{name}.{inner}", inner_info)
        elif name != "schema_version":
            fields[name] = _field(name, info)
    return fields


def _field(key: str, info: Any) -> RecipeField:
    exclusive = next((m.gt for m in info.metadata if isinstance(m, Gt)), None)
    lower = next((m.ge for m in info.metadata if isinstance(m, Ge)), exclusive)
    upper = next((m.le for m in info.metadata if isinstance(m, Le)), None)
    choices = get_args(info.annotation) if get_origin(info.annotation) is Literal else ()
    return RecipeField(
        key=key,
        type=str if choices else info.annotation,
        default=info.default,
        face=next(m for m in info.metadata if isinstance(m, Face)),
        minimum=None if lower is None else float(cast(float, lower)),
        exclusive_minimum=exclusive is not None,
        maximum=None if upper is None else float(cast(float, upper)),
        choices=choices,
    )


def get_value(recipe: Recipe, key: str) -> bool | int | float | str:
    """The value at a dotted key."""
    value: Any = recipe
    for part in key.split("."):
        value = getattr(value, part)
    return cast(bool | int | float | str, value)


def with_values(recipe: Recipe, values: dict[str, Any]) -> Recipe:
    """A copy of ``recipe`` with some dotted keys changed.

    Texts are read as the field's type, as ``--set`` gives them. ``augment.preset`` sets the other
    augmentation values, except those that ``values`` names too; ``model.weights`` likewise takes
    away the fingerprint of the file before. Naming ``model.learning_stages`` alone means that
    these are to learn: it makes ``model.freeze`` "custom".

    Raises:
        RecipeError: a key does not exist or a value is outside its range.
    """
    known = recipe_fields()
    tree: dict[str, Any] = recipe.model_dump()
    if values.get("augment.preset") in tuple(AUGMENT_PRESETS):
        tree["augment"] = {}
    elif any(key.startswith("augment.") for key in values):
        tree["augment"]["preset"] = "custom"
    if "model.weights" in values:
        tree["model"]["weights_sha256"] = ""
    if values.get("model.learning_stages"):
        tree["model"]["freeze"] = "custom"
    for key, value in values.items():
        if key not in known:
            raise RecipeError("error-recipe-unknown-key", key=key)
        section, _, name = key.rpartition(".")
        (tree[section] if section else tree)[name] = value
    return _validated(tree)


def named_preset(augment: AugmentRecipe) -> Preset:
    """The preset whose values these are, else "custom"."""
    values = augment.model_dump(exclude={"preset"})
    names: tuple[Preset, ...] = get_args(Preset)
    return next((name for name in names if AUGMENT_PRESETS.get(name) == values), "custom")


def to_toml(recipe: Recipe) -> str:
    """The complete recipe as TOML."""
    return tomli_w.dumps(recipe.model_dump())


def from_toml(text: str) -> Recipe:
    """Read a recipe; fields that are not named keep their defaults.

    Raises:
        RecipeError: not TOML, an unknown key, a value outside its range, or a newer schema.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError("error-recipe-not-toml", detail=str(error)) from error
    return from_tree(tree)


def from_tree(tree: dict[str, Any]) -> Recipe:
    """Read a recipe from the values of its sections; raises as `from_toml` does."""
    return _validated(migrate(tree))


def load(path: Path) -> Recipe:
    """Read a recipe file; raises `RecipeError` or `OSError`."""
    try:
        # "-sig": some editors begin a file with a mark that TOML does not know.
        return from_toml(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecipeError("error-recipe-not-toml", detail="UTF-8") from error


def save(recipe: Recipe, path: Path) -> None:
    """Write a recipe file, whole or not at all."""
    atomic.write_text(path, to_toml(recipe))


def _validated(tree: dict[str, Any]) -> Recipe:
    try:
        return Recipe.model_validate(tree)
    except ValidationError as error:
        raise _in_plain_words(error.errors()[0]) from error


def _in_plain_words(found: ErrorDetails) -> RecipeError:
    key = ".".join(str(part) for part in found["loc"])
    if found["type"] == "extra_forbidden":
        return RecipeError("error-recipe-unknown-key", key=key)
    if not key:  # the one rule that joins two fields
        both = "data.validation_fraction + data.test_fraction"
        return bad_value(both, found["ctx"]["error"], f"≤ {MOST_HELD_BACK:g}")
    return bad_value(key, found["input"], _possible(recipe_fields().get(key)) or f"[{key}]")


def _possible(field: RecipeField | None) -> str:
    """What a field takes, in signs that need no translation."""
    if field is None:
        return ""
    few = {bool: ("true", "false"), str: (str(field.default), "…")}
    words = field.choices or few.get(field.type)
    if words:
        return ", ".join(words)
    low, high = field.minimum or 0, field.maximum or 0
    if field.type is int:
        return f"{low:.0f}, {low + 1:.0f}, …, {high:.0f}"
    return f"{'>' if field.exclusive_minimum else '≥'} {low:g}, ≤ {high:g}"
