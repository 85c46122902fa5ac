"""The lists behind the grid, the classes and the issues."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt

from finetune_gui.core.messages import LANGUAGES, set_language
from finetune_gui.dataset.check import Issue, IssueKind
from finetune_gui.dataset.samples import Dataset, Sample, Split
from finetune_gui.gui.models.classes import (
    ClassModel,
    SplitCounts,
    count_classes,
    counts_in_words,
)
from finetune_gui.gui.models.issues import IssueModel, photos_of, words_of
from finetune_gui.gui.models.photos import (
    PHOTO_ROLE,
    GridPhoto,
    PhotoFilter,
    PhotoModel,
    PhotoShelf,
)

ROOT = Path("/photos/set")


def dataset(**counts: int) -> Dataset:
    samples = tuple(
        Sample(ROOT / label / f"{label}-{n}.jpg", label, None)
        for label, count in counts.items()
        for n in range(count)
    )
    return Dataset(ROOT, ROOT, "set", tuple(counts), samples, ())


def names(photos: list[GridPhoto]) -> list[str]:
    return [photo.path.stem for photo in photos]


def test_a_shelf_filters_by_class_split_and_text_together() -> None:
    shelf = PhotoShelf(dataset(apple=3, pear=2))
    shelf.set_splits(("train", "test", "train", "train", "test"))
    assert names(shelf.shown(PhotoFilter())) == [
        "apple-0",
        "apple-1",
        "apple-2",
        "pear-0",
        "pear-1",
    ]
    assert names(shelf.shown(PhotoFilter(label="pear"))) == ["pear-0", "pear-1"]
    assert names(shelf.shown(PhotoFilter(split="test"))) == ["apple-1", "pear-1"]
    assert names(shelf.shown(PhotoFilter("apple", "train", "-2"))) == ["apple-2"]


def test_a_search_ignores_case_and_looks_at_folders_inside_the_dataset_only() -> None:
    shelf = PhotoShelf(dataset(Apple=2, pear=1))
    assert len(shelf.shown(PhotoFilter(text=" APPLE/ "))) == 2
    assert shelf.shown(PhotoFilter(text="photos")) == []


def test_a_split_that_is_not_known_yet_has_no_photos() -> None:
    shelf = PhotoShelf(dataset(apple=3))
    assert shelf.shown(PhotoFilter(split="train")) == []
    assert len(shelf.shown(PhotoFilter())) == 3


def test_a_shelf_shows_the_order_it_is_given() -> None:
    shelf = PhotoShelf(dataset(apple=3))
    shelf.set_order([2, 0, 1])
    assert names(shelf.shown(PhotoFilter())) == ["apple-2", "apple-0", "apple-1"]


def test_a_photo_model_names_files_and_finds_them() -> None:
    model = PhotoModel()
    model.set_photos([GridPhoto(ROOT / "a.jpg", "apple", "blurred"), GridPhoto(ROOT / "b.jpg")])
    assert model.rowCount() == 2
    assert model.row_of(ROOT / "b.jpg") == 1
    assert model.row_of(ROOT / "c.jpg") == -1
    first = model.index(0)
    assert model.data(first) == "a.jpg"
    assert model.data(first, PHOTO_ROLE) == GridPhoto(ROOT / "a.jpg", "apple", "blurred")
    assert model.data(first, Qt.ItemDataRole.AccessibleTextRole) == "a.jpg, apple, blurred"


def test_classes_are_counted_by_split_and_measured_against_the_largest() -> None:
    splits: tuple[Split, ...] = ("train", "train", "validation", "test", "train", "test")
    everything, apple, pear = count_classes(dataset(apple=4, pear=2), splits)
    assert everything.counts == SplitCounts(3, 1, 2)
    assert apple.counts == SplitCounts(2, 1, 1)
    assert (apple.share, pear.share, everything.share) == (1.0, 0.5, 0.0)


def test_without_a_split_all_photos_are_counted_as_not_known() -> None:
    rows = count_classes(dataset(apple=4, pear=2), ())
    assert [row.counts for row in rows] == [SplitCounts(unknown=n) for n in (6, 4, 2)]
    assert counts_in_words(rows[0].counts) == "6 photos"


def test_counts_are_said_in_words() -> None:
    words = counts_in_words(SplitCounts(900, 100, 34))
    assert words == "1,034 photos: 900 training, 100 validation, 34 test"


def test_a_class_model_keeps_its_rows_when_only_numbers_change() -> None:
    model = ClassModel()
    found = dataset(apple=1, pear=1)
    model.set_rows(count_classes(found, ()))
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.set_rows(count_classes(found, ("train", "test")))
    assert not resets
    assert model.rows[2].counts == SplitCounts(test=1)
    assert model.data(model.index(0)) == "All photos"
    assert model.row_of("pear") == 2


ISSUES = {
    "unreadable": Issue("unreadable", ("a/x.jpg",), {"n": 1, "reason": "error-photo-damaged"}),
    "leak": Issue("leak", ("a/x.jpg", "b/y.jpg"), {"n": 2}),
    "duplicate_across_classes": Issue(
        "duplicate_across_classes", ("a/x.jpg",), {"n": 2, "first": "a", "second": "b"}
    ),
    "duplicate": Issue("duplicate", ("a/x.jpg",), {"n": 2}),
    "empty_class": Issue("empty_class", (), {"label": "a"}),
    "no_training_photos": Issue("no_training_photos", ("a/x.jpg",), {"label": "a"}),
    "single_photo_class": Issue("single_photo_class", ("a/x.jpg",), {"label": "a"}),
    "few_photos": Issue("few_photos", ("a/x.jpg",), {"label": "a", "n": 3}),
    "imbalance": Issue(
        "imbalance", (), {"largest": "a", "largest_n": 90, "smallest": "b", "smallest_n": 3}
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(IssueKind))
def test_every_issue_has_a_sentence_and_advice_in_every_language(kind: str, language: str) -> None:
    set_language(language)
    words = words_of(ISSUES[kind])
    assert words.sentence
    assert words.advice
    assert words.sentence != words.advice
    assert words.tone in ("danger", "caution")


def test_the_photos_of_an_issue_carry_class_and_place() -> None:
    found = dataset(apple=1)
    photos = photos_of(Issue("duplicate", ("apple/apple-0.jpg", "gone.jpg"), {"n": 2}), found)
    assert photos == [
        GridPhoto(ROOT / "apple" / "apple-0.jpg", "apple", "apple/apple-0.jpg", "caution"),
        GridPhoto(ROOT / "gone.jpg", "gone.jpg", "gone.jpg", "caution"),
    ]


def test_an_issue_reads_as_one_text() -> None:
    model = IssueModel()
    model.set_issues([ISSUES["empty_class"]])
    text = model.data(model.index(0))
    assert text == (
        "“a” holds no photo that can be used, so it is not a class. "
        "Put photos into it, or delete the folder."
    )
