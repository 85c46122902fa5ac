from __future__ import annotations

import pytest

from finetune_gui.core.recipe import ScheduleRecipe
from finetune_gui.engine.schedule import lr_factor, warmup_steps


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
