"""Runs as they are read from disk, and small jobs of the window."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from finetune_gui.core import events, settings
from finetune_gui.core.errors import RecipeError, RunError
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.recipe_words import Change
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder, RunState
from finetune_gui.core.run_notes import RunNotes, read_notes, write_notes
from finetune_gui.core.settings import Settings
from finetune_gui.jobs.caches import BoundPhotoCache, ClearCaches, MeasureCaches, SweepCaches
from finetune_gui.jobs.keep_settings import KeepSettings
from finetune_gui.jobs.run_notes import WriteNotes
from finetune_gui.jobs.runs import (
    ListRuns,
    OpenRun,
    RunSummary,
    SweepRuns,
    best_accuracy,
    summarise,
)
from tests.helpers import fake_training as fake


@pytest.fixture
def ctx() -> JobContext:
    return JobContext(lambda _event: None)


@pytest.fixture
def cancelled() -> JobContext:
    control = JobControl()
    control.cancel()
    return JobContext(lambda _event: None, control)


def test_open_reads_story_recipe_and_state(tmp_path: Path, ctx: JobContext) -> None:
    run = fake.make_run(tmp_path / "a", fake.STARTED, fake.BASELINE, fake.step(1))
    opened = OpenRun(run.path).run(ctx)
    assert opened.recipe == Recipe()
    assert opened.history.baseline == fake.BASELINE
    assert opened.state is RunState.INTERRUPTED


def test_the_follower_goes_on_where_the_story_ends(tmp_path: Path, ctx: JobContext) -> None:
    run = fake.make_run(tmp_path / "a", fake.STARTED)
    opened = OpenRun(run.path).run(ctx)
    run.append_event(fake.step(7))
    (new,) = opened.follower.read_new()
    assert isinstance(new, events.StepFinished)
    assert new.step == 7


def test_open_says_what_is_not_a_run(tmp_path: Path, ctx: JobContext) -> None:
    with pytest.raises(RunError):
        OpenRun(tmp_path).run(ctx)


def test_a_summary_says_what_the_list_shows(tmp_path: Path) -> None:
    run = fake.make_run(
        tmp_path / "a", fake.STARTED, fake.BASELINE, fake.epoch(1), fake.epoch(2), fake.finished()
    )
    found = summarise(run)
    assert (found.name, found.state, found.backbone) == (
        "a",
        RunState.FINISHED,
        "tf_efficientnet_lite0",
    )
    assert found.val_accuracy == pytest.approx(0.82)
    assert found.epochs_done == 2
    assert found.started == run.recipe_file.stat().st_mtime
    assert not found.has_model


def test_the_accuracy_is_that_of_the_model_that_is_kept(tmp_path: Path) -> None:
    worse = events.EpochFinished(2, 4, 0.3, 0.9, 0.5, 0.6, 0.6, False, 1.0, 0.0)
    run = fake.make_run(tmp_path / "a", fake.STARTED, fake.BASELINE, fake.epoch(1), worse)
    assert best_accuracy(run.read_history()) == pytest.approx(0.81)


def test_before_the_first_epoch_it_is_the_baseline(tmp_path: Path) -> None:
    run = fake.make_run(tmp_path / "a", fake.STARTED, fake.BASELINE)
    assert best_accuracy(run.read_history()) == fake.BASELINE.val_accuracy
    assert best_accuracy(fake.make_run(tmp_path / "b", fake.STARTED).read_history()) is None


def test_what_cannot_be_read_is_listed_with_its_reason(tmp_path: Path, ctx: JobContext) -> None:
    fake.make_run(tmp_path / "good", fake.STARTED)
    broken = fake.make_run(tmp_path / "broken", fake.STARTED)
    write_notes(broken, RunNotes(title="Mine"))
    broken.recipe_file.write_text("not = [toml", encoding="utf-8")
    found = {run.name: run for run in ListRuns(tmp_path).run(ctx)}
    assert found["good"].problem is None
    problem = found["broken"].problem
    assert isinstance(problem, RecipeError)
    assert found["broken"].title == "Mine"
    assert not found["broken"].has_model


PHOTOS = (
    ManifestEntry("a/1.jpg", "a", "train", "9-9"),
    ManifestEntry("b/1.jpg", "b", "test", "9-9"),
)


def make_child(path: Path, parent: str, photos: tuple[ManifestEntry, ...] = PHOTOS) -> RunFolder:
    recipe = with_values(Recipe(), {"optim.lr": 0.5}) if parent else Recipe()
    run = fake.make_run(path, fake.STARTED, recipe=recipe)
    run.write_manifest(Manifest("/photos/pets", ("a", "b"), photos, parent=parent))
    return run


def listed(folder: Path, ctx: JobContext) -> dict[str, RunSummary]:
    return {run.name: run for run in ListRuns(folder).run(ctx)}


def test_a_run_is_listed_with_its_photos_and_its_parent(tmp_path: Path, ctx: JobContext) -> None:
    write_notes(make_child(tmp_path / "first", ""), RunNotes(title="The first"))
    make_child(tmp_path / "copy", "first")
    make_child(tmp_path / "orphan", "gone")
    found = listed(tmp_path, ctx)
    copy = found["copy"]
    assert (copy.dataset, copy.n_photos, copy.parent_title) == ("/photos/pets", 2, "The first")
    assert copy.data_version == found["first"].data_version != ""
    assert not copy.has_other_data
    assert copy.changes == (Change("optim.lr", Recipe().optim.lr, 0.5),)
    assert found["first"].changes is None
    assert found["orphan"].parent == "gone"
    assert found["orphan"].changes is None


def test_other_photos_than_the_parents_are_noticed(tmp_path: Path, ctx: JobContext) -> None:
    make_child(tmp_path / "first", "")
    make_child(tmp_path / "copy", "first", PHOTOS[:1])
    assert listed(tmp_path, ctx)["copy"].has_other_data


def test_the_list_notices_what_changes(tmp_path: Path, ctx: JobContext) -> None:
    run = make_child(tmp_path / "run", "")
    assert listed(tmp_path, ctx)["run"].state is RunState.INTERRUPTED
    write_notes(run, RunNotes(starred=True))
    with run.locked():
        assert listed(tmp_path, ctx)["run"].state is RunState.RUNNING
    found = listed(tmp_path, ctx)["run"]
    assert found.state is RunState.INTERRUPTED
    assert found.notes.starred
    run.append_event(fake.BASELINE)
    run.append_event(fake.epoch(1))
    run.append_event(fake.finished())
    run.model_file.touch()
    found = listed(tmp_path, ctx)["run"]
    assert found.state is RunState.FINISHED
    assert found.curve == (fake.BASELINE.val_accuracy, fake.epoch(1).val_accuracy)
    assert (found.best_epoch, found.seconds, found.has_model) == (1, 3.0, True)
    assert found.n_validation == 2


def test_notes_are_kept_only_where_there_is_a_run(tmp_path: Path, ctx: JobContext) -> None:
    run = fake.make_run(tmp_path / "run")
    notes = RunNotes("Better", "why", starred=True)
    assert WriteNotes(run.path, notes).run(ctx) == notes
    assert read_notes(run) == notes
    with pytest.raises(RunError):
        WriteNotes(tmp_path / "gone", notes).run(ctx)
    assert not (tmp_path / "gone").exists()


def test_sweep_removes_strays_but_not_of_a_run_that_goes_on(
    tmp_path: Path, ctx: JobContext
) -> None:
    idle, busy = fake.make_run(tmp_path / "idle"), fake.make_run(tmp_path / "busy")
    for run in (idle, busy):
        (run.path / ".model.safetensors.abc.partial").write_bytes(b"half")
    with busy.locked():
        assert SweepRuns(tmp_path).run(ctx) == 1
    assert [p.parent.name for p in tmp_path.rglob("*.partial")] == ["busy"]
    assert idle.recipe_file.is_file()


def test_clearing_frees_everything(tmp_path: Path, ctx: JobContext) -> None:
    (tmp_path / "ab").mkdir()
    for name in ("ab/1.jpg", "2.jpg"):
        (tmp_path / name).write_bytes(b"x" * 50)
    both = (tmp_path / "ab", tmp_path)
    assert MeasureCaches((tmp_path, tmp_path / "not there")).run(ctx) == 100
    assert ClearCaches(both).run(ctx) == 100
    assert MeasureCaches(both).run(ctx) == 0
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_a_lower_limit_gives_back_decoded_photos_alone(tmp_path: Path, ctx: JobContext) -> None:
    for name in ("ab/1.rgb", "ab/2.rgb", "ab/note.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    BoundPhotoCache(tmp_path, 1).run(ctx)
    assert MeasureCaches((tmp_path,)).run(ctx) == 3
    BoundPhotoCache(tmp_path, 0).run(ctx)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["note.txt"]


def test_sweep_of_the_caches_leaves_what_may_be_in_use(paths: AppPaths, ctx: JobContext) -> None:
    old, new = "ab/.old.partial", "ab/.new.partial"
    for folder in (paths.thumbnails, paths.photos, paths.weights):
        for name in (old, new, "ab/kept.jpg"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"half")
        os.utime(folder / old, (1, 1))
    (paths.unpacked / "x.unpacking").mkdir()
    (paths.unpacked / "whole").mkdir()
    with FileLock(paths.unpacked / ".lock"):  # as if a zip was being unpacked
        assert SweepCaches(paths).run(ctx) == 3
    for folder in (paths.thumbnails, paths.photos, paths.weights):
        assert sorted(p.name for p in (folder / "ab").iterdir()) == [".new.partial", "kept.jpg"]
    assert SweepCaches(paths).run(ctx) == 1
    assert [p.name for p in paths.unpacked.iterdir() if p.is_dir()] == ["whole"]


def test_settings_are_kept(tmp_path: Path, ctx: JobContext) -> None:
    wanted = Settings(language="zh_CN", last_page="train")
    KeepSettings(wanted, tmp_path / "s.toml").run(ctx)
    assert settings.load(tmp_path / "s.toml") == wanted


def test_all_of_them_can_be_cancelled_and_have_a_name(
    tmp_path: Path, cancelled: JobContext
) -> None:
    fake.make_run(tmp_path / "a", fake.STARTED)
    for job in (
        OpenRun(tmp_path / "a"),
        ListRuns(tmp_path),
        SweepRuns(tmp_path),
        MeasureCaches((tmp_path,)),
        ClearCaches((tmp_path,)),
        BoundPhotoCache(tmp_path, 1),
        SweepCaches(AppPaths.under(tmp_path)),
        KeepSettings(Settings(), tmp_path / "s.toml"),
    ):
        assert tr(job.title)
        with pytest.raises(Cancelled):
            job.run(cancelled)
