"""Photos as they were decoded, oriented and shrunk, kept on disk so that it is done only once.

What is kept are the very pixels that decoding gives: a run sees the same numbers with the cache
and without it. A photo of twelve megapixels takes some 50 ms to decode and less than one to read
from here.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import struct
import threading
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from finetune_gui.core.errors import PhotoError
from finetune_gui.dataset.file_cache import FileCache

_HEADER = struct.Struct("<4sIII")  # mark, width, height, CRC-32 of the pixels
_MARK = b"FGP1"
_SUFFIX = ".rgb"
# Left free for checkpoints, models and whatever else the computer does.
_RESERVE = 2 * 2**30
# Counts up when decoding comes to give other pixels, so that old ones are made anew.
_VERSION = 1

Pixels = npt.NDArray[np.uint8]

_logger = logging.getLogger(__name__)


class PhotoCache:
    """RGB pixels in ``folder``, at most ``limit`` bytes of them.

    They are found again by path, size and time of change of the photo. When the limit is reached,
    or little of the disk is free, photos are still decoded but no longer kept.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._files = FileCache(folder, _SUFFIX)
        self._limit = limit
        self._lock = threading.Lock()
        self._room: int | None = None  # bytes left; None: not looked yet
        self._decoded = 0

    @property
    def decoded(self) -> int:
        """How many times a photo was not there and had to be decoded."""
        return self._decoded

    def get(self, path: Path, variant: str, decode: Callable[[], Image.Image]) -> Image.Image:
        """The picture that ``decode`` makes of the photo at ``path``; ``variant`` says how.

        Raises:
            PhotoError: the photo is gone or cannot be read.
        """
        place = self._place(path, variant)
        kept = self._kept(place)
        return self._made(place, decode) if kept is None else Image.fromarray(kept)

    def pixels(self, path: Path, variant: str, decode: Callable[[], Image.Image]) -> Pixels:
        """As `get`, but uint8 [H, W, 3] and read-only.

        Much less work for the interpreter, which a fast device's many threads wait for.

        Raises:
            PhotoError: the photo is gone or cannot be read.
        """
        place = self._place(path, variant)
        kept = self._kept(place)
        return np.asarray(self._made(place, decode)) if kept is None else kept

    def _kept(self, place: Path) -> Pixels | None:
        data = self._files.read(place)
        return None if data is None else _unpacked(data)

    def _made(self, place: Path, decode: Callable[[], Image.Image]) -> Image.Image:
        photo = decode()
        with self._lock:
            self._decoded += 1
        self._keep(place, photo)
        return photo

    def make_room(self, paths: Iterable[Path], variant: str, size: int) -> None:
        """Delete those unused for longest until the photos at ``paths`` fit, ``size`` bytes each.

        Those of them that are kept already stay, and at most half of the limit is freed.
        """
        missing = sum(not self._is_kept(path, variant) for path in paths)
        self._files.prune(max(self._limit - missing * size, self._limit // 2))
        with self._lock:
            self._room = None

    def bound(self) -> None:
        """Delete those unused for longest until the limit holds."""
        self._files.prune(self._limit)

    def _is_kept(self, path: Path, variant: str) -> bool:
        try:
            return self._files.touch(self._place(path, variant))
        except PhotoError:  # it needs no room
            return True

    def _place(self, path: Path, variant: str) -> Path:
        return self._files.place(path, f"{_VERSION} {variant}")

    def _keep(self, place: Path, photo: Image.Image) -> None:
        size = _HEADER.size + 3 * photo.width * photo.height
        try:
            if self._claim(size):
                self._files.write(place, _packed(photo))
        except (FileNotFoundError, PermissionError):  # the folder is being cleared just now
            return
        except OSError as error:
            _logger.info("decoded photos are no longer kept: %s", error)
            with self._lock:
                self._room = 0

    def _claim(self, size: int) -> bool:
        with self._lock:
            if self._room is None:
                self._room = self._limit - self._files.size()
            if size > self._room or _free_space(self._folder) < _RESERVE:
                return False
            self._room -= size
            return True


def _free_space(folder: Path) -> int:
    """Bytes that are free where ``folder`` is or will be."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free


def _packed(photo: Image.Image) -> bytes:
    pixels = photo.tobytes()
    return _HEADER.pack(_MARK, photo.width, photo.height, zlib.crc32(pixels)) + pixels


def _unpacked(data: bytes) -> Pixels | None:
    """The pixels; None for what a power cut spoiled."""
    with contextlib.suppress(struct.error):
        mark, width, height, checksum = _HEADER.unpack_from(data)
        pixels = memoryview(data)[_HEADER.size :]
        whole = mark == _MARK and len(pixels) == 3 * width * height
        if whole and zlib.crc32(pixels) == checksum:
            return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
    return None


class _Chosen:
    """The one cache of this process."""

    cache: PhotoCache | None = None


def share(cache: PhotoCache | None) -> None:
    """Set the cache that the whole program decodes through; None: none."""
    _Chosen.cache = cache


def shared() -> PhotoCache | None:
    """The cache of the program; None: photos are decoded each time."""
    return _Chosen.cache


def share_in(folder: Path, gigabytes: int) -> None:
    """Keep at most so many gigabytes in ``folder``; 0 keeps nothing."""
    share(PhotoCache(folder, gigabytes * 2**30) if gigabytes else None)
