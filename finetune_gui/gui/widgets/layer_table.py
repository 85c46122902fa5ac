"""The layers of a stage in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.layers import Column, LayerRows
from finetune_gui.gui.widgets.long_list import look_like_a_list, sort_when_asked

if TYPE_CHECKING:
    from finetune_gui.engine.layers import Layer

_ROW_HEIGHT = 26
_WIDEST = 150


class LayerTable(QTableView):
    """Shows layers in the order of their work, until a click on a column's name sorts them."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        bind(self, self.setAccessibleName, "model-layers")
        self.rows = LayerRows(self)
        self.setModel(self.rows)
        look_like_a_list(self, _ROW_HEIGHT, 2)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._set_up_header()
        on_change(self, self.rows.retranslate)

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(Column.KIND, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(56)
        header.setMaximumSectionSize(_WIDEST)
        header.setSectionsClickable(True)
        sort_when_asked(self)

    @override
    def sizeHint(self) -> QSize:
        """A few rows; it takes what there is."""
        return QSize(320, 6 * _ROW_HEIGHT)

    def show_layers(self, layers: Sequence[Layer], stage: str) -> None:
        """Show the layers of another stage; names are told from that of the stage on."""
        if list(layers) != list(self.rows.rows):
            self.rows.stage = stage
            self.rows.set_rows(layers)
            self.scrollToTop()
