from __future__ import annotations

import json

import pytest

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.engine.estimate import (
    Counts,
    estimate_run,
    estimate_seconds,
    known_speeds,
    measured_in,
)
from finetune_gui.engine.preflight import Setup

SETUP = Setup(
    training="float32",
    inference="bfloat16",
    channels_last=True,
    threads=2,
    training_speed=10.0,
    inference_speed=100.0,
)
COUNTS = Counts(train=200, validation=50, test=60, classes=3)


def test_fine_tuning_is_epochs_of_training_and_passes_beside_them() -> None:
    recipe = with_values(Recipe(), {"train.epochs": 3, "model.freeze": "none"})
    baseline, validation, test = 2.5, 3 * 0.5, 0.6
    assert estimate_seconds(SETUP, recipe, COUNTS) == pytest.approx(
        baseline + 3 * 20.0 + validation + test
    )


def test_without_a_test_set_the_validation_photos_are_evaluated() -> None:
    recipe = with_values(Recipe(), {"train.epochs": 1, "model.freeze": "none"})
    without = Counts(train=200, validation=50, test=0, classes=3)
    assert estimate_seconds(SETUP, recipe, without) == pytest.approx(2.5 + 20.0 + 0.5 + 0.5)


def test_a_frozen_backbone_is_passed_once_for_each_view() -> None:
    frozen = {"model.freeze": "backbone", "train.epochs": 30, "train.frozen_views": 4}
    recipe = with_values(Recipe(), frozen)
    assert estimate_seconds(SETUP, recipe, COUNTS) == pytest.approx(2.5 + 4 * 2.0 + 0.5 + 0.6)


def test_epochs_of_the_head_alone_cost_a_pass_for_each_view() -> None:
    values = {"train.epochs": 9, "schedule.head_epochs": 6, "train.frozen_views": 4}
    recipe = with_values(Recipe(), {**values, "model.freeze": "none"})
    head, whole = 4 * 2.0 + 0.5, 3 * (20.0 + 0.5)
    assert estimate_seconds(SETUP, recipe, COUNTS) == pytest.approx(2.5 + head + whole + 0.6)


def test_smaller_photos_at_first_save_time() -> None:
    recipe = with_values(Recipe(), {"train.epochs": 4, "model.freeze": "none"})
    smaller = with_values(recipe, {"schedule.first_size": 0.5})
    assert estimate_seconds(SETUP, smaller, COUNTS) < estimate_seconds(SETUP, recipe, COUNTS)


def test_a_network_is_tried_once_whatever_is_estimated_for_it(
    paths: AppPaths, ctx: JobContext
) -> None:
    asked = {
        "train.precision": "float32",
        "train.layout": "channels_last",
        "train.threads": 1,
        "train.runtime": "torch",
    }
    recipe = with_values(Recipe(), {**asked, "model.freeze": "backbone"})
    first = estimate_run(recipe, COUNTS, paths, ctx)
    assert first > 0
    measured = json.loads(paths.measurements_file.read_text())
    assert len(measured) == 1
    # Half as fast now: only what is remembered can tell.
    ((key, value),) = measured.items()
    value["inference_speed"] /= 2
    paths.measurements_file.write_text(json.dumps({key: value}))
    assert estimate_run(recipe, COUNTS, paths, ctx) == pytest.approx(2 * first)


def test_each_choice_of_stages_is_measured_by_itself(paths: AppPaths) -> None:
    keys = {
        measured_in(with_values(Recipe(), {"model.learning_stages": stages}), paths)[1]
        for stages in ("", "blocks.5", "blocks.5, blocks.6")
    }
    assert len(keys) == 3


def test_speeds_that_were_measured_here_are_known(paths: AppPaths) -> None:
    assert known_speeds(paths) == {}
    recipe = with_values(Recipe(), {"train.device": "auto"})
    frozen = with_values(recipe, {"model.freeze": "backbone"})
    file, key = measured_in(recipe, paths)
    quicker = SETUP.model_copy(update={"inference_speed": 50.0, "openvino_speed": 240.0})
    remembered = {
        f"{key} | auto": SETUP.model_dump(),
        f"{measured_in(frozen, paths)[1]} | auto": quicker.model_dump(),
        f"another machine | torch 1 | {recipe.model.backbone} | 224 | none": SETUP.model_dump(),
        f"{key} | broken": {"training": "float32"},
    }
    file.write_text(json.dumps(remembered), encoding="utf-8")
    assert known_speeds(paths) == {(recipe.model.backbone, 224): 240.0}
