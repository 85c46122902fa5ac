"""All backbones as a table that can be sorted and filtered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import natural_key
from finetune_gui.gui.models.sorted_table import LEFT, RIGHT, SortedTable
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
    SPEED = 4
    ACCURACY = 5
    LICENCE = 6


_NUMBERS = (Column.PARAMETERS, Column.INPUT, Column.SPEED, Column.ACCURACY)

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

    names: ClassVar[Mapping[int, str]] = {
        Column.NAME: "model-column-name",
        Column.FAMILY: "model-column-family",
        Column.PARAMETERS: "model-column-parameters",
        Column.INPUT: "model-column-input",
        Column.SPEED: "model-column-speed",
        Column.ACCURACY: "model-column-accuracy",
        Column.LICENCE: "model-column-licence",
    }

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
            case Column.SPEED:
                return row.speed or None
            case Column.ACCURACY:
                return backbone.top1
            case other:
                return natural_key(_text(row, other))

    @override
    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return RIGHT if column in _NUMBERS else LEFT

    @override
    def text(self, row: BackboneStatus, column: int) -> str:
        """What is not known is a dash."""
        return _text(row, Column(column)) or "–"

    @override
    def tooltip(self, row: BackboneStatus, column: int) -> str:
        """The name that files and commands use."""
        return row.backbone.name if column == Column.NAME else self.explanation(column)


def _text(status: BackboneStatus, column: Column) -> str:
    backbone = status.backbone
    match column:
        case Column.NAME:
            text = backbone.title
        case Column.FAMILY:
            text = backbone.family
        case Column.PARAMETERS:
            text = count_text(backbone.parameters) if backbone.parameters else ""
        case Column.INPUT:
            text = tr("model-pixels", size=backbone.input_size)
        case Column.SPEED:
            text = f"{status.speed:.3g}" if status.speed else ""
        case Column.ACCURACY:
            text = "" if backbone.top1 is None else percent_text(f"{backbone.top1:.1f}")
        case Column.LICENCE:
            text = backbone.licence
    return text
