"""The scores of each class as a table that can be sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject
from typing_extensions import override

from finetune_gui.core.paths import natural_key
from finetune_gui.gui.models.sorted_table import LEFT, RIGHT, SortedTable
from finetune_gui.gui.percent import fine_percent, percent_text

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation


class Column(IntEnum):
    """The columns from left to right."""

    NAME = 0
    PRECISION = 1
    RECALL = 2
    F1 = 3
    SUPPORT = 4


@dataclass(frozen=True)
class ClassRow:
    """One class; scores in [0, 1], None where there is nothing to divide by.

    ``precision`` is None when no photo was called this class, ``recall`` and ``f1`` when there is
    no photo of it. ``support`` is how many photos it has.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


def class_rows(evaluation: Evaluation) -> list[ClassRow]:
    """One row for each class, in the order of the classes."""
    guesses = [sum(column) for column in zip(*evaluation.matrix, strict=True)]
    rows = []
    for name, guessed in zip(evaluation.classes, guesses, strict=True):
        score = evaluation.per_class[name]
        precision = score.precision if guessed else None
        recall, f1 = (score.recall, score.f1) if score.support else (None, None)
        rows.append(ClassRow(name, precision, recall, f1, score.support))
    return rows


class ClassScores(SortedTable[ClassRow]):
    """One row for each class."""

    names: ClassVar[Mapping[int, str]] = {
        Column.NAME: "evaluate-column-class",
        Column.PRECISION: "evaluate-column-precision",
        Column.RECALL: "evaluate-column-recall",
        Column.F1: "evaluate-column-f1",
        Column.SUPPORT: "evaluate-column-support",
    }

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(Column), parent)

    @override
    def sort_key(self, row: ClassRow, column: int) -> Any:
        """The name as people sort names, else the number."""
        return natural_key(row.name) if column == Column.NAME else _number(row, Column(column))

    @override
    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return LEFT if column == Column.NAME else RIGHT

    @override
    def text(self, row: ClassRow, column: int) -> str:
        """What nothing can be said of is a dash."""
        return _text(row, Column(column))

    @override
    def tooltip(self, row: ClassRow, column: int) -> str:
        """The whole name, which may be cut off."""
        return row.name if column == Column.NAME else self.explanation(column)


def _number(row: ClassRow, column: Column) -> float | None:
    match column:
        case Column.PRECISION:
            return row.precision
        case Column.RECALL:
            return row.recall
        case Column.F1:
            return row.f1
        case _:
            return row.support


def _text(row: ClassRow, column: Column) -> str:
    if column is Column.NAME:
        return row.name
    if column is Column.SUPPORT:
        return str(row.support)
    value = _number(row, column)
    if value is None:
        return "–"
    return f"{value:.3f}" if column is Column.F1 else percent_text(fine_percent(value))
