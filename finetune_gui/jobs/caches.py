"""What copies of photos take on disk, and giving it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane


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
class ClearCaches:
    """Delete every file under ``folders``; they are made again when they are needed.

    It queues where thumbnails are made, so that none is written meanwhile.
    """

    folders: tuple[Path, ...]
    lane: Lane = Lane.THUMBNAILS
    title: str = "shell-job-clear"

    def run(self, ctx: JobContext) -> int:
        """How many bytes were freed."""
        files = list(_files(self.folders))
        freed = 0
        for done, path in enumerate(files, start=1):
            ctx.check_cancelled()
            freed += _size(path)
            path.unlink(missing_ok=True)
            ctx.progress(done, len(files))
        return freed


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # pruned meanwhile
        return 0
