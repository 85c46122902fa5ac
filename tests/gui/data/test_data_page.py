"""The Data page, as a person opens photos and looks through them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core import settings
from finetune_gui.core.paths import resource
from finetune_gui.gui.pages.data import DataPage
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import Chip
from finetune_gui.gui.widgets.photo_view import PhotoView
from tests.helpers.data_page import button, names, opened, texts
from tests.helpers.photos import zip_folder

# ---- before there is a dataset


def test_the_empty_page_offers_every_way_to_begin(page: DataPage) -> None:
    assert page.start.isVisible()
    for name in ("data-start-folder", "data-start-file", "data-start-demo"):
        assert button(page, name).isVisible()
    assert not page.next_button.isVisible()
    assert page.rail_subtitle() == ""
    assert not page.rail_done()


def test_the_demo_opens_with_one_click(qtbot: QtBot, page: DataPage) -> None:
    qtbot.mouseClick(button(page, "data-start-demo"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.session.splits), timeout=20_000)
    assert page.browser.isVisible()
    assert page.rail_subtitle() == "300 photos · 6 classes"
    assert page.rail_done()


@pytest.mark.parametrize("name", ["data-start-folder", "data-start-file"])
def test_a_dialog_opens_what_is_chosen(
    qtbot: QtBot, page: DataPage, fruit: Path, tmp_path: Path, name: str
) -> None:
    wanted = fruit if "folder" in name else zip_folder(fruit, tmp_path / "fruit.zip")
    button(page, name).click()
    dialog = page.findChild(QFileDialog, "data-open-dialog")
    assert dialog is not None
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(wanted))
    dialog.close()
    qtbot.waitUntil(lambda: page.session.dataset is not None)
    assert page.session.dataset is not None
    assert page.session.dataset.source == wanted
    assert page.rail_subtitle() == "50 photos · 3 classes"


def test_the_keyboard_reaches_the_drop_zone(qtbot: QtBot, page: DataPage) -> None:
    qtbot.keyClick(page.start.drop_zone, Qt.Key.Key_Return)
    dialog = page.findChild(QFileDialog, "data-open-dialog")
    assert dialog is not None
    dialog.close()


def test_what_was_opened_before_is_offered_again(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    page.session.close_dataset()
    assert page.start.isVisible()
    again = button(page, "data-recent-0")
    assert again.text().startswith("fruit")
    again.click()
    qtbot.waitUntil(lambda: page.session.dataset is not None)


def test_the_demo_is_not_listed_among_the_recent_ones(page: DataPage) -> None:
    page.session.settings.recent_datasets = [str(resource("demo", "fashion")), "/photos/birds"]
    assert page.opener.recent() == [Path("/photos/birds")]
    actions = [a.objectName() for a in page.opener.menu(page).actions() if a.objectName()]
    assert actions == [
        "data-menu-folder",
        "data-menu-file",
        "data-menu-demo",
        "data-menu-recent-0",
    ]


def test_a_folder_that_cannot_be_used_leaves_the_page_as_it_was(
    qtbot: QtBot, page: DataPage, tmp_path: Path
) -> None:
    told: list[object] = []
    page.session.message.connect(told.append)
    page.session.open_dataset(tmp_path / "nowhere")
    qtbot.waitUntil(lambda: bool(told))
    assert page.start.isVisible()
    assert page.session.opening is None


# ---- classes, chips, search, order


def test_an_open_dataset_is_described(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    text = "50 photos in 3 classes · split 70 / 15 / 15, the same in every run"
    assert page.header.subtitle.text() == text
    assert len(names(page)) == 50
    assert "50 photos" in texts(page.browser)


def test_a_class_shows_only_its_photos(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    row = page.classes.visualRect(page.classes.model().index(2, 0)).center()
    qtbot.mouseClick(page.classes.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert page.classes.label == "pear"
    assert len(names(page)) == 20
    assert {photo.caption for photo in page.browser.grid.photos} == {"pear"}
    qtbot.keyClick(page.classes, Qt.Key.Key_Down)
    assert len(names(page)) == 10
    page.classes.choose("")
    assert len(names(page)) == 50


def test_chips_show_the_photos_of_a_split(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    splits = page.session.splits
    for part in ("train", "validation", "test"):
        chip = page.findChild(Chip, f"data-chips-{part}")
        assert chip is not None
        chip.click()
        assert len(names(page)) == splits.count(part) > 0


def test_search_narrows_down_and_says_when_nothing_is_left(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    qtbot.keyClicks(page.browser.search, "Photo19")
    assert names(page) == ["photo19.jpg", "photo19.jpg"]
    qtbot.keyClicks(page.browser.search, "xyz")
    assert names(page) == []
    assert "No photos match." in texts(page.browser)
    qtbot.keyClick(page.browser.search, Qt.Key.Key_Escape)
    assert len(names(page)) == 50


def test_photos_are_shown_in_the_order_that_is_chosen(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    newest = fruit / "pear" / "photo7.jpg"
    os.utime(newest, (2_000_000_000, 2_000_000_000))
    opened(qtbot, page, fruit)
    assert names(page)[:3] == ["photo1.jpg", "photo2.jpg", "photo3.jpg"]
    page.browser.sort.setCurrentIndex(1)
    qtbot.waitUntil(lambda: names(page)[:4] == ["photo1.jpg"] * 3 + ["photo2.jpg"])
    page.browser.sort.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.browser.grid.photos[0].path == newest)
    page.browser.sort.setCurrentIndex(0)
    assert page.browser.grid.photos[0].caption == "apple"


def test_the_size_of_the_pictures_is_remembered(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    before = page.browser.grid.tile
    page.browser.grid.zoomed.emit(200)
    assert page.browser.size_slider.value() == 200
    assert page.browser.grid.tile.width() > before.width()
    file = page.session.paths.settings_file
    qtbot.waitUntil(lambda: settings.load(file).thumbnail_size == 200)


# ---- the large view, the next page, languages


def test_enter_opens_a_photo_and_the_grid_follows_the_view(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    page.browser.grid.set_current(3)
    qtbot.keyClick(page.browser.grid, Qt.Key.Key_Return)
    view = page.findChild(PhotoView)
    assert view is not None
    assert view.isVisible()
    assert view.index == 3
    qtbot.waitUntil(lambda: {"apple", "photo4.jpg", "4 of 50"} <= set(texts(view)))
    view.go_to(10)
    assert page.browser.grid.current() == 10
    page.classes.choose("plum")
    view.go_to(2)
    assert page.browser.grid.current() != 2
    view.close()


def test_next_leads_to_augmentation(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    with qtbot.waitSignal(page.navigate) as asked:
        qtbot.mouseClick(page.next_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["augment"]


def test_the_page_follows_the_language(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    page.session.set_language("zh_CN")
    assert page.header.title.text() == "数据"
    assert page.header.subtitle.text() == "50 张 · 3 类 · 按 70 / 15 / 15 划分，每次运行都相同"
    assert page.browser.sort.currentText() == "按类别"
    assert page.classes.model().index(0, 0).data() == "全部照片"
    assert page.split.validation.text() == "15%"
    page.session.set_language("en")
    assert page.split.validation.text() == "15 %"


def test_a_page_made_late_shows_what_is_open(
    qtbot: QtBot, page: DataPage, session: Session, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    windows = set(QApplication.topLevelWidgets())
    late = DataPage(session)
    qtbot.addWidget(late)
    assert {w for w in QApplication.topLevelWidgets() if w.isVisible()} <= windows
    late.show()
    assert len(names(late)) == 50
    qtbot.waitUntil(lambda: not late.care.is_busy)


def test_everything_a_person_can_act_on_has_a_name(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    inside_others = ("qt_", "ScrollLeftButton", "ScrollRightButton")
    for widget in page.findChildren(QWidget):
        acts = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
        if not acts or widget.objectName().startswith(inside_others):
            continue
        assert widget.objectName(), widget
        assert widget.accessibleName(), widget.objectName()


def test_closing_the_dataset_leads_back_to_the_start(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    menu = page.opener.menu(page)
    close = next(a for a in menu.actions() if a.objectName() == "data-menu-close")
    close.trigger()
    assert page.session.dataset is None
    assert page.start.isVisible()
    assert page.rail_subtitle() == ""
