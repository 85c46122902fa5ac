"""What the grid of photos loads, and the threads behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.newest_first import NewestFirst
from finetune_gui.gui.widgets.photo_grid import GridPhoto, PhotoGrid
from finetune_gui.gui.widgets.thumbnail_loader import (
    ThumbnailKey,
    ThumbnailLoader,
    loader_for,
    rounded_square,
)
from tests.helpers.photos import truncated_jpeg


def key(path: Path, side: int = 92) -> ThumbnailKey:
    return ThumbnailKey(path, side, 8)


def loaded(session: Session, grid: PhotoGrid, paths: list[Path]) -> int:
    side = grid.tile.width() - 8
    return sum(loader_for(session).picture(key(path, side)) is not None for path in paths)


# ---- what is loaded


def test_only_what_is_in_sight_and_the_next_page_is_loaded(
    qtbot: QtBot, session: Session, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path, "apple") for path in files])
    near = 2 * len(grid.visible_rows())
    assert 0 < near < len(files)
    qtbot.waitUntil(lambda: loaded(session, grid, files) == near)
    assert loaded(session, grid, files[:near]) == near


def test_scrolling_loads_what_comes_into_sight(
    qtbot: QtBot, session: Session, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.show()
    grid.set_photos([GridPhoto(path) for path in files])
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.visible_rows().stop == len(files)
    qtbot.waitUntil(lambda: loaded(session, grid, files[-len(grid.visible_rows()) :]) > 0)
    grid.set_current(0)
    assert grid.visible_rows().start == 0


def test_a_grid_that_nobody_sees_loads_nothing(
    qtbot: QtBot, session: Session, grid: PhotoGrid, files: list[Path]
) -> None:
    seen = PhotoGrid(session)
    qtbot.addWidget(seen)
    seen.show()
    grid.set_photos([GridPhoto(path) for path in files[:10]])
    seen.set_photos([GridPhoto(path) for path in files[10:11]])
    arrived: list[Path] = []
    loader_for(session).ready.connect(arrived.extend)
    qtbot.waitUntil(lambda: arrived == [files[10]])


def test_a_picture_appears_on_the_screen(
    qtbot: QtBot, session: Session, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.set_photos([GridPhoto(files[0])])
    grid.show()
    rect = grid.visualRect(grid.model().index(0, 0))
    before = grid.grab().toImage().pixelColor(rect.center())
    assert before == session.theme.color("raised")
    qtbot.waitUntil(lambda: grid.grab().toImage().pixelColor(rect.center()) != before)


def test_a_photo_that_cannot_be_read_gets_a_sign_and_a_reason(
    qtbot: QtBot, session: Session, grid: PhotoGrid, tmp_path: Path
) -> None:
    broken = truncated_jpeg(tmp_path / "broken.jpg")
    grid.set_photos([GridPhoto(broken)])
    grid.show()
    empty = grid.grab().toImage()
    loader = loader_for(session)
    qtbot.waitUntil(lambda: loader.problem(broken) == "error-photo-damaged")
    assert grid.grab().toImage() != empty


def test_thumbnails_come_from_the_disk_the_second_time(
    qtbot: QtBot, session: Session, grid: PhotoGrid, files: list[Path]
) -> None:
    grid.show()
    grid.set_photos([GridPhoto(files[0])])
    qtbot.waitUntil(lambda: loaded(session, grid, files[:1]) == 1)
    kept = list(session.paths.thumbnails.rglob("*.jpg"))
    assert len(kept) == 1
    loader_for(session).forget()
    assert loaded(session, grid, files[:1]) == 0
    grid.set_photos([GridPhoto(files[0])])
    qtbot.waitUntil(lambda: loaded(session, grid, files[:1]) == 1)
    assert list(session.paths.thumbnails.rglob("*.jpg")) == kept


def test_memory_is_bounded_and_the_least_used_goes_first(
    qtbot: QtBot, session: Session, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finetune_gui.gui.widgets.thumbnail_loader.MEMORY_BYTES", 3 * 64 * 64 * 4)
    loader = ThumbnailLoader(session.paths.thumbnails, session)
    for path in files[:3]:
        with qtbot.waitSignal(loader.ready):
            loader.want("test", [key(path, 64)])
    assert loader.picture(key(files[0], 64)) is not None  # used: now the newest of the three
    with qtbot.waitSignal(loader.ready):
        loader.want("test", [key(files[3], 64)])
    there = [loader.picture(key(path, 64)) is not None for path in files[:4]]
    assert there == [True, False, True, True]


def test_a_picture_of_another_size_stands_in_until_the_right_one_is_there(
    qtbot: QtBot, session: Session, files: list[Path]
) -> None:
    loader = loader_for(session)
    with qtbot.waitSignal(loader.ready):
        loader.want("test", [key(files[0], 64)])
    other = loader.picture(key(files[0], 80))
    assert other is not None
    assert other.width() == 64
    assert loader.picture(key(files[1], 80)) is None


def test_a_thumbnail_is_the_middle_of_the_photo_with_round_corners() -> None:
    wide = QImage(60, 20, QImage.Format.Format_RGB32)
    wide.fill(Qt.GlobalColor.blue)
    for x in range(20, 40):
        for y in range(20):
            wide.setPixelColor(x, y, Qt.GlobalColor.red)
    square = rounded_square(wide, 20, 6)
    assert (square.width(), square.height()) == (20, 20)
    assert square.pixelColor(10, 10) == Qt.GlobalColor.red
    assert square.pixelColor(2, 10) == Qt.GlobalColor.red
    assert square.pixelColor(0, 0).alpha() == 0


def test_one_loader_serves_all_grids_of_a_session(session: Session) -> None:
    assert loader_for(session) is loader_for(session)


# ---- the threads behind it


class Workshop:
    """Work that waits until the test lets it go on, and tells what was done in which order."""

    def __init__(self, threads: int = 1) -> None:
        self.go = threading.Event()
        self.begun = threading.Event()
        self.done: list[str] = []
        self.pool: NewestFirst[str, str] = NewestFirst(self._work, self._deliver, threads)

    def _work(self, name: str) -> str:
        self.begun.set()
        assert self.go.wait(10)
        return name.upper()

    def _deliver(self, name: str, result: str) -> None:
        assert result == name.upper()
        self.done.append(name)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_newest_request_is_done_first_and_a_newer_one_replaces_it() -> None:
    shop = Workshop()
    shop.pool.want("grid", ["a", "b", "c"])
    assert shop.begun.wait(10)
    shop.pool.want("other", ["x"])
    shop.pool.want("grid", ["d", "e"])
    shop.go.set()
    wait_for(lambda: len(shop.done) == 4)
    assert shop.done == ["a", "d", "e", "x"]
    shop.pool.close()


def test_closing_waits_and_nothing_is_delivered_afterwards() -> None:
    shop = Workshop()
    shop.pool.want("grid", ["a", "b"])
    assert shop.begun.wait(10)
    threading.Timer(0.05, shop.go.set).start()
    shop.pool.close()
    assert shop.done == []
    shop.pool.want("grid", ["c"])
    assert [t for t in threading.enumerate() if t.name == "newest-first"] == []


def test_several_threads_share_the_work() -> None:
    shop = Workshop(threads=3)
    shop.go.set()
    names = [f"n{n}" for n in range(50)]
    shop.pool.want("grid", names)
    wait_for(lambda: len(shop.done) == 50)
    assert sorted(shop.done) == sorted(names)
    shop.pool.close()
