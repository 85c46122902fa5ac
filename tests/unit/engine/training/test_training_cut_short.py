"""Whole runs that are paused, stopped, spoiled or short of something never lose work."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.core import atomic
from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.events import (
    EpochFinished,
    Event,
    RolledBack,
    RunFinished,
    RunStarted,
    StepFinished,
)
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine.model_file import load_model
from finetune_gui.engine.step import NotFiniteError, Stepper, StepResult
from finetune_gui.engine.training import resume, train
from tests.helpers.tiny import tiny_recipe
from tests.helpers.whole_runs import Start, same_bits


def controlled(when: Callable[[Event], bool], what: str) -> JobContext:
    """A context that pauses or cancels its own job at a certain event."""
    control = JobControl()

    def emit(event: Event) -> None:
        if when(event):
            getattr(control, what)()

    return JobContext(emit, control)


def at_step(number: int) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, StepFinished) and event.step == number


@pytest.mark.parametrize("step", [1, 2, 4, 5])
def test_paused_and_resumed_equals_never_stopped(
    start: Start, paths: AppPaths, ctx: JobContext, step: int
) -> None:
    whole = start(ctx, "whole")
    cut = start(controlled(at_step(step), "pause"), "cut")
    assert cut.state() is RunState.PAUSED
    resume(cut.path, paths, ctx)
    assert cut.state() is RunState.FINISHED
    assert same_bits(whole, cut)
    steps = [(s.step, s.train_loss, s.lr) for s in cut.read_history().steps]
    assert steps == [(s.step, s.train_loss, s.lr) for s in whole.read_history().steps]
    mine, theirs = cut.read_history().epochs, whole.read_history().epochs
    assert [(e.epoch, e.val_loss, e.best) for e in mine] == [
        (e.epoch, e.val_loss, e.best) for e in theirs
    ]


def test_resuming_starts_at_the_checkpoint(
    start: Start, paths: AppPaths, ctx: JobContext, events: list[Event]
) -> None:
    cut = start(controlled(at_step(2), "pause"))
    resume(cut.path, paths, ctx)
    started = next(event for event in events if isinstance(event, RunStarted))
    assert started.resumed_at_step == 2


def test_stopped_keeps_the_best_and_is_usable(start: Start) -> None:
    run = start(controlled(lambda e: isinstance(e, EpochFinished), "cancel"))
    end = run.read_history().end
    assert isinstance(end, RunFinished)
    assert end.reason == "stopped"
    assert run.state() is RunState.FINISHED
    assert load_model(run.path).info.classes == ("blue", "green", "red")


def test_stopped_before_a_model_is_no_run_to_use(start: Start, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        start(controlled(lambda e: isinstance(e, RunStarted), "cancel"))
    run = RunFolder.open(tmp_path / "run")
    assert run.state() is RunState.FAILED
    with pytest.raises(RunError):
        load_model(run.path)


def test_a_finished_run_is_not_resumed(start: Start, paths: AppPaths, ctx: JobContext) -> None:
    run = start(ctx, train__epochs=0)
    with pytest.raises(RunError) as caught:
        resume(run.path, paths, ctx)
    assert caught.value.key == "error-run-finished"


@pytest.mark.usefixtures("allow_failed_run")
def test_folder_gone_in_mid_run_is_a_sentence_and_can_go_on(
    photos: Path, dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    whole = train(dataset, tiny_recipe(), tmp_path / "whole", paths, ctx)
    away = photos.with_name("away")

    def vanish(event: Event) -> None:
        if isinstance(event, EpochFinished):
            photos.rename(away)

    with pytest.raises(UserError) as caught:
        train(dataset, tiny_recipe(), tmp_path / "run", paths, JobContext(vanish))
    assert caught.value.key == "error-run-photo"
    assert str(photos) in caught.value.sentence
    run = RunFolder.open(tmp_path / "run")
    assert run.state() is RunState.FAILED
    away.rename(photos)
    resume(run.path, paths, ctx)
    assert same_bits(whole, run)


def test_a_photo_gone_before_the_start_leaves_no_run_and_is_named(
    photos: Path, dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    gone = photos / "red" / "red0.png"
    gone.unlink()
    with pytest.raises(UserError) as caught:
        train(dataset, tiny_recipe(), tmp_path / "run", paths, ctx)
    assert str(gone) in caught.value.sentence
    assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("allow_failed_run")
def test_a_photo_changed_in_mid_run_is_a_sentence_and_can_go_on(
    photos: Path, start: Start, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    whole = start(ctx, "whole")
    photo = photos / "red" / "red0.png"
    facts, pixels = photo.stat(), photo.read_bytes()

    def change(event: Event) -> None:
        if isinstance(event, EpochFinished):
            photo.write_bytes((photos / "blue" / "blue0.png").read_bytes())

    with pytest.raises(UserError) as caught:
        start(JobContext(change), "run", data__validation_fraction=0.25)
    assert caught.value.key == "error-run-photo"
    assert str(photo) in caught.value.sentence
    photo.write_bytes(pixels)
    os.utime(photo, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    run = RunFolder.open(tmp_path / "run")
    resume(run.path, paths, ctx)
    assert same_bits(whole, run)


@pytest.mark.usefixtures("allow_failed_run")
def test_full_disk_is_a_sentence_and_can_go_on(
    start: Start,
    paths: AppPaths,
    tmp_path: Path,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = start(ctx, "whole")
    full = False
    real = atomic.replacing

    def fill(event: Event) -> None:
        nonlocal full
        full = full or isinstance(event, EpochFinished)

    def replacing(path: Path) -> object:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return real(path)

    monkeypatch.setattr(atomic, "replacing", replacing)
    with pytest.raises(UserError) as caught:
        start(JobContext(fill), "run")
    assert caught.value.key == "error-disk-full"
    monkeypatch.undo()
    run = RunFolder.open(tmp_path / "run")
    load_model(run.path)
    resume(run.path, paths, ctx)
    assert same_bits(whole, run)


class Spoiled:
    """Makes the loss of some updates infinite: ``at`` are their numbers, counted as they come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: set[int]) -> None:
        self.count = 0
        real = Stepper.step

        def step(stepper: Stepper, *args: Any) -> StepResult:
            self.count += 1
            if self.count in at:
                raise NotFiniteError
            return real(stepper, *args)

        monkeypatch.setattr(Stepper, "step", step)


def test_an_infinite_loss_is_undone_with_half_the_learning_rate(
    start: Start, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, events: list[Event]
) -> None:
    whole = start(ctx, "whole")
    events.clear()
    Spoiled(monkeypatch, {5})  # the second update of the second epoch
    run = start(ctx)
    assert run.state() is RunState.FINISHED
    (undone,) = [e for e in events if isinstance(e, RolledBack)]
    history = run.read_history()
    assert undone.step == history.epochs[0].step
    assert undone.lr_factor == 0.5
    assert [s.step for s in history.steps] == list(range(1, len(history.steps) + 1))
    before = [(s.step, s.lr) for s in whole.read_history().steps]
    after = [(s.step, s.lr) for s in history.steps]
    assert after[: undone.step] == before[: undone.step]
    for (_, mine), (_, theirs) in zip(after[undone.step :], before[undone.step :], strict=True):
        assert mine == pytest.approx(theirs / 2)
    assert "half the learning rate" in run.log_file.read_text(encoding="utf-8")


def test_a_run_that_was_undone_resumes_to_the_same_bits(
    start: Start, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        Spoiled(patch, {5})
        whole = start(ctx, "whole")
    with monkeypatch.context() as patch:
        Spoiled(patch, {5})
        cut = start(controlled(lambda e: isinstance(e, RolledBack), "pause"), "cut")
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)


def test_weights_spoiled_by_the_last_update_of_an_epoch_are_not_kept(
    start: Start, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, events: list[Event]
) -> None:
    real, spoiled = Stepper.step, []

    def step(stepper: Stepper, *args: Any) -> StepResult:
        result = real(stepper, *args)
        if len([e for e in events if isinstance(e, StepFinished)]) == 2 and not spoiled:
            spoiled.append(1)  # the third and last of the first epoch
            with torch.no_grad():
                for parameter in stepper._network.parameters():
                    parameter.fill_(float("nan"))
        return result

    monkeypatch.setattr(Stepper, "step", step)
    run = start(ctx, optim__gradient_clip=0)
    assert [e.step for e in events if isinstance(e, RolledBack)] == [0]
    assert run.state() is RunState.FINISHED
    assert all(t.isfinite().all() for t in load_file(run.model_file).values())
    assert all(math.isfinite(e.val_loss) for e in run.read_history().epochs)


def test_a_run_whose_patience_is_over_stays_over_when_resumed(
    start: Start, paths: AppPaths, ctx: JobContext
) -> None:
    values = {"optim__lr": 1e-12, "train__epochs": 6, "train__patience": 1}
    whole = start(ctx, "whole", **values)
    lines = whole.events_file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if '"run_finished"' not in line and '"evaluated"' not in line]
    whole.events_file.write_text("".join(kept), encoding="utf-8")  # as if killed right there
    before = len(whole.read_history().epochs)
    resume(whole.path, paths, ctx)
    history = whole.read_history()
    assert len(history.epochs) == before < 6
    assert isinstance(history.end, RunFinished)
    assert history.end.reason == "early_stop"


@pytest.mark.usefixtures("allow_failed_run")
def test_the_third_infinite_loss_ends_the_run_with_a_usable_model(
    start: Start, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Spoiled(monkeypatch, {5, 6, 7})
    with pytest.raises(UserError) as caught:
        start(ctx)
    assert caught.value.key == "error-loss-not-finite"
    assert load_model(tmp_path / "run").info.classes == ("blue", "green", "red")


@pytest.mark.parametrize("step", [2, 5])
@pytest.mark.parametrize(
    "values",
    [{"model__freeze": "backbone"}, {"optim__mixing": "both", "optim__weight_average": 0.95}],
    ids=["frozen", "mixed and averaged"],
)
def test_other_ways_paused_and_resumed_equal_never_stopped(
    start: Start, paths: AppPaths, ctx: JobContext, step: int, values: dict[str, object]
) -> None:
    whole = start(ctx, "whole", **values)
    cut = start(controlled(at_step(step), "pause"), "cut", **values)
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)


def test_augmented_on_the_device_paused_and_resumed_equals_never_stopped(
    start: Start, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    values: dict[str, object] = {"augment__preset": "strong", "optim__mixing": "both"}
    with monkeypatch.context() as patched:
        patched.setattr("finetune_gui.engine.workspace.way_on", lambda _device: "device")
        whole = start(ctx, "whole", **values)
        cut = start(controlled(at_step(3), "pause"), "cut", **values)
    assert cut.read_manifest().chosen["augmentation"] == "device"
    resume(cut.path, paths, ctx)  # as it was chosen, whatever would be chosen now
    assert same_bits(whole, cut)


def test_a_run_that_noted_no_way_goes_on_with_pillow(
    start: Start, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = start(ctx, "whole", augment__preset="strong")
    cut = start(controlled(at_step(3), "pause"), "cut", augment__preset="strong")
    manifest = cut.read_manifest()
    del manifest.chosen["augmentation"]
    cut.write_manifest(manifest)
    monkeypatch.setattr("finetune_gui.engine.workspace.way_on", lambda _device: "device")
    resume(cut.path, paths, ctx)
    assert same_bits(whole, cut)
