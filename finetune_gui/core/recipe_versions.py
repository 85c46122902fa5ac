"""Recipes of older programs, brought to the form that this one reads."""

from __future__ import annotations

from typing import Any

from finetune_gui.core.errors import RecipeError

SCHEMA_VERSION = 1


def migrate(tree: dict[str, Any]) -> dict[str, Any]:
    """Bring a recipe of an older schema to the present one, a version at a time.

    Raises:
        RecipeError: the recipe was written by a newer program, or no program writes its version.
    """
    version = tree.get("schema_version", SCHEMA_VERSION)
    if type(version) is not int or version < 0:
        raise bad_value("schema_version", version, f"0, …, {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise RecipeError("error-recipe-newer", version=str(version))
    for step in range(version, SCHEMA_VERSION):
        tree = MIGRATIONS[step](tree)
    return tree | {"schema_version": SCHEMA_VERSION}


def _from_version_0(tree: dict[str, Any]) -> dict[str, Any]:
    """Version 0 was the prototype's flat file: ``lr``, ``epochs``, ``batch_size`` at the top."""
    moved = {"lr": "optim", "weight_decay": "optim", "epochs": "train", "batch_size": "train"}
    migrated = {k: v for k, v in tree.items() if k not in moved}
    for name, section in moved.items():
        inner = migrated.get(section, {})
        if name in tree and isinstance(inner, dict):
            migrated[section] = {**inner, name: tree[name]}
    return migrated


MIGRATIONS = {0: _from_version_0}


def bad_value(key: str, value: object, detail: str) -> RecipeError:
    """The error for a value that a field does not take; ``detail`` says what it takes."""
    return RecipeError("error-recipe-bad-value", key=key, value=str(value)[:60], detail=detail)
