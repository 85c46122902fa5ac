"""Looks every photo over: once for a report, once while thumbnails are made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.check import HealthReport, check_dataset
from finetune_gui.dataset.index import open_dataset
from finetune_gui.dataset.reading import find_unreadable
from finetune_gui.dataset.samples import Dataset, SkippedPhoto
from finetune_gui.dataset.thumbnails import ThumbnailCache

_MAY_COME_BACK = ("error-photo-gone", "error-photo-unreadable", "error-photo-permission")


@dataclass(frozen=True)
class CheckDataset:
    """Open a dataset and report what is broken, doubled, too few, or leaked."""

    source: Path
    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "dataset-check-title"

    def run(self, ctx: JobContext) -> HealthReport:
        """Check it; raises `DatasetError` or `Cancelled`."""
        ctx.progress(0, 0, "dataset-listing-photos")
        return check_dataset(open_dataset(self.source, self.paths, ctx), ctx)


@dataclass(frozen=True)
class VerifyPhotos:
    """Decode every photo once, making thumbnails of ``size`` pixels on the way.

    The result are the photos that cannot be read. Photos that have a thumbnail were read before
    and are not decoded again.
    """

    dataset: Dataset
    paths: AppPaths
    size: int
    lane: Lane = Lane.THUMBNAILS
    title: str = "dataset-verify-title"

    def run(self, ctx: JobContext) -> tuple[SkippedPhoto, ...]:
        """Verify them.

        Raises:
            Cancelled: the user asked it to stop.
            DatasetError: their folder is away: that says nothing of the photos.
        """
        cache = ThumbnailCache(self.paths.thumbnails)

        def read(path: Path) -> object:
            return cache.get(path, self.size)

        skipped = find_unreadable([sample.path for sample in self.dataset.samples], read, ctx)
        if skipped and not self.dataset.root.is_dir():
            root = str(self.dataset.root)
            raise DatasetError("error-dataset-folder-unreadable", path=root)
        doubtful = [photo.path for photo in skipped if photo.reason in _MAY_COME_BACK]
        still = {photo.path for photo in find_unreadable(doubtful, read, ctx)}
        cache.prune()
        gone = set(doubtful) - still  # a drive that was away for a moment
        return tuple(photo for photo in skipped if photo.path not in gone)
