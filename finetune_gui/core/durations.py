"""Times for people, as rough as they are known."""

from __future__ import annotations

from typing import Literal, TypedDict

Form = Literal["seconds", "minutes", "minutes_seconds", "hours", "hours_minutes"]


class RoughTime(TypedDict):
    """The values of the message ``common-time-rough``: a form of words, and the numbers in it."""

    form: Form
    large: int
    small: int


def rough(seconds: float) -> RoughTime:
    """A duration in few digits: "45 s", "3 min 20 s", "25 min", "2 h 10 min"."""
    fives = max(5, 5 * round(seconds / 5))
    if fives < 60:
        return RoughTime(form="seconds", large=fives, small=0)
    step = 10 if seconds < 595 else 60
    minutes, left = divmod(step * round(seconds / step), 60)
    if minutes < 60:
        return RoughTime(form="minutes_seconds" if left else "minutes", large=minutes, small=left)
    hours, left = divmod(10 * round(seconds / 600), 60)
    return RoughTime(form="hours_minutes" if left else "hours", large=hours, small=left)
