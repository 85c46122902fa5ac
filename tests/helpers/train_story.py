"""Fabricated runs for the tests of the Train page: events as the engine tells them."""

from __future__ import annotations

import math
from pathlib import Path

from finetune_gui.core import events
from finetune_gui.core.events import (
    BaselineFinished,
    CheckpointSaved,
    EpochFinished,
    Event,
    Logged,
    RunFinished,
    RunStarted,
    StageStarted,
    StepFinished,
)
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder

BEGUN = 1_700_000_000.0
BASELINE = 0.9


def started(epochs: int, per_epoch: int, *, resumed_at: int | None = None) -> RunStarted:
    return RunStarted(
        backbone="tf_efficientnet_lite0",
        classes=("apple", "banana"),
        n_train=per_epoch * 16,
        n_validation=20,
        n_test=20,
        epochs=epochs,
        steps_per_epoch=per_epoch,
        device="CPU · 2",
        precision="float32",
        resumed_at_step=resumed_at,
        time=BEGUN,
    )


def beginning(epochs: int, per_epoch: int) -> list[Event]:
    """From the start to the end of the baseline."""
    baseline = BaselineFinished(0.3, 0.95, 0.5, BASELINE, 12.0, time=BEGUN + 12)
    return [
        started(epochs, per_epoch),
        StageStarted("baseline", time=BEGUN),
        Logged("train-log-skipped", {"path": "apple/bad.jpg"}, "caution", time=BEGUN + 5),
        baseline,
        CheckpointSaved(0, time=BEGUN + 12),
        StageStarted("finetune", time=BEGUN + 12),
    ]


def step(number: int, per_epoch: int) -> StepFinished:
    x = number / per_epoch
    return StepFinished(
        step=number,
        epoch=(number - 1) // per_epoch + 1,
        train_loss=0.2 + math.exp(-x) + 0.05 * math.sin(7 * number),
        train_accuracy=round(16 * (1 - 0.5 * math.exp(-x))) / 16,
        lr=1e-3 / (1 + x),
        photos_per_second=20.0,
        time=BEGUN + 12 + number,
    )


def epoch(number: int, per_epoch: int, *, epochs: int, best: bool = True) -> EpochFinished:
    accuracy = BASELINE + 0.08 * (1 - math.exp(-number))
    return EpochFinished(
        epoch=number,
        step=number * per_epoch,
        train_loss=0.2 + math.exp(-number),
        train_accuracy=0.9,
        val_loss=0.3 + math.exp(-number),
        val_accuracy=accuracy,
        val_macro_f1=accuracy,
        best=best,
        seconds=float(per_epoch),
        seconds_left=float(per_epoch * (epochs - number)),
        time=BEGUN + 12 + number * per_epoch,
    )


def fine_tuning(first: int, last: int, per_epoch: int, *, epochs: int) -> list[Event]:
    """Steps ``first`` to ``last`` with the epochs that end between them."""
    told: list[Event] = []
    for number in range(first, last + 1):
        told.append(step(number, per_epoch))
        if number % per_epoch == 0:
            told.append(epoch(number // per_epoch, per_epoch, epochs=epochs))
            told.append(CheckpointSaved(number, time=BEGUN + 12 + number))
    return told


FINISHED = RunFinished(
    reason="done",
    winner="finetune",
    winner_epoch=4,
    val_accuracy=0.975,
    baseline_val_accuracy=BASELINE,
    seconds=75.0,
    time=BEGUN + 75,
)


def write_run(path: Path, told: list[Event], recipe: Recipe) -> RunFolder:
    """A run folder in which these events happened."""
    run = RunFolder.create(path, recipe)
    text = "".join(events.to_json(event) + "\n" for event in told)
    run.events_file.write_text(text, encoding="utf-8")
    return run
