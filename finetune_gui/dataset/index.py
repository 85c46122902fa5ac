"""Opens a dataset: a folder of class folders, split folders, a CSV, or a zip of any of these."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths, natural_key
from finetune_gui.dataset import archives
from finetune_gui.dataset.folders import list_folder, read_folder
from finetune_gui.dataset.samples import Dataset, Found, Sample, SkippedPhoto, Split
from finetune_gui.dataset.tables import is_table, read_table

__all__ = ["Dataset", "Sample", "SkippedPhoto", "Split", "open_dataset"]


def open_dataset(source: Path, paths: AppPaths, ctx: JobContext) -> Dataset:
    """List the photos of ``source``; no photo is opened and nothing in the source is changed.

    A zip is unpacked into ``paths.unpacked`` first. Classes and photos come in natural order.

    Raises:
        DatasetError: there is nothing to learn from; the error says why and what to do.
        Cancelled: the user asked to stop.
    """
    source = source.expanduser().absolute()
    try:
        is_folder, exists = source.is_dir(), source.exists()
    except OSError:
        is_folder = exists = False
    if not exists:
        raise DatasetError("error-dataset-not-found", path=str(source))
    if is_folder:
        found = read_folder(source, ctx)
    elif source.suffix.lower() == ".csv":
        found = read_table(source, ctx)
    elif source.suffix.lower() == ".zip":
        found = _read_unpacked(archives.unpack(source, paths, ctx), ctx)
    else:
        raise DatasetError("error-dataset-kind", file=source.name)
    return _checked(source, found)


def _read_unpacked(folder: Path, ctx: JobContext) -> Found:
    """A zip holds folders, or one CSV with ``path`` and ``label`` beside the photos."""
    for place in _places_for_a_table(folder, ctx):
        tables = [file for file in place.glob("*.csv") if is_table(file)]
        if len(tables) == 1:
            return read_table(tables[0], ctx)
    return read_folder(folder, ctx)


def _places_for_a_table(folder: Path, ctx: JobContext) -> list[Path]:
    inner = list_folder(folder, ctx).folders
    return [folder, *inner] if len(inner) == 1 else [folder]


def _checked(source: Path, found: Found) -> Dataset:
    labels = {sample.label for sample in found.samples}
    classes = tuple(sorted(labels, key=_natural))
    if not classes:
        raise _nothing_found(source, found)
    if len(classes) == 1:
        raise DatasetError("error-dataset-one-class", name=source.name, label=classes[0])
    dataset = Dataset(
        source=source,
        root=found.root,
        name=_name(source),
        classes=classes,
        samples=tuple(found.samples),
        skipped=tuple(found.skipped),
        empty_classes=tuple(sorted(found.empty - labels, key=_natural)),
    )
    return _in_order(dataset)


def _in_order(dataset: Dataset) -> Dataset:
    of_class: dict[str, list[Sample]] = {label: [] for label in dataset.classes}
    for sample in dataset.samples:
        of_class[sample.label].append(sample)
    # Class by class: the keys of all photos at once take more memory than the photos' names.
    for samples in of_class.values():
        samples.sort(key=lambda s: _natural(dataset.relative(s.path)))
    ordered = [sample for samples in of_class.values() for sample in samples]
    skipped = sorted(dataset.skipped, key=lambda photo: _natural(dataset.relative(photo.path)))
    return replace(dataset, samples=tuple(ordered), skipped=tuple(skipped))


def _natural(text: str) -> tuple[object, str]:
    return natural_key(text), text


def _name(source: Path) -> str:
    named = source.stem if source.is_file() else source.name
    return named or source.resolve().name or str(source)


def _nothing_found(source: Path, found: Found) -> DatasetError:
    reasons = {photo.reason for photo in found.skipped}
    params = {"name": source.name}
    if "error-photo-no-class" in reasons:
        return DatasetError("error-dataset-no-class-folders", **params)
    if "error-photo-format" in reasons:
        return DatasetError("error-dataset-other-formats", **params)
    if "error-photo-gone" in reasons:
        example = next(p.path for p in found.skipped if p.reason == "error-photo-gone")
        return DatasetError("error-dataset-photos-gone", **params, photo=str(example))
    return DatasetError("error-dataset-no-photos", **params)
