"""The list of runs as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QModelIndex, QObject, Qt
from PySide6.QtGui import QIcon
from typing_extensions import override

from finetune_gui.core.messages import language, tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.icons import icon
from finetune_gui.gui.theme import on_theme
from finetune_gui.jobs.runs import RunSummary

COLUMNS = ("name", "started", "state", "accuracy", "backbone", "epochs")
_ICONS = {
    RunState.RUNNING: ("activity", "accent"),
    RunState.PAUSED: ("pause", "caution"),
    RunState.INTERRUPTED: ("triangle-alert", "caution"),
    RunState.FINISHED: ("circle-check", "good"),
    RunState.FAILED: ("circle-x", "danger"),
}
_Index = QModelIndex


class RunsModel(QAbstractTableModel):
    """One row a run, in the order it is given them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._runs: tuple[RunSummary, ...] = ()
        self._icons: dict[RunState, QIcon] = {}
        on_change(self, self._retranslate)
        on_theme(self, self._draw_icons)

    def set_runs(self, runs: tuple[RunSummary, ...]) -> None:
        """Show these runs."""
        self.beginResetModel()
        self._runs = runs
        self.endResetModel()

    def run_at(self, row: int) -> RunSummary:
        """The run of a row."""
        return self._runs[row]

    def row_of(self, path: str) -> int:
        """The row of a run, -1 when it is not in the list."""
        return next((i for i, run in enumerate(self._runs) if str(run.path) == path), -1)

    @override
    def rowCount(self, parent: Any = None) -> int:
        """How many runs there are."""
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    @override
    def columnCount(self, parent: Any = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(f"shell-runs-{COLUMNS[section]}")
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    @override
    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts, and an icon beside the state."""
        run, column = self._runs[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _text(run, column)
        if role == Qt.ItemDataRole.DecorationRole and column == "state":
            return self._icons[run.state]
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(run.path) if column == "name" else tr(f"shell-run-{run.state}.help")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def _retranslate(self) -> None:
        if self._runs:
            bottom = self.index(len(self._runs) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), bottom)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _draw_icons(self) -> None:
        self._icons = {state: icon(*drawn) for state, drawn in _ICONS.items()}


def _alignment(column: int) -> Qt.AlignmentFlag:
    figures = COLUMNS[column] in ("accuracy", "epochs")
    side = Qt.AlignmentFlag.AlignRight if figures else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(run: RunSummary, column: str) -> str:
    match column:
        case "name":
            return run.name
        case "started":
            when = QDateTime.fromSecsSinceEpoch(int(run.started))
            locale = QLocale(language())
            return locale.toString(when, QLocale.FormatType.ShortFormat)
        case "state":
            return tr(f"shell-run-{run.state}")
        case "accuracy":
            known = run.val_accuracy
            return "–" if known is None else tr("common-percent", value=f"{known * 100:.1f}")
        case "backbone":
            return run.backbone
        case _:
            return str(run.epochs_done)
