"""Give back the disk space that small copies of photos take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane


@dataclass(frozen=True)
class ClearThumbnails:
    """Delete every file under ``folder``; they are made again when they are needed.

    It queues where thumbnails are made, so that none is written meanwhile.
    """

    folder: Path
    lane: Lane = Lane.THUMBNAILS
    title: str = "shell-job-clear"

    def run(self, ctx: JobContext) -> int:
        """How many bytes were freed."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        freed = 0
        for done, path in enumerate(files, start=1):
            ctx.check_cancelled()
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
            ctx.progress(done, len(files))
        return freed
