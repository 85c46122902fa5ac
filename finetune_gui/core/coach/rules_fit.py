"""Does what was learned hold on other photos? And was there enough to see, and to vary?"""

from __future__ import annotations

from finetune_gui.core.coach import thresholds as limit
from finetune_gui.core.coach.facts import Facts, wilson_interval
from finetune_gui.core.coach.findings import Finding, Remedy, Span, Weight
from finetune_gui.core.coach.remedies import augment_more
from finetune_gui.core.coach.words import percent


def overfitting(facts: Facts) -> Finding | None:
    """Training photos are known by heart, others are not.

    Source: Goodfellow, Bengio, Courville 2016, section 5.2.
    """
    gap = _gap(facts)
    if gap is None:
        return None
    train, validation = float(facts.train_accuracies[-1]), float(facts.val_accuracies[-1])
    low, _ = wilson_interval(validation, facts.data.n("validation"))
    return Finding(
        "overfitting",
        _weight_of(gap, facts),
        min(0.95, 0.5 + gap),
        {"train": percent(train), "validation": percent(validation), "low": percent(low)},
        Span("accuracy", max(0, facts.n_epochs - 3), facts.n_epochs),
        _against_overfitting(facts),
    )


def augmentation_too_weak(facts: Facts) -> Finding | None:
    """Few photos, shown almost as they are each time, are learned by heart.

    It is the cause of `overfitting` that can be turned off at once.
    Source: Krizhevsky, Sutskever, Hinton 2012, section 4.1; Shorten and Khoshgoftaar 2019.
    """
    augment, gap = facts.recipe.augment, _gap(facts)
    weak = augment.preset in ("none", "light") or not augment.changes_anything
    if gap is None or not weak or not 0 < facts.data.typical < limit.FEW_TO_VARY:
        return None
    train, validation = float(facts.train_accuracies[-1]), float(facts.val_accuracies[-1])
    return Finding(
        "augmentation_too_weak",
        _weight_of(gap, facts),
        min(0.96, 0.55 + gap),
        {
            "n": facts.data.typical,
            "train": percent(train),
            "validation": percent(validation),
        },
        Span("accuracy", max(0, facts.n_epochs - 3), facts.n_epochs),
        _against_overfitting(facts),
    )


def _gap(facts: Facts) -> float | None:
    """How far validation is behind training photos that are known by heart; None: not so."""
    if not facts.n_epochs or facts.mixes_photos:
        return None
    train, validation = float(facts.train_accuracies[-1]), float(facts.val_accuracies[-1])
    _, high = wilson_interval(validation, facts.data.n("validation"))
    gap = train - validation
    if train < limit.LEARNED_BY_HEART or gap < limit.GAP or train <= high:
        return None
    return gap


def _weight_of(gap: float, facts: Facts) -> Weight:
    """A gap spoils a run where it is wide, or where validation got worse while it opened.

    With few photos every network knows its training photos better than others.
    """
    losses = facts.val_losses
    lowest, last = float(losses.min()), float(losses[-2:].mean())
    turned = last > limit.TURNED * lowest and last > lowest + limit.TURNED_BY
    return "problem" if gap >= limit.WIDE_GAP or turned else "hint"


def _against_overfitting(facts: Facts) -> tuple[Remedy, ...]:
    found = augment_more(facts)
    if facts.recipe.model.freeze == "none":
        frozen = {"model.freeze": "all_but_last_two_stages"}
        found.append(Remedy("coach-remedy-freeze", frozen))
    found.append(Remedy("coach-remedy-more-photos", page="data"))
    return tuple(found)


def underfitting(facts: Facts) -> Finding | None:
    """Not even the training photos are learned, although the run had its time.

    Source: Goodfellow, Bengio, Courville 2016, section 5.2.
    """
    if not facts.is_over or facts.n_epochs < limit.CRAWL_EPOCHS or facts.mixes_photos:
        return None
    train, validation = float(facts.train_accuracies[-1]), float(facts.val_accuracies[-1])
    if train >= limit.UNDERFIT or validation >= limit.UNDERFIT:
        return None
    changes: dict[str, object] = {"train.epochs": min(1000, 2 * facts.recipe.train.epochs)}
    if facts.recipe.model.freeze != "none":
        changes = {"model.freeze": "none"}
    return Finding(
        "underfitting",
        "problem",
        0.4,
        {"train": percent(train), "validation": percent(validation)},
        Span("accuracy", max(0, facts.n_epochs - 3), facts.n_epochs),
        (Remedy("coach-remedy-learn-more", changes),),
    )


def augmentation_too_strong(facts: Facts) -> Finding | None:
    """What training sees is changed so much that it can hardly be recognised.

    Source: Shorten and Khoshgoftaar 2019, A survey on Image Data Augmentation, "safety".
    """
    augment = facts.recipe.augment
    if facts.n_epochs < 2 or facts.mixes_photos or augment.preset in ("none", "light"):
        return None
    train, validation = float(facts.train_accuracies[-1]), float(facts.val_accuracies[-1])
    known = 0.0 if facts.history.baseline is None else facts.history.baseline.val_accuracy
    if max(validation, known) - train < limit.AUGMENTED_AWAY:
        return None
    weaker = {"strong": "medium", "custom": "light", "medium": "light"}[augment.preset]
    return Finding(
        "augmentation_too_strong",
        "problem",
        min(0.95, 0.6 + max(validation, known) - train),
        {"train": percent(train), "validation": percent(max(validation, known))},
        Span("accuracy", 0, facts.n_epochs),
        (Remedy("coach-remedy-augment-less", {"augment.preset": weaker}),),
    )


def input_too_small(facts: Facts) -> Finding | None:
    """Large photos are shrunk to a small input, and what is in new ones is not recognised.

    Spoken of only where the network had its time and a larger input would show something that is
    there to see. It may still know its training photos by heart.
    Source: Touvron et al. 2019 (arXiv 1906.06423), figure 3; Tan and Le 2019 (arXiv 1905.11946),
    section 3.2: accuracy grows with the resolution.
    """
    data = facts.data
    if not data.photo_side or not data.input_side or facts.mixes_photos:
        return None
    shrunk = data.photo_side / data.input_side
    if shrunk < limit.TIMES_LARGER or data.input_side > limit.SMALL_INPUT:
        return None
    if not facts.is_over or facts.n_epochs < limit.CRAWL_EPOCHS:
        return None
    validation = float(facts.val_accuracies.max())
    _, high = wilson_interval(validation, facts.data.n("validation"))
    if high >= limit.UNDERFIT:
        return None
    larger = min(384, 2 * data.input_side, 32 * (data.photo_side // 32))
    return Finding(
        "input_too_small",
        "problem",
        0.6,
        {"photo": data.photo_side, "input": data.input_side, "validation": percent(validation)},
        Span("accuracy", max(0, facts.n_epochs - 3), facts.n_epochs),
        (Remedy("coach-remedy-larger-input", {"model.input_size": larger}),),
    )
