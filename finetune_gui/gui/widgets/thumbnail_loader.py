"""Thumbnails for every grid of the window, decoded beside it and kept in memory."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

from finetune_gui.core.errors import PhotoError
from finetune_gui.dataset.thumbnails import ThumbnailCache
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import RADIUS
from finetune_gui.gui.widgets.newest_first import Reader

# Shorter sides in pixels that are kept on disk: few, so that each photo is decoded seldom.
DISK_SIZES = (256, 512)
MEMORY_BYTES = 64 * 2**20
_BYTES_PER_PIXEL = 4


@dataclass(frozen=True)
class ThumbnailKey:
    """A square picture: ``side`` in device pixels, its corners rounded by ``radius`` of them."""

    path: Path
    side: int
    radius: int


class ThumbnailLoader(QObject):
    """Decodes what grids want to show. `loader_for` gives the one of a session.

    ``ready`` carries the paths whose picture, or whose problem, is known now.
    """

    ready = Signal(list)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = _Memory(MEMORY_BYTES)
        self._problems: dict[Path, str] = {}
        threads = max(2, min(4, (os.cpu_count() or 2) - 1))
        self._reader = Reader(_Decoder(folder), threads, self)
        self._reader.arrived.connect(self._take)

    def want(self, client: object, keys: Iterable[ThumbnailKey]) -> None:
        """Load these, the first first; what ``client`` wanted before and is not here is dropped."""
        missing = [k for k in keys if k not in self._memory and k.path not in self._problems]
        self._reader.want(id(client), missing)

    def picture(self, key: ThumbnailKey) -> QPixmap | None:
        """The picture from memory; one of another size while this size is not there yet."""
        return self._memory.get(key)

    def problem(self, path: Path) -> str:
        """The message key of why a photo cannot be shown; empty when there is no reason known."""
        return self._problems.get(path, "")

    def forget(self) -> None:
        """Let go of all pictures: the files may have changed."""
        self._memory.clear()
        self._problems.clear()

    def _take(self, arrived: list[tuple[ThumbnailKey, QImage | str]]) -> None:
        for key, result in arrived:
            if isinstance(result, str):
                self._problems[key.path] = result
            else:
                self._memory.put(key, QPixmap.fromImage(result))
        self.ready.emit([key.path for key, _ in arrived])


def loader_for(session: Session) -> ThumbnailLoader:
    """The loader that all grids of ``session`` share; made when first asked for."""
    found = session.findChild(ThumbnailLoader)
    return found or ThumbnailLoader(session.paths.thumbnails, session)


class _Memory:
    """The pictures used last, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._pictures: OrderedDict[ThumbnailKey, QPixmap] = OrderedDict()
        self._newest: dict[Path, ThumbnailKey] = {}

    def __contains__(self, key: ThumbnailKey) -> bool:
        return key in self._pictures

    def get(self, key: ThumbnailKey) -> QPixmap | None:
        found = key if key in self._pictures else self._newest.get(key.path)
        if found is None:
            return None
        self._pictures.move_to_end(found)
        return self._pictures[found]

    def put(self, key: ThumbnailKey, picture: QPixmap) -> None:
        self._drop(key)
        self._pictures[key] = picture
        self._newest[key.path] = key
        self._used += _size(key)
        while self._used > self._limit and len(self._pictures) > 1:
            self._drop(next(iter(self._pictures)))

    def clear(self) -> None:
        self._pictures.clear()
        self._newest.clear()
        self._used = 0

    def _drop(self, key: ThumbnailKey) -> None:
        if self._pictures.pop(key, None) is not None:
            self._used -= _size(key)
            if self._newest.get(key.path) == key:
                del self._newest[key.path]


def _size(key: ThumbnailKey) -> int:
    return key.side * key.side * _BYTES_PER_PIXEL


class _Decoder:
    """Makes the picture for a key, or says why it cannot; works in any thread."""

    def __init__(self, folder: Path) -> None:
        self._cache = ThumbnailCache(folder)

    def __call__(self, key: ThumbnailKey) -> QImage | str:
        size = next((s for s in DISK_SIZES if s >= key.side), DISK_SIZES[-1])
        try:
            try:
                photo = decoded(self._cache.get(key.path, size))
            except OSError:  # what was kept is damaged in the middle
                photo = decoded(self._cache.make(key.path, size))
        except PhotoError as error:
            return error.key
        return rounded_square(photo, key.side, key.radius)


def decoded(jpeg: bytes) -> QImage:
    """The picture of a JPEG, by Pillow.

    Not by `QImage.fromData`: it asks every plugin whether the data is for it, and that for SVG
    connects a signal. It does so with Python's lock held, while it waits for one of Qt's locks
    for connections; the window's thread may hold that one and wait for Python's. Both then wait
    for ever.
    """
    with Image.open(io.BytesIO(jpeg)) as photo:
        rgb = photo.convert("RGBA")
    image = QImage(rgb.tobytes(), rgb.width, rgb.height, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def rounded_square(photo: QImage, side: int, radius: int) -> QImage:
    """The middle of ``photo`` as a square of ``side`` pixels with round corners."""
    fill = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    scaled = photo.scaled(side, side, fill, Qt.TransformationMode.SmoothTransformation)
    middle = QRect((scaled.width() - side) // 2, (scaled.height() - side) // 2, side, side)
    square = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    square.fill(Qt.GlobalColor.transparent)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, side, side), radius, radius)
    painter = QPainter(square)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(outline, Qt.GlobalColor.white)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.drawImage(square.rect(), scaled, middle)
    painter.end()
    return square


def corner_radius(ratio: float) -> int:
    """The radius of a thumbnail's corners in device pixels."""
    return round(RADIUS.control * ratio)
