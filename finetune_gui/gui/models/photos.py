"""The photos of a grid, and the choosing of which ones it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from finetune_gui.dataset.samples import Dataset, Split

Index = QModelIndex | QPersistentModelIndex
Tone = Literal["", "good", "caution", "danger"]
SortBy = Literal["class", "name", "newest"]

PHOTO_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class GridPhoto:
    """One cell of a grid.

    ``caption`` is a badge on the picture; where any photo of the grid has a ``note`` or a
    ``tone``, caption and note stand below the pictures instead and the caption takes the tone.
    """

    path: Path
    caption: str = ""
    note: str = ""
    tone: Tone = ""


class PhotoModel(QAbstractListModel):
    """A list of `GridPhoto`; a cell's text is the file name, so that typing finds a photo."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._photos: tuple[GridPhoto, ...] = ()

    @property
    def photos(self) -> tuple[GridPhoto, ...]:
        """All photos, in their order."""
        return self._photos

    def set_photos(self, photos: Sequence[GridPhoto]) -> None:
        """Show other photos."""
        self.beginResetModel()
        self._photos = tuple(photos)
        self.endResetModel()

    def row_of(self, path: Path) -> int:
        """The row of a photo, -1 when it is not there."""
        # As texts: comparing paths takes several times as long, and there may be 10,000.
        wanted = str(path)
        return next((n for n, photo in enumerate(self._photos) if str(photo.path) == wanted), -1)

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        """How many photos there are."""
        return 0 if parent is not None and parent.isValid() else len(self._photos)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The photo for ``PHOTO_ROLE``, and words about it."""
        if not index.isValid():
            return None
        photo = self._photos[index.row()]
        if role == PHOTO_ROLE:
            return photo
        if role == Qt.ItemDataRole.DisplayRole:
            return photo.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (photo.path.name, photo.caption, photo.note)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (photo.path.name, photo.caption, photo.note)))
        return None


@dataclass(frozen=True)
class PhotoFilter:
    """Which photos to show. Empty means all; ``text`` is looked for in the file's path."""

    label: str = ""
    split: Split | Literal[""] = ""
    text: str = ""


class PhotoShelf:
    """The photos of a dataset, ready to be filtered quickly (10,000 in a few milliseconds)."""

    def __init__(self, dataset: Dataset) -> None:
        self._photos = tuple(GridPhoto(s.path, s.label) for s in dataset.samples)
        self._root = str(dataset.root)
        self._splits: tuple[Split, ...] = ()
        self._order: Sequence[int] = range(len(self._photos))

    def set_splits(self, splits: tuple[Split, ...]) -> None:
        """The split of each sample, or nothing while they are being computed."""
        self._splits = splits

    def set_order(self, order: Sequence[int]) -> None:
        """The numbers of the samples in the order in which they are to be shown."""
        self._order = order

    def shown(self, wanted: PhotoFilter) -> list[GridPhoto]:
        """The photos that pass ``wanted``; a split that is not known yet has none."""
        chosen = list(self._order)
        photos, splits = self._photos, self._splits
        if wanted.split:
            chosen = [i for i in chosen if splits and splits[i] == wanted.split]
        if wanted.label:
            chosen = [i for i in chosen if photos[i].caption == wanted.label]
        text = wanted.text.strip().casefold()
        if text:
            names = self._names
            chosen = [i for i in chosen if text in names[i]]
        return [photos[i] for i in chosen]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """What a search looks in: the paths from the dataset's root on. Made when first needed."""
        return tuple(str(p.path).removeprefix(self._root).casefold() for p in self._photos)
