"""The pictures among some files and folders, for prediction."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import natural_key
from finetune_gui.dataset.folders import (
    OTHER_PICTURE_SUFFIXES,
    PHOTO_SUFFIXES,
    is_ignored,
    suffix_of,
)


def find_photos(sources: Sequence[Path], ctx: JobContext) -> list[Path]:
    """``sources`` in their order; a folder stands for the pictures in it and below it.

    A file that was named is kept whatever it is called: whether it is a picture shows when it is
    read. Names are not followed through linked folders, so a circle of links ends.

    Raises:
        DatasetError: a source is not there, or there is no picture in any.
        Cancelled: the user asked to stop.
    """
    photos: list[Path] = []
    for source in sources:
        if source.is_dir():
            photos.extend(_below(source, ctx))
        elif source.exists():
            photos.append(source)
        else:
            raise DatasetError("error-dataset-not-found", path=str(source))
    if not photos:
        raise DatasetError("error-no-photos-here", path=str(sources[0]) if sources else "")
    return photos


def _below(folder: Path, ctx: JobContext) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        ctx.check_cancelled()
        folders[:] = sorted((f for f in folders if not is_ignored(f)), key=natural_key)
        for name in sorted(files, key=natural_key):
            suffix = suffix_of(name)
            # Those that cannot be decoded are kept too: reading them says so, silence would not.
            is_picture = suffix in PHOTO_SUFFIXES or suffix in OTHER_PICTURE_SUFFIXES
            if is_picture and not is_ignored(name):
                yield Path(place, name)
