"""Opens a dataset in the background."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.index import open_dataset
from finetune_gui.dataset.samples import Dataset


@dataclass(frozen=True)
class OpenDataset:
    """List the photos of a folder, CSV or zip. The result is a `Dataset`."""

    source: Path
    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "dataset-open-title"

    def run(self, ctx: JobContext) -> Dataset:
        """Open it; raises `DatasetError` or `Cancelled`."""
        ctx.progress(0, 0, "dataset-listing-photos")
        return open_dataset(self.source, self.paths, ctx)
