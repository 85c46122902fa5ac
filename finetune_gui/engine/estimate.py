"""How long a run will take, from the speeds that were measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.timeline import head_learns_alone
from finetune_gui.engine import backbones, network
from finetune_gui.engine.augmentation import drawn_epoch
from finetune_gui.engine.devices import choose_device, machine_key, measurement_key
from finetune_gui.engine.inference import to_device
from finetune_gui.engine.preflight import Setup, choose_setup, known_setup, recall
from finetune_gui.engine.schedule import input_size_in


@dataclass(frozen=True)
class Counts:
    """How many photos there are of each split, and how many classes."""

    train: int
    validation: int
    test: int
    classes: int


def measured_in(recipe: Recipe, paths: AppPaths, kept: str = "") -> tuple[Path, str]:
    """The file that remembers what was measured, and the key of a recipe's network in it.

    ``kept`` is what a run kept of a user's own network, see `backbones.architecture`.
    """
    device = choose_device(recipe.train.device)
    size = backbones.preprocessing_for(recipe.model, kept).input_size
    key = measurement_key(device, recipe.model.backbone, size)
    model = recipe.model
    chosen = f": {model.learning_stages}" if model.freeze == "custom" else ""
    adapter = f" | {model.adapter}" if model.adapts else ""
    return paths.measurements_file, f"{key} | {model.freeze}{chosen}{adapter}"


def known_speeds(paths: AppPaths) -> dict[tuple[str, int], float]:
    """Photos a second without gradients by backbone and input size, as measured on this machine.

    In the fastest way that was found; those that were never tried are not there.
    """
    machine = machine_key(choose_device("auto"))
    speeds: dict[tuple[str, int], float] = {}
    for key, found in recall(paths.measurements_file).items():
        setup = Setup.among(found)
        if setup is None or not key.startswith(f"{machine} | "):
            continue
        name, size, *_ = key.removeprefix(f"{machine} | ").split(" | ")
        speed = max(setup.inference_speed, setup.openvino_speed)
        speeds[name, int(size)] = max(speed, speeds.get((name, int(size)), 0.0))
    return speeds


def estimate_seconds(setup: Setup, recipe: Recipe, counts: Counts) -> float:
    """Seconds for the whole run if patience does not end it early.

    Counts the passes through the network alone: reading a photo for the first time is hidden
    behind them unless the photos are huge or the device is fast. Where stages open one after the
    other, an epoch with some still closed is counted like one with all open.
    """
    passed = setup.seconds_for(photos_for_features(recipe, counts))
    passed += setup.seconds_for(counts.test or counts.validation)
    whole = _epochs_of_photos(recipe)
    if not whole:
        return passed
    passed += setup.seconds_for(counts.validation) * len(whole)
    return passed + counts.train * _full_epochs(recipe, whole) / setup.training_speed


def photos_for_features(recipe: Recipe, counts: Counts) -> int:
    """Of how many photos a whole run computes the features of its backbone as it began."""
    for_baseline = counts.train + counts.validation
    numbers = range(1, recipe.train.epochs + 1)
    alone = [epoch for epoch in numbers if head_learns_alone(recipe, epoch)]
    if not alone:
        return for_baseline
    views = {drawn_epoch(recipe, epoch) for epoch in alone}
    return for_baseline + counts.train * len(views) + counts.validation


def _epochs_of_photos(recipe: Recipe) -> Sequence[int]:
    """The epochs in which photos go through the network, and not features through its head."""
    numbers = range(1, recipe.train.epochs + 1)
    return [epoch for epoch in numbers if not head_learns_alone(recipe, epoch)]


def _full_epochs(recipe: Recipe, numbers: Sequence[int]) -> float:
    """The epochs that those of these numbers, some with smaller photos, make as much work as."""
    epochs = recipe.train.epochs
    if not backbones.takes_any_size(recipe.model.backbone):
        return len(numbers)
    full = backbones.preprocessing_for(recipe.model).input_size
    sides = [input_size_in(e, epochs, recipe.schedule, full) for e in numbers]
    return sum((side / full) ** 2 for side in sides)


def estimate_run(recipe: Recipe, counts: Counts, paths: AppPaths, ctx: JobContext) -> float:
    """Seconds that a run of ``recipe`` will take; tries its network out unless that was done.

    Raises:
        Cancelled: the user asked it to stop.
        UserError: the network or its device is not to be had.
    """
    memory = measured_in(recipe, paths)
    setup = known_setup(recipe.train, memory)
    if setup is None:
        # Random weights do: they take as long.
        built = backbones.build(recipe.model, counts.classes, None)
        network.freeze(built, recipe.model.freeze, recipe.model.learning_stages)
        size = backbones.preprocessing_for(recipe.model).input_size
        on_device = to_device(built, choose_device(recipe.train.device))
        setup = choose_setup(on_device, size, recipe.train, memory, ctx)
    return estimate_seconds(setup, recipe, counts)
