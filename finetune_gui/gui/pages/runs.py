"""All runs: look at one again, go on with one, find its files."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QItemSelectionModel, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
)
from typing_extensions import override

from finetune_gui.core.events import Event, RunStarted
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.models.runs import COLUMNS, RunsModel
from finetune_gui.gui.notebook_dialog import NotebookDialog
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import Card, EmptyState, primary_button, secondary_button
from finetune_gui.jobs.runs import ListRuns, RunSummary

_CAN_GO_ON = (RunState.PAUSED, RunState.INTERRUPTED, RunState.FAILED)


class _Table(QTableView):
    """A table in which Enter does what a double click does."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the run."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class RunsPage(Page):
    """The list, the newest first, read anew whenever the page is shown or a run ends."""

    key = "runs"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._listing: JobHandle[tuple[RunSummary, ...]] | None = None
        self._all: tuple[RunSummary, ...] = ()
        self.model = RunsModel(self)
        self.table = self._make_table()
        self.hide_failed = self._make_filter()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_empty())
        self.stack.addWidget(self._make_card())
        self._make_header()
        self.body.addWidget(self.header)
        self.body.addWidget(self.stack, 1)
        session.run_changed.connect(self._reload_if_shown)
        session.run_events.connect(self._on_events)
        on_change(self, self._show_runs)
        self._show_runs()

    @override
    def on_shown(self) -> None:
        """Read the list."""
        self.reload()

    def reload(self) -> None:
        """Read the list anew; what is shown stays until it is there."""
        if self._listing is not None:
            self._listing.cancel()
        handle = self.session.runner.start(ListRuns(self.session.paths.runs))
        self._listing = handle
        handle.finished.connect(self._on_listed)
        handle.failed.connect(self.session.message)

    @property
    def selected(self) -> RunSummary | None:
        """The run that is selected, None when there is none."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.run_at(rows[0].row()) if rows else None

    def _make_header(self) -> None:
        self.header = PageHeader("shell-page-runs")
        self.reveal = secondary_button("common-show-in-folder", "runs-reveal")
        self.resume = secondary_button("shell-runs-continue", "runs-continue")
        self.further = secondary_button("shell-runs-further", "runs-further")
        bind(self.further, self.further.setToolTip, "shell-runs-further-help")
        self.notebook = secondary_button("notebook-open", "runs-notebook")
        bind(self.notebook, self.notebook.setToolTip, "notebook-open-help")
        self.open = primary_button("common-open", "runs-open")
        for button, action in (
            (self.reveal, self._reveal),
            (self.resume, self._resume),
            (self.further, self._further),
            (self.notebook, self._open_notebook),
            (self.open, self._open),
        ):
            self.header.add_button(button)
            button.clicked.connect(action)

    def _make_table(self) -> QTableView:
        table = _Table()
        table.setObjectName("runs-table")
        bind(table, table.setAccessibleName, "shell-page-runs")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(38)
        heads = table.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)
        table.doubleClicked.connect(self._open)
        table.activated.connect(self._open)
        table.selectionModel().selectionChanged.connect(self._show_actions)
        return table

    def _make_filter(self) -> QCheckBox:
        box = QCheckBox()
        box.setObjectName("runs-hide-failed")
        bind(box, box.setText, "shell-runs-hide-failed")
        box.toggled.connect(self._show_runs)
        return box

    def _make_empty(self) -> EmptyState:
        button = primary_button("shell-runs-go-train", "runs-go-train")
        button.clicked.connect(lambda: self.navigate.emit("train"))
        return EmptyState("history", "shell-runs-empty", "shell-runs-empty-text", button)

    def _make_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.hide_failed)
        card.box.addLayout(row)
        card.box.addWidget(self.table, 1)
        return card

    def _reload_if_shown(self) -> None:
        if self.isVisible():
            self.reload()

    def _on_events(self, events: list[Event]) -> None:
        # Only now does a new run have a folder.
        if any(isinstance(event, RunStarted) for event in events):
            self._reload_if_shown()

    def _on_listed(self, runs: tuple[RunSummary, ...]) -> None:
        self._listing = None
        self._all = runs
        self._show_runs()

    def _show_runs(self) -> None:
        before = self.selected
        hidden = self.hide_failed.isChecked()
        known = [self._with_state(run) for run in self._all]
        shown = tuple(r for r in known if not (hidden and r.state is RunState.FAILED))
        self.model.set_runs(shown)
        self.stack.setCurrentIndex(1 if self._all else 0)
        for button in (self.reveal, self.resume, self.further, self.notebook, self.open):
            button.setVisible(bool(self._all))
        self.header.set_subtitle(tr("shell-runs-count", n=len(self._all)))
        current = self.session.run
        path = str(before.path) if before else str(current.path) if current else ""
        self._select(max(self.model.row_of(path), 0))
        self._show_actions()

    def _with_state(self, run: RunSummary) -> RunSummary:
        """The run that begins in this program may not have its lock yet when the list is read."""
        live = self.session.desk.live_run
        is_live = live is not None and live.path == run.path
        return replace(run, state=RunState.RUNNING) if is_live else run

    def _select(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(
            self.model.index(row, 0), flags.ClearAndSelect | flags.Rows
        )

    def _show_actions(self) -> None:
        run = self.selected
        self.open.setEnabled(run is not None)
        self.reveal.setEnabled(run is not None)
        self.notebook.setEnabled(run is not None)
        self.further.setEnabled(run is not None and run.has_model)
        busy = self.session.training is not None
        self.resume.setEnabled(run is not None and run.state in _CAN_GO_ON and not busy)

    def _open(self) -> None:
        if self.selected is not None:
            state = self.selected.state
            self.session.open_run(self.selected.path)
            self.navigate.emit("evaluate" if state is RunState.FINISHED else "train")

    def _resume(self) -> None:
        if self.selected is not None and self.resume.isEnabled():
            self.session.resume_run(self.selected.path)
            self.navigate.emit("train")

    def _further(self) -> None:
        """Offer the run's model as the start of another training."""
        if self.selected is not None:
            path = self.selected.path
            self.navigate.emit("model")
            self.session.weights_offered.emit(path)

    def _open_notebook(self) -> None:
        if self.selected is not None:
            NotebookDialog(self.session, self.selected.path, self).open()

    def _reveal(self) -> None:
        if self.selected is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.selected.path)))
