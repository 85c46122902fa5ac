"""The Data page, as a person uses it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from finetune_gui.core import settings
from finetune_gui.core.paths import resource
from finetune_gui.gui.models.classes import ClassRow, SplitCounts
from finetune_gui.gui.pages.data import DataPage
from finetune_gui.gui.pages.data_split import rarest
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import Chip
from finetune_gui.gui.widgets.photo_view import PhotoView
from tests.helpers.photos import (
    empty_file,
    make_class_folders,
    make_split_folders,
    truncated_jpeg,
    zip_folder,
)

FRUIT = {"apple": 20, "pear": 20, "plum": 10}


@pytest.fixture
def fruit(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "fruit", FRUIT)


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> DataPage:
    made = DataPage(session)
    made.resize(1072, 772)
    qtbot.addWidget(made)
    made.show()
    return made


def opened(qtbot: QtBot, page: DataPage, path: Path) -> DataPage:
    """Open a dataset and wait until everything about it is known."""
    page.session.open_dataset(path)
    qtbot.waitUntil(lambda: page.session.opening is None and bool(page.session.splits))
    qtbot.waitUntil(lambda: not page.care.is_busy)
    return page


def button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None, name
    return found


def texts(widget: QWidget) -> list[str]:
    return [w.text() for w in widget.findChildren(QLabel) if w.isVisibleTo(widget) and w.text()]


def names(page: DataPage) -> list[str]:
    return [photo.path.name for photo in page.browser.grid.photos]


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


# ---- the split


def test_changing_a_share_divides_the_photos_anew(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    with qtbot.waitSignal(page.session.splits_changed):
        page.split.validation.setValue(30)
    assert page.session.recipe.data.validation_fraction == pytest.approx(0.3)
    assert page.session.splits.count("validation") == 15
    assert "split 55 / 30 / 15" in page.header.subtitle.text()
    assert "15" in texts(page.split)


def test_the_shares_always_leave_photos_to_learn_from(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    page.split.validation.setValue(50)
    assert page.split.test.maximum() == 30
    page.split.test.setValue(30)
    assert page.split.validation.maximum() == 50
    assert page.session.recipe.data.test_fraction == pytest.approx(0.3)
    page.split.test.setValue(0)
    assert page.split.validation.value() == 50


def test_a_share_changed_elsewhere_shows_here(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    page.session.change_recipe({"data.test_fraction": 0.25})
    assert page.split.test.value() == 25


def test_a_split_that_the_dataset_brings_cannot_be_changed_and_says_why(
    qtbot: QtBot, page: DataPage, tmp_path: Path
) -> None:
    parts = {"train": {"cat": 8, "dog": 8}, "test": {"cat": 3, "dog": 3}}
    opened(qtbot, page, make_split_folders(tmp_path / "pets", parts))
    assert page.split.validation.isEnabled()
    assert not page.split.test.isEnabled()
    assert page.split.reason.text() == "The dataset says itself which photos are for testing."
    counts = [page.session.splits.count(part) for part in ("train", "validation", "test")]
    assert counts[2] == 6
    assert page.header.subtitle.text().endswith(
        "split {} / {} / {}, as the dataset says".format(*counts)
    )


def test_the_counts_of_the_chosen_class_are_shown(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    page.classes.choose("plum")
    row = page.classes.current_row()
    assert row is not None
    assert row.counts.total == 10
    assert page.split.bar.accessibleName().startswith("10 photos: ")
    assert {str(row.counts.train), str(row.counts.test)} <= set(texts(page.split))


# ---- few photos


def row(label: str, n: int) -> ClassRow:
    return ClassRow(label, SplitCounts(n), 1.0)


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([35, 80, 92], ("0", 86)),
        ([40, 80, 80], None),
        ([39, 80, 80], ("0", 80)),
        ([10], None),
        ([], None),
    ],
)
def test_a_class_is_rare_below_half_of_the_others_average(
    numbers: list[int], found: tuple[str, int] | None
) -> None:
    result = rarest([row(str(n), number) for n, number in enumerate(numbers)])
    assert (None if result is None else (result[0].label, result[1])) == found


def test_a_rare_class_is_named_and_can_be_weighed_higher(
    qtbot: QtBot, page: DataPage, tmp_path: Path
) -> None:
    rare = make_class_folders(tmp_path / "rare", {"apple": 30, "pear": 40, "plum": 4})
    opened(qtbot, page, rare)
    assert page.few.isVisible()
    assert page.few.heading.text() == "plum has few photos"
    assert page.few.text.text().startswith(
        "4 against 35 on average in the other classes. Add about 30 more"
    )
    qtbot.mouseClick(button(page, "data-few-balance"), Qt.MouseButton.LeftButton)
    assert page.session.recipe.train.balance_classes
    assert "Training weighs it higher" in page.few.text.text()


def test_an_even_dataset_has_no_such_note(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    assert not page.few.isVisible()


# ---- photos that cannot be read, and the check


def test_photos_that_cannot_be_read_are_left_out_and_counted(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    truncated_jpeg(fruit / "apple" / "cut.jpg")
    empty_file(fruit / "pear" / "empty.jpg")
    opened(qtbot, page, fruit)
    qtbot.waitUntil(lambda: len(names(page)) == 50)
    assert page.header.subtitle.text().endswith("the same in every run · 2 left out")
    assert page.rail_subtitle() == "50 photos · 3 classes"
    assert page.browser.chips.chip("issues").text() == "Issues 2"
    assert {"cut.jpg", "empty.jpg"}.isdisjoint(names(page))


def test_issues_are_listed_with_their_photos(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    truncated_jpeg(fruit / "apple" / "cut.jpg")
    shutil.copy(fruit / "pear" / "photo1.jpg", fruit / "plum" / "same.jpg")
    opened(qtbot, page, fruit)
    page.check_button.click()
    assert not page.check_button.isEnabled()
    qtbot.waitUntil(lambda: not page.care.is_checking)
    issues = page.browser.issues
    assert issues.isVisible()
    kinds = [issue.kind for issue in issues.list.issues]
    assert kinds == ["unreadable", "duplicate_across_classes"]
    assert [p.path.name for p in issues.grid.photos] == ["cut.jpg"]
    qtbot.keyClick(issues.list, Qt.Key.Key_Down)
    photos = [(p.path.name, p.caption) for p in issues.grid.photos]
    assert photos == [("photo1.jpg", "pear"), ("same.jpg", "plum")]
    assert page.browser.chips.chip("issues").text() == "Issues 2"
    assert page.check_button.isEnabled()


def test_a_sound_dataset_gets_a_clean_bill_of_health(
    qtbot: QtBot, page: DataPage, fruit: Path
) -> None:
    opened(qtbot, page, fruit)
    page.browser.chips.set_value("issues")
    assert "Not checked yet" in texts(page.browser.issues)
    button(page, "data-issues-check").click()
    qtbot.waitUntil(lambda: page.care.report is not None)
    assert "Nothing wrong was found" in texts(page.browser.issues)
    assert page.browser.chips.chip("issues").text() == "Issues"


def test_another_dataset_forgets_the_report_of_the_first(
    qtbot: QtBot, page: DataPage, fruit: Path, tmp_path: Path
) -> None:
    opened(qtbot, page, fruit)
    page.care.check()
    qtbot.waitUntil(lambda: page.care.report is not None)
    page.browser.search.setText("photo1")
    page.browser.sort.setCurrentIndex(1)
    page.classes.choose("plum")
    opened(qtbot, page, make_class_folders(tmp_path / "pets", {"cat": 40, "dog": 40}))
    assert page.care.report is None
    assert page.classes.label == ""
    assert page.browser.search.text() == ""
    assert page.browser.sort.currentIndex() == 0
    assert len(names(page)) == 80


def test_a_check_can_be_stopped(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    page.session.open_dataset(fruit)
    qtbot.waitUntil(lambda: page.session.dataset is not None)
    page.check_button.click()
    cancel = page.findChild(QToolButton, "data-working-cancel")
    assert cancel is not None
    assert page.browser.issues.working.isVisible()
    cancel.click()
    qtbot.waitUntil(lambda: not page.care.is_checking)
    assert not page.browser.issues.working.isVisible()
    assert page.care.report is None


def test_choosing_a_class_leaves_the_issues(qtbot: QtBot, page: DataPage, fruit: Path) -> None:
    opened(qtbot, page, fruit)
    page.browser.chips.set_value("issues")
    page.classes.choose("plum")
    assert page.browser.chips.value == "all"
    assert page.browser.grid.isVisible()
    assert len(names(page)) == 10


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
