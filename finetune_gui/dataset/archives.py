"""Unpacks a zip into the program's own cache, safely and whole or not at all."""

from __future__ import annotations

import hashlib
import lzma
import math
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.folders import (
    OTHER_PICTURE_SUFFIXES,
    PHOTO_SUFFIXES,
    is_ignored,
    suffix_of,
)

MAX_BYTES = 20 * 2**30
MAX_MEMBERS = 500_000
# Photos hardly shrink; only a zip made to fill the disk grows a hundredfold to over a gigabyte.
MAX_RATIO = 100
RATIO_MATTERS_FROM = 2**30

_CHUNK = 2**20
_UNFINISHED = ".unpacking"
_COUNT_FILE = ".complete"
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_WINDOWS_FORBIDDEN = str.maketrans('<>:"|?*', "_______")
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, OverflowError)


@dataclass(frozen=True)
class _Plan:
    """What is to be written: folders, and members by their path in the new folder."""

    folders: frozenset[str]
    files: dict[str, zipfile.ZipInfo]

    @property
    def bytes(self) -> int:
        return sum(info.file_size for info in self.files.values())


def unpack(archive: Path, paths: AppPaths, ctx: JobContext) -> Path:
    """The folder with the zip's photos, folders and CSV files.

    The same zip (path, size and time of change) is unpacked once; other files are left out.

    Raises:
        DatasetError: the zip is broken, encrypted, too big, or would write outside its folder.
        Cancelled: the user asked to stop; nothing is left behind.
    """
    folder = paths.unpacked / _key(archive)
    with _alone(paths.unpacked, ctx):
        if not _is_complete(folder):
            _unpack_to(folder, archive, ctx)
    return folder


def _key(archive: Path) -> str:
    try:
        facts = archive.stat()
    except OSError as error:
        raise DatasetError("error-dataset-not-found", path=str(archive)) from error
    identity = f"{archive}\0{facts.st_size}\0{facts.st_mtime_ns}"
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:24]


@contextmanager
def _alone(unpacked: Path, ctx: JobContext) -> Iterator[None]:
    """One process at a time unpacks, so that whatever is unfinished then is a killed one's."""
    unpacked.mkdir(parents=True, exist_ok=True)
    lock = FileLock(unpacked / ".lock")
    while True:
        try:
            lock.acquire(timeout=0.2)
            break
        except Timeout:
            ctx.check_cancelled()
    try:
        _remove_unfinished(unpacked)
        yield
    finally:
        lock.release()


def _remove_unfinished(unpacked: Path) -> int:
    strays = list(unpacked.glob(f"*{_UNFINISHED}"))
    for stray in strays:
        shutil.rmtree(stray, ignore_errors=True)
    return len(strays)


def sweep(paths: AppPaths) -> int:
    """Remove what killed processes left half unpacked, unless one unpacks now; returns how many."""
    # Nothing is locked, and no file made, where there is nothing to do.
    if not any(paths.unpacked.glob(f"*{_UNFINISHED}")):
        return 0
    with suppress(Timeout, OSError), FileLock(paths.unpacked / ".lock").acquire(timeout=0):
        return _remove_unfinished(paths.unpacked)
    return 0


def _is_complete(folder: Path) -> bool:
    """Whether every file that was unpacked is still there (caches get cleaned by others)."""
    try:
        expected = int((folder / _COUNT_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return sum(len(files) for _, _, files in os.walk(folder)) > expected


def _unpack_to(folder: Path, archive: Path, ctx: JobContext) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=folder.name, suffix=_UNFINISHED, dir=folder.parent))
    try:
        with _opened(archive) as source:
            plan = _plan(source, archive, ctx)
            _check_size(plan, archive, folder.parent)
            _write(source, plan, temporary, ctx)
        (temporary / _COUNT_FILE).write_text(str(len(plan.files)), encoding="ascii")
        _flush_disk()
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    except _BROKEN as error:
        raise DatasetError("error-dataset-zip-broken", file=archive.name) from error
    except NotImplementedError as error:
        raise DatasetError("error-dataset-zip-method", file=archive.name) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        source = zipfile.ZipFile(archive)
    except PermissionError as error:
        raise DatasetError("error-dataset-folder-unreadable", path=str(archive)) from error
    with source:
        yield source


def _plan(source: zipfile.ZipFile, archive: Path, ctx: JobContext) -> _Plan:
    """Decide what is written where, and refuse what an honest zip never holds."""
    members = source.infolist()
    if len(members) > MAX_MEMBERS:
        raise DatasetError("error-dataset-zip-too-big", file=archive.name)
    folders: set[str] = set()
    files: dict[str, zipfile.ZipInfo] = {}
    for info, name in zip(members, _names(members), strict=True):
        ctx.check_cancelled()
        parts = _parts(name, archive)
        if any(is_ignored(part) for part in parts):
            continue
        _check_member(info, archive)
        folder_parts = parts if name.endswith("/") else parts[:-1]
        folders.update("/".join(folder_parts[: n + 1]) for n in range(len(folder_parts)))
        if parts != folder_parts and _is_wanted(parts[-1]):
            files["/".join(parts)] = info
    if not folders.isdisjoint(files):
        raise DatasetError("error-dataset-zip-broken", file=archive.name)
    return _Plan(frozenset(folders), files)


def _is_wanted(name: str) -> bool:
    return suffix_of(name) in PHOTO_SUFFIXES | OTHER_PICTURE_SUFFIXES | {".csv"}


def _parts(name: str, archive: Path) -> tuple[str, ...]:
    """The member's path in pieces.

    Raises:
        DatasetError: it leads out of the folder it is unpacked to.
    """
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    is_absolute = name.startswith("/") or (len(name) > 1 and name[1] == ":")
    if is_absolute or ".." in parts or "\0" in name:
        raise DatasetError("error-dataset-zip-unsafe", file=archive.name)
    return tuple(map(_fitting, parts)) if os.name == "nt" else parts


def _fitting(part: str) -> str:
    # Windows refuses these characters, drops dots and spaces at the end, and takes a colon for
    # the name of a second stream of the same file.
    return part.translate(_WINDOWS_FORBIDDEN).rstrip(". ") or "_"


def _check_member(info: zipfile.ZipInfo, archive: Path) -> None:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise DatasetError("error-dataset-zip-encrypted", file=archive.name)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise DatasetError("error-dataset-zip-links", file=archive.name)


def _check_size(plan: _Plan, archive: Path, target: Path) -> None:
    packed = sum(info.compress_size for info in plan.files.values())
    is_bomb = plan.bytes > RATIO_MATTERS_FROM and plan.bytes > MAX_RATIO * packed
    if plan.bytes > MAX_BYTES or is_bomb:
        raise DatasetError("error-dataset-zip-too-big", file=archive.name)
    if shutil.disk_usage(target).free < plan.bytes:
        needed = math.ceil(plan.bytes / 1e8) / 10
        raise DatasetError(
            "error-dataset-zip-disk-full", file=archive.name, needed=needed, path=str(target)
        )


def _write(source: zipfile.ZipFile, plan: _Plan, target: Path, ctx: JobContext) -> None:
    for folder in plan.folders:
        (target / folder).mkdir(parents=True, exist_ok=True)
    total, done, told = max(1, plan.bytes), 0, -1
    for name, info in plan.files.items():
        with source.open(info) as packed, (target / name).open("wb") as file:
            while chunk := packed.read(_CHUNK):
                ctx.check_cancelled()
                file.write(chunk)
                done += len(chunk)
        if told != (told := done * 1000 // total):
            ctx.progress(told, 1000, "dataset-unpacking")


def _flush_disk() -> None:
    # One flush for all files: an fsync for each of ten thousand photos would take minutes.
    if hasattr(os, "sync"):
        os.sync()


def _names(members: list[zipfile.ZipInfo]) -> list[str]:
    """The members' names as they were meant, with ``/``.

    A zip that does not say "UTF-8" holds names in whatever its maker's computer used: bytes that
    zipfile shows as code page 437. All of them together tell which encoding it was.
    """
    raw = [info.orig_filename.encode("cp437") for info in members if not _says_utf8(info)]
    encoding = _encoding_of(raw)
    names = (
        info.orig_filename
        if _says_utf8(info)
        else info.orig_filename.encode("cp437").decode(encoding)
        for info in members
    )
    return [name.replace("\\", "/") for name in names]


def _says_utf8(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & _UTF8_FLAG)


def _encoding_of(names: list[bytes]) -> str:
    text = b"\n".join(names)
    if text.isascii():
        return "ascii"
    for encoding in ("utf-8", "gb18030"):
        try:
            decoded = text.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _looks_chinese(decoded):
            return encoding
    return "cp437"


def _looks_chinese(text: str) -> bool:
    """Whether most characters are common Chinese: Western accents read as GBK give rare ones."""
    foreign = [char for char in text if not char.isascii()]
    common = sum(1 for char in foreign if char.encode("gb2312", "ignore"))
    return common * 2 >= len(foreign)
