"""Pasted pictures as temporary files."""

from __future__ import annotations

import os
import time
from pathlib import Path

from PIL import Image

from finetune_gui.core.job import JobContext
from finetune_gui.jobs.keep_pasted import KeepPasted
from finetune_gui.jobs.preview_augmentation import Picture

QUIET = JobContext(lambda _event: None)
DAY = 24 * 3600


def test_the_pixels_are_kept_exactly(tmp_path: Path) -> None:
    out = tmp_path / "pasted-a"
    out.mkdir()
    rgb = bytes(range(3 * 5 * 2))
    path = KeepPasted(Picture(5, 2, rgb), out / "pasted-1.png").run(QUIET)
    with Image.open(path) as kept:
        assert (kept.size, kept.format, kept.tobytes()) == ((5, 2), "PNG", rgb)


def test_folders_that_a_killed_window_left_are_removed(tmp_path: Path) -> None:
    names = ("pasted-mine", "pasted-old", "pasted-new", "thumbnails")
    mine, old, new, other = (tmp_path / name for name in names)
    for folder in (mine, old, new, other):
        folder.mkdir()
        (folder / "pasted-1.png").touch()
    for folder in (mine, old, other):
        os.utime(folder, (time.time() - 2 * DAY,) * 2)
    KeepPasted(Picture(1, 1, b"abc"), mine / "pasted-2.png").run(QUIET)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "pasted-mine",
        "pasted-new",
        "thumbnails",
    ]
