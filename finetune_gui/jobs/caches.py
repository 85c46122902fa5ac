"""What copies of photos take on disk, and giving it back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset import archives
from finetune_gui.dataset.file_cache import sweep_strays
from finetune_gui.dataset.photo_cache import PhotoCache


@dataclass(frozen=True)
class MeasureCaches:
    """How many bytes all files under ``folders`` take."""

    folders: tuple[Path, ...]
    lane: Lane = Lane.READ
    title: str = "shell-job-measure"

    def run(self, ctx: JobContext) -> int:
        """The bytes of all files together."""
        total = 0
        for path in _files(self.folders):
            ctx.check_cancelled()
            total += _size(path)
        return total


@dataclass(frozen=True)
class MeasureFolders:
    """How many bytes all files under each of ``folders`` take, which are (name, path)."""

    folders: tuple[tuple[str, Path], ...]
    lane: Lane = Lane.READ
    title: str = "shell-job-measure"

    def run(self, ctx: JobContext) -> dict[str, int]:
        """The bytes by the folders' names."""
        return {name: MeasureCaches((path,)).run(ctx) for name, path in self.folders}


@dataclass(frozen=True)
class ClearCaches:
    """Delete every file under ``folders``; they are made again when they are needed."""

    folders: tuple[Path, ...]
    lane: Lane = Lane.THUMBNAILS
    title: str = "shell-job-clear"

    def run(self, ctx: JobContext) -> int:
        """How many bytes were freed."""
        files = list(_files(self.folders))
        freed = 0
        for done, path in enumerate(files, start=1):
            ctx.check_cancelled()
            size = _size(path)
            with contextlib.suppress(PermissionError):  # on Windows: someone reads it just now
                path.unlink(missing_ok=True)
                freed += size
            ctx.progress(done, len(files))
        return freed


@dataclass(frozen=True)
class BoundPhotoCache:
    """Delete the decoded photos in ``folder`` unused for longest, down to so many gigabytes."""

    folder: Path
    gigabytes: int
    lane: Lane = Lane.READ
    title: str = "shell-job-clear"

    def run(self, ctx: JobContext) -> None:
        """Do it; those that are in use just now stay."""
        ctx.check_cancelled()
        PhotoCache(self.folder, self.gigabytes * 2**30).bound()


@dataclass(frozen=True)
class SweepCaches:
    """Remove what killed processes left half written: copies of photos, weights, unpacked zips."""

    paths: AppPaths
    # Idle when the program starts: whatever is opened then must not wait for this.
    lane: Lane = Lane.DOWNLOAD
    title: str = "shell-job-tidy"

    def run(self, ctx: JobContext) -> int:
        """How many files and folders were removed; what a live process may be writing stays."""
        removed = archives.sweep(self.paths)
        for folder in (self.paths.thumbnails, self.paths.photos, self.paths.weights):
            ctx.check_cancelled()
            removed += sweep_strays(folder)
        return removed


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for place, _, names in os.walk(folder):  # passes over a folder that goes meanwhile
            yield from (path for name in names if (path := Path(place, name)).is_file())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # pruned meanwhile
        return 0
