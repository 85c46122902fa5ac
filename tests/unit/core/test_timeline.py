from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_gui.core.recipe import Recipe, ScheduleRecipe, with_values
from finetune_gui.core.timeline import Phase, head_learns_alone, phases


def plan(epochs: int, stages: int, head: int = 0, every: int = 0) -> tuple[Phase, ...]:
    return phases(epochs, ScheduleRecipe(head_epochs=head, stage_epochs=every), stages)


def test_without_a_timeline_all_learns_at_once() -> None:
    assert plan(8, 5) == (Phase(1, 8, 5, 5),)


def test_the_head_first_and_then_all() -> None:
    assert plan(8, 5, head=2) == (Phase(1, 2, 0, 0), Phase(3, 8, 5, 5))


def test_the_head_first_and_then_stage_by_stage() -> None:
    assert plan(8, 2, head=2, every=3) == (
        Phase(1, 2, 0, 0),
        Phase(3, 5, 1, 1),
        Phase(6, 8, 2, 1),
    )


def test_stages_that_would_open_after_the_end_stay_closed() -> None:
    assert plan(4, 9, every=3) == (Phase(1, 3, 1, 1), Phase(4, 4, 2, 1))
    assert plan(4, 9, head=6, every=3) == (Phase(1, 4, 0, 0),)


def test_a_frozen_backbone_has_one_phase() -> None:
    assert plan(4, 0, head=2, every=1) == (Phase(1, 4, 0, 0),)


def test_a_phase_names_what_is_new_in_it() -> None:
    assert list(Phase(3, 8, 5, 5).new) == [1, 2, 3, 4, 5]
    assert list(Phase(3, 8, 3, 1).new) == [3]
    assert not list(Phase(1, 2, 0, 0).new)


@given(st.integers(1, 60), st.integers(0, 14), st.integers(0, 70), st.integers(0, 20))
def test_each_epoch_is_in_one_phase_and_nothing_closes(
    epochs: int, stages: int, head: int, every: int
) -> None:
    found = plan(epochs, stages, head, every)
    numbers = [epoch for phase in found for epoch in range(phase.first, phase.last + 1)]
    assert numbers == list(range(1, epochs + 1))
    assert [p.stages for p in found] == sorted(p.stages for p in found)
    assert [n for p in found for n in p.new] == list(range(1, found[-1].stages + 1))
    assert found[-1].stages <= stages


def test_a_run_without_epochs_has_a_phase_all_the_same() -> None:
    assert plan(0, 3, head=2)[0].stages == 0


@pytest.mark.parametrize(
    ("freeze", "expected"), [("none", [True, True, False]), ("backbone", [True, True, True])]
)
def test_when_the_head_learns_alone(freeze: str, expected: list[bool]) -> None:
    recipe = with_values(Recipe(), {"model.freeze": freeze, "schedule.head_epochs": 2})
    assert [head_learns_alone(recipe, epoch) for epoch in (1, 2, 3)] == expected
