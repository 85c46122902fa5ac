"""Do the numbers inside the network stay sound? Infinite values, and units that say nothing."""

from __future__ import annotations

from typing import Any

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.coach.words import percent
from finetune_gui.core.events import RunFailed

_SPOILED = "error-loss-not-finite"


def not_finite(facts: Facts) -> Finding | None:
    """The loss became infinite although the learning rate is one that people use.

    Half precision holds nothing above 65504, and a gradient without a limit can throw the weights
    anywhere. A learning rate that is out of range explains it better: see `lr_too_high`.
    Source: Micikevicius et al. 2018 (arXiv 1710.03740), section 3; Pascanu, Mikolov, Bengio 2013
    (arXiv 1211.5063) for the limit.
    """
    history, optim = facts.history, facts.recipe.optim
    failed = isinstance(history.end, RunFailed) and history.end.message == _SPOILED
    if not (failed or history.setbacks) or optim.lr > limit.SANE_LR[optim.optimizer]:
        return None
    changes = _steadier(facts)
    key = "coach-remedy-steadier" if "optim.lr" not in changes else "coach-remedy-lower-lr"
    return Finding(
        "not_finite",
        "problem",
        0.97 if failed else 0.85,
        {"n": max(1, history.setbacks), "lr": f"{optim.lr:g}"},
        Span("loss", 0, max(1, facts.n_epochs)),
        (Remedy(key, changes),),
    )


def _steadier(facts: Facts) -> dict[str, Any]:
    """What keeps numbers in range: one cause after the other, the likeliest first."""
    started = facts.history.started
    used = "" if started is None else started.precision
    if "float16" in (used, facts.recipe.train.precision) and used != "bfloat16":
        return {"train.precision": "float32"}
    if not facts.recipe.optim.gradient_clip:
        return {"optim.gradient_clip": 1.0}
    return {"optim.lr": float(f"{facts.recipe.optim.lr / 10:.1e}")}


def dead_units(facts: Facts) -> Finding | None:
    """Nearly all of what the head is given says the same of every photo.

    A ReLU whose weights were thrown too far gives zero for all photos; no gradient passes it, so
    it stays so. Source: Lu, Shin, Su, Karniadakis 2020 (arXiv 1903.06733), "dying ReLU".
    """
    epochs = facts.history.epochs
    dead = epochs[-1].dead_units if epochs else 0.0
    if dead < limit.DEAD_UNITS or not facts.is_worse_than_baseline:
        return None
    lower = float(f"{facts.recipe.optim.lr / 10:.1e}")
    first = next(e.epoch for e in epochs if e.dead_units >= limit.DEAD_UNITS)
    return Finding(
        "dead_units",
        "problem",
        min(0.9, 0.5 + dead / 2),
        {"share": percent(dead), "epoch": first},
        Span("loss", first - 1, facts.n_epochs),
        (Remedy("coach-remedy-lower-lr", {"optim.lr": lower}),),
    )
