"""A folder of files that can be made again: found by key, pruned by age, never half written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.dataset.decode import fingerprint

_PARTIAL = ".partial"
_STRAY_AFTER_S = 3600  # nothing takes that long to write


@dataclass(frozen=True)
class _Kept:
    """One file: when it was last used, its size in bytes, and its path."""

    used: float
    size: int
    path: str


class FileCache:
    """Files in ``folder`` that end in ``suffix``.

    Safe to use from several threads and processes at once: nothing is shared but files that
    appear whole. Everything in the folder may be deleted at any time.
    """

    def __init__(self, folder: Path, suffix: str) -> None:
        self._folder = folder
        self._suffix = suffix

    def place(self, path: Path, variant: str) -> Path:
        """Where what was made of a photo lies; another place once the photo was changed.

        Raises:
            PhotoError: the photo is gone or may not be read.
        """
        identity = f"{path.absolute()}\0{fingerprint(path)}\0{variant}"
        key = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / key[:2] / f"{key[2:34]}{self._suffix}"

    def read(self, place: Path) -> bytes | None:
        """What lies there; None when there is nothing. Whether it is whole is for the caller."""
        try:
            data = place.read_bytes()
        except OSError:
            return None
        self.touch(place)
        return data

    def touch(self, place: Path) -> bool:
        """Count the file there as just used; False when there is none.

        Many systems do not note when a file was read; `prune` goes by the time of change.
        """
        try:
            os.utime(place)
        except OSError:
            return False
        return True

    def write(self, place: Path, data: bytes) -> None:
        """Put a file in place in one step, but unlike `core.atomic` without fsync.

        Ten thousand of these would wait minutes for the disk. What a power cut spoils is
        recognised when it is next read, and made anew.

        Raises:
            OSError: the disk is full or the folder may not be written.
        """
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=_PARTIAL, dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(place)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def size(self) -> int:
        """How many bytes all files take. It looks at every one of them."""
        return sum(kept.size for kept in _all(self._folder, self._suffix))

    def prune(self, limit: int) -> int:
        """Delete those unused for longest until ``limit`` bytes are left; returns how many.

        Also deletes what a killed process was writing. Meant for a background job: it looks at
        every file.
        """
        sweep_strays(self._folder)
        found = sorted(_all(self._folder, self._suffix), key=lambda kept: kept.used)
        excess = sum(kept.size for kept in found) - limit
        removed = 0
        for kept in found:
            if excess <= 0:
                break
            with contextlib.suppress(OSError):  # another process was quicker, or reads it now
                Path(kept.path).unlink()
                removed += 1
            excess -= kept.size
        return removed


def sweep_strays(folder: Path) -> int:
    """Delete what killed processes were writing anywhere below ``folder``; returns how many files.

    One that was touched within the last hour may belong to a process that is still at it.
    """
    removed = 0
    for stray in _all(folder, _PARTIAL):
        if stray.used < time.time() - _STRAY_AFTER_S:
            with contextlib.suppress(OSError):
                Path(stray.path).unlink()
                removed += 1
    return removed


def _all(folder: Path, suffix: str) -> Iterator[_Kept]:
    with contextlib.suppress(OSError):
        for part in os.scandir(folder):
            if part.is_dir(follow_symlinks=False):
                yield from _all(Path(part.path), suffix)
            elif part.name.endswith(suffix):
                with contextlib.suppress(OSError):
                    facts = part.stat()
                    yield _Kept(facts.st_mtime, facts.st_size, part.path)
