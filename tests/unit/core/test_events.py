from __future__ import annotations

import dataclasses
import json
import math
import time
from dataclasses import dataclass
from typing import ClassVar, get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_gui.core import events
from finetune_gui.core.events import Event, Logged, Progress, RunStarted, from_json, to_json

KINDS: list[type[Event]] = [
    cls
    for cls in vars(events).values()
    if isinstance(cls, type) and issubclass(cls, Event) and cls is not Event
]
# Linux lets a file's name be any bytes; Python holds those that are not UTF-8 as lone surrogates.
TEXTS = st.text(st.characters(), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
PARAMS = st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(), NUMBERS), max_size=3)


def any_event(cls: type[Event]) -> st.SearchStrategy[Event]:
    """Events of one kind with any values of the right types."""
    by_type = {
        float: NUMBERS,
        int: st.integers(),
        bool: st.booleans(),
        str: TEXTS,
        int | None: st.none() | st.integers(),
        float | None: st.none() | NUMBERS,
        tuple[str, ...]: st.lists(TEXTS, max_size=3).map(tuple),
        events.Params: PARAMS,
    }
    fields = {f.name: get_type_hints(cls)[f.name] for f in dataclasses.fields(cls)}
    made = {
        name: by_type[hint] if hint in by_type else st.sampled_from(get_args(hint))
        for name, hint in fields.items()
    }
    return st.builds(cls, **made)


def started(**changed: object) -> RunStarted:
    return dataclasses.replace(
        RunStarted("net", ("apple", "梨"), 7, 2, 1, 3, 4, "cpu", "float32", time=12.5), **changed
    )


@given(data=st.data())
@settings(deadline=None, max_examples=150)
def test_round_trip(data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(KINDS).flatmap(any_event))
    line = to_json(event)
    assert "\n" not in line
    assert from_json(line.encode("utf-8").decode("utf-8")) == event


@pytest.mark.parametrize("cls", KINDS)
def test_kinds_are_told_apart(cls: type[Event]) -> None:
    assert cls.kind
    assert [other for other in KINDS if other.kind == cls.kind] == [cls]


def test_json_is_for_people_and_for_scripts() -> None:
    line = to_json(started())
    assert "梨" in line
    assert json.loads(line)["kind"] == "run_started"
    assert json.loads(line)["classes"] == ["apple", "梨"]


def test_name_that_is_not_utf8_is_kept() -> None:
    event = Logged("train-log-skipped", {"path": b"\xff.jpg".decode("utf-8", "surrogateescape")})
    line = to_json(event)
    assert json.loads(line.encode("utf-8"))["params"]["path"] == "\udcff.jpg"
    assert from_json(line) == event


def test_time_is_when_it_happened() -> None:
    before = time.time()
    event = Progress(1, 2)
    assert before <= event.time <= time.time()


def test_events_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Progress(1, 2).done = 3


@given(cut=st.integers(0, 400))
def test_line_that_a_kill_cut_short_is_no_event(cut: int) -> None:
    line = to_json(started())
    found = from_json(line[:cut])
    assert found == (started() if cut >= len(line) else None)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\0\0\0",
        "null",
        "[]",
        "3",
        '"step"',
        "{}",
        '{"kind": null}',
        '{"kind": []}',
        '{"kind": "of a later version", "x": 1}',
        '{"kind": "step", "step": 1}',
    ],
)
def test_what_is_no_event_of_ours_is_none(line: str) -> None:
    assert from_json(line) is None


@given(line=st.text())
def test_any_line_is_an_event_or_none(line: str) -> None:
    assert from_json(line) is None


def test_fields_of_a_later_version_are_left_out() -> None:
    fields = json.loads(to_json(started())) | {"of_a_later_version": [1, {"a": 2}]}
    assert from_json(json.dumps(fields)) == started()


def test_kinds_that_are_not_history_stay_outside() -> None:
    @dataclass(frozen=True)
    class Shown(Event):
        kind: ClassVar[str] = "shown"
        n: int

    assert from_json(to_json(Shown(3))) is None


def test_infinite_loss_survives() -> None:
    event = events.StepFinished(1, 1, math.inf, 0.0, 1e-3, 5.0)
    assert from_json(to_json(event)) == event
