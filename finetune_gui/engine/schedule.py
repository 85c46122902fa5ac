"""How learning rate and picture size change in a run: pure functions of step and epoch."""

from __future__ import annotations

import math

from finetune_gui.core.recipe import ScheduleRecipe

_FLOOR = 0.01  # the last steps still move a little


def lr_factor(step: int, total: int, warmup: int, shape: str) -> float:
    """The share of the learning rate in update ``step`` (from 0) of ``total``.

    Linear over the first ``warmup`` updates (Goyal et al. 2017), then half a cosine down to 1 %
    (Loshchilov and Hutter 2017), or constant.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if shape == "constant":
        return 1.0
    done = (step - warmup) / max(1, total - warmup)
    return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def input_size_in(epoch: int, epochs: int, recipe: ScheduleRecipe, full: int) -> int:
    """The side in pixels of the training inputs in ``epoch`` (from 1) of ``epochs``.

    It grows evenly from ``recipe.first_size`` of ``full`` to all of it, which the last quarter of
    the epochs has (progressive resizing: Howard 2018, Tan and Le 2021). Steps of 32 pixels, the
    factor by which most networks shrink their input.
    """
    grown = math.ceil(epochs * 3 / 4)
    if epoch >= grown or recipe.first_size == 1:
        return full
    share = recipe.first_size + (1 - recipe.first_size) * (epoch - 1) / (grown - 1)
    return min(full, max(32, 32 * round(full * share / 32)))


def warmup_steps(recipe: ScheduleRecipe, steps_per_epoch: int, total: int) -> int:
    """The updates of the warm-up; never more than half of the run."""
    return min(round(recipe.warmup_epochs * steps_per_epoch), total // 2)
