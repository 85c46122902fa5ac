"""What can be done with the selected runs, for buttons, menus and keys alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe_words import change_lines
from finetune_gui.core.run_folder import RunState
from finetune_gui.core.run_notes import RunNotes
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.notebook_dialog import NotebookDialog
from finetune_gui.gui.pages.runs_dialogs import NoteDialog, TrashDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.trash import Trashed, TrashRuns
from finetune_gui.gui.widgets.run_table import RunTable
from finetune_gui.jobs.compare import MOST
from finetune_gui.jobs.run_notes import WriteNotes
from finetune_gui.jobs.runs import RunSummary

_CAN_GO_ON = (RunState.PAUSED, RunState.INTERRUPTED, RunState.FAILED)
_Runs = tuple[RunSummary, ...]


@dataclass(frozen=True)
class _Entry:
    """An action: message, keys, what it does, and whether it can be done with some runs."""

    key: str
    keys: str
    act: Callable[[_Runs], None]
    may: Callable[[_Runs], bool]


class RunActions(QObject):
    """The actions of the list, by name.

    ``navigate`` asks for another page, ``compare`` carries the paths of runs to compare, ``kept``
    those whose notes changed and how, and ``changed`` comes when runs are gone.
    """

    navigate = Signal(str)
    compare = Signal(tuple)
    kept = Signal(object, object)
    changed = Signal()

    def __init__(self, session: Session, table: RunTable) -> None:
        super().__init__(table)
        self._session, self._table = session, table
        self._entries = {
            "open": _Entry("common-open", "", self._open, _is_one_whole),
            "compare": _Entry("runs-compare", "Ctrl+K", self._compare, _are_comparable),
            "clone": _Entry("runs-clone", "Ctrl+N", self._clone, _is_one_whole),
            "continue": _Entry("runs-continue", "", self._resume, self._may_resume),
            "further": _Entry("runs-further", "", self._further, _has_model),
            "rename": _Entry("runs-rename", "F2", self._rename, _is_one),
            "notebook": _Entry("notebook-open", "", self._open_notebook, _is_one_whole),
            "note": _Entry("runs-note", "Shift+F2", self._note, _is_one),
            "star": _Entry("runs-star", "Ctrl+D", self._star, bool),
            "reveal": _Entry("common-show-in-folder", "", self._reveal, _is_one),
            "trash": _Entry("runs-trash", "Del", self._ask_trash, _is_nobody_busy),
        }
        self._actions = {name: self._make(name, entry) for name, entry in self._entries.items()}
        further = self._actions["further"]
        bind(further, further.setToolTip, "runs-further-help")
        self.refresh()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def _make(self, name: str, entry: _Entry) -> QAction:
        action = QAction(self._table)
        action.setObjectName(f"runs-action-{name}")
        bind(action, action.setText, entry.key)
        if entry.keys:
            action.setShortcut(QKeySequence(entry.keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: self._do(entry))
        self._table.addAction(action)
        return action

    def _do(self, entry: _Entry) -> None:
        runs = self._table.selected
        if entry.may(runs):
            entry.act(runs)

    def refresh(self) -> None:
        """Enable what can be done with the runs that are selected now."""
        runs = self._table.selected
        for name, entry in self._entries.items():
            self._actions[name].setEnabled(entry.may(runs))

    def add_to(self, menu: QMenu, names: Iterable[str]) -> None:
        """Put some actions into a menu; an empty name is a line."""
        for name in names:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()

    # ---- one run

    def _open(self, runs: _Runs) -> None:
        (run,) = runs
        self._session.open_run(run.path)
        self.navigate.emit("evaluate" if run.state is RunState.FINISHED else "train")

    def _may_resume(self, runs: _Runs) -> bool:
        can = _is_one_whole(runs) and runs[0].state in _CAN_GO_ON
        return can and self._session.occupied is None

    def _resume(self, runs: _Runs) -> None:
        self._session.resume_run(runs[0].path)
        self.navigate.emit("train")

    def _further(self, runs: _Runs) -> None:
        """Offer the run's model as the start of another training."""
        path = runs[0].path
        self.navigate.emit("model")
        self._session.weights_offered.emit(path)

    def _reveal(self, runs: _Runs) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(runs[0].path)))

    def _clone(self, runs: _Runs) -> None:
        """Take over the settings of a run and say which of those that were set they change."""
        (run,) = runs
        lines = change_lines(self._session.recipe, run.recipe)
        self._session.use_recipe(run.recipe, taken_from=run.name)
        self.navigate.emit("train")
        if lines:
            text = tr("runs-cloned", run=run.title, changes=" · ".join(lines))
        else:
            text = tr("runs-cloned-same", run=run.title)
        self._session.message.emit(text)

    # ---- notes

    def _rename(self, runs: _Runs) -> None:
        self._table.rename(runs[0])

    def rename(self, run: RunSummary, title: str) -> None:
        """Call a run ``title``; an empty one gives it its folder's name back."""
        title = "" if title == run.name else title
        self._keep(run, replace(run.notes, title=title))

    def _note(self, runs: _Runs) -> None:
        (run,) = runs

        def keep(note: str) -> None:
            self._keep(run, replace(run.notes, note=note))

        NoteDialog(run, keep, self._table).open()

    def _open_notebook(self, runs: _Runs) -> None:
        NotebookDialog(self._session, runs[0].path, self._table.window()).open()

    def _star(self, runs: _Runs) -> None:
        wanted = not all(run.notes.starred for run in runs)
        for run in runs:
            self._keep(run, replace(run.notes, starred=wanted))

    def star(self, run: RunSummary) -> None:
        """Set the star of one run, or take it away."""
        self._keep(run, replace(run.notes, starred=not run.notes.starred))

    def _keep(self, run: RunSummary, notes: RunNotes) -> None:
        if notes == run.notes:
            return
        # At once, so that a second change builds on this one; read anew where it cannot be kept.
        self.kept.emit(run.path, notes)
        handle = self._session.runner.start(WriteNotes(run.path, notes))
        # A list that was being read meanwhile may have brought the old ones back.
        handle.finished.connect(lambda kept: self.kept.emit(run.path, kept))
        handle.failed.connect(self._session.message)
        handle.failed.connect(lambda _error: self.changed.emit())

    # ---- the trash

    def _ask_trash(self, runs: _Runs) -> None:
        paths = tuple(run.path for run in runs)
        TrashDialog(runs, lambda: self._trash(paths), self._table).open()

    def _trash(self, paths: tuple[Path, ...]) -> None:
        handle: JobHandle[Trashed] = self._session.runner.start(TrashRuns(paths))
        handle.finished.connect(self._on_trashed)
        handle.failed.connect(self._session.message)
        handle.cancelled.connect(self.changed)

    def _on_trashed(self, found: Trashed) -> None:
        for path in found.gone:
            self._session.forget_run(path)
        if found.error is not None:
            self._session.message.emit(found.error)
        elif found.gone:
            self._session.message.emit(tr("runs-trashed", n=len(found.gone)))
        self.changed.emit()

    def _compare(self, runs: _Runs) -> None:
        """The oldest first: it is what the others are compared with."""
        oldest = sorted(runs, key=lambda run: run.started)
        self.compare.emit(tuple(run.path for run in oldest))


def _is_one(runs: _Runs) -> bool:
    return len(runs) == 1


def _is_one_whole(runs: _Runs) -> bool:
    return _is_one(runs) and runs[0].problem is None


def _has_model(runs: _Runs) -> bool:
    return _is_one_whole(runs) and runs[0].has_model


def _are_comparable(runs: _Runs) -> bool:
    return 2 <= len(runs) <= MOST and all(run.problem is None for run in runs)


def _is_nobody_busy(runs: _Runs) -> bool:
    return bool(runs) and all(run.state is not RunState.RUNNING for run in runs)
