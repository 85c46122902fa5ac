"""Reads any picture as 8-bit RGB the right way up, or says in one sentence why it cannot.

The window, training and prediction all read photos here, so what is previewed is what is learned
from. The same bytes give the same pixels.
"""

from __future__ import annotations

import io
import os
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from finetune_gui.core.errors import PhotoError
from finetune_gui.dataset.folders import OTHER_PICTURE_SUFFIXES

MAX_PIXELS = 256 * 2**20
MAX_FILE_BYTES = 2**30
_PIXELS_AT_ONCE = 2**20  # that are turned into decimals

# Only these: some of Pillow's other readers start programs (EPS) or read what is no photo (PDF).
_FORMATS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "TIFF", "WEBP", "AVIF", "PPM")
# Beginnings of these formats: such a file is a picture, if a damaged one.
_PICTURE_BEGINS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*", b"BM")
# What Pillow's readers raise on damaged files: found by feeding them cut and altered photos.
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    EOFError,
    struct.error,
    zlib.error,
)
_ORIENTATION = 0x0112
_BITS_PER_SAMPLE = 0x0102
_PHOTOMETRIC = 0x0106
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Decoding a JPEG at a half, a quarter or an eighth is several times quicker. It is asked for
# twice the pixels that are wanted, so that the filter still decides how the result looks.
_DRAFT_MARGIN = 2

# Past this Pillow warns and past twice this it refuses; the size is checked here as well.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class PhotoFacts:
    """What a file says of itself.

    ``width`` and ``height`` are pixels as seen the right way up, ``format`` and ``mode`` are
    Pillow's names, ``bytes`` is the file's size, ``modified`` seconds since the epoch.
    """

    width: int
    height: int
    format: str
    mode: str
    bytes: int
    modified: float


def load_photo(path: Path, min_side: int | None = None) -> Image.Image:
    """The picture as RGB: turned the right way up, transparency on white, the first frame.

    With ``min_side`` (pixels) a larger picture is shrunk so that its shorter side has that
    length; a smaller one stays as it is.

    Raises:
        PhotoError: it is gone, not a picture, damaged, too large, or may not be read.
    """
    data = _read(path)
    with _photo_errors(path, data), _opened(data, path) as image:
        if min_side is not None:
            _draft(image, min_side)
        image.load()
        turn = _TURNS.get(_orientation(image))
        rgb = _shrunk(_to_rgb(image), min_side)
        return rgb if turn is None else rgb.transpose(turn)


def describe_photo(path: Path) -> PhotoFacts:
    """Size, format and age of a photo; raises `PhotoError` as `load_photo` does."""
    data = _read(path)
    with _photo_errors(path, data), _opened(data, path) as image:
        width, height = image.size
        if _orientation(image) >= 5 and image.format != "TIFF":  # Pillow turned a TIFF's size
            width, height = height, width
        name, mode = image.format or "", image.mode
    return PhotoFacts(width, height, name, mode, len(data), _stat(path).st_mtime)


def fingerprint(path: Path) -> str:
    """``size-mtime_ns``: cheap, and enough to notice that a file was changed.

    Raises:
        PhotoError: the file is gone or may not be read.
    """
    facts = _stat(path)
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _stat(path: Path) -> os.stat_result:
    with _file_errors(path):
        return path.stat()


def _read(path: Path) -> bytes:
    """The whole file: a decoder's error cannot then be mistaken for the disk's."""
    if _stat(path).st_size > MAX_FILE_BYTES:
        raise PhotoError("error-photo-too-large", path=str(path))
    with _file_errors(path):
        data = path.read_bytes()
    if not data:
        raise PhotoError("error-photo-empty", path=str(path))
    return data


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise PhotoError("error-photo-gone", path=str(path)) from error
    except PermissionError as error:
        raise PhotoError("error-photo-permission", path=str(path)) from error
    except (OSError, ValueError) as error:
        raise PhotoError("error-photo-unreadable", path=str(path)) from error


@contextmanager
def _photo_errors(path: Path, data: bytes) -> Iterator[None]:
    """Give whatever Pillow raises one of our sentences."""
    try:
        yield
    except (Image.DecompressionBombError, MemoryError) as error:
        raise PhotoError("error-photo-too-large", path=str(path)) from error
    except UnidentifiedImageError as error:
        raise PhotoError(_unknown(path, data), path=str(path)) from error
    except _DAMAGED as error:
        raise PhotoError("error-photo-damaged", path=str(path)) from error


def _unknown(path: Path, data: bytes) -> str:
    """The reason why no reader knows the file."""
    if data.startswith(_PICTURE_BEGINS) or data[4:12] == b"ftypavif" or data[8:12] == b"WEBP":
        return "error-photo-damaged"
    # Phones' HEIC is often found under another name.
    is_other = path.suffix.lower() in OTHER_PICTURE_SUFFIXES or data[4:8] == b"ftyp"
    return "error-photo-format" if is_other else "error-photo-not-a-picture"


@contextmanager
def _opened(data: bytes, path: Path) -> Iterator[ImageFile]:
    _silence_pillow()
    with Image.open(io.BytesIO(data), formats=_formats()) as image:
        if image.width * image.height > MAX_PIXELS:
            raise PhotoError("error-photo-too-large", path=str(path))
        yield image


@cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)  # Pillow 11.0 has no AVIF


def _silence_pillow() -> None:
    """Keep Pillow's warnings (a corrupt EXIF block, say) out of the terminal and the log.

    `warnings.catch_warnings` is no help: it changes every thread's filters and photos are read
    in several threads. A filter for Pillow's modules alone, put in front where it is not yet,
    stays for good.
    """
    rule = ("ignore", None, Warning, _PILLOW_MODULES, 0)
    if not warnings.filters or warnings.filters[0] != rule:
        warnings.filterwarnings("ignore", module=_PILLOW_MODULES.pattern)


_PILLOW_MODULES = re.compile(r"PIL\.")


def _draft(image: ImageFile, min_side: int) -> None:
    shorter = min(image.size)
    wanted = min_side * _DRAFT_MARGIN
    if shorter > wanted:
        factor = wanted / shorter
        image.draft(None, (int(image.width * factor), int(image.height * factor)))


def _orientation(image: ImageFile) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or the EXIF block is damaged."""
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGED:
        return 1
    return value if isinstance(value, int) else 1


def _shrunk(rgb: Image.Image, min_side: int | None) -> Image.Image:
    shorter = min(rgb.size)
    if min_side is None or shorter <= min_side:
        return rgb
    size = (round(rgb.width * min_side / shorter), round(rgb.height * min_side / shorter))
    return rgb.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _to_rgb(image: ImageFile) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep_grey(image)
    if image.has_transparency_data:
        return _on_white(image)
    return image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    straight = {"La": "LA", "RGBa": "RGBA"}.get(image.mode)
    colours = (image if straight is None else image.convert(straight)).convert("RGBA")
    white = Image.new("RGBA", colours.size, "white")
    white.alpha_composite(colours)
    return white.convert("RGB")


def _from_deep_grey(image: ImageFile) -> Image.Image:
    """Grey of 12, 16 or 32 bits or of decimals, by the range of its kind.

    Pillow's own ``convert`` cuts everything above 255 off to white. Some rows at a time: decimals
    of a large picture would take ten times its own memory, in each of several threads.
    """
    values = np.asarray(image)
    rows = max(1, _PIXELS_AT_ONCE // max(1, values.shape[1]))
    parts = [slice(first, first + rows) for first in range(0, len(values), rows)]
    ends = [(part.min(), part.max()) for part in (_decimals(values[at]) for at in parts)]
    lowest, highest = (float(e) for e in (min(e[0] for e in ends), max(e[1] for e in ends)))
    low, high = _range_of(image, lowest, highest)
    # In this kind of TIFF zero is white; Pillow turns 8 bits only.
    turned = _tiff_tag(image, _PHOTOMETRIC, 1) == 0 and image.mode.startswith("I;16")
    grey = np.zeros(values.shape, dtype=np.uint8)
    for at in parts:
        decimals = _decimals(values[at])
        scaled = (decimals - low) / (high - low) if high > low else np.zeros_like(decimals)
        grey[at] = np.rint((1.0 - scaled if turned else scaled) * 255.0).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _decimals(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    found = values.astype(np.float64)
    return np.where(np.isfinite(found), found, 0.0)


def _range_of(image: ImageFile, low: float, high: float) -> tuple[float, float]:
    """Which values are black and white, given the lowest and the highest in the picture."""
    if image.mode == "F":
        return (0.0, 1.0) if low >= 0.0 and high <= 1.0 else (low, high)
    if low >= 0 and high < 2**16:
        bits = _tiff_tag(image, _BITS_PER_SAMPLE, 16)
        return 0.0, 2.0 ** min(bits, 16) - 1.0
    return low, high


def _tiff_tag(image: ImageFile, tag: int, otherwise: int) -> int:
    tags: Callable[[int], object] | None = getattr(getattr(image, "tag_v2", None), "get", None)
    value = None if tags is None else tags(tag)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else otherwise
