"""The grid of photos, its layout and keys, and the large view."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.photo_grid import MAX_SIZE, MIN_SIZE, GridPhoto, PhotoGrid
from finetune_gui.gui.widgets.photo_view import PhotoView
from tests.helpers.photos import rotated, save_photo, truncated_jpeg

# ---- layout and keys


def test_tiles_fill_the_width_whether_or_not_there_is_a_scroll_bar(
    grid: PhotoGrid, files: list[Path]
) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    many = grid.tile
    grid.set_photos([GridPhoto(path) for path in files[:2]])
    assert grid.tile == many
    assert grid.columns() == 4
    assert 470 <= grid.tile.width() * 4 <= 500


def test_notes_make_room_for_words_below_the_pictures(grid: PhotoGrid, files: list[Path]) -> None:
    grid.set_photos([GridPhoto(files[0], "apple")])
    assert grid.tile.height() == grid.tile.width()
    grid.set_photos([GridPhoto(files[0], "apple", "is pear", "danger")])
    assert grid.tile.height() > grid.tile.width() + 30


def test_the_size_is_kept_within_what_makes_sense(grid: PhotoGrid, files: list[Path]) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    grid.set_thumbnail_size(5)
    assert grid.tile.width() >= MIN_SIZE
    grid.set_thumbnail_size(5000)
    assert grid.tile.width() <= MAX_SIZE + 200


def test_arrows_walk_through_the_grid(qtbot: QtBot, grid: PhotoGrid, files: list[Path]) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    grid.set_current(0)
    came: list[int] = []
    grid.selected.connect(came.append)
    for press in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Up,
        Qt.Key.Key_End,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_Up,
        Qt.Key.Key_PageDown,
    ):
        qtbot.keyClick(grid, press)
    assert came == [1, 5, 4, 0, 59, 0, 8]
    assert grid.current() == 8


def test_the_current_photo_is_brought_into_sight(
    qtbot: QtBot, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    grid.set_current(0)
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))


def test_typing_finds_a_file_by_its_name(qtbot: QtBot, grid: PhotoGrid, files: list[Path]) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    grid.set_current(0)
    qtbot.keyClicks(grid, "p04")
    assert grid.current() == 40


def test_enter_and_a_double_click_open(qtbot: QtBot, grid: PhotoGrid, files: list[Path]) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    grid.set_current(3)
    with qtbot.waitSignal(grid.opened) as by_key:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert by_key.args == [3]
    middle = grid.visualRect(grid.model().index(5, 0)).center()
    with qtbot.waitSignal(grid.opened) as by_mouse:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert by_mouse.args == [5]
    assert grid.current() == 5


def test_the_current_photo_survives_a_filter_that_keeps_it(
    grid: PhotoGrid, files: list[Path]
) -> None:
    grid.set_photos([GridPhoto(path) for path in files])
    grid.set_current(20)
    grid.set_photos([GridPhoto(path) for path in files[10:]])
    assert grid.current() == 10
    gone: list[int] = []
    grid.selected.connect(gone.append)
    grid.set_photos([GridPhoto(path) for path in files[:5]])
    assert grid.current() == -1
    assert gone[-1] == -1


def wheel(grid: PhotoGrid, turns: int, modifier: Qt.KeyboardModifier) -> None:
    middle = QPointF(grid.viewport().rect().center())
    event = QWheelEvent(
        middle,
        grid.viewport().mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid.viewport(), event)


def test_ctrl_with_wheel_or_keys_asks_for_another_size(
    qtbot: QtBot, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    asked: list[int] = []
    grid.zoomed.connect(asked.append)
    wheel(grid, 1, Qt.KeyboardModifier.ControlModifier)
    wheel(grid, -1, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert asked == [116, 84, 116]
    wheel(grid, -1, Qt.KeyboardModifier.NoModifier)
    assert len(asked) == 3
    assert grid.verticalOffset() > 0


def test_the_menu_of_a_photo_opens_it_and_copies_its_path(
    qtbot: QtBot, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.set_photos([GridPhoto(path) for path in files])
    menu = grid.menu_for(2)
    assert isinstance(menu, QMenu)
    actions = {action.objectName(): action for action in menu.actions()}
    assert list(actions) == ["photo-open", "photo-reveal", "photo-copy-path"]
    with qtbot.waitSignal(grid.opened) as opened:
        actions["photo-open"].trigger()
    assert opened.args == [2]
    actions["photo-copy-path"].trigger()
    assert QGuiApplication.clipboard().text() == str(files[2])


def test_the_grid_follows_the_theme(session: Session, grid: PhotoGrid) -> None:
    grid.set_photos([GridPhoto(Path("/nowhere/x.jpg"))])
    grid.show()
    rect = grid.visualRect(grid.model().index(0, 0))
    corner = rect.topLeft() + QPoint(20, 20)
    assert grid.grab().toImage().pixelColor(corner) == session.theme.color("raised")
    session.theme.set_mode("dark")
    assert session.theme.is_dark
    assert grid.grab().toImage().pixelColor(corner) == session.theme.color("raised")


# ---- the large view


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> PhotoView:
    made = PhotoView(session)
    qtbot.addWidget(made)
    return made


def words(view: PhotoView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view)]


def test_the_view_shows_a_photo_and_its_facts(
    qtbot: QtBot, view: PhotoView, files: list[Path]
) -> None:
    view.show_photo([GridPhoto(path, "apple") for path in files], 4)
    qtbot.waitUntil(lambda: view.canvas.has_picture)
    facts = {"p004.jpg", "apple", "5 of 60", "64 × 48 pixels", "JPEG, RGB", "100 %"}
    facts.add(str(files[4].parent))
    qtbot.waitUntil(lambda: facts <= set(words(view)))


def test_a_photo_turned_by_the_camera_is_shown_upright(
    qtbot: QtBot, view: PhotoView, tmp_path: Path
) -> None:
    view.show_photo([GridPhoto(rotated(tmp_path / "r.jpg", 6))], 0)
    qtbot.waitUntil(lambda: view.canvas.has_picture)
    qtbot.waitUntil(lambda: {"40 × 20 pixels", "Turned as the camera noted"} <= set(words(view)))


def test_arrow_keys_go_on_and_stop_at_the_ends(
    qtbot: QtBot, view: PhotoView, files: list[Path]
) -> None:
    view.show_photo([GridPhoto(path) for path in files[:3]], 1)
    qtbot.waitUntil(view.isActiveWindow)
    moved: list[int] = []
    view.moved.connect(moved.append)
    for press in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home):
        qtbot.keyClick(view, press)
    assert moved == [2, 1, 0]
    assert not view.findChild(QToolButton, "photo-previous").isEnabled()
    assert view.findChild(QToolButton, "photo-next").isEnabled()


def test_zooming_is_bounded_and_can_be_undone(
    qtbot: QtBot, view: PhotoView, tmp_path: Path
) -> None:
    large = save_photo(tmp_path / "large.jpg", 1, (1600, 1200))
    view.show_photo([GridPhoto(large)], 0)
    qtbot.waitUntil(lambda: view.canvas.has_picture)
    qtbot.waitUntil(view.isActiveWindow)
    fitted = view.canvas.zoom
    assert 0.2 < fitted < 0.7
    qtbot.keyClick(view, Qt.Key.Key_1)
    assert view.canvas.zoom == pytest.approx(1.0)
    assert "100 %" in words(view)
    for _ in range(40):
        view.findChild(QToolButton, "photo-zoom-in").click()
    assert view.canvas.zoom == pytest.approx(16.0)
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.canvas.zoom == pytest.approx(fitted, rel=0.05)


def test_a_photo_that_cannot_be_read_is_explained(
    qtbot: QtBot, view: PhotoView, tmp_path: Path, files: list[Path]
) -> None:
    broken = truncated_jpeg(tmp_path / "broken.jpg")
    view.show_photo([GridPhoto(broken), GridPhoto(files[0])], 0)
    sentence = "The photo is damaged or cut off, so it cannot be read to its end."
    qtbot.waitUntil(lambda: sentence in words(view))
    view.go_to(1)
    qtbot.waitUntil(lambda: view.canvas.has_picture)
    assert sentence not in words(view)


def test_the_view_follows_the_language(
    qtbot: QtBot, session: Session, view: PhotoView, files: list[Path]
) -> None:
    view.show_photo([GridPhoto(files[0])], 0)
    qtbot.waitUntil(lambda: view.canvas.has_picture)
    session.set_language("zh_CN")
    qtbot.waitUntil(lambda: "64 × 48 像素" in words(view))
    assert "第 1 / 60 张" not in words(view)
    assert "第 1 / 1 张" in words(view)


def test_closing_gives_the_picture_back(qtbot: QtBot, view: PhotoView, files: list[Path]) -> None:
    view.show_photo([GridPhoto(files[0])], 0)
    qtbot.waitUntil(lambda: view.canvas.has_picture)
    view.close()
    assert not view.canvas.has_picture
