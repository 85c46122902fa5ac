"""All rules of the coach in one list, and what they say of a run."""

from __future__ import annotations

from collections.abc import Callable

from finetune_gui.core.coach import (
    rules_batch,
    rules_data,
    rules_fit,
    rules_length,
    rules_rate,
    rules_time,
    rules_values,
)
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Name, Span
from finetune_gui.core.coach.thresholds import GOING_WELL_EPOCHS

Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    rules_rate.lr_too_high,
    rules_rate.lr_too_low,
    rules_length.stopped_too_early,
    rules_length.trained_too_long,
    rules_fit.overfitting,
    rules_fit.augmentation_too_weak,
    rules_fit.underfitting,
    rules_fit.augmentation_too_strong,
    rules_fit.input_too_small,
    rules_length.baseline_as_good,
    rules_data.leak,
    rules_data.labels_doubtful,
    rules_data.too_few_photos,
    rules_data.class_starves,
    rules_data.class_confused,
    rules_data.validation_too_small,
    rules_data.validation_easier,
    rules_batch.batch_too_small,
    rules_batch.batch_norm_unsteady,
    rules_values.not_finite,
    rules_values.dead_units,
    rules_time.decoding_slow,
    rules_time.loading_slow,
    rules_time.precision_pinned,
    rules_time.threads_pinned,
)

# What explains others: where the first is found, the others are its consequences.
EXPLAINS: dict[Name, frozenset[Name]] = {
    # What a handful of photos says of a gap or a turn may be an accident of these photos.
    "validation_too_small": frozenset(
        {"overfitting", "augmentation_too_weak", "trained_too_long", "validation_easier"}
    ),
    # Of a class that is hardly ever seen, nothing can be known: its labels need not be wrong.
    "class_starves": frozenset({"labels_doubtful"}),
    "labels_doubtful": frozenset(
        (
            "overfitting",
            "augmentation_too_weak",
            "underfitting",
            "lr_too_low",
            "trained_too_long",
            "input_too_small",
        )
    ),
    "batch_too_small": frozenset({"lr_too_high", "dead_units"}),
    "not_finite": frozenset({"lr_too_high", "dead_units", "labels_doubtful", "underfitting"}),
    "lr_too_high": frozenset(
        (
            "underfitting",
            "labels_doubtful",
            "baseline_as_good",
            "stopped_too_early",
            "class_confused",
            "lr_too_low",
            "trained_too_long",
            "dead_units",
            "input_too_small",
        )
    ),
    "lr_too_low": frozenset(
        {"underfitting", "stopped_too_early", "baseline_as_good", "input_too_small"}
    ),
    "augmentation_too_strong": frozenset(
        {"underfitting", "lr_too_low", "lr_too_high", "input_too_small"}
    ),
    "augmentation_too_weak": frozenset({"overfitting", "baseline_as_good"}),
    "too_few_photos": frozenset(
        {"overfitting", "augmentation_too_weak", "trained_too_long", "baseline_as_good"}
    ),
    "trained_too_long": frozenset({"baseline_as_good"}),
    "overfitting": frozenset({"baseline_as_good"}),
}


def findings(facts: Facts) -> tuple[Finding, ...]:
    """What there is to say of a run, the most important first; never twice the same cause."""
    found = [finding for rule in RULES if (finding := rule(facts)) is not None]
    names = {finding.name for finding in found}
    explained = {late for name in names for late in EXPLAINS.get(name, frozenset())}
    kept = [finding for finding in found if finding.name not in explained]
    if all(finding.weight != "problem" for finding in kept):
        kept += [praise for praise in (going_well(facts),) if praise is not None]
    return tuple(sorted(kept, key=lambda finding: finding.rank))


def going_well(facts: Facts) -> Finding | None:
    """Nothing is wrong, and there is enough to say so: loss falls on both sides."""
    if facts.n_epochs < GOING_WELL_EPOCHS or facts.is_worse_than_baseline:
        return None
    if facts.train_losses[-1] >= facts.train_losses[0]:
        return None
    return Finding("going_well", "good", 0.5, span=Span("loss", 0, facts.n_epochs))
