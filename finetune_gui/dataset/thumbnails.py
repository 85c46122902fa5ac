"""Small copies of photos, kept on disk so that a dataset's second opening is instant."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from finetune_gui.dataset.decode import load_photo
from finetune_gui.dataset.file_cache import FileCache

DEFAULT_LIMIT = 500 * 2**20
MAX_ASPECT = 2
_QUALITY = 85
_JPEG_END = b"\xff\xd9"
# Counts up when thumbnails come to look different, so that old ones are made anew.
_VERSION = 1


class ThumbnailCache:
    """Thumbnails in ``folder``, found again by path, size and time of change of the photo.

    Safe to use from several threads and processes at once.
    """

    def __init__(self, folder: Path) -> None:
        self._files = FileCache(folder, ".jpg")

    def get(self, path: Path, size: int) -> bytes:
        """A JPEG whose shorter side is ``size`` pixels (less where the photo is smaller).

        Of a very long photo the middle is kept, so that no side is over twice the other.

        Raises:
            PhotoError: the photo cannot be read.
        """
        place = self._files.place(path, f"{_VERSION} {size}")
        kept = self._files.read(place)
        if kept is not None and kept.endswith(_JPEG_END):
            return kept
        return self.make(path, size)

    def make(self, path: Path, size: int) -> bytes:
        """As `get`, but without a look at what is kept: that may be damaged."""
        place = self._files.place(path, f"{_VERSION} {size}")
        data = _thumbnail(path, size)
        # A full disk costs time on the next opening; it must not cost the picture.
        with contextlib.suppress(OSError):
            self._files.write(place, data)
        return data

    def prune(self, limit: int = DEFAULT_LIMIT) -> int:
        """Delete those unused for longest until ``limit`` bytes are left; returns how many."""
        return self._files.prune(limit)


def _thumbnail(path: Path, size: int) -> bytes:
    photo = load_photo(path, size)
    longest = MAX_ASPECT * min(photo.size)
    width, height = min(photo.width, longest), min(photo.height, longest)
    left, top = (photo.width - width) // 2, (photo.height - height) // 2
    file = io.BytesIO()
    middle = photo.crop((left, top, left + width, top + height))
    middle.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue()
