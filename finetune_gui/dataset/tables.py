"""Reads a CSV with ``path,label[,split][,group]``."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.dataset.folders import (
    OTHER_PICTURE_SUFFIXES,
    SPLIT_NAMES,
    class_name,
)
from finetune_gui.dataset.samples import Found, Sample, SkippedPhoto, Split

# Excel writes what the country's list separator is.
_DELIMITERS = (",", ";", "\t")
_COLUMNS = ("path", "label", "split", "group")


@dataclass(frozen=True)
class _Row:
    line: int
    path: str
    label: str
    split: str
    group: str


def read_table(file: Path, ctx: JobContext) -> Found:
    """All photos that a CSV names; relative paths start from the CSV's folder.

    Photos that are missing, or that have no label, are among the skipped.

    Raises:
        DatasetError: the CSV cannot be read, lacks a column, or contradicts itself.
        Cancelled: the user asked to stop.
    """
    found = Found(file.parent)
    known: dict[Path, Sample] = {}
    for row in _rows(file):
        ctx.check_cancelled()
        sample = _sample(file, row)
        earlier = known.setdefault(sample.path, sample)
        if earlier != sample:
            raise DatasetError(
                "error-dataset-csv-conflict", file=file.name, line=row.line, photo=row.path
            )
    for sample in known.values():
        ctx.check_cancelled()
        reason = _reason_to_skip(sample)
        if reason is None:
            found.samples.append(sample)
        else:
            found.skipped.append(SkippedPhoto(sample.path, reason))
    return found


def is_table(file: Path) -> bool:
    """Whether a CSV has the columns ``path`` and ``label``; False when it cannot be read."""
    try:
        next(_rows(file), None)
    except DatasetError:
        return False
    return True


def _rows(file: Path) -> Iterator[_Row]:
    text = _text(file)
    delimiter, columns = _columns(file, text)
    # Not strict, one quotation mark left open would swallow all that follows.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    understood = 0
    try:
        next(reader)
        understood = reader.line_num
        for fields in reader:
            understood = reader.line_num
            cells = {name: _cell(fields, index) for name, index in columns.items()}
            if any(field.strip() for field in fields):
                named = {name: cells.get(name, "") for name in _COLUMNS}
                yield _Row(reader.line_num, **named)
    except csv.Error as error:
        raise DatasetError("error-dataset-csv-line", file=file.name, line=understood + 1) from error


def _cell(fields: list[str], index: int) -> str:
    return fields[index].strip() if index < len(fields) else ""


def _text(file: Path) -> str:
    """The file's text: UTF-8 with or without a mark, UTF-16 with one, else GBK as Excel writes."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise DatasetError("error-dataset-csv-unreadable", path=str(file)) from error
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DatasetError("error-dataset-csv-encoding", file=file.name)


def _columns(file: Path, text: str) -> tuple[str, dict[str, int]]:
    """The delimiter and where the columns are."""
    header = text.split("\n", 1)[0].strip()
    for delimiter in _DELIMITERS:
        names = [name.strip(' "').casefold() for name in header.split(delimiter)]
        if "path" in names and "label" in names:
            return delimiter, {name: names.index(name) for name in _COLUMNS if name in names}
    raise DatasetError("error-dataset-csv-columns", file=file.name, header=header[:80])


def _sample(file: Path, row: _Row) -> Sample:
    if not row.path:
        raise DatasetError("error-dataset-csv-line", file=file.name, line=row.line)
    split: Split | None = None
    if row.split:
        split = SPLIT_NAMES.get(row.split.casefold())
        if split is None:
            raise DatasetError(
                "error-dataset-csv-split", file=file.name, line=row.line, value=row.split[:40]
            )
    return Sample(_located(file.parent, row.path), class_name(row.label), split, row.group)


def _located(folder: Path, text: str) -> Path:
    """The photo's absolute path. A CSV from Windows names ``a\\b.jpg`` and means ``a/b.jpg``."""
    path = Path(os.path.normpath(folder / text))
    if os.sep == "/" and "\\" in text and not _is_file(path):
        return Path(os.path.normpath(folder / text.replace("\\", "/")))
    return path


def _reason_to_skip(sample: Sample) -> str | None:
    if not _is_file(sample.path):
        return "error-photo-gone"
    if sample.path.suffix.lower() in OTHER_PICTURE_SUFFIXES:
        return "error-photo-format"
    return None if sample.label else "error-photo-no-class"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be entered
        return False
