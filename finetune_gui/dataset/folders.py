"""Reads a folder of class folders, or of train / validation / test folders of such.

Names alone decide; no file is opened, so that ten thousand photos are listed in well under a
second.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import natural_key
from finetune_gui.dataset.samples import Found, Sample, SkippedPhoto, Split

PHOTO_SUFFIXES = frozenset(
    {
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".bmp",
        ".gif",
        ".tif",
        ".tiff",
        ".webp",
        ".avif",
        ".pgm",
        ".ppm",
    }
)
# Pictures that this program cannot decode. They are named as skipped: a folder from a phone that
# is full of .heic files must not look empty.
OTHER_PICTURE_SUFFIXES = frozenset(
    {
        ".heic",
        ".heif",
        ".jp2",
        ".jxl",
        ".psd",
        ".svg",
        ".dng",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".raf",
        ".orf",
        ".rw2",
    }
)
SPLIT_NAMES: dict[str, Split] = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
# What operating systems and network drives leave behind in folders (besides dot files).
_LITTER = frozenset(
    {
        "thumbs.db",
        "desktop.ini",
        "__macosx",
        "@eadir",
        "$recycle.bin",
        "system volume information",
    }
)
_MAX_WRAPPERS = 8


@dataclass
class Listing:
    """What lies directly in one folder."""

    folders: list[Path] = field(default_factory=list)
    photos: list[Path] = field(default_factory=list)
    skipped: list[SkippedPhoto] = field(default_factory=list)


def read_folder(root: Path, ctx: JobContext) -> Found:
    """All photos under ``root`` with the class that their folder gives them.

    A single folder around everything is looked through.

    Raises:
        DatasetError: a folder cannot be opened, or there are splits but no training folder.
        Cancelled: the user asked to stop.
    """
    found, listing = _look_through(root, ctx)
    splits = _split_folders(listing)
    found.skipped += listing.skipped
    found.skipped += _without_class(listing.photos)
    if not splits:
        _read_classes(listing.folders, None, found, ctx)
        return found
    for folder in listing.folders:
        split = splits.get(folder)
        if split is None:
            found.skipped += _without_class(_walk(folder, set(), ctx).photos)
            continue
        inner = list_folder(folder, ctx)
        found.skipped += inner.skipped
        found.skipped += _without_class(inner.photos)
        _read_classes(inner.folders, split, found, ctx)
    return found


def is_ignored(name: str) -> bool:
    """Whether a file or folder is hidden or an operating system's litter."""
    return name.startswith(".") or name.casefold() in _LITTER


def suffix_of(name: str) -> str:
    """The end of a file name with its dot, in small letters; empty when there is none."""
    # `PurePath(name).suffix` says the same but would be half the time of opening a dataset.
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if stem and dot else ""


def class_name(name: str) -> str:
    """The class that a folder or a CSV field names.

    macOS writes ``é`` as two characters and others as one; both are the same class.
    """
    return unicodedata.normalize("NFC", name)


def list_folder(folder: Path, ctx: JobContext) -> Listing:
    """The folders (in natural order) and photos (in any) directly in ``folder``.

    Raises:
        DatasetError: it cannot be opened.
    """
    listing = Listing()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                ctx.check_cancelled()
                if not is_ignored(entry.name):
                    _sort_in(entry, listing)
    except OSError as error:
        raise DatasetError("error-dataset-folder-unreadable", path=str(folder)) from error
    listing.folders.sort(key=_by_name)
    return listing


def _sort_in(entry: os.DirEntry[str], listing: Listing) -> None:
    suffix = suffix_of(entry.name)
    is_picture = suffix in PHOTO_SUFFIXES or suffix in OTHER_PICTURE_SUFFIXES
    try:
        is_folder, is_file = entry.is_dir(), is_picture and entry.is_file()
    except OSError:  # a link that leads round in a circle
        is_folder = is_file = False
    if not (is_folder or is_picture):
        return
    path = Path(entry.path)
    if not _is_text(entry.name):
        listing.skipped.append(SkippedPhoto(path, "error-photo-name"))
    elif is_folder:
        listing.folders.append(path)
    elif not is_file:
        listing.skipped.append(SkippedPhoto(path, "error-photo-gone"))
    elif suffix in OTHER_PICTURE_SUFFIXES:
        listing.skipped.append(SkippedPhoto(path, "error-photo-format"))
    else:
        listing.photos.append(path)


def _is_text(name: str) -> bool:
    # Linux lets file names be any bytes; those that are not UTF-8 could not be written down.
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _by_name(path: Path) -> tuple[object, str]:
    return natural_key(path.name), path.name


def _look_through(root: Path, ctx: JobContext) -> tuple[Found, Listing]:
    """Go down while there is one folder only and it holds folders: `flowers.zip/flowers/rose`."""
    found, listing = Found(root), list_folder(root, ctx)
    for _ in range(_MAX_WRAPPERS):  # bounded: a link may lead back to where it lies
        if len(listing.folders) != 1 or _split_of(listing.folders[0]) == "train":
            break
        inner = list_folder(listing.folders[0], ctx)
        if not inner.folders:
            break
        found.skipped += listing.skipped
        found.skipped += _without_class(listing.photos)
        found.root, listing = listing.folders[0], inner
    return found, listing


def _split_of(folder: Path) -> Split | None:
    return SPLIT_NAMES.get(folder.name.casefold())


def _split_folders(listing: Listing) -> dict[Path, Split]:
    """The folders that are splits and not classes; empty when all are classes."""
    named = {f: split for f in listing.folders if (split := _split_of(f)) is not None}
    splits = set(named.values())
    if "train" not in splits:
        if len(splits) == len(listing.folders) == 2:
            raise DatasetError("error-dataset-no-train-folder", path=str(listing.folders[0].parent))
        return {}
    # bus / car / train are vehicles; train / test / leftovers are splits.
    if splits == {"train"} and len(named) < len(listing.folders):
        return {}
    return named


def _read_classes(folders: list[Path], split: Split | None, found: Found, ctx: JobContext) -> None:
    for folder in folders:
        label = class_name(folder.name)
        # A link in a class folder that leads back up must not bring other classes' photos in.
        above = {_identity(found.root), _identity(folder.parent)}
        inside = _walk(folder, above, ctx)
        found.samples += [Sample(path, label, split) for path in inside.photos]
        found.skipped += inside.skipped
        if not inside.photos:
            found.empty.add(label)


def _walk(folder: Path, seen: set[tuple[int, int]], ctx: JobContext) -> Listing:
    """All photos under ``folder``, however deep; each real folder once, so links cannot loop."""
    inside = Listing()
    pending = [folder]
    while pending:
        current = pending.pop()
        identity = _identity(current)
        if identity in seen:
            continue
        seen.add(identity)
        listing = list_folder(current, ctx)
        inside.photos += listing.photos
        inside.skipped += listing.skipped
        pending += reversed(listing.folders)
    return inside


def _identity(folder: Path) -> tuple[int, int]:
    try:
        facts = folder.stat()
    except OSError as error:
        raise DatasetError("error-dataset-folder-unreadable", path=str(folder)) from error
    return facts.st_dev, facts.st_ino


def _without_class(photos: list[Path]) -> list[SkippedPhoto]:
    return [SkippedPhoto(path, "error-photo-no-class") for path in photos]
