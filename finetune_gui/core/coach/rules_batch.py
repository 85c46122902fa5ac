"""Does the batch carry enough for an update, and for batch statistics?"""

from __future__ import annotations

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Remedy, Span


def batch_too_small(facts: Facts) -> Finding | None:
    """An update from one or two photos mostly follows their accidents.

    Source: Goodfellow, Bengio, Courville 2016, section 8.1.3; Masters and Luschi 2018
    (arXiv 1804.07612) find 2 to 32 good with learning rates made for them.
    """
    size = facts.recipe.train.batch_size
    if size >= limit.TINY_BATCH or facts.data.n("train") < 4 * limit.TINY_BATCH:
        return None
    if facts.n_epochs < 1 or not (facts.is_worse_than_baseline or _was_thrown_back(facts)):
        return None
    return Finding(
        "batch_too_small",
        "problem",
        0.96,
        {"size": size},
        Span("loss", 0, facts.n_epochs),
        (Remedy("coach-remedy-larger-batch", {"train.batch_size": 16}),),
    )


def _was_thrown_back(facts: Facts) -> bool:
    """Whether an epoch was far worse than the baseline, even if later ones made up for it."""
    baseline = facts.history.baseline
    if baseline is None:
        return False
    return baseline.val_accuracy - float(facts.val_accuracies.min()) >= limit.THROWN_BACK


def batch_norm_unsteady(facts: Facts) -> Finding | None:
    """Batch-norm statistics of a handful of photos are noise.

    Source: Wu and He 2018 (arXiv 1803.08494), figure 1.
    """
    train = facts.recipe.train
    if train.freeze_batch_norm or train.batch_size >= 2 * limit.TINY_BATCH:
        return None
    if facts.n_epochs < 1 or not facts.is_worse_than_baseline:
        return None
    return Finding(
        "batch_norm_unsteady",
        "problem",
        0.7,
        {"size": train.batch_size},
        Span("loss", 0, facts.n_epochs),
        (Remedy("coach-remedy-freeze-batch-norm", {"train.freeze_batch_norm": True}),),
    )
