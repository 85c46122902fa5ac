"""The table of runs: many can be selected, names are edited in place, a click sets the star."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.models.runs import Column, RunsModel
from finetune_gui.gui.theme import on_theme
from finetune_gui.gui.widgets.long_list import look_like_a_long_list
from finetune_gui.gui.widgets.run_cell import ROW_HEIGHT, RunCell
from finetune_gui.jobs.runs import RunSummary

_WIDTHS = {
    Column.STAR: 36,
    Column.STARTED: 88,
    Column.CURVE: 100,
    Column.STATE: 120,
    Column.ACCURACY: 104,
    Column.DATA: 154,
}
_LEAST_NAME, _MOST_NAME = 150, 380


class RunTable(QTableView):
    """``opened`` comes on a double click or Enter, ``starred`` with the run whose star was clicked.

    ``edited`` comes when the field for a name is closed again.
    """

    opened = Signal()
    starred = Signal(object)
    edited = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs-table")
        bind(self, self.setAccessibleName, "shell-page-runs")
        self.runs = model
        self.setModel(model)
        self.cell = RunCell(self)
        self.setItemDelegate(self.cell)
        self.cell.closeEditor.connect(lambda *_: self.edited.emit())
        self._set_up()
        self.doubleClicked.connect(self._on_double_click)
        on_theme(self, self.viewport().update)

    def _set_up(self) -> None:
        look_like_a_long_list(self, ROW_HEIGHT, 24)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    # ---- what is selected

    @property
    def selected(self) -> tuple[RunSummary, ...]:
        """The selected runs, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.runs.row_at(row) for row in rows)

    @property
    def is_editing(self) -> bool:
        """Whether a name is being typed."""
        return self.state() == QAbstractItemView.State.EditingState

    def select(self, paths: set[Path]) -> None:
        """Select these of the runs that are shown; the first one where none of them is."""
        rows = [n for n, run in enumerate(self.runs.rows) if run.path in paths]
        if not rows and self.runs.rows:
            rows = [0]
        chosen = QItemSelection()
        for row in rows:
            chosen.select(self.runs.index(row, 0), self.runs.index(row, len(Column) - 1))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect)
        if rows:
            here = self.runs.index(rows[0], Column.NAME)
            self.selectionModel().setCurrentIndex(here, flags.NoUpdate)

    def rename(self, run: RunSummary) -> None:
        """Open the field for the name of a run."""
        row = self.runs.row_of(run.path)
        if row >= 0:
            index = self.runs.index(row, Column.NAME)
            self.scrollTo(index)
            self.edit(index)

    # ---- mouse and keyboard

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a double click does."""
        plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.opened.emit()
            return
        super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a star changes it and leaves the selection as it is."""
        index = self.indexAt(event.position().toPoint())
        is_star = index.isValid() and index.column() == Column.STAR
        if is_star and event.button() == Qt.MouseButton.LeftButton:
            self.starred.emit(self.runs.row_at(index.row()))
            return
        super().mousePressEvent(event)

    def _on_double_click(self, index: QModelIndex) -> None:
        if index.column() != Column.STAR:
            self.opened.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share what is left among the name and the changes."""
        super().resizeEvent(event)
        header, left = self.horizontalHeader(), self.viewport().width() - sum(_WIDTHS.values())
        name = max(_LEAST_NAME, min(_MOST_NAME, left // 2))
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
        header.resizeSection(Column.NAME, name)
        header.resizeSection(Column.CHANGES, max(_LEAST_NAME, left - name))
