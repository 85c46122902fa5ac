"""What the lesson asks for, what it makes of a run, and what it remembers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.core.coach.facts import DataFacts, Facts
from finetune_gui.core.coach.rules import findings
from finetune_gui.core.events import EpochFinished, Event
from finetune_gui.core.history import RunHistory, from_events
from finetune_gui.core.lesson import (
    CLASSES,
    LRS,
    PARTS,
    PHOTOS,
    Course,
    LessonNotes,
    Part,
    course_of,
    ends_of,
    recipe_for,
)
from finetune_gui.core.recipe import Recipe
from tests.helpers.lesson_story import FIRST, beginning, epoch_of, spoiled, whole


def ended_at(factor: float, worst: float | None = None) -> RunHistory:
    """A run whose epochs' mean loss is ``factor`` times the first one, once ``worst`` times it."""
    told: list[Event] = []
    for event in whole("right"):
        if isinstance(event, EpochFinished):
            high = worst is not None and event.epoch == 2
            told.append(replace(event, train_loss=FIRST * (worst if high and worst else factor)))
        else:
            told.append(event)
    return from_events(told)


def test_the_parts_differ_in_the_rate_alone() -> None:
    recipes = [recipe_for(part) for part in PARTS]
    assert [r.optim.lr for r in recipes] == [LRS[part] for part in PARTS]
    same = {r.model_copy(update={"optim": Recipe().optim}).model_dump_json() for r in recipes}
    assert len(same) == 1


def test_the_right_rate_lies_far_from_both_others() -> None:
    assert LRS["low"] * 30 <= LRS["right"] * 1.001
    assert LRS["right"] * 300 < LRS["high"]


@pytest.mark.parametrize(("part", "course"), [("high", "jumps"), ("low", "stays")])
def test_what_real_runs_did(part: Part, course: Course) -> None:
    assert course_of(from_events(whole(part))) == course
    assert course_of(from_events(whole("right"))) == "falls"


@pytest.mark.parametrize(
    ("factor", "worst", "course"),
    [
        (0.77, None, "falls"),
        (0.79, None, "stays"),
        (1.49, None, "stays"),
        (1.51, None, "jumps"),
        (0.5, 1.51, "jumps"),
        (0.5, 1.49, "falls"),
    ],
)
def test_from_where_on_it_falls_and_jumps(
    factor: float, worst: float | None, course: Course
) -> None:
    assert course_of(ended_at(factor, worst)) == course


def test_an_infinite_loss_has_jumped() -> None:
    assert course_of(from_events(spoiled("high"))) == "jumps"


@pytest.mark.parametrize("epochs", [0, 1])
def test_a_run_cut_short_says_nothing_before_an_epoch_is_over(epochs: int) -> None:
    told = beginning("low") + [e for n in range(1, epochs + 1) for e in epoch_of("low", n)]
    assert course_of(from_events(told)) == ("stays" if epochs else None)
    assert ends_of(from_events(beginning("low"))) == (0, 0)


def test_a_jump_is_told_from_the_very_first_update() -> None:
    first, last = ends_of(from_events(whole("high")))
    assert first == FIRST
    assert last == pytest.approx((8.71 + 6.60) / 2)


@pytest.mark.parametrize(
    ("part", "name"), [("high", "lr_too_high"), ("low", "lr_too_low"), ("right", "")]
)
def test_the_coach_knows_the_three_curves(part: Part, name: str) -> None:
    splits = zip(("train", "validation"), PHOTOS, strict=True)
    counts = {split: dict.fromkeys(CLASSES, n) for split, n in splits}
    facts = Facts(recipe_for(part), from_events(whole(part)), DataFacts(CLASSES, counts))
    problems = [f.name for f in findings(facts) if f.weight == "problem"]
    assert problems[:1] == ([name] if name else [])


def test_notes_come_back(tmp_path: Path) -> None:
    notes = LessonNotes().with_guess("high", "falls").with_skipped("low")
    notes.save(tmp_path / "lesson")
    assert LessonNotes.load(tmp_path / "lesson") == notes
    assert notes.with_skipped("low", skipped=False).skipped == frozenset()
    assert notes.with_guess("high", "jumps").guesses == {"high": "jumps"}


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"guesses": 1, "skipped": []}', '{"guesses": {"x": "y"}}']
)
def test_broken_notes_are_as_good_as_none(tmp_path: Path, broken: str) -> None:
    (tmp_path / "lesson.json").write_text(broken, encoding="utf-8")
    assert LessonNotes.load(tmp_path) == LessonNotes()


def test_what_nobody_knows_is_left_out(tmp_path: Path) -> None:
    text = '{"guesses": {"high": "jumps", "other": "falls", "low": "?"}, "skipped": ["x", "right"]}'
    (tmp_path / "lesson.json").write_text(text, encoding="utf-8")
    assert LessonNotes.load(tmp_path) == LessonNotes({"high": "jumps"}, frozenset({"right"}))
