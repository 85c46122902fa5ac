"""All backbones in a table that can be searched, filtered and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.backbones import SIZES, Backbones, Column, Filter
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import SearchField, secondary_button, text_label
from finetune_gui.gui.widgets.long_list import OpeningTable, look_like_a_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finetune_gui.jobs.list_backbones import BackboneStatus

_ROW_HEIGHT = 34
_WIDTHS = {
    Column.FAMILY: 152,
    Column.PARAMETERS: 92,
    Column.INPUT: 76,
    Column.SPEED: 92,
    Column.ACCURACY: 96,
    Column.LICENCE: 116,
}
_WIDE = 720  # from here on names leave room for the family, which they mostly begin with
_WHERE_WIDE = (Column.FAMILY, Column.SPEED)
_ANY, *_SIZES = ("", *SIZES, "large")


class AllBackbones(QWidget):
    """``used`` carries the backbone that the user decided for."""

    used = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[BackboneStatus, ...] = ()
        self.model = Backbones(self)
        self.search = SearchField("model-search", "model-search")
        self.sizes = self._make_sizes()
        self.at_hand = self._make_box("model-only-at-hand")
        self.free = self._make_box("model-only-free")
        self.table = self._make_table()
        self.count = text_label(None, "muted")
        self.hint = text_label("model-keras-hint", "muted", wrap=True)
        self.hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint.hide()
        self.use_button = secondary_button("model-use", "model-use")
        self._lay_out()
        self.search.textChanged.connect(self._show)
        self.sizes.currentIndexChanged.connect(self._show)
        self.at_hand.toggled.connect(self._show)
        self.free.toggled.connect(self._show)
        self.table.opened.connect(self._use)
        self.table.selectionModel().currentRowChanged.connect(self._show_action)
        self.model.modelReset.connect(self._show_action)
        self.use_button.clicked.connect(self._use)
        on_change(self, self._retranslate)
        self._retranslate()

    # ---- what is shown

    def set_backbones(self, found: Sequence[BackboneStatus]) -> None:
        """Show these, filtered and sorted as before."""
        self._all = tuple(found)
        self.hint.setVisible(not any(s.backbone.name.startswith("keras/") for s in found))
        self._show()

    @property
    def is_empty(self) -> bool:
        """Whether it was given no backbones yet."""
        return not self._all

    @property
    def selected(self) -> BackboneStatus | None:
        """The backbone of the current row."""
        index = self.table.currentIndex()
        return self.model.row_at(index.row()) if index.isValid() else None

    def select(self, name: str) -> None:
        """Go to a backbone, if it is shown."""
        row = self.model.row_of(name)
        if row >= 0:
            index = self.model.index(row, 0)
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    # ---- inside

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what matters least where names would have no room."""
        super().resizeEvent(event)
        for column in _WHERE_WIDE:
            self.table.setColumnHidden(column, self.width() < _WIDE)

    def _make_sizes(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("model-size")
        box.addItems([""] * (len(_SIZES) + 1))
        bind(box, box.setAccessibleName, "model-size")
        return box

    def _make_box(self, name: str) -> QCheckBox:
        box = QCheckBox()
        box.setObjectName(name)
        bind(box, box.setText, name)
        bind(box, box.setToolTip, f"{name}.help")
        return box

    def _make_table(self) -> OpeningTable:
        table = OpeningTable()
        table.setObjectName("model-table")
        bind(table, table.setAccessibleName, "model-view-all")
        table.setModel(self.model)
        look_like_a_list(table, _ROW_HEIGHT, 6)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        heads = table.horizontalHeader()
        # Asking each of 1,800 rows for its width would cost more than it gives.
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            table.setColumnWidth(column, width)
        table.setSortingEnabled(True)
        heads.setSortIndicatorShown(False)
        table.sortByColumn(Column.ACCURACY, Qt.SortOrder.DescendingOrder)
        return table

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE.s)
        top.addWidget(self.search, 1)
        top.addWidget(self.sizes)
        boxes = QHBoxLayout()
        boxes.setSpacing(SPACE.l)
        boxes.addWidget(self.at_hand)
        boxes.addWidget(self.free)
        boxes.addStretch(1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.count)
        bottom.addStretch(1)
        bottom.addWidget(self.use_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, SPACE.m, 0)
        column.setSpacing(SPACE.s)
        column.addLayout(top)
        column.addLayout(boxes)
        column.addWidget(self.table, 1)
        column.addWidget(self.hint)
        column.addLayout(bottom)

    def _show(self) -> None:
        before = self.selected
        wanted = Filter(
            text=self.search.text(),
            size=(_ANY, *_SIZES)[self.sizes.currentIndex()],
            at_hand=self.at_hand.isChecked(),
            free=self.free.isChecked(),
        )
        self.model.set_rows([status for status in self._all if wanted.takes(status)])
        if before is not None:
            self.select(before.backbone.name)
        self._show_count()

    def _show_count(self) -> None:
        n = len(self.model.rows)
        key = "model-count-shown" if n else "model-none-shown"
        self.count.setText(tr(key, n=n, all=len(self._all)))

    def _show_action(self) -> None:
        self.use_button.setEnabled(self.selected is not None)

    def _use(self, _index: QModelIndex | bool = False) -> None:
        if self.selected is not None:
            self.used.emit(self.selected)

    def _retranslate(self) -> None:
        for i, size in enumerate((_ANY, *_SIZES)):
            self.sizes.setItemText(i, tr(f"model-size-{size or 'any'}"))
        self.model.retranslate()
        self._show_count()
