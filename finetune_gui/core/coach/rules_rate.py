"""Is the learning rate right? Too high a run jitters or falls apart, too low it crawls."""

from __future__ import annotations

import numpy as np

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.coach.words import percent
from finetune_gui.core.events import RunFailed

_SPOILED = "error-loss-not-finite"


def lr_too_high(facts: Facts) -> Finding | None:
    """Updates overshoot: the loss is thrown about, or the network forgets what it knew.

    Source: Goodfellow, Bengio, Courville 2016, section 11.4.1; Smith 2018 (arXiv 1803.09820).
    """
    confidence, span = _overshoot(facts)
    if confidence == 0:
        return None
    lr = facts.recipe.optim.lr
    factor = 10 if confidence > 0.8 else 3
    baseline = facts.history.baseline
    known = 1.0 if baseline is None else baseline.val_accuracy
    lowest = percent(float(facts.val_accuracies.min(initial=known)))
    return Finding(
        "lr_too_high",
        "problem",
        confidence,
        {"lr": f"{lr:g}", "lowest": lowest},
        span,
        (Remedy("coach-remedy-lower-lr", {"optim.lr": _rounded(lr / factor)}),),
    )


def _overshoot(facts: Facts) -> tuple[float, Span | None]:
    """How sure it is that updates overshoot, and where that shows."""
    history = facts.history
    if isinstance(history.end, RunFailed) and history.end.message == _SPOILED:
        return 1.0, Span("loss", 0, max(1, facts.n_epochs))
    if history.setbacks:
        return 0.9, Span("loss", 0, max(1, facts.n_epochs))
    if not facts.n_epochs:
        return 0.0, None
    guessing = facts.guessing_loss
    worst = int(facts.train_losses.argmax())
    if facts.train_losses[worst] > limit.LOSS_EXPLODED * guessing:
        return 0.95, Span("loss", worst, worst + 1)
    return _collapse(facts)


def _collapse(facts: Facts) -> tuple[float, Span | None]:
    """Fine-tuning made the network forget more than it could learn again."""
    baseline = facts.history.baseline
    if baseline is None or facts.recipe.model.only_head_learns:
        return 0.0, None
    fallen = baseline.val_accuracy - facts.val_accuracies
    if fallen.max() < limit.COLLAPSE or fallen[-1] < limit.STILL_COLLAPSED:
        return 0.0, None
    where = int(np.argmax(fallen))
    sure = 0.6 + min(0.3, float(fallen[-1]))
    return sure, Span("accuracy", where, min(where + 1, facts.n_epochs))


def lr_too_low(facts: Facts) -> Finding | None:
    """The loss goes down, but so slowly that the run ends long before it has learned.

    Source: Goodfellow, Bengio, Courville 2016, section 11.4.1; Bengio 2012 (arXiv 1206.5533), 3.1.
    """
    if facts.n_epochs < limit.CRAWL_EPOCHS or facts.mixes_photos:
        return None
    if facts.recipe.model.only_head_learns:  # it begins where the baseline's fit ended
        return None
    floor, guessing = facts.lowest_loss, facts.guessing_loss
    # Two epochs each: one alone says as much about its batches as about the network.
    first, last = float(facts.train_losses[:2].mean()), float(facts.train_losses[-2:].mean())
    left = (last - floor) / (guessing - floor)
    if not limit.ROOM_LEFT < left < 1 or first <= floor:
        return None
    gained = (first - last) / (first - floor)
    done = min(1.0, facts.n_epochs / facts.recipe.train.epochs)
    if gained > limit.CRAWL * done:
        return None
    lr = facts.recipe.optim.lr
    return Finding(
        "lr_too_low",
        "problem",
        0.85 - max(0.0, gained) / 2,
        {"lr": f"{lr:g}", "first": f"{first:.2f}", "last": f"{last:.2f}"},
        Span("loss", 0, facts.n_epochs),
        (Remedy("coach-remedy-raise-lr", {"optim.lr": _rounded(lr * 10)}),),
    )


def _rounded(lr: float) -> float:
    """A learning rate with two digits, as people write it."""
    return float(f"{lr:.1e}")
