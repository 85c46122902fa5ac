"""Figures as the coach writes them."""

from __future__ import annotations


def percent(fraction: float) -> str:
    """A fraction in [0, 1] as in ``92.6 %``."""
    return f"{100 * fraction:.1f} %"
