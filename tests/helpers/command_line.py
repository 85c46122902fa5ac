"""Jobs that only pretend, for tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.events import (
    BaselineFinished,
    CheckpointSaved,
    EpochFinished,
    Evaluated,
    Event,
    Logged,
    Progress,
    RunStarted,
)
from finetune_gui.core.job import JobContext
from finetune_gui.engine.evaluation import ClassScore, Evaluation, Judged
from finetune_gui.engine.prediction import Prediction
from finetune_gui.jobs.self_test import Check

STORY: list[Event] = [
    Progress(1, 9, "dataset-reading-photos"),
    Logged("train-log-skipped", {"path": "坏.jpg"}, "caution"),
    RunStarted("net", ("apple", "梨"), 7, 2, 1, 3, 4, "cpu", "float32"),
    BaselineFinished(0.1, 0.9, 0.2, 0.8, 3.0),
    EpochFinished(1, 4, 0.1, 0.9, 0.25, 0.875, 0.87, True, 2.0, 4.0),
    CheckpointSaved(4),
    Evaluated("test", 0.75, 0.7, 4),
]
EVALUATION = Evaluation(
    split="test",
    classes=("apple", "梨"),
    accuracy=0.75,
    macro_f1=0.733,
    matrix=((2, 0), (1, 1)),
    per_class={"apple": ClassScore(0.667, 1.0, 0.8, 2), "梨": ClassScore(1.0, 0.5, 0.667, 2)},
    judged=tuple(Judged(Path(f"{n}.jpg"), "apple", "apple", 0.9) for n in range(4)),
)
ANSWERS = [
    Prediction(Path("a 1.jpg"), "梨", 0.75, {"apple": 0.25, "梨": 0.75}),
    Prediction(Path("b.jpg"), error=PhotoError("error-photo-damaged", path="b.jpg")),
]

Start = Callable[..., int]


@dataclass
class FakeJob:
    """Stands for a job class: remembers what it was made of, then does what the test wants."""

    does: Callable[[JobContext], Any]
    given: list[tuple[Any, ...]] = field(default_factory=list)

    def __call__(self, *args: Any) -> FakeJob:
        self.given.append(args)
        return self

    def run(self, ctx: JobContext) -> Any:
        return self.does(ctx)


def no_window() -> list[Check]:
    return []


Fake = Callable[[str, Callable[[JobContext], Any]], FakeJob]
