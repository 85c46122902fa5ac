"""The Data page: how photos are split, too few of a class, and those with something wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from finetune_gui.gui.models.classes import ClassRow, SplitCounts
from finetune_gui.gui.pages.data import DataPage
from finetune_gui.gui.pages.data_split import rarest
from tests.helpers.data_page import button, names, opened, texts
from tests.helpers.photos import empty_file, make_class_folders, make_split_folders, truncated_jpeg

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
