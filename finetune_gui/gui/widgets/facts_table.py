"""Shows a `FactsModel`: all rows in sight, long texts cut, the whole in the tooltip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.models.facts import FactsModel
from finetune_gui.gui.theme import on_theme
from finetune_gui.gui.widgets.long_list import look_like_a_list

_ROW = 30
_EDGE = 14  # for a scroll bar below and the frame
_NAMES = 0.36  # of the width
_MOST_NAMES, _LEAST = 260, 90


class FactsTable(QTableView):
    """``facts`` is its model."""

    def __init__(self, name: str, title_key: str) -> None:
        super().__init__()
        self.setObjectName(name)
        bind(self, self.setAccessibleName, title_key)
        self.facts = FactsModel(self)
        self.setModel(self.facts)
        look_like_a_list(self, _ROW, 3)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.facts.modelReset.connect(self._fit)
        on_theme(self, self._repaint)

    def _repaint(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The runs share what the names leave."""
        super().resizeEvent(event)
        self._share_width()

    def _fit(self) -> None:
        """As high as the rows are: what stands around it scrolls."""
        self._share_width()
        heads = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(heads + self.facts.rowCount() * _ROW + _EDGE)

    def _share_width(self) -> None:
        runs, width = self.facts.columnCount() - 1, self.viewport().width()
        if runs < 1:
            return
        names = min(_MOST_NAMES, int(width * _NAMES))
        self.horizontalHeader().resizeSection(0, names)
        each = max(_LEAST, (width - names) // runs)
        for column in range(1, runs + 1):
            self.horizontalHeader().resizeSection(column, each)
