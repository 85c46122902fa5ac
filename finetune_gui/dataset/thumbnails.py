"""Small copies of photos, kept on disk so that a dataset's second opening is instant."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
from pathlib import Path

from finetune_gui.dataset.decode import fingerprint, load_photo

DEFAULT_LIMIT = 500 * 2**20
MAX_ASPECT = 2
_QUALITY = 85
_JPEG_END = b"\xff\xd9"
# Counts up when thumbnails come to look different, so that old ones are made anew.
_VERSION = 1


class ThumbnailCache:
    """Thumbnails in ``folder``, found again by path, size and time of change of the photo.

    Safe to use from several threads and processes at once: nothing is shared but files that
    appear whole. Everything in the folder may be deleted at any time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, path: Path, size: int) -> bytes:
        """A JPEG whose shorter side is ``size`` pixels (less where the photo is smaller).

        Of a very long photo the middle is kept, so that no side is over twice the other.

        Raises:
            PhotoError: the photo cannot be read.
        """
        place = self._place(path, size)
        kept = _kept(place)
        if kept is not None:
            return kept
        data = _thumbnail(path, size)
        # A full disk costs time on the next opening; it must not cost the picture.
        with contextlib.suppress(OSError):
            _keep(place, data)
        return data

    def prune(self, limit: int = DEFAULT_LIMIT) -> int:
        """Delete those unused for longest until ``limit`` bytes are left; returns how many.

        Meant for a background job: it looks at every thumbnail.
        """
        found = sorted(_facts(self._folder))
        excess = sum(bytes_ for _, bytes_, _ in found) - limit
        removed = 0
        for _, bytes_, name in found:
            if excess <= 0:
                break
            with contextlib.suppress(OSError):  # another process was quicker, or reads it now
                Path(name).unlink()
                removed += 1
            excess -= bytes_
        return removed

    def _place(self, path: Path, size: int) -> Path:
        identity = f"{_VERSION}\0{path.absolute()}\0{fingerprint(path)}\0{size}"
        key = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / key[:2] / f"{key[2:34]}.jpg"


def _kept(place: Path) -> bytes | None:
    try:
        data = place.read_bytes()
        # Many systems do not note when a file was read; `prune` goes by the time of change.
        os.utime(place)
    except OSError:
        return None
    return data if data.endswith(_JPEG_END) else None


def _thumbnail(path: Path, size: int) -> bytes:
    photo = load_photo(path, size)
    longest = MAX_ASPECT * min(photo.size)
    width, height = min(photo.width, longest), min(photo.height, longest)
    left, top = (photo.width - width) // 2, (photo.height - height) // 2
    file = io.BytesIO()
    middle = photo.crop((left, top, left + width, top + height))
    middle.save(file, "JPEG", quality=_QUALITY, subsampling=0)
    return file.getvalue()


def _keep(place: Path, data: bytes) -> None:
    """Put the file in place in one step, but unlike `core.atomic` without fsync.

    Ten thousand of these would wait minutes for the disk. What a power cut spoils lacks the end
    of a JPEG and is made anew when it is next asked for.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _facts(folder: Path) -> list[tuple[float, int, str]]:
    """When each thumbnail was last used, its size in bytes, and its name."""
    found: list[tuple[float, int, str]] = []
    with contextlib.suppress(OSError):
        for part in os.scandir(folder):
            if part.is_dir():
                found += _facts(Path(part.path))
            elif part.name.endswith(".jpg"):
                with contextlib.suppress(OSError):
                    facts = part.stat()
                    found.append((facts.st_mtime, facts.st_size, part.path))
    return found
