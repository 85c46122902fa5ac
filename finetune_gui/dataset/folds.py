"""Divides photos into folds: each is judged once by a model that has not seen it.

scikit-learn divides: stratified, so that every fold has its share of each class, and, where
photos belong together, with whole groups, so that no model is judged by a second picture of what
it has learned from.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from finetune_gui.core.cross_validation import FoldsAsked, GroupBy
from finetune_gui.core.errors import DatasetError
from finetune_gui.dataset.samples import Dataset, Sample, Split
from finetune_gui.dataset.splits import assign_splits

_LAST_PART = re.compile(r"[-_. ]+[^-_. ]*$")


@dataclass(frozen=True)
class Folds:
    """``indices`` of the samples that are divided, their ``groups``, and ``numbers``.

    ``numbers[r][i]`` is the fold, from 1, of the i-th of them in repeat r. Groups are empty for
    photos that belong to none.
    """

    indices: tuple[int, ...]
    groups: tuple[str, ...]
    numbers: tuple[tuple[int, ...], ...]


def group_of(dataset: Dataset, sample: Sample, by: GroupBy) -> str:
    """What a photo belongs to; empty where it stands alone.

    By "prefix" that is its file name up to the last ``_``, ``-``, dot or space
    (``scene12_003.jpg``: ``scene12``), by "folder" the folder it lies in, by "column" what the
    table says.
    """
    if by == "column":
        return sample.group
    place = PurePosixPath(dataset.relative(sample.path))
    if by == "folder":
        return str(place.parent)
    return _LAST_PART.sub("", place.stem) if by == "prefix" else ""


def make_folds(dataset: Dataset, splits: Sequence[Split], asked: FoldsAsked, seed: int) -> Folds:
    """Divide all photos that are not for the test. The first call imports scikit-learn.

    The result depends on names, labels, groups, ``asked`` and the seed only.

    Raises:
        DatasetError: a class has too few photos or groups for so many folds.
    """
    chosen = [i for i, split in enumerate(splits) if split != "test"]
    chosen.sort(key=lambda i: dataset.relative(dataset.samples[i].path))
    samples = [dataset.samples[i] for i in chosen]
    groups = [group_of(dataset, sample, asked.group_by) for sample in samples]
    labels = [sample.label for sample in samples]
    names = [dataset.relative(sample.path) for sample in samples]
    _check_classes(dataset.classes, labels, asked)
    together = _numbered(names, groups)
    if asked.group_by != "none":
        _check_groups(labels, together, asked)
    numbers = []
    for repeat in range(asked.repeats):
        drawn = int(np.random.SeedSequence((seed, repeat)).generate_state(1)[0])
        numbers.append(_divided(labels, together, asked, drawn))
    return Folds(tuple(chosen), tuple(groups), tuple(numbers))


def hold_back(
    names: Sequence[str],
    labels: Sequence[str],
    groups: Sequence[str],
    fraction: float,
    seed: int,
) -> frozenset[int]:
    """Which of the photos that a fold learns from are kept to choose its best epoch by.

    About ``fraction`` of them, no group in part, and never all of a class.

    Raises:
        DatasetError: that cannot be done.
    """
    if any(groups):
        return _groups_back(labels, _numbered(names, groups), fraction, seed)
    root = Path("/")
    samples = tuple(Sample(root / n, c, None) for n, c in zip(names, labels, strict=True))
    classes = tuple(sorted(set(labels)))
    whole = Dataset(root, root, "", classes, samples, ())
    splits = assign_splits(whole, fraction, 0.0, seed)
    return frozenset(i for i, split in enumerate(splits) if split == "validation")


def count_groups(groups: Iterable[str]) -> tuple[int, int]:
    """How many groups there are and the largest one's size; a photo without one is its own."""
    sizes = Counter(groups)
    alone = sizes.pop("", 0)
    return len(sizes) + alone, max([*sizes.values(), min(alone, 1)])


def _numbered(names: Sequence[str], groups: Sequence[str]) -> list[int]:
    """A number for each group; photos without one get a number of their own."""
    found: dict[tuple[bool, str], int] = {}
    keys = [(bool(g), g or n) for n, g in zip(names, groups, strict=True)]
    return [found.setdefault(key, len(found)) for key in keys]


def _check_classes(classes: Sequence[str], labels: Sequence[str], asked: FoldsAsked) -> None:
    sizes = Counter(labels)
    label = min(classes, key=lambda c: sizes[c])
    if sizes[label] < asked.folds:
        raise DatasetError(
            "error-folds-class-small", label=label, n=sizes[label], folds=asked.folds
        )


def _check_groups(labels: Sequence[str], together: Sequence[int], asked: FoldsAsked) -> None:
    groups = len(set(together))
    # One group to be judged by, one to choose by, one to learn from.
    if min(len(found) for found in _groups_of(labels, together).values()) < 3:
        raise _too_few_groups(labels, together)
    if groups < asked.folds:
        raise DatasetError("error-folds-few-groups", groups=groups, folds=asked.folds)


def _groups_of(labels: Sequence[str], together: Sequence[int]) -> dict[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for label, group in zip(labels, together, strict=True):
        found[label].add(group)
    return found


def _too_few_groups(labels: Sequence[str], together: Sequence[int]) -> DatasetError:
    """Names the class with the fewest groups: it is the one that cannot be divided."""
    found = _groups_of(labels, together)
    label = min(found, key=lambda c: (len(found[c]), c))
    return DatasetError("error-folds-class-groups", label=label, groups=len(found[label]))


def _divided(
    labels: Sequence[str], together: Sequence[int], asked: FoldsAsked, seed: int
) -> tuple[int, ...]:
    numbers = [0] * len(labels)
    grouped = asked.group_by != "none"
    for number, (_, held) in enumerate(
        _parts(labels, together, asked.folds, seed, grouped=grouped), 1
    ):
        for index in held:
            numbers[index] = number
    for number in range(1, asked.folds + 1):
        learned = {c for c, n in zip(labels, numbers, strict=True) if n != number}
        if number not in numbers or learned != set(labels):
            raise _too_few_groups(labels, together)
    return tuple(numbers)


def _parts(
    labels: Sequence[str], together: Sequence[int], n: int, seed: int, *, grouped: bool
) -> Iterator[tuple[list[int], list[int]]]:
    """Pairs of what is learned from and what is held out, by index."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    kind = StratifiedGroupKFold if grouped else StratifiedKFold
    parts: Any = kind(n_splits=n, shuffle=True, random_state=seed)
    groups = list(together) if grouped else None
    for learn, held in parts.split(np.zeros(len(labels)), list(labels), groups):
        yield learn.tolist(), held.tolist()


def _groups_back(
    labels: Sequence[str], together: Sequence[int], fraction: float, seed: int
) -> frozenset[int]:
    wanted = round(1 / fraction)
    n = min(wanted, len(set(together)), *Counter(labels).values())
    tried = [held for _, held in _parts(labels, together, n, seed, grouped=True)] if n >= 2 else []
    of_group: defaultdict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(together):
        of_group[group].append(index)
    # Where whole parts would take all of a class, one group alone may do.
    share = fraction * len(labels)
    tried += sorted(of_group.values(), key=lambda held: abs(len(held) - share))
    everything = set(range(len(labels)))
    for held in tried:
        learned = {labels[i] for i in everything - set(held)}
        if held and learned == set(labels):
            return frozenset(held)
    raise _too_few_groups(labels, together)
