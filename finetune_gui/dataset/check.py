"""Looks a dataset over before training: what is broken, doubled, too few, or leaked."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from finetune_gui.core.events import Params
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import tr
from finetune_gui.dataset.decode import load_photo
from finetune_gui.dataset.reading import find_unreadable, in_parallel
from finetune_gui.dataset.samples import Dataset, Sample, SkippedPhoto

IssueKind = Literal[
    "unreadable",
    "leak",
    "duplicate_across_classes",
    "duplicate",
    "empty_class",
    "no_training_photos",
    "single_photo_class",
    "few_photos",
    "imbalance",
]

FEW = 10
IMBALANCE = 5
# Small enough that a JPEG is decoded at an eighth, all of it read nevertheless.
_CHECK_SIDE = 32
_CHUNK = 2**20


@dataclass(frozen=True)
class Issue:
    """One finding. ``paths`` are relative to the dataset's root.

    ``params`` are plain values for the sentence; ``reason`` among them is a message key.
    """

    kind: IssueKind
    paths: tuple[str, ...] = ()
    params: Params = field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The finding as a sentence, in the language now set."""
        params = dict(self.params)
        if "reason" in params:
            params["reason"] = tr(str(params["reason"]))
        return tr(f"dataset-issue-{self.kind.replace('_', '-')}", **params)


@dataclass(frozen=True)
class HealthReport:
    """The outcome of a check. ``n`` and ``classes`` count the photos listed, readable or not.

    ``skipped`` are the photos that training leaves out.
    """

    n: int
    classes: dict[str, int]
    issues: tuple[Issue, ...]
    skipped: tuple[SkippedPhoto, ...] = ()

    def as_json(self) -> dict[str, object]:
        """What ``check --json`` prints."""
        return {
            "n": self.n,
            "classes": self.classes,
            "issues": [
                {"kind": issue.kind, "paths": list(issue.paths), "detail": issue.detail}
                for issue in self.issues
            ],
        }


def check_dataset(dataset: Dataset, ctx: JobContext) -> HealthReport:
    """Read every photo once and report what a person should know before training.

    Raises:
        Cancelled: the user asked to stop.
    """
    photos = [sample.path for sample in dataset.samples]
    broken = find_unreadable(photos, lambda path: load_photo(path, _CHECK_SIDE), ctx)
    readable = dataset.with_skipped(broken)
    issues = [
        *_unreadable(readable),
        *_copies(readable, ctx),
        *(Issue("empty_class", (), {"label": label}) for label in dataset.empty_classes),
        *_class_sizes(readable),
    ]
    return HealthReport(len(photos), dataset.counts(), tuple(issues), readable.skipped)


def _unreadable(dataset: Dataset) -> Iterator[Issue]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for photo in dataset.skipped:
        by_reason[photo.reason].append(dataset.relative(photo.path))
    for reason, paths in by_reason.items():
        yield Issue("unreadable", tuple(paths), {"n": len(paths), "reason": reason})


def _class_sizes(dataset: Dataset) -> Iterator[Issue]:
    counts = dataset.counts()
    for label, n in counts.items():
        members = [sample for sample in dataset.samples if sample.label == label]
        paths = tuple(dataset.relative(sample.path) for sample in members)
        if all(sample.split in ("validation", "test") for sample in members):
            yield Issue("no_training_photos", paths, {"label": label})
        elif n == 1:
            yield Issue("single_photo_class", paths, {"label": label})
        elif n < FEW:
            yield Issue("few_photos", paths, {"label": label, "n": n})
    if counts:
        yield from _imbalance(counts)


def _imbalance(counts: dict[str, int]) -> Iterator[Issue]:
    largest = max(counts, key=counts.__getitem__)
    smallest = min(counts, key=counts.__getitem__)
    if counts[largest] >= IMBALANCE * counts[smallest]:
        yield Issue(
            "imbalance",
            (),
            {
                "largest": largest,
                "largest_n": counts[largest],
                "smallest": smallest,
                "smallest_n": counts[smallest],
            },
        )


def _copies(dataset: Dataset, ctx: JobContext) -> Iterator[Issue]:
    found = [_copy_issues(dataset, group) for group in _identical(dataset.samples, ctx)]
    for kind in ("leak", "duplicate_across_classes", "duplicate"):
        yield from (issue for issues in found for issue in issues if issue.kind == kind)


def _copy_issues(dataset: Dataset, group: list[Sample]) -> list[Issue]:
    """What is wrong with photos that are the same, byte for byte."""
    paths = tuple(dataset.relative(sample.path) for sample in group)
    splits = {sample.split for sample in group if sample.split is not None}
    labels = list(dict.fromkeys(sample.label for sample in group))
    issues = []
    if len(splits) > 1:
        issues.append(Issue("leak", paths, {"n": len(group)}))
    if len(labels) > 1:
        named: Params = {"n": len(group), "first": labels[0], "second": labels[1]}
        issues.append(Issue("duplicate_across_classes", paths, named))
    return issues or [Issue("duplicate", paths, {"n": len(group)})]


def _identical(samples: Iterable[Sample], ctx: JobContext) -> list[list[Sample]]:
    """Groups of byte-identical photos: those of one size are compared by their hash."""
    by_size: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        ctx.check_cancelled()
        size = _size(sample.path)
        if size is not None:
            by_size[size].append(sample)
    suspects = [s for same_size in by_size.values() if len(same_size) > 1 for s in same_size]
    hashes = in_parallel(_hash, [sample.path for sample in suspects], ctx)
    by_hash: dict[bytes, list[Sample]] = defaultdict(list)
    for sample, digest in zip(suspects, hashes, strict=True):
        if digest is not None:
            by_hash[digest].append(sample)
    return [group for group in by_hash.values() if len(group) > 1]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:  # gone since it was read
        return None


def _hash(path: Path) -> bytes | None:
    digest = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return None
    return digest.digest()
