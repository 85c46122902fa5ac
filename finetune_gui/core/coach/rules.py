"""All rules of the coach in one list, and what they say of a run."""

from __future__ import annotations

from collections.abc import Callable

from finetune_gui.core.coach import rules_batch, rules_data, rules_length, rules_rate
from finetune_gui.core.coach.facts import Facts
from finetune_gui.core.coach.findings import Finding, Name, Span
from finetune_gui.core.coach.thresholds import GOING_WELL_EPOCHS

Rule = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    rules_rate.lr_too_high,
    rules_rate.lr_too_low,
    rules_length.stopped_too_early,
    rules_length.trained_too_long,
    rules_length.overfitting,
    rules_length.underfitting,
    rules_length.augmentation_too_strong,
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
)

# What explains others: where the first is found, the others are its consequences.
EXPLAINS: dict[Name, frozenset[Name]] = {
    "labels_doubtful": frozenset({"overfitting", "underfitting", "lr_too_low", "trained_too_long"}),
    "batch_too_small": frozenset({"lr_too_high"}),
    "lr_too_high": frozenset(
        (
            "underfitting",
            "labels_doubtful",
            "baseline_as_good",
            "stopped_too_early",
            "class_confused",
            "lr_too_low",
            "trained_too_long",
        )
    ),
    "lr_too_low": frozenset({"underfitting", "stopped_too_early", "baseline_as_good"}),
    "augmentation_too_strong": frozenset({"underfitting", "lr_too_low", "lr_too_high"}),
    "too_few_photos": frozenset({"overfitting", "trained_too_long", "baseline_as_good"}),
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
