"""Makes small photo folders, and pictures of every kind that people really have."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

ORIENTATION = 0x0112
CHINESE_FOLDER = "我的 照片 集"


def photo(seed: int = 0, size: tuple[int, int] = (32, 24)) -> Image.Image:
    """An RGB picture of ``size`` (width, height) that no other seed gives."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(noise)


def halves(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Red on the left, blue on the right: tells which way up a picture is."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    return picture


def save_photo(path: Path, seed: int = 0, size: tuple[int, int] = (32, 24)) -> Path:
    """Save a picture in the format that the name says; makes the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    photo(seed, size).save(path)
    return path


def make_class_folders(root: Path, counts: Mapping[str, int], suffix: str = ".jpg") -> Path:
    """``root`` with one folder a class; no two photos are alike."""
    for label, n in counts.items():
        (root / label).mkdir(parents=True, exist_ok=True)
        for number in range(1, n + 1):
            path = root / label / f"photo{number}{suffix}"
            save_photo(path, zlib.crc32(f"{root.name}/{label}/{number}".encode()))
    return root


def make_split_folders(root: Path, splits: Mapping[str, Mapping[str, int]]) -> Path:
    """``root`` with folders such as train and test, each with one folder a class."""
    for name, counts in splits.items():
        make_class_folders(root / name, counts)
    return root


def make_chinese_folder(parent: Path) -> Path:
    """A dataset whose path and classes have Chinese characters and spaces."""
    return make_class_folders(parent / CHINESE_FOLDER, {"猫 咪": 4, "狗 狗": 4})


def make_csv(
    file: Path, rows: list[str], header: str = "path,label", encoding: str = "utf-8"
) -> Path:
    """A CSV with the given lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return file


def zip_folder(folder: Path, archive: Path, prefix: str = "") -> Path:
    """A zip of what lies in ``folder``, with folders as members of their own."""
    with zipfile.ZipFile(archive, "w") as target:
        for path in sorted(folder.rglob("*")):
            target.write(path, prefix + path.relative_to(folder).as_posix())
    return archive


def rename_in_zip(archive: Path, names: Mapping[str, bytes]) -> Path:
    """Replace ASCII names by other bytes of the same length, as a foreign packer writes them."""
    data = archive.read_bytes()
    for name, raw in names.items():
        if len(name) != len(raw):
            raise ValueError((name, raw))
        data = data.replace(name.encode("ascii"), raw)
    archive.write_bytes(data)
    return archive


def truncated_jpeg(path: Path) -> Path:
    """A JPEG of which the second half is missing."""
    data = _encoded(photo(1, (64, 64)), "JPEG")
    path.write_bytes(data[: len(data) // 2])
    return path


def text_named_as_photo(path: Path) -> Path:
    """A text under a photo's name."""
    path.write_text("not a picture at all\n" * 20, encoding="utf-8")
    return path


def empty_file(path: Path) -> Path:
    """A file of 0 bytes."""
    path.write_bytes(b"")
    return path


def huge_header(path: Path, width: int = 40_000, height: int = 40_000) -> Path:
    """A PNG of a few bytes that claims to be gigantic."""
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + _png_chunk(b"IEND", b"")
    )
    return path


def ramp16(path: Path, dtype: str = "<u2") -> Path:
    """A 16-bit grey ramp from 0 to 65535 over a width of 256, 4 high."""
    row = np.linspace(0, 65535, 256).round().astype(dtype)
    Image.fromarray(np.tile(row, (4, 1))).save(path)
    return path


def rotated(path: Path, orientation: int) -> Path:
    """`halves`, stored so that this EXIF orientation (1 to 8) brings it the right way up."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    picture = halves()
    if orientation in undo:
        picture = picture.transpose(undo[orientation])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    picture.save(path, exif=exif)
    return path


def corrupt_exif(path: Path) -> Path:
    """A good JPEG whose EXIF block is nonsense after its first bytes."""
    junk = np.random.default_rng(0).bytes(60)
    exif = b"Exif\0\0II*\0\x08\0\0\0\xff\x7f" + junk
    path.write_bytes(_encoded(photo(2), "JPEG", exif=exif))
    return path


def animated_gif(path: Path) -> Path:
    """Red first, then blue."""
    first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    first.save(path, save_all=True, append_images=[second], duration=100)
    return path


def _encoded(picture: Image.Image, format_name: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, format_name, **options)
    return file.getvalue()


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
