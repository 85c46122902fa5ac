"""The list of runs as a table that can be sorted, and what its cells say."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt, Signal
from PySide6.QtGui import QIcon
from typing_extensions import override

from finetune_gui.core.coach.facts import wilson_interval
from finetune_gui.core.messages import language, tr
from finetune_gui.core.paths import natural_key
from finetune_gui.core.recipe_words import change_line
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.icons import icon
from finetune_gui.gui.models.sorted_table import LEFT, Index, SortedTable
from finetune_gui.gui.percent import fine_percent, percent_text
from finetune_gui.gui.theme import on_theme
from finetune_gui.jobs.runs import RunSummary

COLUMNS = ("star", "name", "started", "curve", "state", "accuracy", "data", "changes")
RUN_ROLE = int(Qt.ItemDataRole.UserRole)
SECOND_ROLE = RUN_ROLE + 1  # the quiet line below the text of a cell
_VERSION_DIGITS = 4  # enough to tell a handful of versions apart
_STATE_ICONS = {
    RunState.RUNNING: ("activity", "accent"),
    RunState.PAUSED: ("pause", "caution"),
    RunState.INTERRUPTED: ("triangle-alert", "caution"),
    RunState.FINISHED: ("circle-check", "good"),
    RunState.FAILED: ("circle-x", "danger"),
}


class Column(IntEnum):
    """The columns from left to right."""

    STAR = 0
    NAME = 1
    STARTED = 2
    CURVE = 3
    STATE = 4
    ACCURACY = 5
    DATA = 6
    CHANGES = 7


class RunsModel(SortedTable[RunSummary]):
    """One row a run, the newest first until it is sorted otherwise.

    ``renamed`` carries a run and the name that was typed for it.
    """

    renamed = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(len(Column), parent)
        self._icons: dict[str, QIcon] = {}
        on_change(self, self.retranslate)
        on_theme(self, self._draw_icons)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs; where they are those that are shown already, nothing moves."""
        fresh = {run.path: run for run in runs}
        if self.rows and fresh.keys() == {run.path for run in self.rows} and not self._sorted_by:
            self._rows = list(runs)
            self.retranslate()
        else:
            self.set_rows(runs)

    def row_of(self, path: Path) -> int:
        """The row of a run, -1 when it is not in the list."""
        return next((n for n, run in enumerate(self.rows) if run.path == path), -1)

    @override
    def sort_key(self, row: RunSummary, column: int) -> Any:
        """What is not known stands last."""
        keys: dict[int, Callable[[RunSummary], Any]] = {
            Column.STAR: lambda r: not r.notes.starred,
            Column.NAME: lambda r: natural_key(r.title),
            Column.STARTED: lambda r: r.started,
            Column.CURVE: lambda r: r.epochs_done or None,
            Column.STATE: state_text,
            Column.ACCURACY: lambda r: r.val_accuracy,
            Column.DATA: lambda r: (r.dataset, r.data_version) if r.dataset else None,
            Column.CHANGES: lambda r: changes_text(r) or None,
        }
        return keys[column](row)

    @override
    def heading(self, column: int) -> str:
        """The name of the column; a star needs none."""
        return "" if column == Column.STAR else tr(f"runs-column-{COLUMNS[column]}")

    @override
    def explanation(self, column: int) -> str:
        """What the column means."""
        return tr(f"runs-column-{COLUMNS[column]}.help")

    @override
    def alignment(self, column: int) -> int:
        """All stand on the left: the quiet line below would have no edge otherwise."""
        return LEFT

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts and icons; the run itself for `RUN_ROLE`."""
        found: dict[int, Callable[[RunSummary, Column], object]] = {
            Qt.ItemDataRole.AccessibleTextRole: spoken,
            Qt.ItemDataRole.EditRole: lambda r, _: r.title,
            Qt.ItemDataRole.DecorationRole: self._icon,
            RUN_ROLE: lambda r, _: r,
            SECOND_ROLE: _second,
        }
        if role not in found:
            return super().data(index, role)
        return found[role](self.row_at(index.row()), Column(index.column()))

    @override
    def text(self, row: RunSummary, column: int) -> str:
        """The line above; `SECOND_ROLE` has the quiet one below it."""
        return _text(row, Column(column))

    @override
    def tooltip(self, row: RunSummary, column: int) -> str:
        """What is cut off or too much for a cell."""
        return _tooltip(row, Column(column))

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be edited."""
        known = super().flags(index)
        is_name = index.isValid() and index.column() == Column.NAME
        return known | Qt.ItemFlag.ItemIsEditable if is_name else known

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what was typed; the list shows it once it is kept."""
        run = self.row_at(index.row())
        typed = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or typed == run.title:
            return False
        self.renamed.emit(run, typed)
        return True

    def _icon(self, run: RunSummary, column: Column) -> QIcon | None:
        if column is Column.STAR:
            return self._icons["starred" if run.notes.starred else "not-starred"]
        if column is Column.STATE:
            return self._icons["broken" if run.problem else run.state]
        if column is Column.NAME and run.notes.note:
            return self._icons["note"]
        return None

    def _draw_icons(self) -> None:
        self._icons = {state: icon(*drawn) for state, drawn in _STATE_ICONS.items()}
        self._icons["starred"] = icon("star-filled", "caution")
        self._icons["not-starred"] = icon("star", "line_strong")
        self._icons["broken"] = icon("file-warning", "danger")
        self._icons["note"] = icon("message-square", "muted")


def state_text(run: RunSummary) -> str:
    """Where a run stands, in the language now set."""
    return tr("runs-broken") if run.problem else tr(f"shell-run-{run.state}")


def version_text(version: str) -> str:
    """A data version as it is shown: ``v a3f1``."""
    return tr("runs-version", version=version[:_VERSION_DIGITS])


def accuracy_interval(run: RunSummary) -> tuple[float, float] | None:
    """The 95 % interval of the validation accuracy (Wilson 1927); None where it is not known."""
    if run.val_accuracy is None or not run.n_validation:
        return None
    return wilson_interval(run.val_accuracy, run.n_validation)


def interval_text(interval: tuple[float, float]) -> str:
    """Two fractions as whole per cent, the lower rounded down and the higher up."""
    low, high = math.floor(interval[0] * 100), math.ceil(interval[1] * 100)
    return tr("runs-interval", low=low, high=high)


def changes_lines(run: RunSummary) -> list[str]:
    """What differs from the run that it was made from, a line each; empty where nothing does."""
    lines = [change_line(change) for change in run.changes or ()]
    if run.has_other_data:
        before, after = version_text(run.parent_data_version), version_text(run.data_version)
        lines.append(tr("runs-changes-data", before=before, after=after))
    return lines


def changes_text(run: RunSummary) -> str:
    """The same in one line; empty for a run that was made from no other."""
    if not run.parent:
        return ""
    if run.changes is None:
        return tr("runs-changes-gone")
    return " · ".join(changes_lines(run)) or tr("runs-changes-nothing")


def matches(run: RunSummary, words: Sequence[str]) -> bool:
    """Whether every one of ``words`` (case-folded) stands somewhere in what the list says."""
    if not words:
        return True
    said = (run.title, run.name, run.notes.note, run.dataset, run.backbone, run.data_version)
    text = "\n".join((*said, run.parent_title, changes_text(run))).casefold()
    return all(word in text for word in words)


def _text(run: RunSummary, column: Column) -> str:
    texts: dict[int, Callable[[RunSummary], str]] = {
        Column.NAME: lambda r: r.title,
        Column.STARTED: lambda r: _when(r)[0],
        Column.STATE: state_text,
        Column.ACCURACY: _accuracy,
        Column.DATA: lambda r: Path(r.dataset).name or "–",
        Column.CHANGES: lambda r: changes_text(r) or "–",
    }
    return texts[column](run) if column in texts else ""


def _accuracy(run: RunSummary) -> str:
    known = run.val_accuracy
    return "–" if known is None else percent_text(fine_percent(known))


def _second(run: RunSummary, column: Column) -> str:
    match column:
        case Column.NAME if not run.problem:
            return tr("runs-name-second", backbone=run.backbone, epochs=run.epochs_done)
        case Column.STARTED:
            return _when(run)[1]
        case Column.ACCURACY:
            interval = accuracy_interval(run)
            return "" if interval is None else interval_text(interval)
        case Column.DATA if run.data_version:
            version = version_text(run.data_version)
            return f"{tr('common-photos', n=run.n_photos)} · {version}"
        case Column.CHANGES if run.parent:
            return tr("runs-changes-from", run=run.parent_title or run.parent)
        case _:
            return ""


def _when(run: RunSummary) -> tuple[str, str]:
    when = QDateTime.fromSecsSinceEpoch(int(run.started))
    locale, short = QLocale(language()), QLocale.FormatType.ShortFormat
    return locale.toString(when.date(), short), locale.toString(when.time(), short)


def spoken(run: RunSummary, column: Column) -> str:
    """What a screen reader says of a cell."""
    if column is Column.STAR:
        return tr("runs-starred") if run.notes.starred else tr("runs-not-starred")
    if column is Column.CURVE:
        return tr("runs-curve-spoken", epochs=run.epochs_done)
    return f"{_text(run, column)} {_second(run, column)}".strip()


def _tooltip(run: RunSummary, column: Column) -> str:
    texts: dict[int, Callable[[RunSummary], str]] = {
        Column.STAR: lambda _: tr("runs-star-hint"),
        Column.NAME: _about,
        Column.STATE: _about_state,
        Column.ACCURACY: _about_accuracy,
        Column.DATA: lambda r: r.dataset,
        Column.CHANGES: lambda r: (
            "\n".join(changes_lines(r)) or changes_text(r) or tr("runs-changes-none")
        ),
    }
    return texts[column](run) if column in texts else spoken(run, column)


def _about(run: RunSummary) -> str:
    return "\n\n".join(text for text in (run.title, run.notes.note, str(run.path)) if text)


def _about_accuracy(run: RunSummary) -> str:
    lines = [tr("runs-accuracy-hint", n=run.n_validation)] if run.n_validation else []
    test = run.judged.get("test")
    if test is not None:
        percent = percent_text(fine_percent(test.accuracy))
        lines.append(tr("runs-accuracy-test", percent=percent, n=test.n))
    return "\n".join(lines)


def _about_state(run: RunSummary) -> str:
    problem = run.problem
    if problem is not None:
        return str(problem)
    return tr(f"shell-run-{run.state}.help")
