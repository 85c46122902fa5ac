"""Was it trained long enough, or too long? And was it worth it?"""

from __future__ import annotations

import numpy as np

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.coach.remedies import augment_more
from finetune_gui.core.coach.words import percent
from finetune_gui.core.events import RunFinished


def stopped_too_early(facts: Facts) -> Finding | None:
    """Validation was still getting better when the epochs were over.

    Source: Prechelt 1998, Early Stopping - But When?
    """
    losses, baseline = facts.val_losses, facts.history.baseline
    if not facts.is_over or baseline is None or not len(losses):
        return None
    before = losses[-2] if len(losses) > 1 else baseline.val_loss
    third = max(1, round(len(losses) / 3))
    few = facts.n_epochs <= limit.FEW_EPOCHS
    start = losses[-1 - third] if len(losses) > third else baseline.val_loss
    if few:  # there is no course yet: what counts is how far it has come at all
        start = max(start, baseline.val_loss)
    falls = losses[-1] < before and losses[-1] <= losses.min()
    fallen = 1 - losses[-1] / start if start > 0 else 0.0
    needed = limit.STILL_FALLING / 2 if few else limit.STILL_FALLING
    if not falls or fallen < needed:
        return None
    epochs = facts.recipe.train.epochs
    return Finding(
        "stopped_too_early",
        "problem" if few else "hint",
        min(0.9, 0.5 + float(fallen)),
        {"epochs": epochs, "fallen": percent(float(fallen))},
        Span("loss", max(0, facts.n_epochs - third), facts.n_epochs),
        (Remedy("coach-remedy-longer", {"train.epochs": min(1000, max(8, 2 * epochs))}),),
    )


def trained_too_long(facts: Facts) -> Finding | None:
    """Validation loss turned: from there on the network learned its training photos by heart.

    Source: Prechelt 1998; Goodfellow, Bengio, Courville 2016, section 7.8.
    """
    losses = facts.val_losses
    if len(losses) <= limit.TURNED_EPOCHS:
        return None
    best = int(losses.argmin())
    last = float(np.mean(losses[-2:]))
    since = len(losses) - 1 - best
    learns_on = facts.train_losses[-1] < facts.train_losses[best]
    turned = last > limit.TURNED * losses[best] and last > losses[best] + limit.TURNED_BY
    if since < limit.TURNED_EPOCHS or not turned or not learns_on:
        return None
    return Finding(
        "trained_too_long",
        "problem",
        min(0.95, 0.4 + 0.5 * (last / float(losses[best]) - 1)),
        {"epoch": best + 1, "lowest": f"{losses[best]:.2f}", "last": f"{last:.2f}"},
        Span("loss", best + 1, len(losses)),
        (
            Remedy("coach-remedy-shorter", {"train.epochs": max(2, best + 2)}),
            *augment_more(facts),
        ),
    )


def baseline_as_good(facts: Facts) -> Finding | None:
    """Fine-tuning added nothing that the validation photos can show: the head alone would do.

    Source: Kornblith, Shlens, Le 2019 (arXiv 1805.08974); Kumar et al. 2022 (arXiv 2202.10054).
    """
    end = facts.history.end
    if not isinstance(end, RunFinished) or facts.recipe.model.only_head_learns:
        return None
    if not facts.n_epochs or end.val_accuracy - end.baseline_val_accuracy > limit.LITTLE_GAIN:
        return None
    return Finding(
        "baseline_as_good",
        "hint",
        0.5,
        {"baseline": percent(end.baseline_val_accuracy), "best": percent(end.val_accuracy)},
        Span("accuracy", 0, facts.n_epochs),
        (Remedy("coach-remedy-head-only", {"model.freeze": "backbone"}),),
    )
