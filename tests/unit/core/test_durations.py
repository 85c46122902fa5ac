from __future__ import annotations

import pytest

from finetune_gui.core.durations import rough
from finetune_gui.core.messages import tr


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "5 s"),
        (43, "45 s"),
        (58, "1 min"),
        (198, "3 min 20 s"),
        (598, "10 min"),
        (1490, "25 min"),
        (3590, "1 h"),
        (7700, "2 h 10 min"),
        (90_000, "25 h"),
    ],
)
def test_a_duration_in_few_digits(seconds: float, words: str) -> None:
    assert tr("common-time-rough", **rough(seconds)) == words
