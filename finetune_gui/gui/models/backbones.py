"""All backbones as a table that can be sorted and filtered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import natural_key
from finetune_gui.gui.models.sorted_table import LEFT, RIGHT, Index, SortedTable
from finetune_gui.gui.percent import percent_text
from finetune_gui.gui.widgets.backbone_card import count_text

if TYPE_CHECKING:
    from finetune_gui.engine.catalogue import Backbone
    from finetune_gui.jobs.list_backbones import BackboneStatus


class Column(IntEnum):
    """The columns from left to right."""

    NAME = 0
    FAMILY = 1
    PARAMETERS = 2
    INPUT = 3
    ACCURACY = 4
    LICENCE = 5


_KEYS = {
    Column.NAME: "model-column-name",
    Column.FAMILY: "model-column-family",
    Column.PARAMETERS: "model-column-parameters",
    Column.INPUT: "model-column-input",
    Column.ACCURACY: "model-column-accuracy",
    Column.LICENCE: "model-column-licence",
}
_NUMBERS = (Column.PARAMETERS, Column.INPUT, Column.ACCURACY)

# The most parameters of each size; what has more is "large".
SIZES = {"small": 10_000_000, "medium": 40_000_000}


@dataclass(frozen=True)
class Filter:
    """What is wanted: ``text`` in name, title or family, all its words; ``size`` one of
    ``small``, ``medium``, ``large`` or empty; weights that are here; a licence without conditions
    for the use.
    """

    text: str = ""
    size: str = ""
    at_hand: bool = False
    free: bool = False

    def takes(self, status: BackboneStatus) -> bool:
        """Whether a backbone is wanted."""
        backbone = status.backbone
        where = f"{backbone.name} {backbone.title} {backbone.family}".casefold()
        return (
            all(word in where for word in self.text.casefold().split())
            and (not self.size or self.size == size_of(backbone))
            and not (self.at_hand and status.weights is None)
            and not (self.free and not backbone.is_free)
        )


def size_of(backbone: Backbone) -> str:
    """The size class by the number of parameters; empty where that is not known."""
    if not backbone.parameters:
        return ""
    return next((s for s, most in SIZES.items() if backbone.parameters <= most), "large")


class Backbones(SortedTable["BackboneStatus"]):
    """One row for each backbone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(Column), parent)

    def row_of(self, name: str) -> int:
        """The row of a backbone, -1 when it is not shown."""
        return next((i for i, s in enumerate(self.rows) if s.backbone.name == name), -1)

    @override
    def sort_key(self, row: BackboneStatus, column: int) -> Any:
        """Numbers by their value, texts as people sort names."""
        backbone = row.backbone
        match Column(column):
            case Column.PARAMETERS:
                return backbone.parameters or None
            case Column.INPUT:
                return backbone.input_size
            case Column.ACCURACY:
                return backbone.top1
            case other:
                return natural_key(_text(backbone, other))

    @override
    def heading(self, column: int) -> str:
        """The name of the column."""
        return tr(_KEYS[Column(column)])

    @override
    def explanation(self, column: int) -> str:
        """What the column means."""
        return tr(_KEYS[Column(column)] + ".help")

    @override
    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return RIGHT if column in _NUMBERS else LEFT

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts as they are shown."""
        backbone, column = self.row_at(index.row()).backbone, Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(backbone, column) or "–"
        if role == Qt.ItemDataRole.ToolTipRole:
            return backbone.name if column is Column.NAME else self.explanation(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(column)
        return None


def _text(backbone: Backbone, column: Column) -> str:
    match column:
        case Column.NAME:
            return backbone.title
        case Column.FAMILY:
            return backbone.family
        case Column.PARAMETERS:
            return count_text(backbone.parameters) if backbone.parameters else ""
        case Column.INPUT:
            return tr("model-pixels", size=backbone.input_size)
        case Column.ACCURACY:
            return "" if backbone.top1 is None else percent_text(f"{backbone.top1:.1f}")
        case Column.LICENCE:
            return backbone.licence
