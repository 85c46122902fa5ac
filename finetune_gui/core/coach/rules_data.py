"""Are the photos enough, fairly divided and rightly named?"""

from __future__ import annotations

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts, wilson_interval
from finetune_gui.core.coach.findings import Finding, Remedy, Span
from finetune_gui.core.coach.remedies import augment_more, validate_more
from finetune_gui.core.coach.words import percent

_MORE = Remedy("coach-remedy-more-photos", page="data")
_LOOK = Remedy("coach-remedy-look", page="data")


def leak(facts: Facts) -> Finding | None:
    """Photos to judge by are also among those to learn from: the accuracy flatters.

    Source: Kaufman et al. 2012, Leakage in Data Mining.
    """
    if not facts.data.leaks:
        return None
    n = facts.data.n("validation") + facts.data.n("test")
    share = len(facts.data.leaks) / max(1, n)
    return Finding(
        "leak",
        "problem" if share > 0.02 else "hint",
        0.97,
        {"n": len(facts.data.leaks), "share": percent(share)},
        remedies=(_LOOK,),
        photos=facts.data.leaks[:12],
    )


def labels_doubtful(facts: Facts) -> Finding | None:
    """The model is no better than guessing, so photos and classes do not belong together.

    Guessing is answering the commonest class; better is what the 95 % interval leaves above it.
    Source: Zhang et al. 2017 (arXiv 1611.03530): networks fit even random labels.
    """
    best = _best_accuracy(facts)
    n = facts.data.n("validation")
    if best is None or facts.n_epochs < 1 or n < 2 * len(facts.data.classes):
        return None
    chance = facts.data.commonest("validation")
    # The best of several looks is luckier than one.
    low, _ = wilson_interval(best, n, z=2.6)
    if low > chance or facts.history.setbacks:
        return None
    return Finding(
        "labels_doubtful",
        "problem",
        0.9,
        {"best": percent(best), "chance": percent(chance)},
        Span("accuracy", 0, facts.n_epochs),
        (_LOOK,),
    )


def too_few_photos(facts: Facts) -> Finding | None:
    """A few photos of a class cannot show what it looks like in general.

    Source: Sun et al. 2017 (arXiv 1707.02968): accuracy grows with the logarithm of their number.
    """
    train = facts.data.counts["train"]
    if not train:
        return None
    typical = facts.data.typical
    if typical >= limit.FEW_PHOTOS:
        return None
    label = min(train, key=lambda name: train[name])
    return Finding(
        "too_few_photos",
        "problem",
        0.8,
        {"n": typical, "label": label, "fewest": train[label]},
        remedies=(_MORE, *augment_more(facts)),
    )


def class_starves(facts: Facts) -> Finding | None:
    """One class has far fewer photos than the others, and the model seldom says it.

    Source: Buda, Maki, Mazurowski 2018 (arXiv 1710.05381).
    """
    train = facts.data.counts["train"]
    if len(train) < 2:
        return None
    label = min(train, key=lambda name: train[name])
    most = max(train.values())
    if train[label] * limit.STARVING > most:
        return None
    recalls = _recalls(facts)
    others = [r for name, r in recalls.items() if name != label]
    behind = sum(others) / len(others) - recalls[label] if label in recalls and others else None
    suffers = behind is not None and behind > limit.STARVING_RECALL
    return Finding(
        "class_starves",
        "problem" if behind is None or suffers else "hint",
        0.9 if suffers else 0.6,
        {"label": label, "n": train[label], "most": most},
        remedies=(
            _MORE,
            *(
                [Remedy("coach-remedy-balance", {"train.balance_classes": True})]
                if not facts.recipe.train.balance_classes
                else []
            ),
        ),
    )


def class_confused(facts: Facts) -> Finding | None:
    """One class is often taken for another: look at those photos.

    Source: Goodfellow, Bengio, Courville 2016, section 11.5 ("visualize the worst mistakes").
    """
    worst: tuple[float, str, str, int] | None = None
    for i, row in enumerate(facts.data.matrix):
        for j, n in enumerate(row):
            share = n / max(1, sum(row))
            enough = n >= limit.CONFUSED_PHOTOS and share >= limit.CONFUSED
            if i != j and enough and (worst is None or share > worst[0]):
                worst = (share, facts.data.classes[i], facts.data.classes[j], n)
    if worst is None:
        return None
    share, truth, answer, n = worst
    photos = tuple(
        path for path, was, said in facts.data.mistakes if (was, said) == (truth, answer)
    )
    return Finding(
        "class_confused",
        "hint",
        min(0.9, share),
        {"truth": truth, "answer": answer, "n": n, "share": percent(share)},
        remedies=(Remedy("coach-remedy-see-mistakes", page="evaluate"),),
        photos=photos[:12],
    )


def validation_too_small(facts: Facts) -> Finding | None:
    """With so few photos to judge by, the accuracy is a rough guess.

    Half of the 95 % interval (Wilson 1927) is wider than a result should be.
    """
    n, best = facts.data.n("validation"), _best_accuracy(facts)
    if best is None:
        return None
    low, high = wilson_interval(best, n)
    if (high - low) / 2 <= limit.WIDE_INTERVAL:
        return None
    return Finding(
        "validation_too_small",
        "problem",
        0.7,
        {"n": n, "best": percent(best), "low": percent(low), "high": percent(high)},
        Span("accuracy", 0, max(1, facts.n_epochs)),
        (_MORE, *validate_more(facts)),
    )


def validation_easier(facts: Facts) -> Finding | None:
    """Validation photos are right more often than those that were learned: they are not alike.

    Compared at the baseline, where both are seen as they are, without augmentation.
    """
    baseline, n = facts.history.baseline, facts.data.n("validation")
    if baseline is None:
        return None
    low, _ = wilson_interval(baseline.val_accuracy, n)
    easier = baseline.val_accuracy - baseline.train_accuracy
    if easier < limit.EASIER or low <= baseline.train_accuracy:
        return None
    return Finding(
        "validation_easier",
        "hint",
        0.6,
        {"train": percent(baseline.train_accuracy), "validation": percent(baseline.val_accuracy)},
        Span("accuracy", 0, max(1, facts.n_epochs)),
        (_LOOK,),
    )


def _best_accuracy(facts: Facts) -> float | None:
    """The best validation accuracy so far, the baseline's included."""
    baseline = facts.history.baseline
    found = [] if baseline is None else [baseline.val_accuracy]
    found += facts.val_accuracies.tolist()
    return max(found, default=None)


def _recalls(facts: Facts) -> dict[str, float]:
    """The recall of each class that was judged."""
    return {
        label: row[i] / sum(row)
        for i, (label, row) in enumerate(zip(facts.data.classes, facts.data.matrix, strict=False))
        if sum(row)
    }
