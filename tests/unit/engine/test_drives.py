"""Disks that are full, read-only, pulled out; photos that go away; a home that takes nothing."""

from __future__ import annotations

import errno
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from finetune_gui.core.errors import RunError, UserError, as_user_error
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Event,
    RunStarted,
    StepFinished,
)
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset.index import Dataset
from finetune_gui.dataset.photo_cache import share_in
from finetune_gui.engine import backbones, baseline, network, recorder, run_work
from finetune_gui.engine.checkpoint import TrainState
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.model_file import load_model
from finetune_gui.engine.recorder import RunRecorder
from finetune_gui.engine.training import resume, train
from tests.helpers.drives import FailingDrive, fill, mounted, pull_out
from tests.helpers.tiny import tiny_recipe

Train = Callable[..., RunFolder]


def small(**values: object) -> Recipe:
    """A network of a megabyte, without weights to read."""
    wanted = {"backbone": "test_efficientnet.r160_in1k", "pretrained": False}
    fixed = {"train__layout": "channels_last", "train__threads": 1}
    return tiny_recipe(**fixed, **{f"model__{k}": v for k, v in wanted.items()}, **values)


@pytest.fixture(autouse=True)
def _every_epoch_is_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that each of them writes the model."""
    monkeypatch.setattr(FineTuner, "_better", lambda _tuner, _result: True)


@pytest.fixture
def begin(dataset: Dataset, paths: AppPaths) -> Train:
    """Trains into a folder, telling a listener."""

    def run(path: Path, emit: Callable[[Event], None], **values: object) -> RunFolder:
        return train(dataset, small(**values), path, paths, JobContext(emit))

    return run


@pytest.fixture
def whole(begin: Train, tmp_path: Path) -> RunFolder:
    """The run that nothing ever happened to."""
    return begin(tmp_path / "whole", nobody)


@pytest.fixture
def _failed_run(allow_log: Callable[[str], None]) -> None:
    """The log says that a run failed: these tests make it fail."""
    allow_log("run .* failed")


def nobody(_event: Event) -> None:
    """Nobody listens."""


def once(kind: type[Event], act: Callable[[], object]) -> Callable[[Event], None]:
    """Do something at the first event of a kind."""
    done: list[float] = []

    def emit(event: Event) -> None:
        if isinstance(event, kind) and not done:
            done.append(time.monotonic())
            act()

    return emit


def assert_same(first: RunFolder, second: RunFolder) -> None:
    """Best model and last state are equal to the last bit, and steps and epochs are told once."""
    for name in ("model.safetensors", "checkpoint/last.safetensors"):
        mine, theirs = load_file(first.path / name), load_file(second.path / name)
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[k], theirs[k]) for k in mine)
    told = [
        ([s.step for s in h.steps], [(e.epoch, e.val_loss) for e in h.epochs])
        for h in (first.read_history(), second.read_history())
    ]
    assert told[0] == told[1]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files have no names here")
@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (("write", errno.ENOSPC, ""), "error-disk-full"),
        (("fsync", errno.EIO, "events.jsonl"), "error-file-gone-somewhere"),
        (("replace", errno.EROFS, "last.safetensors"), "error-no-permission"),
        (("write", errno.EIO, "model.safetensors"), "error-file-gone"),
        (("fsync", errno.ENOSPC, "epoch.safetensors"), "error-disk-full-somewhere"),
        (("replace", errno.EIO, "model.json"), "error-file-gone"),
    ],
)
@pytest.mark.usefixtures("_failed_run")
def test_a_failing_drive_is_a_sentence_and_can_go_on(
    begin: Train,
    whole: RunFolder,
    paths: AppPaths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: tuple[str, int, str],
    key: str,
) -> None:
    drive = FailingDrive(monkeypatch, *fault)
    path, failed_at = tmp_path / "run", [0.0]

    def fail() -> None:
        drive.fail()
        failed_at[0] = time.monotonic()

    with pytest.raises(UserError) as caught:
        begin(path, once(StepFinished, fail))
    assert time.monotonic() - failed_at[0] < 5
    assert caught.value.key == key
    assert caught.value.sentence
    run = RunFolder.open(path)
    assert run.state() is RunState.FAILED
    load_file(run.checkpoint / "last.safetensors")
    load_model(path)
    assert not [p for p in path.rglob(".*") if p.is_file()]
    drive.mend()
    resume(path, paths, JobContext(nobody))
    assert_same(whole, run)


@pytest.mark.usefixtures("_failed_run")
def test_a_really_full_drive(
    begin: Train, whole: RunFolder, paths: AppPaths, tmp_path: Path
) -> None:
    drive, ballast = tmp_path / "drive", []
    with mounted(drive, "-t", "tmpfs", "-o", "size=24m", "none"):
        path = drive / "run"
        with pytest.raises(UserError) as caught:
            begin(path, once(EpochFinished, lambda: ballast.append(fill(drive))))
        assert caught.value.key.startswith("error-disk-full")
        run = RunFolder.open(path)
        load_file(run.checkpoint / "last.safetensors")
        load_model(path)
        ballast[0].unlink()
        resume(path, paths, JobContext(nobody))
        assert_same(whole, run)


@pytest.mark.usefixtures("_failed_run")
def test_a_drive_that_is_pulled_out(
    begin: Train, whole: RunFolder, paths: AppPaths, tmp_path: Path
) -> None:
    disk, place = tmp_path / "disk", tmp_path / "place"
    disk.mkdir()
    with mounted(place, "--bind", str(disk)):
        with pytest.raises(UserError) as caught:
            begin(place / "run", once(EpochFinished, lambda: pull_out(place)))
        assert caught.value.key == "error-file-gone"
        assert str(place) in caught.value.sentence
        load_file(disk / "run" / "checkpoint" / "last.safetensors")
    with mounted(place, "--bind", str(disk)):
        resume(place / "run", paths, JobContext(nobody))
        assert_same(whole, RunFolder.open(place / "run"))


def test_a_run_folder_that_is_gone_is_noticed_before_the_next_save(
    tmp_path: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_LOOK_S", 0.0)
    run = RunFolder.create(tmp_path / "run", Recipe())

    def tell_of_a_folder_that_goes() -> None:
        with RunRecorder(run, ctx) as told:
            told.log("train-log-paused", step=1)
            run.path.rename(tmp_path / "away")
            told.log("train-log-paused", step=2)

    with pytest.raises(FileNotFoundError) as caught:
        tell_of_a_folder_that_goes()
    assert as_user_error(caught.value).key == "error-file-gone"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
def test_events_that_cannot_be_written_leave_no_file_open(tmp_path: Path, ctx: JobContext) -> None:
    run = RunFolder.create(tmp_path / "run", Recipe())
    run.events_file.symlink_to("/dev/full")

    def tell() -> RunRecorder:
        told = RunRecorder(run, ctx)
        with told:
            told.log("train-log-paused", step=1)
        return told

    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError, match="No space") as caught:
        tell()
    assert caught.value.errno == errno.ENOSPC
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_was_told_is_on_disk_before_the_state_it_led_to(
    begin: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    real_flush, real_save = RunRecorder.flush_to_disk, FineTuner._save_with

    def flush(it: RunRecorder) -> None:
        told.append("events")
        real_flush(it)

    def save(it: FineTuner, write: Callable[..., None]) -> None:
        def noted(folder: Path, learner: Any, state: TrainState) -> None:
            told.append("state")
            write(folder, learner, state)

        real_save(it, noted)

    monkeypatch.setattr(RunRecorder, "flush_to_disk", flush)
    monkeypatch.setattr(FineTuner, "_save_with", save)
    begin(tmp_path / "run", nobody, train__epochs=1)
    assert told == ["events", "state"] * 2


@pytest.mark.usefixtures("_failed_run")
def test_photos_gone_during_the_baseline_are_not_left_out_for_good(
    begin: Train, whole: RunFolder, photos: Path, paths: AppPaths, tmp_path: Path
) -> None:
    away = photos.with_name("away")
    with pytest.raises(UserError) as caught:
        begin(tmp_path / "run", once(RunStarted, lambda: photos.rename(away)))
    assert caught.value.key == "error-run-photo"
    run = RunFolder.open(tmp_path / "run")
    assert run.read_manifest().skipped == {}
    away.rename(photos)
    resume(run.path, paths, JobContext(nobody))
    assert_same(whole, run)


def test_a_home_that_takes_nothing_does_not_stop_training(
    dataset: Dataset, tmp_path: Path, ctx: JobContext
) -> None:
    file = tmp_path / "file"
    file.touch()
    nowhere = AppPaths.under(file / "app")  # no folder can be made in a file, not even by root
    share_in(nowhere.photos, 1)
    run = train(dataset, small(), tmp_path / "run", nowhere, ctx)
    assert run.state() is RunState.FINISHED


def test_a_run_that_was_moved_goes_on_where_it_is_now(
    whole: RunFolder, dataset: Dataset, paths: AppPaths, tmp_path: Path
) -> None:
    control = JobControl()
    emit = once(EpochFinished, control.pause)
    run = train(dataset, small(), tmp_path / "run", paths, JobContext(emit, control))
    moved = RunFolder(tmp_path / "elsewhere" / "a run")
    moved.path.parent.mkdir()
    run.path.rename(moved.path)
    with moved.locked(), pytest.raises(RunError) as caught:
        resume(moved.path, paths, JobContext(nobody))
    assert caught.value.key == "error-run-in-use"
    assert str(moved.path) in caught.value.sentence
    assert moved.state() is RunState.PAUSED  # whoever was refused changed nothing
    resume(moved.path, paths, JobContext(nobody))
    assert_same(whole, moved)


def test_a_paused_run_holds_no_network(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[weakref.ref[nn.Module]] = []
    emptied: list[torch.device] = []
    real = backbones.build

    def build(*args: Any) -> nn.Module:
        made = real(*args)
        built.append(weakref.ref(made))
        return made

    monkeypatch.setattr(backbones, "build", build)
    monkeypatch.setattr(run_work, "free_cached_memory", emptied.append)
    control = JobControl()
    emit = once(StepFinished, control.pause)
    run = train(dataset, small(), tmp_path / "run", paths, JobContext(emit, control))
    assert run.state() is RunState.PAUSED
    # Without the help of the garbage collector, which may come much later.
    assert [network() for network in built] == [None]
    assert emptied == [torch.device("cpu")]


def test_a_full_memory_in_the_baseline_is_passed_in_portions(
    begin: Train, whole: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, sizes = network.features, []

    def features(net: nn.Module, inputs: Tensor) -> Tensor:
        if len(inputs) > 2:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you …")
        sizes.append(len(inputs))
        return real(net, inputs)

    monkeypatch.setattr(network, "features", features)
    run = begin(tmp_path / "run", nobody)
    assert max(sizes) == 2
    base, wanted = run.read_history().baseline, whole.read_history().baseline
    assert isinstance(base, BaselineFinished)
    assert isinstance(wanted, BaselineFinished)
    # Portions of other sizes round otherwise, and how much is a matter of the processor.
    assert base.val_loss == pytest.approx(wanted.val_loss, rel=1e-2)


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")]
)
@pytest.mark.usefixtures("_failed_run")
def test_a_head_that_does_not_fit_the_memory_is_a_sentence_and_can_go_on(
    begin: Train,
    whole: RunFolder,
    paths: AppPaths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fit(*_args: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(baseline, "fit_linear_head", fit)
        with pytest.raises(UserError) as caught:
            begin(tmp_path / "run", nobody)
    assert caught.value.key == "error-out-of-memory"
    resume(tmp_path / "run", paths, JobContext(nobody))
    assert_same(whole, RunFolder.open(tmp_path / "run"))


def test_cached_features_are_let_go_before_the_evaluation(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuners: list[weakref.ref[FineTuner]] = []
    left: list[object] = []
    real_init, real_evaluate = FineTuner.__init__, run_work.evaluation.evaluate_run

    def init(tuner: FineTuner, *args: Any) -> None:
        real_init(tuner, *args)
        tuners.append(weakref.ref(tuner))

    def evaluate(*args: Any) -> Event:
        left.extend(tuner() for tuner in tuners)
        return real_evaluate(*args)

    monkeypatch.setattr(FineTuner, "__init__", init)
    monkeypatch.setattr(run_work.evaluation, "evaluate_run", evaluate)
    train(dataset, small(model__freeze="backbone"), tmp_path / "run", paths, JobContext(nobody))
    assert left == [None]
