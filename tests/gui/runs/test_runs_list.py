"""The list of runs: what a row says, search, filters and order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from finetune_gui.core import settings
from finetune_gui.core.messages import set_language
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.run_notes import RunNotes, write_notes
from finetune_gui.gui.models.runs import COLUMNS, SECOND_ROLE
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.session import Session
from tests.helpers.runs_page import cell, idle, select, shown

LEFT = Qt.MouseButton.LeftButton


# What a row says


def test_a_row_says_what_differs_from_the_parent(
    page: RunsPage, runs: dict[str, RunFolder]
) -> None:
    changes = cell(page, runs["copy"], "changes")
    assert "Learning rate: 0.001 → 0.5" in changes
    assert "Photos: v" in changes
    assert cell(page, runs["copy"], "changes", SECOND_ROLE) == "from “first”"
    whole = cell(page, runs["copy"], "changes", Qt.ItemDataRole.ToolTipRole)
    assert whole.split("\n")[0].startswith("Learning rate") or "\n" in whole
    assert cell(page, runs["first"], "changes") == "–"
    assert cell(page, runs["zoo"], "changes") == "The run that it was made from is gone"


def test_a_row_says_on_which_photos(page: RunsPage, runs: dict[str, RunFolder]) -> None:
    assert cell(page, runs["zoo"], "data") == "zoo"
    version = cell(page, runs["first"], "data", SECOND_ROLE)
    assert version.startswith("8 photos · v ")
    # The same photos in another folder are the same version.
    assert cell(page, runs["zoo"], "data", SECOND_ROLE) == version
    assert cell(page, runs["copy"], "data", SECOND_ROLE) != version


def test_a_broken_run_is_in_the_list_and_says_why(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    runs["zoo"].recipe_file.write_text("not = [toml", encoding="utf-8")
    page.reload()
    qtbot.waitUntil(lambda: cell(page, runs["zoo"], "state") == "Unreadable")
    assert "recipe" in cell(page, runs["zoo"], "state", Qt.ItemDataRole.ToolTipRole)
    select(page, runs["zoo"])
    assert not page.button("open").isEnabled()
    assert not page.actions_["clone"].isEnabled()
    assert page.actions_["trash"].isEnabled()
    select(page, runs["zoo"], runs["first"])
    assert not page.button("compare").isEnabled()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_curves_and_stars_are_drawn(page: RunsPage, runs: dict[str, RunFolder], mode: str) -> None:
    """Where a curve is, something is painted; where there is none, nothing."""
    page.session.set_theme("dark" if mode == "dark" else "light")
    select(page, runs["zoo"])

    def colours(run: RunFolder, column: str) -> int:
        index = page.model.index(page.model.row_of(run.path), COLUMNS.index(column))
        area = page.table.visualRect(index).adjusted(4, 4, -4, -4)
        image = page.table.viewport().grab(area).toImage()
        return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})

    assert colours(runs["first"], "curve") > 2
    assert colours(runs["failed"], "curve") == 1
    assert colours(runs["first"], "star") > 2
    assert colours(runs["first"], "state") > 2


# Finding


def test_search_and_filters_work_together_and_are_remembered(
    page: RunsPage, runs: dict[str, RunFolder], session: Session, qtbot: QtBot
) -> None:
    write_notes(runs["zoo"], RunNotes(starred=True))
    page.reload()
    idle(page, qtbot)
    page.hide_failed.click()
    assert shown(page) == ["zoo run", "copy", "first"]
    assert page.header.subtitle.text() == "3 of 4 runs"
    page.starred_only.click()
    assert shown(page) == ["zoo run"]
    QTest.keyClicks(page.search, "pets")
    assert shown(page) == []
    assert page.nothing.isVisible()
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert shown(page) == ["zoo run"]
    assert session.shutdown(20_000)
    kept = settings.load(session.paths.settings_file)
    assert kept.starred_runs_only
    assert kept.hide_failed_runs


@pytest.mark.parametrize("words", ["learning rate", "0.5", "LR first", "学习率"])
def test_what_differs_can_be_searched_for(page: RunsPage, words: str) -> None:
    if words == "学习率":
        set_language("zh_CN")
    page.search.setText(words.replace("LR", "learning"))
    assert shown(page) == ["copy"]


def test_a_click_on_a_column_sorts_and_the_selection_stays(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["zoo"])
    header = page.table.horizontalHeader()
    where = QPoint(header.sectionViewportPosition(COLUMNS.index("name")) + 8, 8)
    QTest.mouseClick(header.viewport(), LEFT, pos=where)
    assert shown(page) == ["copy", "failed", "first", "zoo run"]
    QTest.mouseClick(header.viewport(), LEFT, pos=where)
    assert shown(page) == ["zoo run", "first", "failed", "copy"]
    page.reload()
    idle(page, qtbot)
    assert shown(page) == ["zoo run", "first", "failed", "copy"]
    assert page.selected is not None
    assert page.selected.path == runs["zoo"].path


def test_every_column_can_be_sorted_by(page: RunsPage) -> None:
    for column in range(len(COLUMNS)):
        page.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        assert sorted(shown(page)) == ["copy", "failed", "first", "zoo run"]
