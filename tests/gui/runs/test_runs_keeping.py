"""What is done with the runs of the list: names, notes, stars, clones and the trash."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.run_notes import RunNotes, read_notes, write_notes
from finetune_gui.gui import trash
from finetune_gui.gui.models.runs import COLUMNS
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.pages.runs_dialogs import NoteDialog, TrashDialog
from finetune_gui.gui.session import Session
from finetune_gui.jobs.run_notes import WriteNotes
from tests.helpers.runs_page import cell, idle, select, shown

LEFT = Qt.MouseButton.LeftButton


def place(page: RunsPage, run: RunFolder, column: str) -> QPoint:
    index = page.model.index(page.model.row_of(run.path), COLUMNS.index(column))
    return page.table.visualRect(index).center()


def dialog(kind: type[QDialog]) -> QDialog:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def editor(page: RunsPage) -> QLineEdit:
    found = page.table.findChild(QLineEdit, "runs-rename-editor")
    assert found is not None
    return found


# Names, notes, stars


def test_f2_renames_and_the_name_stays(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["copy"])
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_F2)
    field = editor(page)
    assert field.text() == "copy"
    field.selectAll()
    field.insert("更小的学习率")
    QTest.keyClick(field, Qt.Key.Key_Return)
    idle(page, qtbot)
    assert read_notes(runs["copy"]).title == "更小的学习率"
    assert cell(page, runs["copy"], "name") == "更小的学习率"
    page.reload()
    idle(page, qtbot)
    assert cell(page, runs["copy"], "name") == "更小的学习率"
    # The folder keeps its name.
    assert runs["copy"].path.is_dir()


def test_escape_leaves_the_name(page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot) -> None:
    select(page, runs["copy"])
    page.actions_["rename"].trigger()
    QTest.keyClicks(editor(page), "other")
    QTest.keyClick(editor(page), Qt.Key.Key_Escape)
    idle(page, qtbot)
    assert read_notes(runs["copy"]) == RunNotes()
    assert cell(page, runs["copy"], "name") == "copy"


def test_an_empty_name_gives_the_folders_name_back(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    write_notes(runs["copy"], RunNotes(title="Mine", note="kept"))
    page.reload()
    qtbot.waitUntil(lambda: cell(page, runs["copy"], "name") == "Mine")
    select(page, runs["copy"])
    page.actions_["rename"].trigger()
    editor(page).clear()
    QTest.keyClick(editor(page), Qt.Key.Key_Return)
    idle(page, qtbot)
    assert read_notes(runs["copy"]) == RunNotes(note="kept")
    assert cell(page, runs["copy"], "name") == "copy"


def test_a_list_that_arrives_meanwhile_does_not_end_the_typing(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["copy"])
    page.actions_["rename"].trigger()
    field = editor(page)
    field.selectAll()
    QTest.keyClicks(field, "half a na")
    write_notes(runs["first"], RunNotes(title="Renamed elsewhere"))
    page.reload()
    idle(page, qtbot)
    assert editor(page) is field
    QTest.keyClicks(field, "me")
    QTest.keyClick(field, Qt.Key.Key_Return)
    idle(page, qtbot)
    assert cell(page, runs["copy"], "name") == "half a name"
    assert cell(page, runs["first"], "name") == "Renamed elsewhere"


def test_a_click_sets_the_star_and_leaves_the_selection(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["zoo"])
    for wanted in (True, False):
        QTest.mouseClick(page.table.viewport(), LEFT, pos=place(page, runs["first"], "star"))
        idle(page, qtbot)
        assert read_notes(runs["first"]).starred is wanted
    assert page.selected is not None
    assert page.selected.path == runs["zoo"].path


def test_several_are_starred_at_once(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["first"], runs["zoo"])
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    idle(page, qtbot)
    assert read_notes(runs["first"]).starred
    assert read_notes(runs["zoo"]).starred
    assert {run.path for run in page.table.selected} == {runs["first"].path, runs["zoo"].path}
    page.actions_["star"].trigger()
    idle(page, qtbot)
    assert not read_notes(runs["zoo"]).starred


def test_a_list_that_is_being_read_does_not_bring_the_old_star_back(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["first"])
    page.reload()
    page.actions_["star"].trigger()
    idle(page, qtbot)
    assert [run.name for run in page.model.rows if run.notes.starred] == ["first"]


def test_a_note_is_kept_and_found(page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot) -> None:
    select(page, runs["first"])
    page.actions_["note"].trigger()
    found = dialog(NoteDialog)
    assert isinstance(found, NoteDialog)
    QTest.keyClicks(found.field, "Plantains look like bananas")
    QTest.keyClick(found.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    idle(page, qtbot)
    assert read_notes(runs["first"]).note == "Plantains look like bananas"
    assert "Plantains" in cell(page, runs["first"], "name", Qt.ItemDataRole.ToolTipRole)
    QTest.keyClicks(page.search, "plantains banana")
    assert shown(page) == ["first"]


def test_escape_does_not_drop_a_note_at_once(
    page: RunsPage, runs: dict[str, RunFolder], qtbot: QtBot
) -> None:
    select(page, runs["first"])
    page.actions_["note"].trigger()
    found = dialog(NoteDialog)
    assert isinstance(found, NoteDialog)
    QTest.keyClicks(found.field, "much work")
    QTest.keyClick(found, Qt.Key.Key_Escape)
    assert found.isVisible()
    assert found.warning.isVisible()
    QTest.keyClick(found, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.table.findChild(NoteDialog) is None)
    assert read_notes(runs["first"]) == RunNotes()


def test_notes_that_cannot_be_kept_are_told_and_shown_as_they_are(
    page: RunsPage,
    runs: dict[str, RunFolder],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    allow_log: object,
) -> None:
    def refuse(_run: RunFolder, _notes: RunNotes) -> None:
        raise OSError(30, "Read-only file system", "notes.json")

    assert callable(allow_log)
    allow_log("WriteNotes failed")
    monkeypatch.setattr(sys.modules[WriteNotes.__module__], "write_notes", refuse)
    select(page, runs["first"])
    with qtbot.waitSignal(page.session.message) as told:
        page.actions_["star"].trigger()
    assert isinstance(told.args[0], UserError)
    idle(page, qtbot)
    assert not any(run.notes.starred for run in page.model.rows)


# A copy


def test_clone_takes_the_settings_over_and_says_what(
    page: RunsPage, runs: dict[str, RunFolder], session: Session, qtbot: QtBot
) -> None:
    select(page, runs["copy"])
    with (
        qtbot.waitSignal(page.navigate) as asked,
        qtbot.waitSignal(session.message) as told,
    ):
        qtbot.mouseClick(page.button("clone"), LEFT)
    assert asked.args == ["train"]
    assert session.recipe == runs["copy"].read_recipe()
    assert session.parent_of_next == "copy"
    assert "“copy”" in told.args[0]
    assert "Learning rate: 0.001 → 0.5" in told.args[0]
    with qtbot.waitSignal(session.message) as told:
        page.actions_["clone"].trigger()
    assert "set already" in told.args[0]


# The trash


@pytest.fixture
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trash that is a folder."""
    folder = tmp_path / "trash"
    folder.mkdir()

    def move(path: Path) -> bool:
        path.rename(folder / path.name)
        return True

    monkeypatch.setattr(trash, "move_to_trash", move)
    return folder


def confirm(page: RunsPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    found = dialog(TrashDialog)
    assert isinstance(found, TrashDialog)
    QTest.mouseClick(found.move_button, LEFT)


def test_del_asks_and_moves_to_the_trash(
    page: RunsPage, runs: dict[str, RunFolder], session: Session, bin_: Path, qtbot: QtBot
) -> None:
    session.open_run(runs["zoo"].path)
    qtbot.waitUntil(lambda: session.run is not None)
    session.use_recipe(Recipe(), taken_from="zoo run")
    select(page, runs["zoo"], runs["failed"])
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    found = dialog(TrashDialog)
    assert isinstance(found, TrashDialog)
    assert "zoo run" in found.names.text()
    QTest.keyClick(found, Qt.Key.Key_Escape)
    assert runs["zoo"].path.is_dir()
    confirm(page)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert sorted(path.name for path in bin_.iterdir()) == ["failed", "zoo run"]
    # What was shown is not any more, and no run can be its copy.
    assert session.run is None
    assert session.settings.last_run == ""
    assert session.parent_of_next == ""


def test_without_a_trash_nothing_happens(
    page: RunsPage,
    runs: dict[str, RunFolder],
    session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trash, "move_to_trash", lambda _path: False)
    select(page, runs["first"])
    with qtbot.waitSignal(session.message) as told:
        confirm(page)
    assert isinstance(told.args[0], UserError)
    assert told.args[0].key == "error-no-trash"
    idle(page, qtbot)
    assert page.model.rowCount() == 4
    assert runs["first"].read_recipe() == Recipe()


def test_a_run_that_is_trained_is_left_alone(
    page: RunsPage, runs: dict[str, RunFolder], session: Session, bin_: Path, qtbot: QtBot
) -> None:
    with runs["first"].locked():
        page.reload()
        qtbot.waitUntil(lambda: cell(page, runs["first"], "state") == "Running")
        select(page, runs["first"])
        assert not page.actions_["trash"].isEnabled()
        # One that begins between the list and the question is left alone as well.
        job = trash.TrashRuns((runs["zoo"].path, runs["first"].path, runs["copy"].path))
        handle = session.runner.start(job)
        qtbot.waitUntil(lambda: handle.is_over)
        assert handle.result is not None
        assert handle.result.gone == (runs["zoo"].path,)
        assert handle.result.error is not None
        assert handle.result.error.key == "error-run-in-use"
    assert [path.name for path in bin_.iterdir()] == ["zoo run"]
    assert runs["copy"].path.is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="the place of the trash differs")
def test_the_systems_trash_takes_a_run(runs: dict[str, RunFolder]) -> None:
    assert trash.move_to_trash(runs["zoo"].path)
    assert not runs["zoo"].path.exists()
