"""Shares as per cent that never round to 0 or 100 what is not exactly that."""

from __future__ import annotations

from finetune_gui.core.messages import tr


def whole_percent(share: float) -> str:
    """A share in [0, 1] as whole per cent: ``"97"``; ``"<1"`` for what is nearly nothing."""
    if share <= 0:
        return "0"
    if share >= 1:
        return "100"
    return "<1" if share < 0.005 else str(min(99, round(share * 100)))


def fine_percent(share: float) -> str:
    """A share in [0, 1] as per cent with one decimal: ``"96.9"``; ``"<0.1"`` for nearly nothing."""
    if share <= 0:
        return "0.0"
    if share >= 1:
        return "100.0"
    return "<0.1" if share < 0.0005 else f"{min(99.9, share * 100):.1f}"


def percent_text(figures: str) -> str:
    """The sign behind the figures, as the language now set writes it."""
    return tr("common-percent", value=figures)
