"""What the tests of the list of runs do with it and see in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_gui.core.run_folder import RunFolder
from finetune_gui.gui.models.runs import COLUMNS
from finetune_gui.gui.pages.runs import RunsPage


def cell(
    page: RunsPage, run: RunFolder, column: str, role: int = Qt.ItemDataRole.DisplayRole
) -> str:
    index = page.model.index(page.model.row_of(run.path), COLUMNS.index(column))
    return str(index.data(role))


def select(page: RunsPage, *runs: RunFolder) -> None:
    page.table.select({run.path for run in runs})


def idle(page: RunsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.session.runner.active)


def shown(page: RunsPage) -> list[str]:
    return [run.name for run in page.model.rows]
