"""Trainings that are ill on purpose, and healthy ones: what the coach is judged by.

Each case makes photos and a recipe from a seed: which photos, classes and splits change with it.
All are drawn from the demo photos, small and quick to train on.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from finetune_gui.core.paths import resource
from finetune_gui.core.recipe import Recipe, with_values

_PHOTOS = resource("demo", "fashion")
_SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Row:
    """One line of the dataset's table. ``photo`` is a demo photo."""

    photo: Path
    label: str
    split: str


def drawn(
    rng: np.random.Generator,
    n_classes: int = 4,
    train: int = 16,
    validation: int = 10,
    test: int = 10,
) -> list[Row]:
    """So many photos of each of some classes."""
    folders = sorted(folder for folder in _PHOTOS.iterdir() if folder.is_dir())
    chosen = sorted(rng.choice(len(folders), n_classes, replace=False))
    rows = []
    for index in chosen:
        photos = sorted(folders[index].iterdir())
        order = iter(rng.permutation(len(photos)))
        for split, n in zip(_SPLITS, (train, validation, test), strict=True):
            rows += [Row(photos[next(order)], folders[index].name, split) for _ in range(n)]
    return rows


@dataclass(frozen=True)
class Case:
    """A kind of training. ``right`` names the findings that are right answers, none if healthy."""

    name: str
    right: tuple[str, ...] = ()
    rows: Callable[[np.random.Generator], list[Row]] = drawn
    canvas: int = 0  # pixels: photos this large, with the demo photo small somewhere on them
    values: dict[str, Any] = field(default_factory=dict)

    def recipe(self, seed: int) -> Recipe:
        """What is asked for: quick settings of the default recipe, and what is ill about it."""
        quick = {
            "model.input_size": 64,
            "train.batch_size": 8,
            "train.precision": "float32",
            "train.patience": 0,
        }
        return with_values(Recipe(), {"seed": seed, **quick, **self.values})

    def make_dataset(self, seed: int, folder: Path) -> Path:
        """Copies of the photos and a table of them in ``folder``; returns the table."""
        rows = self.rows(np.random.default_rng((seed, len(self.name))))
        (folder / "photos").mkdir(parents=True)
        lines = []
        for number, row in enumerate(rows):
            name = f"photos/{number:03}{row.photo.suffix}"
            self._make_photo(row.photo, folder / name, (seed, number))
            lines.append((name, row.label, row.split))
        table = folder / "photos.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("path", "label", "split"), *lines])
        return table

    def _make_photo(self, photo: Path, place: Path, seed: tuple[int, int]) -> None:
        if not self.canvas:
            shutil.copyfile(photo, place)
            return
        rng = np.random.default_rng(seed)
        noise = rng.integers(90, 160, (self.canvas, self.canvas, 3), dtype=np.uint8)
        picture = Image.fromarray(noise)
        with Image.open(photo) as small:
            left, top = rng.integers(0, self.canvas - max(small.size), 2).tolist()
            picture.paste(small.convert("RGB"), (left, top))
        picture.save(place)


def _few(rng: np.random.Generator) -> list[Row]:
    return drawn(rng, train=4, validation=10)


def _tiny_validation(rng: np.random.Generator) -> list[Row]:
    return drawn(rng, validation=2)


def _shuffled(rng: np.random.Generator) -> list[Row]:
    rows = drawn(rng)
    labels = rng.permutation([row.label for row in rows])
    return [replace(row, label=str(label)) for row, label in zip(rows, labels, strict=True)]


def _leaky(rng: np.random.Generator) -> list[Row]:
    """Half of the validation photos are copies of training photos."""
    rows = drawn(rng)
    train = {label: _of(rows, label, "train") for label in {row.label for row in rows}}
    validation = [row for row in rows if row.split == "validation"]
    for n, row in enumerate(validation[::2]):
        rows[rows.index(row)] = replace(row, photo=train[row.label][n % 16].photo)
    return rows


def _imbalanced(rng: np.random.Generator) -> list[Row]:
    """Two classes that look alike, one of them with a twentieth of the photos."""
    rows = [
        r
        for r in drawn(rng, 6, train=40, validation=5, test=5)
        if r.label in ("shirt", "t-shirt", "pullover")
    ]
    kept = {"shirt": 2}
    few = [row for row in rows if row.label == "shirt" and row.split == "train"][: kept["shirt"]]
    return [row for row in rows if row.label != "shirt" or row.split != "train" or row in few]


def _of(rows: list[Row], label: str, split: str) -> list[Row]:
    return [row for row in rows if (row.label, row.split) == (label, split)]


_TOO_STRONG = {
    "augment.crop_scale": 0.05,
    "augment.rotation": 180.0,
    "augment.vertical_flip": True,
    "augment.brightness": 0.9,
    "augment.contrast": 0.9,
    "augment.erasing": 1.0,
    "augment.blur": 4.0,
}
_OVERFIT = {
    "augment.preset": "none",
    "optim.label_smoothing": 0.0,
    "optim.lr": 1e-3,  # three times that is too high already
    "optim.weight_decay": 0.0,
    "optim.layer_decay": 1.0,
    "model.dropout": 0.0,
    "train.epochs": 20,
}

ILL = (
    Case("lr x30", ("lr_too_high",), values={"optim.lr": 3e-2}),
    Case("lr x300", ("lr_too_high",), values={"optim.lr": 3e-1}),
    Case("lr /100", ("lr_too_low",), values={"optim.lr": 1e-5}),
    Case("labels shuffled", ("labels_doubtful",), _shuffled),
    Case("5 photos", ("too_few_photos",), _few),
    Case("leak", ("leak",), _leaky),
    Case("imbalance 1:20", ("class_starves",), _imbalanced),
    Case("validation tiny", ("validation_too_small",), _tiny_validation),
    Case("too short", ("stopped_too_early",), values={"optim.lr": 2e-4, "train.epochs": 2}),
    Case(
        "overfitting",
        ("augmentation_too_weak", "overfitting", "trained_too_long"),
        values=_OVERFIT,
    ),
    Case(
        "small things",
        ("input_too_small", "underfitting", "labels_doubtful", "lr_too_low"),
        canvas=448,
        values={"augment.preset": "none"},
    ),
    Case("augmentation too strong", ("augmentation_too_strong",), values=_TOO_STRONG),
    Case("batch of 2", ("batch_too_small",), values={"train.batch_size": 1}),
)
HEALTHY = (
    Case("default"),
    Case("two classes", rows=lambda rng: drawn(rng, n_classes=2, train=24)),
    Case("gentler", values={"optim.lr": 5e-4, "train.epochs": 10}),
    Case("head alone", values={"model.freeze": "backbone"}),
)


def trials(n_ill: int, n_healthy: int) -> Iterator[tuple[Case, int]]:
    """At least so many, all kinds alike, each with its own seed."""
    for cases, wanted in ((ILL, n_ill), (HEALTHY, n_healthy)):
        for seed in range(-(-wanted // len(cases))):
            yield from ((case, seed) for case in cases)
