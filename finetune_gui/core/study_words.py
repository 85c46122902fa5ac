"""What a search came to in words, in the language now set: for the window and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finetune_gui.core.durations import rough
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import get_value
from finetune_gui.core.recipe_words import value_text
from finetune_gui.core.study import Budget, StudyStory, TrialRow, Verdict

Tone = Literal["info", "good", "caution"]


@dataclass(frozen=True)
class Words:
    """An answer: how it is meant, what it says, and what that rests on."""

    tone: Tone
    heading: str
    text: str = ""


def changes_of(story: StudyStory, trial: TrialRow) -> list[str]:
    """What a trial has otherwise than the default, each as ``Learning rate: 0.001 → 0.003``."""
    lines = []
    for dimension in story.spec.searched:
        before = get_value(story.spec.recipe, dimension.key)
        after = trial.values.get(dimension.key, before)
        if after != before:
            field = dimension.field
            shown = {"before": value_text(field, before), "after": value_text(field, after)}
            lines.append(tr("coach-clone-change", field=tr(dimension.message), **shown))
    return lines


def short_changes(story: StudyStory, trial: TrialRow) -> str:
    """The same in one line without what was before: ``Learning rate 0.003 · Epochs 6``."""
    if trial.is_default:
        return tr("search-default-settings")
    parts = []
    for dimension in story.spec.searched:
        before = get_value(story.spec.recipe, dimension.key)
        after = trial.values.get(dimension.key, before)
        if after != before:
            parts.append(f"{tr(dimension.message)} {value_text(dimension.field, after)}")
    return " · ".join(parts) or tr("search-default-settings")


def budget_words(budget: Budget) -> str:
    """How long a search may take: ``20 minutes``, ``9 trials``."""
    if budget.trials is not None:
        return tr("search-earlier-trials", n=budget.trials)
    return tr("search-earlier-minutes", n=round(budget.minutes or 0))


def verdict_words(story: StudyStory) -> Words:
    """The answer of a search, or how far it is."""
    best, verdict = story.best, story.verdict
    if best is None:
        return Words("info", tr("search-nothing-yet"))
    if verdict is None:
        return Words("info", tr("search-no-verdict"), tr("search-no-verdict-why"))
    if verdict.answer in ("better", "chance", "not_better"):
        return _compared(verdict)
    return _uncompared(verdict)


def _uncompared(verdict: Verdict) -> Words:
    match verdict.answer:
        case "default_won":
            return Words("good", tr("search-verdict-default"), tr("search-verdict-default-why"))
        case "default_failed":
            return Words("good", tr("search-verdict-broken"), tr("search-verdict-broken-why"))
        case "only_default":
            return Words("caution", tr("search-verdict-only"), tr("search-verdict-only-why"))
        case "too_few":
            return Words("caution", tr("search-verdict-few"), tr("search-verdict-few-why"))
        case _:
            time = tr("common-time-rough", **rough(verdict.seconds_needed))
            why = tr("search-verdict-short-why", time=time)
            return Words("caution", tr("search-verdict-short"), why)


def _compared(verdict: Verdict) -> Words:
    points = f"{100 * abs(verdict.difference):.1f}"
    why = tr(
        "search-verdict-figures",
        winner=_percent(verdict.winner_accuracy),
        default=_percent(verdict.default_accuracy),
        photos=verdict.photos,
        folds=verdict.folds,
        low=f"{100 * verdict.low:+.1f}",
        high=f"{100 * verdict.high:+.1f}",
    )
    match verdict.answer:
        case "better":
            return Words("good", tr("search-verdict-better", points=points), why)
        case "chance":
            return Words("caution", tr("search-verdict-chance", points=points), why)
        case _:
            return Words("info", tr("search-verdict-not-better"), why)


def _percent(fraction: float) -> str:
    return tr("common-percent", value=f"{100 * fraction:.1f}")
