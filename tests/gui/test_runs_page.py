"""The list of runs: what it shows, what may be done with which."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import events
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui import run_desk
from finetune_gui.gui.models.runs import COLUMNS, SECOND_ROLE
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.displayed import displayed

FAILED = events.RunFailed("error-out-of-memory")


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> RunsPage:
    return displayed(qtbot, RunsPage(session), (1000, 600))


@pytest.fixture
def runs(paths: AppPaths) -> dict[str, Path]:
    """One run of each kind, made in this order."""
    told: dict[str, tuple[events.Event, ...]] = {
        "finished": (fake.STARTED, fake.BASELINE, fake.epoch(1), fake.finished()),
        "paused": (fake.STARTED, fake.BASELINE, events.RunPaused(1)),
        "interrupted": (fake.STARTED,),
        "failed": (fake.STARTED, FAILED),
    }
    made = {}
    for age, (name, story) in enumerate(told.items()):
        run = fake.make_run(paths.runs / name, *story)
        _set_age(run.recipe_file, 1000 + age)
        made[name] = run.path
    return made


def _set_age(file: Path, when: int) -> None:
    os.utime(file, (when, when))


def show(page: RunsPage, count: int, qtbot: QtBot) -> None:
    page.on_shown()
    qtbot.waitUntil(lambda: page.model.rowCount() == count)


def cell(page: RunsPage, row: int, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return page.model.index(row, COLUMNS.index(column)).data(role)


def select(page: RunsPage, path: Path) -> None:
    page.table.selectRow(page.model.row_of(path))


def menu_item(page: RunsPage, name: str) -> None:
    """Choose an entry of the menu of the selected runs."""
    entry = page.actions_[name]
    menu = page.make_menu()
    assert entry in menu.actions()
    assert entry.isEnabled()
    entry.trigger()
    menu.deleteLater()


def test_the_newest_comes_first(page: RunsPage, runs: dict[str, Path], qtbot: QtBot) -> None:
    show(page, 4, qtbot)
    names = [cell(page, row, "name") for row in range(4)]
    assert names == list(reversed(runs))


def test_a_row_says_what_became_of_the_run(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot
) -> None:
    show(page, 4, qtbot)
    row = page.model.row_of(runs["finished"])
    assert cell(page, row, "state") == "Finished"
    assert cell(page, row, "accuracy") == "81.0 %"
    assert cell(page, row, "accuracy", SECOND_ROLE) == "22–99 %"
    assert cell(page, row, "name", SECOND_ROLE) == "tf_efficientnet_lite0 · 1 epoch"
    failed = page.model.row_of(runs["failed"])
    assert cell(page, failed, "state") == "Failed"
    assert cell(page, failed, "accuracy") == "–"
    assert "not offered" in str(cell(page, failed, "state", Qt.ItemDataRole.ToolTipRole))
    assert not cell(page, failed, "state", Qt.ItemDataRole.DecorationRole).isNull()


def test_speaks_the_language_that_is_set(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot
) -> None:
    show(page, len(runs), qtbot)
    set_language("zh_CN")
    assert cell(page, 0, "state") == "失败"
    heads = [page.model.headerData(i, Qt.Orientation.Horizontal) for i in range(len(COLUMNS))]
    assert heads[5] == "准确率"
    assert page.header.subtitle.text() == "共 4 次运行，最新的在前"


def test_nothing_yet_offers_the_way_to_training(page: RunsPage, qtbot: QtBot) -> None:
    page.on_shown()
    qtbot.waitUntil(lambda: not page.session.runner.active)
    assert page.stack.currentIndex() == 0
    assert not page.button("open").isVisible()
    button = page.findChild(QPushButton, "runs-go-train")
    assert button is not None
    with qtbot.waitSignal(page.navigate) as told:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == ["train"]


@pytest.mark.parametrize(
    ("name", "may_go_on"),
    [("finished", False), ("paused", True), ("interrupted", True), ("failed", True)],
)
def test_only_what_is_not_over_can_go_on(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot, name: str, may_go_on: bool
) -> None:
    show(page, 4, qtbot)
    select(page, runs[name])
    assert page.button("continue").isEnabled() is may_go_on
    assert page.button("open").isEnabled()


@pytest.mark.parametrize(("name", "goal"), [("finished", "evaluate"), ("failed", "train")])
def test_enter_and_double_click_open(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot, name: str, goal: str
) -> None:
    show(page, 4, qtbot)
    select(page, runs[name])
    goals: list[str] = []
    page.navigate.connect(goals.append)
    with qtbot.waitSignal(page.session.run_changed):
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert page.session.run is not None
    assert page.session.run.path == runs[name]
    name = page.model.index(page.table.currentIndex().row(), COLUMNS.index("name"))
    where = page.table.visualRect(name).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert goals == [goal, goal]


def test_continue_trains(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = fake.Script()
    monkeypatch.setattr(fake.FakeResume, "script", script)
    monkeypatch.setattr(run_desk, "Resume", fake.FakeResume)
    show(page, 4, qtbot)
    select(page, runs["paused"])
    qtbot.mouseClick(page.button("continue"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.session.training is not None)
    # The list sees the run go on, and that only one run can be trained at a time.
    row = page.model.row_of
    qtbot.waitUntil(lambda: cell(page, row(runs["paused"]), "state") == "Running")
    select(page, runs["interrupted"])
    assert not page.button("continue").isEnabled()
    script.way.set()
    qtbot.waitUntil(lambda: page.session.run_state is RunState.FINISHED)
    qtbot.waitUntil(lambda: cell(page, row(runs["paused"]), "state") == "Finished")


def test_failed_runs_are_hidden_on_request(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot
) -> None:
    show(page, 4, qtbot)
    select(page, runs["paused"])
    page.hide_failed.click()
    assert page.model.rowCount() == 3
    assert page.model.row_of(runs["failed"]) == -1
    assert page.selected is not None
    assert page.selected.path == runs["paused"]
    page.hide_failed.click()
    assert page.model.rowCount() == 4


def test_everything_hidden_is_no_empty_page(page: RunsPage, paths: AppPaths, qtbot: QtBot) -> None:
    fake.make_run(paths.runs / "failed", fake.STARTED, FAILED)
    show(page, 1, qtbot)
    page.hide_failed.click()
    assert page.model.rowCount() == 0
    assert page.stack.currentIndex() == 1
    assert not page.button("open").isEnabled()


def test_the_folder_can_be_shown(
    page: RunsPage, runs: dict[str, Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(
        "finetune_gui.gui.pages.runs_actions.QDesktopServices.openUrl",
        lambda url: shown.append(url.toLocalFile()),
    )
    show(page, 4, qtbot)
    select(page, runs["failed"])
    menu_item(page, "reveal")
    assert [Path(name) for name in shown] == [runs["failed"]]


def test_a_model_can_be_the_start_of_another_training(
    page: RunsPage, runs: dict[str, Path], session: Session, qtbot: QtBot
) -> None:
    (runs["finished"] / "model.safetensors").touch()
    show(page, 4, qtbot)
    select(page, runs["interrupted"])
    assert not page.actions_["further"].isEnabled()
    select(page, runs["finished"])
    with (
        qtbot.waitSignal(page.navigate) as page_asked,
        qtbot.waitSignal(session.weights_offered) as offered,
    ):
        menu_item(page, "further")
    assert page_asked.args == ["model"]
    assert offered.args == [runs["finished"]]
