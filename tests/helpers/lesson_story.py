"""Runs of the lesson as real ones went, rounded: quickly written, read by the real coach."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Event,
    RolledBack,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StepFinished,
)
from finetune_gui.core.job import Cancelled, JobContext, Lane
from finetune_gui.core.lesson import CLASSES, LRS, PHOTOS, Part, recipe_for
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint

PER_EPOCH = 10
FIRST = 0.65
LOSSES: dict[Part, tuple[float, ...]] = {
    "high": (4.19, 16.6, 16.5, 16.8, 11.8, 12.2, 8.71, 6.60),
    "low": (0.66, 0.64, 0.65, 0.65, 0.64, 0.64, 0.65, 0.64),
    "right": (0.66, 0.64, 0.57, 0.52, 0.45, 0.43, 0.42, 0.41),
}
VALIDATION: dict[Part, tuple[float, ...]] = {
    "high": (7.59, 6.58, 21.6, 17.5, 5.37, 18.3, 2.91, 1.41),
    "low": (0.60,) * 8,
    "right": (0.59, 0.57, 0.52, 0.48, 0.46, 0.46, 0.45, 0.45),
}
ACCURACY: dict[Part, float] = {"high": 0.25, "low": 0.775, "right": 0.85}


def beginning(part: Part) -> list[Event]:
    """To the end of the baseline."""
    n_train, n_validation = (n * len(CLASSES) for n in PHOTOS)
    epochs = recipe_for(part).train.epochs
    return [
        RunStarted(
            *("tf_efficientnet_lite0", CLASSES, n_train, n_validation, 0, epochs),
            *(PER_EPOCH, "CPU · 2", "float32"),
        ),
        BaselineFinished(0.2, 1.0, 0.6, 0.775, 1.0),
    ]


def epoch_of(part: Part, epoch: int) -> list[Event]:
    """The updates of an epoch, counted from 1, and its end."""
    before = FIRST if epoch == 1 else LOSSES[part][epoch - 2]
    mean = LOSSES[part][epoch - 1]
    told: list[Event] = []
    for number in range(1, PER_EPOCH + 1):
        step = (epoch - 1) * PER_EPOCH + number
        loss = before + (mean - before) * (number - 1) / PER_EPOCH
        told.append(StepFinished(step, epoch, loss, 0.8, LRS[part], 90.0))
    accuracy = ACCURACY[part]
    told.append(
        EpochFinished(
            *(epoch, epoch * PER_EPOCH, mean, min(1.0, accuracy + 0.1)),
            *(VALIDATION[part][epoch - 1], accuracy, accuracy, accuracy > 0.775, 1.0, 1.0),
        )
    )
    return told


def ending(part: Part, reason: str = "done") -> RunFinished:
    """The end of a run that came to one."""
    ended = RunFinished("done", "finetune", 8, max(0.775, ACCURACY[part]), 0.775, 9.0)
    return replace(ended, reason="stopped") if reason == "stopped" else ended


def whole(part: Part, epochs: Sequence[int] = range(1, 9)) -> list[Event]:
    """A run from its beginning to its end."""
    told = [event for epoch in epochs for event in epoch_of(part, epoch)]
    return [*beginning(part), *told, ending(part)]


def spoiled(part: Part) -> list[Event]:
    """A run whose loss became infinite once more than is undone."""
    begun = [*beginning(part), RolledBack(0, 0.5), RolledBack(0, 0.25)]
    return [*begun, RunFailed("error-loss-not-finite", {"step": 3, "lr": "0.1"})]


def write_lesson_run(paths: AppPaths, part: Part, told: Sequence[Event]) -> RunFolder:
    """The folder of a part in which this happened."""
    run = begin_lesson_run(paths.lesson / part, part)
    for event in told:
        run.append_event(event)
    return run


def begin_lesson_run(path: Path, part: Part) -> RunFolder:
    """The folder of a part before anything happened."""
    run = RunFolder.create(path, recipe_for(part))
    root = resource("demo", "fashion")
    samples = []
    for label in CLASSES:
        for number, photo in enumerate(sorted((root / label).iterdir())[: sum(PHOTOS)]):
            split = "train" if number < PHOTOS[0] else "validation"
            name = f"{label}/{photo.name}"
            samples.append(ManifestEntry(name, label, split, fingerprint(photo)))
    run.write_manifest(Manifest(str(root), CLASSES, tuple(samples), device="CPU · 2"))
    return run


@dataclass
class LessonScript:
    """What the fake training does: it stops before its end until ``way`` is free.

    ``inside`` is set once it has told of its first epoch; with ``error`` it fails there.
    """

    way: threading.Event = field(default_factory=threading.Event)
    inside: threading.Event = field(default_factory=threading.Event)
    error: UserError | None = None
    before_baseline: bool = False


@dataclass(frozen=True)
class FakeTrainLesson:
    """Stands in for `finetune_gui.jobs.lesson.TrainLesson`."""

    part: Part
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "lesson-job"
    script: ClassVar[LessonScript] = LessonScript()

    def run(self, ctx: JobContext) -> RunFolder:
        """The same folder and events as from a real one; paused ones go on with epoch 2."""
        path = self.paths.lesson / self.part
        resumed = (path / "recipe.toml").is_file()
        run = RunFolder(path) if resumed else begin_lesson_run(path, self.part)

        def tell(event: Event) -> None:
            run.append_event(event)
            ctx.emit(event)

        with run.locked():
            self._train(tell, ctx, resumed=resumed)
        return run

    def _train(self, tell: Callable[[Event], None], ctx: JobContext, *, resumed: bool) -> None:
        begun = beginning(self.part)
        if resumed:
            started = begun[0]
            assert isinstance(started, RunStarted)
            tell(replace(started, resumed_at_step=PER_EPOCH))
        else:
            for event in [*begun, *epoch_of(self.part, 1)]:
                tell(event)
        self.script.inside.set()
        while not self.script.way.wait(0.005):
            if ctx.control.pause_requested:
                tell(RunPaused(PER_EPOCH))
                return
            if ctx.control.cancel_requested:
                if self.script.before_baseline:
                    raise Cancelled
                tell(ending(self.part, "stopped"))
                return
        if self.script.error is not None:
            tell(RunFailed(self.script.error.key, self.script.error.params))
            raise self.script.error
        for event in whole(self.part, range(2, 9))[2:]:
            tell(event)
