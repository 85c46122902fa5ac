"""The list of runs: names, notes, stars, filters, clones and the trash."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from finetune_gui.core import events, settings
from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.run_notes import RunNotes, read_notes, write_notes
from finetune_gui.gui import trash
from finetune_gui.gui.models.runs import COLUMNS, SECOND_ROLE
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.pages.runs_dialogs import NoteDialog, TrashDialog
from finetune_gui.gui.session import Session
from finetune_gui.jobs.run_notes import WriteNotes
from tests.helpers import fake_training as fake
from tests.helpers.compared_runs import entries, make_run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def runs(paths: AppPaths, tmp_path: Path) -> dict[str, RunFolder]:
    """The oldest first: a first try, a copy of it, one of another dataset, one that failed."""
    changed = with_values(Recipe(), {"optim.lr": 0.5, "train.epochs": 3})
    pets, zoo = tmp_path / "pets", tmp_path / "zoo"
    some, others = entries(4), entries(4, first=2)
    error = (fake.STARTED, events.RunFailed("error-out-of-memory"))
    return {
        "first": make_run(paths.runs / "first", pets, samples=some),
        "copy": make_run(
            paths.runs / "copy", pets, samples=others, recipe=changed, parent="first", age=1
        ),
        "zoo": make_run(paths.runs / "zoo run", zoo, samples=some, parent="gone", age=2),
        "failed": make_run(paths.runs / "failed", pets, told=error, age=3),
    }


@pytest.fixture
def page(session: Session, runs: dict[str, RunFolder], qtbot: QtBot) -> RunsPage:
    made = RunsPage(session)
    qtbot.addWidget(made)
    made.resize(1060, 640)
    made.show()
    qtbot.waitExposed(made)
    made.on_shown()
    qtbot.waitUntil(lambda: made.model.rowCount() == len(runs))
    return made


def cell(
    page: RunsPage, run: RunFolder, column: str, role: int = Qt.ItemDataRole.DisplayRole
) -> str:
    index = page.model.index(page.model.row_of(run.path), COLUMNS.index(column))
    return str(index.data(role))


def place(page: RunsPage, run: RunFolder, column: str) -> QPoint:
    index = page.model.index(page.model.row_of(run.path), COLUMNS.index(column))
    return page.table.visualRect(index).center()


def select(page: RunsPage, *runs: RunFolder) -> None:
    page.table.select({run.path for run in runs})


def idle(page: RunsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.session.runner.active)


def shown(page: RunsPage) -> list[str]:
    return [run.name for run in page.model.rows]


def dialog(kind: type[QDialog]) -> QDialog:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def editor(page: RunsPage) -> QLineEdit:
    found = page.table.findChild(QLineEdit, "runs-rename-editor")
    assert found is not None
    return found


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
