from __future__ import annotations

import pytest

from finetune_gui.core.recipe import ScheduleRecipe
from finetune_gui.engine.schedule import input_size_in, lr_factor, warmup_steps


def test_warm_up_rises_then_cosine_falls() -> None:
    factors = [lr_factor(step, 100, 10, "cosine") for step in range(100)]
    assert factors[:11] == sorted(factors[:11])
    assert factors[10] == pytest.approx(1)
    assert factors[10:] == sorted(factors[10:], reverse=True)
    assert factors[55] == pytest.approx(0.505)
    assert 0 < factors[-1] < 0.02


def test_constant_stays() -> None:
    assert {lr_factor(step, 100, 10, "constant") for step in range(10, 100)} == {1.0}


def test_first_step_already_moves() -> None:
    assert lr_factor(0, 100, 10, "cosine") > 0
    assert lr_factor(0, 1, 0, "cosine") == 1


def test_warm_up_is_at_most_half_of_the_run() -> None:
    assert warmup_steps(ScheduleRecipe(warmup_epochs=1), 13, 104) == 13
    assert warmup_steps(ScheduleRecipe(warmup_epochs=50), 13, 104) == 52


@pytest.mark.parametrize("epochs", [1, 2, 3, 8, 20])
def test_photos_grow_to_their_size_and_end_with_it(epochs: int) -> None:
    recipe = ScheduleRecipe(first_size=0.5)
    sizes = [input_size_in(epoch, epochs, recipe, 224) for epoch in range(1, epochs + 1)]
    assert sizes == sorted(sizes)
    assert all(size % 32 == 0 for size in sizes)
    assert sizes[-1] == 224
    if epochs >= 8:
        assert sizes[0] == 128  # the multiple of 32 next to 112
        assert sizes[epochs * 3 // 4 :] == [224] * (epochs - epochs * 3 // 4)


def test_photos_keep_their_size_unless_asked_for() -> None:
    assert {input_size_in(e, 8, ScheduleRecipe(), 224) for e in range(1, 9)} == {224}


def test_photos_never_grow_past_the_input_size() -> None:
    small = ScheduleRecipe(first_size=0.25)
    assert input_size_in(1, 8, small, 24) == 24
    assert input_size_in(1, 8, small, 64) == 32
