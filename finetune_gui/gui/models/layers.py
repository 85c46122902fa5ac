"""The layers of one stage as a table, in the order in which they work."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import natural_key
from finetune_gui.gui.models.sorted_table import LEFT, RIGHT, SortedTable
from finetune_gui.gui.widgets.backbone_card import count_text

if TYPE_CHECKING:
    from finetune_gui.engine.layers import Layer


class Column(IntEnum):
    """The columns from left to right."""

    KIND = 0
    OUTPUT = 1
    PARAMETERS = 2
    NAME = 3


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as people write it, a map's places first; a dash where it is not known."""
    if len(shape) == 3 and shape[1] == shape[2]:  # maps of square photos are square
        shape = (*shape[1:], shape[0])
    return " × ".join(str(n) for n in shape) or "–"


def kind_text(layer: Layer) -> str:
    """What a layer is, in words, with its kernel and stride; a rare one by its class."""
    words = layer.type if layer.kind == "other" else tr(f"model-layer-{layer.kind}")
    return f"{words} {layer.detail}".strip()


class LayerRows(SortedTable["Layer"]):
    """One row for each layer."""

    names: ClassVar[Mapping[int, str]] = {
        Column.KIND: "model-layer-kind",
        Column.OUTPUT: "model-layer-output",
        Column.PARAMETERS: "model-layer-parameters",
        Column.NAME: "model-layer-name",
    }

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(Column), parent)
        self.stage = ""

    @override
    def sort_key(self, row: Layer, column: int) -> Any:
        """What a column is sorted by."""
        match Column(column):
            case Column.KIND:
                return kind_text(row)
            case Column.OUTPUT:
                return row.shape
            case Column.PARAMETERS:
                return row.parameters
            case _:
                return natural_key(row.name)

    @override
    def alignment(self, column: int) -> int:
        """Numbers stand on the right."""
        return RIGHT if column in (Column.OUTPUT, Column.PARAMETERS) else LEFT

    @override
    def tooltip(self, row: Layer, column: int) -> str:
        """Its whole name and its class."""
        return f"{kind_text(row)}\n{row.name} ({row.type})"

    @override
    def text(self, row: Layer, column: int) -> str:
        """Its name without that of its stage."""
        match Column(column):
            case Column.KIND:
                return kind_text(row)
            case Column.OUTPUT:
                return shape_text(row.shape)
            case Column.PARAMETERS:
                return count_text(row.parameters) if row.parameters else "–"
            case _:
                return row.name.partition(f"{self.stage}.")[2] or row.name
