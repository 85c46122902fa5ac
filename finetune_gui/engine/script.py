"""A run as one plain PyTorch script that knows nothing of this program.

The script is for reading, for learning, and for going on without us: it holds what the run's
recipe uses and nothing else. It draws the same numbers from the same generators as the engine
(order of the photos, augmentation, dropout), so that it comes to the same model but for rounding;
with draws of its own it would be off by whole photos, which on a few dozen validation photos is
more than a percent.

The list of photos is part of the file, one photo a line, for as many as a person would scroll
over. Of more it reads the run's ``manifest.json``, whose path is a constant at the top.
"""

from __future__ import annotations

import ast
import re

from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.errors import UserError
from finetune_gui.core.history import RunHistory
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import AugmentRecipe, Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.templates import environment
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine.script_plan import Plan, make_plan

_STRENGTHS = (
    *("rotation", "crop_scale", "brightness", "contrast", "saturation"),
    *("hue", "blur", "erasing"),
)
_WIDTH = 100


def script_of(run: RunFolder, places: WeightsPlaces) -> str:
    """The script, with its comments in the language now set.

    Raises:
        RunError: there is no run, or its files are broken.
        UserError: what the run did is no plain code yet; the sentence says what.
    """
    recipe, manifest, history = run.read_recipe(), run.read_manifest(), run.read_history()
    _refuse(recipe, history)
    plan = make_plan(run, recipe, manifest, history, places)
    return render(plan, recipe)


def render(plan: Plan, recipe: Recipe) -> str:
    """The text of the script."""
    made = environment().overlay()
    made.filters = {**made.filters, "py": repr, "py_lines": _as_lines, "whole_lines": _whole_lines}
    text = made.get_template("script.py.jinja").render(
        plan=plan,
        recipe=recipe,
        note=_note,
        beside=_beside,
        constants=_constants(recipe.augment),
        augments=recipe.augment.changes_anything,
        views=recipe.train.frozen_views if recipe.augment.changes_anything else 1,
        mixes=recipe.optim.mixing != "none" and not plan.head_alone,
        imports=_imports(recipe, plan),
        goes_back=bool(plan.phases) and recipe.schedule.keep_only_gains,
        average_too=", average" if recipe.optim.weight_average else "",
    )
    return _tidied(text)


def _refuse(recipe: Recipe, history: RunHistory) -> None:
    """Say what of a run is no plain code yet."""
    model = recipe.model
    if model.adapts:
        raise UserError("error-script-lora")
    if "/" in model.backbone or ":" in model.backbone or model.pooling != "own":
        raise UserError("error-script-network", backbone=model.backbone)
    if history.ensemble is not None:
        raise UserError("error-script-ensemble")
    if history.setbacks:
        raise UserError("error-script-setback", lr=f"{recipe.optim.lr:g}")


def _constants(augment: AugmentRecipe) -> list[tuple[str, float]]:
    """The strengths of the changes that are made to photos, by the names of their constants."""
    off = AUGMENT_PRESETS["none"]
    found = [(name, getattr(augment, name)) for name in _STRENGTHS]
    return [(name.upper(), value) for name, value in found if value != off[name]]


def _imports(recipe: Recipe, plan: Plan) -> set[str]:
    """Those of the modules used in some scripts that this one needs."""
    augment, optim = recipe.augment, recipe.optim
    needed = {"nn"} if recipe.model.head == "mlp" else set()
    if recipe.train.epochs == 0:
        return needed
    if recipe.schedule.shape == "cosine" or augment.crop_scale < 1:
        needed.add("math")
    if augment.rotation or augment.erasing:
        needed.add("math")
    colours = (augment.brightness, augment.contrast, augment.saturation, augment.hue)
    if any(colours) or (optim.mixing != "none" and not plan.head_alone):
        needed.add("v2")
    trains_norms = plan.freezes_batch_norm is not None and not plan.head_alone
    if optim.gradient_clip or trains_norms:
        needed.add("nn")
    return needed


# ---- text


def _note(key: str, indent: int = 0, **params: str | int | float) -> str:
    """A message as comment lines."""
    lines = tr(key, **params).splitlines()
    start = " " * indent + "# "
    return "\n".join((start + line).rstrip() for line in lines)


def _beside(key: str) -> str:
    return f"  # {tr(key)}"


def _as_lines(names: tuple[str, ...]) -> str:
    """A list of texts, one a line where they do not fit one."""
    line = repr(list(names))
    if len(line) < _WIDTH - len("CLASSES = "):
        return line
    return "[\n" + "".join(f"    {name!r},\n" for name in names) + "]"


def _whole_lines(block: str) -> str:
    """A block without the end of its last line, which the template has."""
    return block.rstrip("\n")


def _tidied(text: str) -> str:
    """No more than two empty lines in a row; raises `SyntaxError` where it is no Python."""
    text = re.sub(r"\n{4,}", "\n\n\n", text)
    # A name that UTF-8 cannot hold stands in a comment: elsewhere `repr` has taken care of it.
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    ast.parse(text)
    return text
