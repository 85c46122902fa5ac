"""Divides a dataset into training, validation and test photos.

How many photos each class gives is decided here: scikit-learn's own stratified splitting refuses
classes with one photo and may leave a class of five without a test photo, and people who asked
for 70 / 20 / 10 have to get it. Which photos they are is drawn as scikit-learn draws them.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from finetune_gui.dataset.samples import Dataset, Sample, Split

# From this many photos on a class gives at least one to every part.
ENOUGH_FOR_ALL = 3


@dataclass(frozen=True)
class SplitPlan:
    """How many photos of one class go where; what the source itself assigns is not counted."""

    train: int
    validation: int
    test: int


def assign_splits(
    dataset: Dataset, validation_fraction: float, test_fraction: float, seed: int
) -> tuple[Split, ...]:
    """The split of every sample, in the order of ``dataset.samples``.

    Photos that the source assigns to validation or test stay there, and that part is not drawn;
    the missing parts are taken from the rest. The result depends on relative paths, labels,
    fractions and seed only. The first call imports scikit-learn (seconds): call it from a job.
    """
    plans = plan_splits(dataset, validation_fraction, test_fraction)
    chosen: list[Split] = [sample.split or "train" for sample in dataset.samples]
    for label, members in _pools(dataset).items():
        # Each class draws with a seed of its own: what is added to one leaves the others alone.
        validation, test = _drawn(members, plans[label], zlib.crc32(f"{seed}/{label}".encode()))
        for index in validation:
            chosen[index] = "validation"
        for index in test:
            chosen[index] = "test"
    return tuple(chosen)


def plan_splits(
    dataset: Dataset, validation_fraction: float, test_fraction: float
) -> dict[str, SplitPlan]:
    """How many of the photos that the source leaves open each class gives to each part.

    Fractions are of those photos, each in [0, 1), together below 1. Every number is within one
    photo of its fraction and the totals are as near as they can be; a class with three photos or
    more gives at least one to each part. Pure arithmetic, quick enough for the window.
    """
    if min(validation_fraction, test_fraction) < 0 or validation_fraction + test_fraction >= 1:
        raise ValueError((validation_fraction, test_fraction))
    given = {sample.split for sample in dataset.samples}
    sizes = Counter(s.label for s in dataset.samples if _is_open(s))
    return _planned(
        {label: sizes[label] for label in dataset.classes},
        0.0 if "validation" in given else validation_fraction,
        0.0 if "test" in given else test_fraction,
    )


def _is_open(sample: Sample) -> bool:
    return sample.split in (None, "train")


def _pools(dataset: Dataset) -> dict[str, list[int]]:
    """For each class the indices that are to be divided, in an order of their names alone."""
    pools: dict[str, list[int]] = {label: [] for label in dataset.classes}
    names = [dataset.relative(sample.path) for sample in dataset.samples]
    for index in sorted(range(len(names)), key=names.__getitem__):
        if _is_open(dataset.samples[index]):
            pools[dataset.samples[index].label].append(index)
    return pools


def _drawn(members: list[int], plan: SplitPlan, seed: int) -> tuple[list[int], list[int]]:
    """The members that go to validation and to test."""
    held = plan.validation + plan.test
    out = _shuffled(members, seed)[:held]
    if plan.test == 0 or plan.validation == 0:
        return (out, []) if plan.test == 0 else ([], out)
    out = _shuffled(out, seed)
    return out[plan.test :], out[: plan.test]


def _shuffled(members: list[int], seed: int) -> list[int]:
    # As scikit-learn's train_test_split does it, which must not be called while another thread
    # imports torch: it looks into the module for a class that is not there yet.
    order = np.random.RandomState(seed).permutation(len(members))
    return [members[i] for i in order]


@dataclass(frozen=True)
class _Share:
    """What one class gives to one part: any whole number in [low, high], best ``wish``."""

    wish: float
    low: int
    high: int


def _planned(
    sizes: Mapping[str, int], validation_fraction: float, test_fraction: float
) -> dict[str, SplitPlan]:
    # First how many leave training at all, then how those are shared out: so all three numbers
    # of a class are within one of their fraction, not just two of them.
    validation = {c: _share(n, validation_fraction) for c, n in sizes.items()}
    test = {c: _share(n, test_fraction) for c, n in sizes.items()}
    held = _apportioned({c: _held(n, validation[c], test[c]) for c, n in sizes.items()})
    tested = _apportioned({c: _rest(held[c], test[c], validation[c]) for c in sizes})
    return {
        c: SplitPlan(train=n - held[c], validation=held[c] - tested[c], test=tested[c])
        for c, n in sizes.items()
    }


def _share(size: int, fraction: float) -> _Share:
    wish = round(size * fraction, 9)  # 0.1 * 30 is 3.0000000000000004
    least = 1 if fraction > 0 and size >= ENOUGH_FOR_ALL else 0
    return _Share(wish, max(math.floor(wish), least), max(math.ceil(wish), least))


def _held(size: int, first: _Share, second: _Share) -> _Share:
    """Both parts together; one photo at least stays for training."""
    wish = round(first.wish + second.wish, 9)
    most = max(0, size - 1)
    low = min(most, max(math.floor(wish), first.low + second.low))
    return _Share(wish, low, max(low, min(most, math.ceil(wish))))


def _rest(held: int, wanted: _Share, other: _Share) -> _Share:
    """What one part may take of the ``held`` photos so that the other keeps to its range."""
    low = min(held, max(wanted.low, held - other.high))
    return _Share(wanted.wish, low, max(low, min(wanted.high, held - other.low)))


def _apportioned(shares: Mapping[str, _Share]) -> dict[str, int]:
    """Whole numbers whose sum is the wishes' sum as nearly as the ranges allow.

    The classes that would lose most by rounding down are rounded up first.
    """
    numbers = {label: share.low for label, share in shares.items()}
    missing = math.floor(sum(s.wish for s in shares.values()) + 0.5) - sum(numbers.values())
    by_loss = sorted(shares, key=lambda label: numbers[label] - shares[label].wish)
    for label in by_loss:
        if missing > 0 and numbers[label] < shares[label].high:
            numbers[label] += 1
            missing -= 1
    return numbers
