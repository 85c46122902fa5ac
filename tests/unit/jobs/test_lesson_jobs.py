"""The lesson's trainings and its folder: real, but tiny."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.events import EpochFinished, Event, RunFinished, StepFinished
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.lesson import CLASSES, PHOTOS, LessonNotes, Part
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import RunState, list_runs
from finetune_gui.jobs import lesson
from finetune_gui.jobs.lesson import (
    ForgetLesson,
    KeepLessonNotes,
    OpenLesson,
    ReadLessonRun,
    TrainLesson,
    lesson_photos,
)
from tests.helpers.lesson_story import whole, write_lesson_run
from tests.helpers.tiny import tiny_recipe

CTX = JobContext(lambda _event: None)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few photos, two epochs."""

    def recipe(part: Part) -> Recipe:
        lr = {"high": 0.1, "low": 1e-5, "right": 1e-3}[part]
        quick = tiny_recipe(model__input_size=32, optim__lr=lr)
        return with_values(quick, {"data.test_fraction": 0.0})

    monkeypatch.setattr(lesson, "recipe_for", recipe)
    monkeypatch.setattr(lesson, "PHOTOS", (3, 2))


def test_photos_are_the_demos_divided_for_good(paths: AppPaths) -> None:
    photos = lesson_photos(paths, CTX)
    assert photos.classes == CLASSES
    for label in CLASSES:
        splits = [s.split for s in photos.samples if s.label == label]
        assert (splits.count("train"), splits.count("validation")) == PHOTOS


@pytest.mark.usefixtures("tiny")
def test_a_part_is_an_ordinary_run_apart_from_the_users(paths: AppPaths) -> None:
    run = TrainLesson("low", paths).run(CTX)
    assert run.path == paths.lesson / "low"
    assert run.state() is RunState.FINISHED
    epochs = run.read_history().epochs
    assert [e.epoch for e in epochs] == [1, 2]
    assert all(0 < e.waiting < 1 and 0 <= e.decoded <= 1 for e in epochs)
    assert all(e.dead_units == 0 for e in epochs)  # so few photos do not tell
    assert list_runs(paths.runs) == []
    read = ReadLessonRun("low", paths).run(CTX)
    assert read is not None
    assert read.is_over


@pytest.mark.usefixtures("tiny")
def test_paused_it_goes_on_and_done_it_begins_anew(paths: AppPaths) -> None:
    control = JobControl()

    def pause_after_two(event: Event) -> None:
        if isinstance(event, StepFinished) and event.step == 2:
            control.pause()

    run = TrainLesson("right", paths).run(JobContext(pause_after_two, control))
    assert run.state() is RunState.PAUSED
    paused = ReadLessonRun("right", paths).run(CTX)
    assert paused is not None
    assert not paused.is_over
    told: list[Event] = []
    TrainLesson("right", paths).run(JobContext(told.append))
    assert next(e.step for e in told if isinstance(e, StepFinished)) == 3
    before = run.events_file.read_bytes()
    again = TrainLesson("right", paths).run(CTX)
    assert isinstance(again.read_history().end, RunFinished)
    assert not run.events_file.read_bytes().startswith(before)


def test_how_far_it_is_is_read_with_what_the_coach_says(paths: AppPaths) -> None:
    write_lesson_run(paths, "high", whole("high"))
    KeepLessonNotes(LessonNotes({"high": "falls"}), paths).run(CTX)
    found = OpenLesson(paths).run(CTX)
    assert found.notes.guesses == {"high": "falls"}
    assert set(found.runs) == {"high"}
    assert found.runs["high"].findings[0].name == "lr_too_high"
    assert len([e for e in found.runs["high"].history.epochs if isinstance(e, EpochFinished)]) == 8


@pytest.mark.parametrize("spoil", ["recipe.toml", "manifest.json", "events.jsonl"])
def test_a_run_that_cannot_be_read_was_never_begun(paths: AppPaths, spoil: str) -> None:
    run = write_lesson_run(paths, "high", whole("high"))
    (run.path / spoil).write_text("no", encoding="utf-8")
    assert OpenLesson(paths).run(CTX).runs == {}


def test_nothing_is_there_before_the_first_time_and_after_forgetting(paths: AppPaths) -> None:
    assert OpenLesson(paths).run(CTX).runs == {}
    ForgetLesson(paths).run(CTX)
    write_lesson_run(paths, "low", whole("low"))
    users = paths.runs / "mine"
    users.mkdir()
    ForgetLesson(paths).run(CTX)
    assert not paths.lesson.exists()
    assert users.is_dir()


def test_the_run_list_and_the_lesson_have_folders_of_their_own(paths: AppPaths) -> None:
    inside: list[Path] = [paths.lesson, *paths.lesson.parents]
    assert paths.runs not in inside
