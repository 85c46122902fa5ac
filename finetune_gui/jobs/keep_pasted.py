"""Keep a pasted picture as a file, so that it can be asked about like any other photo."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.jobs.preview_augmentation import Picture

# The folders of a running window are younger; those of a killed one nobody else removes.
_STALE_SECONDS = 24 * 3600


@dataclass(frozen=True)
class KeepPasted:
    """Write ``picture`` to the PNG file ``out``, in a folder called ``PASTED-something``.

    Such folders beside it that are older than a day are removed.
    """

    picture: Picture
    out: Path
    lane: Lane = Lane.READ
    title: str = "predict-job-paste"

    def run(self, ctx: JobContext) -> Path:
        """The file, whole; raises `OSError`."""
        ctx.check_cancelled()
        folder = self.out.parent
        remove_stale(folder)
        size = (self.picture.width, self.picture.height)
        with atomic.replacing(self.out) as unfinished:
            Image.frombytes("RGB", size, self.picture.rgb).save(unfinished, "PNG")
        return self.out


def remove_stale(folder: Path) -> None:
    """Remove the folders beside ``folder`` with its kind of name that are older than a day."""
    kind = folder.name.partition("-")[0]
    for other in folder.parent.glob(f"{kind}-*"):
        try:
            age = time.time() - other.stat().st_mtime
        except FileNotFoundError:  # its own window removed it meanwhile
            continue
        if other != folder and age > _STALE_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
