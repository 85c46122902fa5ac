"""Photos in another order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest

from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.dataset.samples import Dataset, Sample
from finetune_gui.jobs.sort_photos import SortPhotos


def _dataset(root: Path, names: list[str]) -> Dataset:
    samples = tuple(Sample(root / name, "a", None) for name in names)
    return Dataset(root, root, "set", ("a",), samples, ())


def _order(dataset: Dataset, by: Literal["name", "newest"]) -> list[str]:
    order = SortPhotos(dataset, by).run(JobContext(lambda _event: None))
    return [dataset.samples[n].path.name for n in order]


def test_names_are_sorted_as_people_count(tmp_path: Path) -> None:
    dataset = _dataset(tmp_path, ["b/img10.jpg", "b/IMG2.jpg", "a/img1.jpg", "a/img2.jpg"])
    assert _order(dataset, "name") == ["img1.jpg", "IMG2.jpg", "img2.jpg", "img10.jpg"]


def test_the_newest_come_first_and_what_is_gone_last(tmp_path: Path) -> None:
    names = ["old.jpg", "gone.jpg", "new.jpg", "middle.jpg"]
    for age, name in enumerate(["old.jpg", "middle.jpg", "new.jpg"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1_000_000 + age, 1_000_000 + age))
    dataset = _dataset(tmp_path, names)
    assert _order(dataset, "newest") == ["new.jpg", "middle.jpg", "old.jpg", "gone.jpg"]


def test_sorting_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        SortPhotos(_dataset(tmp_path, ["a.jpg"]), "name").run(JobContext(print, control))
