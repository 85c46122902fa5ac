"""What a dataset is: photos, their classes, and what was left out with its reason."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

Split = Literal["train", "validation", "test"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One photo and its class.

    ``path`` is absolute. ``split`` is None unless the source itself says where the photo belongs.
    ``group`` names those that belong together, where a table says so.
    """

    path: Path
    label: str
    split: Split | None
    group: str = ""


@dataclass(frozen=True)
class SkippedPhoto:
    """A photo that cannot be used. ``reason`` is a message key ``error-photo-…`` without values."""

    path: Path
    reason: str


@dataclass
class Found:
    """What reading a source turned up, before it is sorted and checked.

    ``empty`` holds the names of class folders in which no photo was found.
    """

    root: Path
    samples: list[Sample] = field(default_factory=list)
    skipped: list[SkippedPhoto] = field(default_factory=list)
    empty: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Dataset:
    """Photos to learn from, in an order that depends on nothing but their names.

    ``source`` is what the user chose; ``root`` the folder that relative paths start from (the
    unpacked copy where the source is a zip). ``classes`` are those with at least one photo.
    """

    source: Path
    root: Path
    name: str
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    skipped: tuple[SkippedPhoto, ...]
    empty_classes: tuple[str, ...] = ()

    def relative(self, path: Path) -> str:
        """``path`` from the root, with ``/``; always text that can be written as UTF-8."""
        text, prefix = str(path), str(self.root).rstrip(os.sep) + os.sep
        is_inside = text.startswith(prefix)
        text = text[len(prefix) :] if is_inside else _up_and_down(path, self.root)
        # A file name that is not valid text in this system's encoding carries lone surrogates.
        readable = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return readable.replace(os.sep, "/")

    def counts(self) -> dict[str, int]:
        """How many photos each class has, in the order of ``classes``."""
        found = Counter(sample.label for sample in self.samples)
        return {label: found[label] for label in self.classes}

    def without(self, paths: Iterable[Path]) -> Dataset:
        """A copy without these photos; a class that loses its last photo goes as well."""
        gone = frozenset(paths)
        samples = tuple(s for s in self.samples if s.path not in gone)
        left = {s.label for s in samples}
        classes = tuple(label for label in self.classes if label in left)
        return replace(self, samples=samples, classes=classes)

    def with_skipped(self, skipped: Iterable[SkippedPhoto]) -> Dataset:
        """A copy in which these photos are no samples any more but listed as skipped.

        A class of which none is left is listed as empty.
        """
        more = tuple(skipped)
        smaller = self.without(photo.path for photo in more)
        lost = tuple(label for label in self.classes if label not in smaller.classes)
        empty = (*self.empty_classes, *lost)
        return replace(smaller, skipped=(*self.skipped, *more), empty_classes=empty)


def _up_and_down(path: Path, root: Path) -> str:
    try:
        return os.path.relpath(path, root)
    except ValueError:  # another drive on Windows
        return str(path)
