"""Whether one model is really better than another: statistics over photos that both judged.

All of it is about right and wrong answers to the same photos. That says whether these two models
differ; whether their recipes do is a wider question, since another seed gives another model
(Dietterich 1998).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from finetune_gui.core.coach.facts import wilson_interval
from finetune_gui.core.recipe import Recipe, get_value, recipe_fields

Verdict = Literal["real", "unclear", "same", "none"]

LEVEL = 0.05  # a difference that chance alone makes this seldom is called real
Z = 1.96  # the 95 % quantile of the normal distribution, both sides
_RESAMPLES = 1000
_SEED = 0

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said of one photo, and the class that the photo has."""

    truth: str
    label: str

    @property
    def is_right(self) -> bool:
        """Whether the model named the class."""
        return self.truth == self.label


Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Score:
    """How good a model is on ``n`` photos; fractions in [0, 1] with 95 % intervals.

    ``macro_f1_interval`` is None where no answer is wrong: redrawing such photos tells nothing.
    """

    n: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    macro_f1_interval: tuple[float, float] | None


@dataclass(frozen=True)
class Paired:
    """Two models on the same photos.

    ``both`` and ``neither`` count photos that both or none of them got right, ``first`` and
    ``second`` those that only one did. ``p`` is how often chance alone gives a split as uneven as
    this; ``adjusted`` the same where several comparisons are made at once. ``interval`` is of
    `difference`.
    """

    both: int
    first: int
    second: int
    neither: int
    p: float
    adjusted: float
    interval: tuple[float, float]

    @property
    def n(self) -> int:
        """How many photos both judged."""
        return self.both + self.first + self.second + self.neither

    @property
    def decided(self) -> int:
        """How many photos only one of them got right: those alone can tell them apart."""
        return self.first + self.second

    @property
    def difference(self) -> float:
        """The accuracy of the second less that of the first, in [-1, 1]."""
        return (self.second - self.first) / self.n if self.n else 0.0

    @property
    def verdict(self) -> Verdict:
        """What can be said of the difference."""
        if not self.n:
            return "none"
        if not self.decided:
            return "same"
        return "real" if self.adjusted < LEVEL else "unclear"

    @property
    def could_ever_tell(self) -> bool:
        """Whether as many photos could show a difference, were they all on one side."""
        return mcnemar(self.decided, 0) < LEVEL


def mcnemar(first: int, second: int) -> float:
    """The p-value of McNemar's exact test (McNemar 1947; exact form: Dietterich 1998).

    ``first`` and ``second`` count the photos that only one of two models got right. If neither is
    better, each such photo is a fair coin, so the count is binomial with one half.
    """
    n = first + second
    if n == 0:
        return 1.0
    # Here and not above: scipy takes a while, and the window imports this module.
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(first, second), n, 0.5)))


def difference_interval(both: int, first: int, second: int, neither: int) -> tuple[float, float]:
    """The 95 % interval of the second accuracy less the first, both on the same photos.

    Method 10 of Newcombe (1998), *Statistics in Medicine* 17:2635-2650: Wilson's intervals of the
    two accuracies, put together with their correlation. Without photos it is [-1, 1].
    """
    n = both + first + second + neither
    if n == 0:
        return -1.0, 1.0
    here, there = (both + second) / n, (both + first) / n
    here_low, here_high = wilson_interval(here, n, Z)
    there_low, there_high = wilson_interval(there, n, Z)
    phi = _correlation(both, first, second, neither)
    down = _side(here - here_low, there_high - there, phi)
    up = _side(here_high - here, there - there_low, phi)
    return max(-1.0, here - there - down), min(1.0, here - there + up)


def _side(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(both: int, first: int, second: int, neither: int) -> float:
    """Phi of the two by two table, with Newcombe's correction for continuity."""
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    if product == 0:
        return 0.0
    determinant: float = both * neither - first * second
    if determinant > 0:
        determinant = max(determinant - (both + first + second + neither) / 2, 0.0)
    return determinant / math.sqrt(product)


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values that stay honest when all are looked at together (Holm 1979), in the same order."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def compare_pair(first: Answers, second: Answers, photos: Iterable[str]) -> Paired:
    """Two models on ``photos``, which both have answers to."""
    table = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for photo in photos:
        table[first[photo].is_right, second[photo].is_right] += 1
    both, only_first, only_second, neither = table.values()
    p = mcnemar(only_first, only_second)
    interval = difference_interval(both, only_first, only_second, neither)
    return Paired(both, only_first, only_second, neither, p, p, interval)


def compare_with(
    reference: Answers, others: Sequence[Answers], photos: Sequence[str]
) -> list[Paired]:
    """Each of ``others`` against ``reference``, with p-values adjusted for their number."""
    pairs = [compare_pair(reference, other, photos) for other in others]
    adjusted = holm([pair.p for pair in pairs])
    return [replace(pair, adjusted=p) for pair, p in zip(pairs, adjusted, strict=True)]


def common_photos(judged: Sequence[Answers]) -> list[str]:
    """The photos that all models judged and that have one class for all of them, in order."""
    if not judged:
        return []
    first, *others = judged
    return [
        photo
        for photo, answer in first.items()
        if all(photo in o and o[photo].truth == answer.truth for o in others)
    ]


def score(answers: Answers, photos: Sequence[str]) -> Score | None:
    """How good the answers to ``photos`` are; None where there are no photos.

    The interval of the accuracy is Wilson's, that of macro-F1 the percentiles of a bootstrap over
    the photos (Efron 1979), the same in every call.
    """
    if not photos:
        return None
    given = [answers[photo] for photo in photos]
    names = sorted({a.truth for a in given} | {a.label for a in given})
    place = {name: i for i, name in enumerate(names)}
    cells: dict[tuple[int, int], int] = {}
    for a in given:
        cell = place[a.truth], place[a.label]
        cells[cell] = cells.get(cell, 0) + 1
    accuracy = sum(a.is_right for a in given) / len(given)
    f1, interval = _macro_f1(cells, len(names))
    return Score(len(given), accuracy, wilson_interval(accuracy, len(given), Z), f1, interval)


def _macro_f1(
    cells: Mapping[tuple[int, int], int], n_classes: int
) -> tuple[float, tuple[float, float] | None]:
    """Macro-F1 and its interval from a confusion matrix of (truth, answer) to count."""
    truth = np.array([cell[0] for cell in cells])
    guess = np.array([cell[1] for cell in cells])
    counts: Counts = np.array(list(cells.values()), dtype=np.int64)
    f1 = _f1_of(truth, guess, counts, n_classes)
    if np.all(truth == guess):
        return f1, None
    n = int(counts.sum())
    drawn = np.random.default_rng(_SEED).multinomial(n, counts / n, _RESAMPLES)
    found = [_f1_of(truth, guess, row, n_classes) for row in drawn]
    low, high = np.quantile(found, (0.025, 0.975))
    return f1, (min(f1, float(low)), max(f1, float(high)))


def _f1_of(truth: Counts, guess: Counts, counts: Counts, n_classes: int) -> float:
    """The mean F1 of the classes that have photos: ``2 · right / (photos + answers)``."""
    photos = np.bincount(truth, counts, n_classes)
    answers = np.bincount(guess, counts, n_classes)
    right = np.bincount(truth, counts * (truth == guess), n_classes)
    present = photos > 0
    return float(np.mean(2 * right[present] / (photos + answers)[present]))


def differing_keys(recipes: Sequence[Recipe]) -> list[str]:
    """The fields that are not the same in all recipes, in the order of the form.

    What a named preset of the augmentation sets is left out: the name says it all.
    """
    named = all(recipe.augment.preset != "custom" for recipe in recipes)
    return [
        key
        for key in recipe_fields()
        if len({get_value(recipe, key) for recipe in recipes}) > 1
        and not (named and key.startswith("augment.") and key != "augment.preset")
    ]
