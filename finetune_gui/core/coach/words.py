"""Figures as the coach writes them."""

from __future__ import annotations


def percent(fraction: float) -> str:
    """A fraction in [0, 1] in percent, as in ``92.6``; its sign stands in the messages."""
    return f"{100 * fraction:.1f}"
