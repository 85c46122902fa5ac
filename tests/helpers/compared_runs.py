"""Runs whose models have answered: folders as a training and an evaluation leave them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from finetune_gui.core.events import Event
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from tests.helpers import fake_training as fake

STORY = (fake.STARTED, fake.BASELINE, fake.epoch(1), fake.epoch(2), fake.finished())
OTHER = {"cat": "dog", "dog": "cat"}


def entries(n: int, split: str = "validation", first: int = 0) -> tuple[ManifestEntry, ...]:
    """``n`` photos of cats and dogs by turns, and as many test photos."""
    found = []
    for number in range(first, first + n):
        label = ("cat", "dog")[number % 2]
        for where in (split, "test"):
            path = f"{label}/{where}{number}.png"
            found.append(ManifestEntry(path, label, where, f"{100 + number}-1"))
    return tuple(found)


def make_run(
    path: Path,
    photos: Path,
    *,
    samples: tuple[ManifestEntry, ...] = (),
    told: tuple[Event, ...] = STORY,
    recipe: Recipe | None = None,
    parent: str = "",
    age: int = 0,
) -> RunFolder:
    """A finished run on photos in the folder ``photos``, with a file where its model stands."""
    run = fake.make_run(path, *told, recipe=recipe)
    run.write_manifest(Manifest(str(photos), ("cat", "dog"), samples, parent=parent))
    run.model_file.write_bytes(b"not really")
    os.utime(run.recipe_file, (1_700_000_000 + age, 1_700_000_000 + age))
    return run


def judge(run: RunFolder, right: str, split: str = "validation") -> None:
    """Keep answers to the photos of a split: one letter each, ``x`` is right, ``.`` wrong."""
    manifest = run.read_manifest()
    photos = [entry for entry in manifest.samples if entry.split == split]
    with run.predictions_file(split).open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "truth", "label", "confidence"])
        for entry, letter in zip(photos, right, strict=True):
            answer = entry.label if letter == "x" else OTHER[entry.label]
            rows.writerow([str(Path(manifest.dataset) / entry.path), entry.label, answer, "0.9"])
