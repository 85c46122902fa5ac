"""The lesson "learn by breaking it": three short trainings that differ in the learning rate alone.

Everyone who fine-tunes meets these three curves sooner or later. Here they are met on purpose, on
the demo photos, one after the other: a rate far too high, one far too low, and the right one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from finetune_gui.core import atomic
from finetune_gui.core.events import RunFailed
from finetune_gui.core.history import RunHistory
from finetune_gui.core.recipe import Recipe, with_values

Part = Literal["high", "low", "right"]
Course = Literal["falls", "stays", "jumps"]

PARTS: tuple[Part, ...] = get_args(Part)
COURSES: tuple[Course, ...] = get_args(Course)
# What is right for photos this small was found by trying: more throws the loss about at first.
LRS: dict[Part, float] = {"high": 0.1, "low": 1e-5, "right": 3e-4}

# The demo's classes that get confused, and so many photos of each: to learn from, to judge by.
CLASSES = ("dress", "pullover", "shirt", "t-shirt")
PHOTOS = (20, 10)

_BEGINNING = 3  # updates whose mean is where the loss began: the rate is still warming up
_END = 2  # epochs whose mean is where it ended
_JUMPED = 1.5  # times the loss at the beginning
_FELL = 0.22  # of the loss at the beginning


def recipe_for(part: Part) -> Recipe:
    """Small pictures, few photos, few epochs; whatever can be pinned is, so nothing is tried out.

    All else is as in the default recipe, so that what is seen here is seen in real trainings.
    """
    values: dict[str, Any] = {
        "optim.lr": LRS[part],
        "data.test_fraction": 0.0,
        "model.input_size": 64,
        "train.epochs": 8,
        "train.batch_size": 8,
        "train.patience": 0,
        "train.precision": "float32",
        "train.layout": "channels_last",
        "train.runtime": "torch",
        # Pictures so small are computed as fast by one, and the curve grows without a hitch.
        "train.threads": 1,
        "train.checkpoint_seconds": 3600,  # each epoch is saved anyway
    }
    return with_values(Recipe(), values)


def course_of(history: RunHistory) -> Course | None:
    """What the training loss of a run really did; None where too little happened to tell.

    It is compared with the mean of the first updates: it jumped where an epoch's mean rose well
    above that, or where it became infinite; it fell where the last epochs are well below.
    """
    failed = isinstance(history.end, RunFailed) and history.end.message == "error-loss-not-finite"
    if failed or history.setbacks:
        return "jumps"
    if not history.epochs or not history.steps:
        return None
    begun = _mean([step.train_loss for step in history.steps[:_BEGINNING]])
    means = [epoch.train_loss for epoch in history.epochs]
    if max(means) > _JUMPED * begun:
        return "jumps"
    return "falls" if _mean(means[-_END:]) < (1 - _FELL) * begun else "stays"


def ends_of(history: RunHistory) -> tuple[float, float]:
    """The training loss at the beginning and at the end, as people are told it; 0 where unknown.

    Where it jumped, that begins with the first update: the next ones are part of the jump.
    """
    n = 1 if course_of(history) == "jumps" else _BEGINNING
    first = [step.train_loss for step in history.steps[:n]]
    return _mean(first), _mean([epoch.train_loss for epoch in history.epochs[-_END:]])


def _mean(losses: list[float]) -> float:
    return sum(losses) / max(1, len(losses))


@dataclass(frozen=True)
class LessonNotes:
    """How far somebody is: what they thought would happen, and the parts they left out."""

    guesses: Mapping[Part, Course] = field(default_factory=dict)
    skipped: frozenset[Part] = frozenset()

    def with_guess(self, part: Part, guess: Course) -> LessonNotes:
        """A copy in which this is what they think."""
        return replace(self, guesses={**self.guesses, part: guess})

    def with_skipped(self, part: Part, *, skipped: bool = True) -> LessonNotes:
        """A copy in which ``part`` is left out, or no longer is."""
        others = self.skipped - {part}
        return replace(self, skipped=others | {part} if skipped else others)

    def save(self, folder: Path) -> None:
        """Write them into the lesson's folder; raises `OSError`."""
        folder.mkdir(parents=True, exist_ok=True)
        kept = {"guesses": dict(self.guesses), "skipped": sorted(self.skipped)}
        atomic.write_text(folder / _NOTES, json.dumps(kept, indent=1))

    @classmethod
    def load(cls, folder: Path) -> LessonNotes:
        """What was written; nothing where there is none, or what nobody knows."""
        try:
            found = json.loads((folder / _NOTES).read_text(encoding="utf-8"))
            guesses = {p: g for p, g in found["guesses"].items() if p in PARTS and g in COURSES}
            skipped = frozenset(part for part in found["skipped"] if part in PARTS)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()
        return cls(guesses, skipped)


_NOTES = "lesson.json"
