"""All runs: find one again, name it, go on from it, compare several, delete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.events import EpochFinished, Event, RunStarted
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.core.run_notes import RunNotes
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.models.runs import RunsModel, matches
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.compare import CompareView
from finetune_gui.gui.pages.runs_actions import RunActions
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    EmptyState,
    SearchField,
    icon_button,
    primary_button,
    secondary_button,
    text_label,
)
from finetune_gui.gui.widgets.run_table import RunTable
from finetune_gui.jobs.runs import ListRuns, RunSummary

_MORE = ("further", "", "rename", "note", "star", "", "reveal", "", "trash")
_MENU = ("open", "compare", "clone", "continue", "notebook", *_MORE)


class RunsPage(Page):
    """The list, the newest first, read anew whenever the page is shown or a run changes."""

    key = "runs"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._listing: JobHandle[tuple[RunSummary, ...]] | None = None
        self._all: tuple[RunSummary, ...] = ()
        self._waiting = False
        self.model = RunsModel(self)
        self.table = RunTable(self.model)
        self.actions_ = RunActions(session, self.table)
        self._make_filters()
        self._make_header()
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_empty())
        self.stack.addWidget(self._make_card())
        self.compare_view = CompareView(session)
        self._rooms = QStackedWidget()
        self._rooms.addWidget(self._make_list())
        self._rooms.addWidget(self.compare_view)
        self.body.addWidget(self._rooms, 1)
        self._connect()
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
        """The run that is selected, None when there is none or more than one."""
        runs = self.table.selected
        return runs[0] if len(runs) == 1 else None

    @property
    def is_comparing(self) -> bool:
        """Whether runs are compared in place of the list."""
        return self._rooms.currentWidget() is self.compare_view

    # ---- widgets

    def _make_header(self) -> None:
        self.header = PageHeader("shell-page-runs")
        self.more = icon_button("ellipsis", "runs-more", "runs-more")
        self.more.clicked.connect(self._open_more)
        self.header.add_widget(self.more)
        self._buttons: dict[str, QPushButton] = {
            "continue": secondary_button("runs-continue", "runs-continue"),
            "clone": secondary_button("runs-clone", "runs-clone"),
            "compare": secondary_button("runs-compare", "runs-compare"),
            "notebook": secondary_button("notebook-open", "runs-notebook"),
            "open": primary_button("common-open", "runs-open"),
        }
        for name, button in self._buttons.items():
            action = self.actions_[name]
            self.header.add_button(button)
            button.clicked.connect(action.trigger)
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
        for name, help_key in (
            ("clone", "runs-clone-help"),
            ("compare", "runs-compare-help"),
            ("notebook", "notebook-open-help"),
        ):
            bind(self._buttons[name], self._buttons[name].setToolTip, help_key)

    def button(self, name: str) -> QPushButton:
        """The button in the header for an action."""
        return self._buttons[name]

    def _make_filters(self) -> None:
        kept = self.session.settings
        self.search = SearchField("runs-search", "runs-search")
        self.search.setMaximumWidth(320)
        self.starred_only = self._check("runs-starred-only", kept.starred_runs_only)
        self.hide_failed = self._check("runs-hide-failed", kept.hide_failed_runs)
        self.search.textChanged.connect(self._show_runs)
        for box in (self.starred_only, self.hide_failed):
            box.toggled.connect(self._on_filter)

    def _check(self, key: str, on: bool) -> QCheckBox:
        box = QCheckBox()
        box.setObjectName(key)
        box.setChecked(on)
        bind(box, box.setText, key)
        return box

    def _make_empty(self) -> EmptyState:
        button = primary_button("runs-go-train", "runs-go-train")
        button.clicked.connect(lambda: self.navigate.emit("train"))
        return EmptyState("history", "runs-empty", "runs-empty-text", button)

    def _make_card(self) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self.search, 1)
        row.addStretch(1)
        row.addWidget(self.starred_only)
        row.addWidget(self.hide_failed)
        card.box.addLayout(row)
        self.nothing = text_label("runs-nothing-found", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        card.box.addWidget(self.nothing)
        card.box.addWidget(self.table, 1)
        return card

    def _make_list(self) -> QWidget:
        room = QWidget()
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.l)
        column.addWidget(self.header)
        column.addWidget(self.stack, 1)
        return room

    def _connect(self) -> None:
        session, table = self.session, self.table
        session.run_changed.connect(self._reload_if_shown)
        session.run_events.connect(self._on_events)
        session.training_changed.connect(self.actions_.refresh)
        table.selectionModel().selectionChanged.connect(self.actions_.refresh)
        table.opened.connect(self.actions_["open"].trigger)
        table.starred.connect(self.actions_.star)
        table.edited.connect(self._on_edited)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open_menu)
        self.model.renamed.connect(self.actions_.rename)
        self.actions_.navigate.connect(self.navigate)
        self.actions_.changed.connect(self.reload)
        self.actions_.kept.connect(self._on_kept)
        self.actions_.compare.connect(self.compare)
        self.compare_view.left.connect(self.show_list)
        on_change(self, self._show_runs)

    # ---- the list

    def _reload_if_shown(self) -> None:
        if self.isVisible():
            self.reload()

    def _on_events(self, events: list[Event]) -> None:
        # Only when it has started does a new run have a folder.
        if any(isinstance(event, RunStarted | EpochFinished) for event in events):
            self._reload_if_shown()

    def _on_listed(self, runs: tuple[RunSummary, ...]) -> None:
        self._listing = None
        self._all = runs
        self._show_runs()

    def _on_kept(self, path: Path, notes: RunNotes) -> None:
        self._all = tuple(
            replace(run, notes=notes) if run.path == path else run for run in self._all
        )
        self._show_runs()

    def _on_edited(self) -> None:
        if self._waiting:
            self._show_runs()

    def _on_filter(self) -> None:
        settings = self.session.settings
        settings.starred_runs_only = self.starred_only.isChecked()
        settings.hide_failed_runs = self.hide_failed.isChecked()
        self.session.save_settings()
        self._show_runs()

    def _show_runs(self) -> None:
        # A list that is filled anew would close the field in which a name is being typed.
        self._waiting = self.table.is_editing
        if self._waiting:
            return
        before = {run.path for run in self.table.selected}
        shown = [run for run in map(self._with_state, self._all) if self._is_wanted(run)]
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_runs(shown)
        self.stack.setCurrentIndex(1 if self._all else 0)
        self.nothing.setVisible(bool(self._all) and not shown)
        for widget in (self.more, *self._buttons.values()):
            widget.setVisible(bool(self._all))
        self._say_how_many(len(shown))
        current = self.session.run
        self.table.select(before or ({current.path} if current else set()))
        self.actions_.refresh()
        self.table.viewport().update()

    def _say_how_many(self, shown: int) -> None:
        if shown < len(self._all):
            self.header.set_subtitle(tr("runs-count-shown", n=shown, all=len(self._all)))
        else:
            self.header.set_subtitle(tr("runs-count", n=len(self._all)))

    def _is_wanted(self, run: RunSummary) -> bool:
        if self.hide_failed.isChecked() and run.state is RunState.FAILED:
            return False
        if self.starred_only.isChecked() and not run.notes.starred:
            return False
        return matches(run, self.search.text().casefold().split())

    def _with_state(self, run: RunSummary) -> RunSummary:
        """The run that begins in this program may not have its lock yet when the list is read."""
        live = self.session.desk.live_run
        is_live = live is not None and live.path == run.path
        return replace(run, state=RunState.RUNNING) if is_live else run

    # ---- menus

    def make_menu(self, names: tuple[str, ...] = _MENU) -> QMenu:
        """The menu of the selected runs."""
        menu = QMenu(self)
        menu.setObjectName("runs-menu")
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.actions_.add_to(menu, names)
        return menu

    def _open_more(self) -> None:
        corner = self.more.rect().bottomLeft()
        self.make_menu(_MORE).popup(self.more.mapToGlobal(corner))

    def _open_menu(self, where: QPoint) -> None:
        if self.table.selected:
            self.make_menu().popup(self.table.viewport().mapToGlobal(where))

    # ---- comparing

    def compare(self, paths: tuple[Path, ...]) -> None:
        """Compare these runs in place of the list."""
        self._rooms.setCurrentWidget(self.compare_view)
        self.compare_view.show_runs(paths)

    def show_list(self) -> None:
        """Come back to the list."""
        self._rooms.setCurrentIndex(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
