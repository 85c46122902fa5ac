"""Which of three short trainings to believe."""

from __future__ import annotations

import pytest

from finetune_gui.core.lr_trials import LrTrial, judge, three_around
from finetune_gui.core.messages import LANGUAGES, set_language

Ended = tuple[float | None, float | None]


def trials(*ended: Ended) -> tuple[LrTrial, ...]:
    return tuple(
        LrTrial(lr, loss, accuracy)
        for lr, (loss, accuracy) in zip((1e-4, 3e-4, 9e-4), ended, strict=True)
    )


@pytest.mark.parametrize(
    ("ended", "verdict", "better"),
    [
        (((0.5, 0.8), (0.3, 0.9), (0.6, 0.8)), "suggested", 3e-4),
        (((0.2, 0.9), (0.3, 0.9), (0.6, 0.8)), "lower", 1e-4),
        (((0.5, 0.8), (0.3, 0.9), (0.2, 0.9)), "higher", 9e-4),
        (((0.30, 0.9), (0.301, 0.9), (0.302, 0.9)), "alike", 3e-4),
        # A lower loss with clearly fewer photos right is not better.
        (((0.2, 0.7), (0.3, 0.9), (0.6, 0.8)), "suggested", 3e-4),
        # One photo of forty is chance.
        (((0.2, 0.875), (0.3, 0.9), (0.6, 0.8)), "lower", 1e-4),
        (((0.5, 0.8), (None, None), (None, None)), "lower", 1e-4),
        (((0.301, 0.9), (0.3, 0.9), (None, None)), "suggested", 3e-4),
        (((None, None), (None, None), (None, None)), "none", None),
    ],
)
def test_verdicts(ended: tuple[Ended, ...], verdict: str, better: float | None) -> None:
    found = judge(trials(*ended), 40)
    assert (found.verdict, found.better) == (verdict, better)
    for language in LANGUAGES:
        set_language(language)
        assert found.sentence


def test_three_rates_around_one() -> None:
    assert three_around(3e-4) == (1e-4, 3e-4, 9e-4)
