"""The classes of a dataset with their numbers of photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.dataset.samples import Dataset, Split

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class SplitCounts:
    """How many photos are in each part; ``unknown`` while the split is being computed."""

    train: int = 0
    validation: int = 0
    test: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.train + self.validation + self.test + self.unknown

    def __add__(self, other: SplitCounts) -> SplitCounts:
        return SplitCounts(
            self.train + other.train,
            self.validation + other.validation,
            self.test + other.test,
            self.unknown + other.unknown,
        )


@dataclass(frozen=True)
class ClassRow:
    """One row: a class, or all photos where ``label`` is empty.

    ``share`` in (0, 1] is the length of its bar: its photos against those of the largest class;
    0 for the row of all photos, which has no bar.
    """

    label: str
    counts: SplitCounts
    share: float


def count_classes(dataset: Dataset, splits: Sequence[Split]) -> list[ClassRow]:
    """The row of all photos and one for each class; ``splits`` may be empty."""
    found: dict[str, dict[str, int]] = {label: {} for label in dataset.classes}
    parts: Sequence[str] = splits or ["unknown"] * len(dataset.samples)
    for sample, part in zip(dataset.samples, parts, strict=True):
        of_class = found[sample.label]
        of_class[part] = of_class.get(part, 0) + 1
    counts = {label: SplitCounts(**numbers) for label, numbers in found.items()}
    largest = max((c.total for c in counts.values()), default=0)
    rows = [ClassRow(label, c, c.total / largest) for label, c in counts.items()]
    return [ClassRow("", sum(counts.values(), SplitCounts()), 0.0), *rows]


class ClassModel(QAbstractListModel):
    """The rows of `count_classes`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ClassRow] = []

    @property
    def rows(self) -> list[ClassRow]:
        """All rows; the first is that of all photos."""
        return self._rows

    def set_rows(self, rows: list[ClassRow]) -> None:
        """Show other numbers; what is chosen stays where the classes are the same."""
        same = [r.label for r in rows] == [r.label for r in self._rows]
        if same and rows:
            self._rows = rows
            self.refresh()
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def refresh(self) -> None:
        """Show the same rows anew, in the language now set."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def row_of(self, label: str) -> int:
        """The row of a class, -1 when there is none."""
        return next((n for n, row in enumerate(self._rows) if row.label == label), -1)

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        """The classes and one."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row for ``ROW_ROLE``, its name, and its numbers in words."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label or tr("data-all-photos")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.label or tr('data-all-photos')}\n{counts_in_words(row.counts)}"
        return None


def counts_in_words(counts: SplitCounts) -> str:
    """ "41 photos: 29 training, 6 validation, 6 test" in the language now set."""
    if counts.unknown:
        return tr("common-photos", n=counts.total)
    return tr(
        "data-class-counts",
        n=counts.total,
        train=counts.train,
        validation=counts.validation,
        test=counts.test,
    )


def number_in_words(number: int) -> str:
    """A number with the separators of the language now set."""
    return tr("data-number", n=number)
