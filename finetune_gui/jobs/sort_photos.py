"""Put the photos of a dataset in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import natural_key
from finetune_gui.dataset.samples import Dataset, Sample

_CHECK_EVERY = 256


@dataclass(frozen=True)
class SortPhotos:
    """The samples of ``dataset`` by file name, or by when they were changed, the newest first."""

    dataset: Dataset
    by: Literal["name", "newest"]
    lane: Lane = Lane.READ
    title: str = "data-job-sort"

    def run(self, ctx: JobContext) -> tuple[int, ...]:
        """The numbers of the samples in that order; raises `Cancelled`."""
        key_of = _by_name if self.by == "name" else _by_age
        keys: list[tuple[object, ...]] = []
        for number, sample in enumerate(self.dataset.samples):
            if number % _CHECK_EVERY == 0:
                ctx.check_cancelled()
            keys.append((*key_of(sample), number))
        return tuple(sorted(range(len(keys)), key=keys.__getitem__))


def _by_name(sample: Sample) -> tuple[object, ...]:
    return (natural_key(sample.path.name),)


def _by_age(sample: Sample) -> tuple[object, ...]:
    try:
        return (-sample.path.stat().st_mtime_ns,)
    except OSError:  # gone: it goes to the end
        return (0,)
