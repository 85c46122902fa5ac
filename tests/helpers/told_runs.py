"""Runs as curves of whole epochs: enough for the coach, and quick to write down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finetune_gui.core.coach.facts import DataFacts, Facts, Machine
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
)
from finetune_gui.core.history import from_events
from finetune_gui.core.recipe import Recipe, with_values

CLASSES = ("boot", "dress", "shirt", "sneaker")
PER_EPOCH = 8
ON_CPU = Machine()


def told(
    train_loss: Sequence[float],
    val_loss: Sequence[float],
    train_accuracy: Sequence[float],
    val_accuracy: Sequence[float],
    baseline: tuple[float, float, float] = (1.0, 0.9, 0.3),
    *,
    over: bool = True,
    **of_epochs: float,
) -> list[Event]:
    """The events; ``baseline`` is (training accuracy, validation accuracy, validation loss).

    ``of_epochs`` are other fields of `EpochFinished`, the same in each.
    """
    n = len(train_loss)
    seen, known, loss = baseline
    events: list[Event] = [
        RunStarted("net", CLASSES, 64, 40, 40, n, PER_EPOCH, "cpu", "float32"),
        BaselineFinished(0.1, seen, loss, known, 1.0),
    ]
    curves = zip(train_loss, val_loss, train_accuracy, val_accuracy, strict=True)
    for epoch, (tl, vl, ta, va) in enumerate(curves, start=1):
        steps = range((epoch - 1) * PER_EPOCH + 1, epoch * PER_EPOCH + 1)
        events += [StepFinished(step, epoch, tl, ta, 1e-3, 50.0) for step in steps]
        fields: dict[str, Any] = {"seconds": 1.0, "seconds_left": 1.0, **of_epochs}
        events.append(
            EpochFinished(epoch, epoch * PER_EPOCH, tl, ta, vl, va, va, va >= known, **fields)
        )
    if over:
        best = max([known, *val_accuracy])
        winner = "finetune" if best > known else "baseline"
        events.append(RunFinished("done", winner, n if best > known else 0, best, known, 9.0))
    return events


def facts(
    events: list[Event],
    counts: dict[str, dict[str, int]] | None = None,
    matrix: tuple[tuple[int, ...], ...] = (),
    leaks: tuple[str, ...] = (),
    sides: tuple[int, int] = (0, 0),
    machine: Machine = ON_CPU,
    **values: Any,
) -> Facts:
    """What the rules are given; ``optim__lr=1`` sets ``optim.lr`` in the recipe.

    ``sides`` are those of photos and input, in pixels.
    """
    epochs = sum(isinstance(event, EpochFinished) for event in events)
    asked: dict[str, Any] = {"train.epochs": epochs, "train.batch_size": 8}
    asked |= {key.replace("__", "."): value for key, value in values.items()}
    plenty = {
        "train": dict.fromkeys(CLASSES, 16),
        "validation": dict.fromkeys(CLASSES, 10),
        "test": dict.fromkeys(CLASSES, 10),
    }
    data = DataFacts(CLASSES, counts or plenty, leaks, matrix, (), *sides)
    return Facts(with_values(Recipe(), asked), from_events(events), data, machine)
