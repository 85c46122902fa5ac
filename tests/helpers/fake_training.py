"""Training without a network: the same events, the same folder, in milliseconds."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from finetune_gui.core import events
from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event
from finetune_gui.core.job import Cancelled, JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.dataset.samples import Dataset

STARTED = events.RunStarted(
    backbone="tf_efficientnet_lite0",
    classes=("cat", "dog"),
    n_train=8,
    n_validation=2,
    n_test=2,
    epochs=4,
    steps_per_epoch=2,
    device="cpu",
    precision="float32",
)
BASELINE = events.BaselineFinished(0.5, 0.7, 0.6, 0.75, 1.0)


def step(number: int) -> events.StepFinished:
    """An optimiser update; two of them are an epoch."""
    return events.StepFinished(number, (number + 1) // 2, 1 / number, 0.8, 1e-3, 20.0)


def epoch(number: int, seconds_left: float = 60.0) -> events.EpochFinished:
    """The end of an epoch whose validation accuracy is 0.8 and a little more each time."""
    accuracy = 0.8 + number / 100
    return events.EpochFinished(
        number, number * 2, 0.3, 0.9, 0.35, accuracy, accuracy, True, 1.0, seconds_left
    )


def finished(reason: str = "done") -> events.RunFinished:
    """The end of a run that has a model."""
    return events.RunFinished(
        "stopped" if reason == "stopped" else "done", "finetune", 2, 0.82, 0.75, 3.0
    )


def failed() -> events.RunFailed:
    """The end of a run that ran out of disk."""
    return events.RunFailed("error-disk-full-somewhere")


def paused() -> events.RunPaused:
    """The end of a run that can go on."""
    return events.RunPaused(1)


def make_run(path: Path, *told: Event, recipe: Recipe | None = None) -> RunFolder:
    """A run folder with these events in it."""
    run = RunFolder.create(path, recipe or Recipe())
    for event in told:
        run.append_event(event)
    return run


@dataclass
class Script:
    """What the fake does after the baseline: wait for ``way``, then end, or fail with ``error``.

    With ``before_baseline`` it waits before there is a model.
    """

    way: threading.Event = field(default_factory=threading.Event)
    inside: threading.Event = field(default_factory=threading.Event)
    error: UserError | None = None
    before_baseline: bool = False


@dataclass(frozen=True)
class Trying:
    """Stands in for a search: goes on until ``way`` is set, or notes how it was asked to end."""

    way: threading.Event = field(default_factory=threading.Event)
    heard: list[str] = field(default_factory=list)
    lane: Lane = Lane.COMPUTE
    title: str = "search-job"

    def run(self, ctx: JobContext) -> None:
        while not self.way.wait(0.01):
            if ctx.control.pause_requested or ctx.control.cancel_requested:
                self.heard.append("pause" if ctx.control.pause_requested else "cancel")
                return


@dataclass(frozen=True)
class FakeTrain:
    """Stands in for `finetune_gui.jobs.train.Train`."""

    dataset: Dataset
    recipe: Recipe
    out: Path
    paths: AppPaths
    parent: str = ""
    lane: Lane = Lane.COMPUTE
    title: str = "train-plot-training"
    script: ClassVar[Script] = Script()

    def run(self, ctx: JobContext) -> RunFolder:
        run = RunFolder.create(self.out, self.recipe)
        found = Manifest(str(self.dataset.root), self.dataset.classes, (), parent=self.parent)
        run.write_manifest(found)
        return _train(run, STARTED, self.script, ctx)


@dataclass(frozen=True)
class FakeResume:
    """Stands in for `finetune_gui.jobs.train.Resume`."""

    path: Path
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "train-plot-training"
    script: ClassVar[Script] = Script()

    def run(self, ctx: JobContext) -> RunFolder:
        return _train(RunFolder.open(self.path), STARTED, self.script, ctx)


def _train(run: RunFolder, start: Event, script: Script, ctx: JobContext) -> RunFolder:
    def tell(event: Event) -> None:
        run.append_event(event)
        ctx.emit(event)

    with run.locked():
        tell(start)
        if not script.before_baseline:
            tell(BASELINE)
            tell(step(1))
        script.inside.set()
        while not script.way.wait(0.005):
            if ctx.control.pause_requested:
                tell(events.RunPaused(1))
                return run
            if ctx.control.cancel_requested:
                if script.before_baseline:
                    raise Cancelled
                tell(finished("stopped"))
                return run
        if script.error is not None:
            tell(events.RunFailed(script.error.key, script.error.params))
            raise script.error
        tell(step(2))
        tell(epoch(1))
        tell(finished())
    return run
