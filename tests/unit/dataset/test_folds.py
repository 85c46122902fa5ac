"""Folds: each photo is judged exactly once, groups stay whole, the same seed gives the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_gui.core.cross_validation import FoldsAsked, GroupBy
from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.dataset.folds import (
    count_groups,
    group_of,
    hold_back,
    make_folds,
)
from finetune_gui.dataset.samples import Dataset, Sample, Split
from finetune_gui.dataset.tables import read_table

ROOT = Path("/photos")


def dataset_of(*rows: tuple[str, str, str]) -> Dataset:
    """Photos as (name, class, group)."""
    samples = tuple(Sample(ROOT / name, label, None, group) for name, label, group in rows)
    classes = tuple(sorted({s.label for s in samples}))
    return Dataset(ROOT, ROOT, "photos", classes, samples, ())


def simple(sizes: dict[str, int]) -> Dataset:
    return dataset_of(*((f"{c}/{i}.jpg", c, "") for c, n in sizes.items() for i in range(n)))


def grouped(sizes: list[tuple[str, int]]) -> Dataset:
    """One group for each (class, number of photos)."""
    return dataset_of(
        *(
            (f"{label}/{number}-{i}.jpg", label, f"group {number}")
            for number, (label, n) in enumerate(sizes)
            for i in range(n)
        )
    )


plenty = st.fixed_dictionaries({c: st.integers(6, 23) for c in ("ant", "bee", "fly")})
seeds = st.integers(0, 2**31 - 1)


@given(plenty, st.integers(2, 6), st.integers(1, 3), seeds)
@settings(max_examples=20, deadline=None)
def test_each_photo_is_in_one_fold_of_each_repeat(
    sizes: dict[str, int], folds: int, repeats: int, seed: int
) -> None:
    data = simple(sizes)
    splits: list[Split] = ["test" if i % 7 == 3 else "train" for i in range(len(data.samples))]
    asked = FoldsAsked(folds, repeats)
    kept = Counter(
        s.label for s, split in zip(data.samples, splits, strict=True) if split != "test"
    )
    if min(kept.values()) < folds:
        with pytest.raises(DatasetError) as refused:
            make_folds(data, splits, asked, seed)
        assert refused.value.key == "error-folds-class-small"
        return
    found = make_folds(data, splits, asked, seed)
    assert sorted(found.indices) == [i for i, s in enumerate(splits) if s != "test"]
    assert len(found.numbers) == repeats
    for numbers in found.numbers:
        assert len(numbers) == len(found.indices)
        assert set(numbers) == set(range(1, folds + 1))
        per_fold = Counter(
            (data.samples[i].label, n) for i, n in zip(found.indices, numbers, strict=True)
        )
        for label, size in kept.items():  # stratified: no fold has two more than another
            counts = [per_fold[label, n] for n in range(1, folds + 1)]
            assert sum(counts) == size
            assert max(counts) - min(counts) <= 1
    assert found == make_folds(data, splits, asked, seed)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ant", "bee"]), st.integers(1, 6)), min_size=2, max_size=30
    ),
    st.integers(2, 4),
    seeds,
)
@settings(max_examples=25, deadline=None)
def test_groups_are_never_split(sizes: list[tuple[str, int]], folds: int, seed: int) -> None:
    data = grouped([*sizes, ("ant", 2), ("bee", 2)])
    splits: list[Split] = ["train"] * len(data.samples)
    asked = FoldsAsked(folds, 2, "column")
    try:
        found = make_folds(data, splits, asked, seed)
    except DatasetError:  # so few groups that no division gives every model all classes
        assert len(sizes) < 12
        return
    for numbers in found.numbers:
        place: dict[str, int] = {}
        for group, number in zip(found.groups, numbers, strict=True):
            assert place.setdefault(group, number) == number
        labels = [data.samples[i].label for i in found.indices]
        for fold in range(1, folds + 1):
            learned = [
                (c, g) for c, g, n in zip(labels, found.groups, numbers, strict=True) if n != fold
            ]
            assert {c for c, _ in learned} == {"ant", "bee"}
    assert found == make_folds(data, splits, asked, seed)


@given(st.lists(st.tuples(st.sampled_from(["ant", "bee"]), st.integers(1, 5)), max_size=20), seeds)
@settings(max_examples=25, deadline=None)
def test_what_chooses_the_epoch_splits_no_group_and_takes_no_class_whole(
    sizes: list[tuple[str, int]], seed: int
) -> None:
    data = grouped([*sizes, ("ant", 2), ("bee", 2), ("ant", 1), ("bee", 1)])
    names = [data.relative(s.path) for s in data.samples]
    labels = [s.label for s in data.samples]
    groups = [s.group for s in data.samples]
    back = hold_back(names, labels, groups, 0.15, seed)
    assert 0 < len(back) < len(names)
    assert not {groups[i] for i in back} & {groups[i] for i in range(len(names)) if i not in back}
    assert {labels[i] for i in range(len(names)) if i not in back} == {"ant", "bee"}


def test_order_of_the_photos_does_not_matter() -> None:
    data = simple({"ant": 9, "bee": 7})
    backwards = Dataset(ROOT, ROOT, "photos", data.classes, data.samples[::-1], ())
    splits: list[Split] = ["train"] * 16

    def by_name(d: Dataset) -> dict[str, int]:
        found = make_folds(d, splits, FoldsAsked(3), 5)
        return {
            str(d.samples[i].path): n for i, n in zip(found.indices, found.numbers[0], strict=True)
        }

    assert by_name(data) == by_name(backwards)


def test_another_seed_and_each_repeat_divide_otherwise() -> None:
    data = simple({"ant": 20, "bee": 20})
    splits: list[Split] = ["train"] * 40
    found = make_folds(data, splits, FoldsAsked(4, 3), 0)
    assert len(set(found.numbers)) == 3
    assert make_folds(data, splits, FoldsAsked(4, 3), 1).numbers[0] != found.numbers[0]


def test_a_class_smaller_than_the_folds_is_named() -> None:
    data = simple({"ant": 3, "bee": 9})
    with pytest.raises(DatasetError) as caught:
        make_folds(data, ["train"] * 12, FoldsAsked(5), 0)
    assert caught.value.params == {"label": "ant", "n": 3, "folds": 5}
    assert "3 folds" in caught.value.next_step
    assert make_folds(data, ["train"] * 12, FoldsAsked(3), 0).indices


def test_a_class_whose_photos_are_all_for_the_test_is_named() -> None:
    data = simple({"ant": 2, "bee": 9})
    with pytest.raises(DatasetError) as caught:
        make_folds(data, ["test", "test", *(["train"] * 9)], FoldsAsked(2), 0)
    assert caught.value.params["n"] == 0


@pytest.mark.parametrize(
    ("by", "name", "expected"),
    [
        ("none", "kiwi/scene12_003.jpg", ""),
        ("prefix", "kiwi/scene12_003.jpg", "scene12"),
        ("prefix", "kiwi/a-b-7.jpg", "a-b"),
        ("prefix", "kiwi/IMG 20.jpg", "IMG"),
        ("prefix", "kiwi/alone.jpg", "alone"),
        ("folder", "kiwi/tray 1/x.jpg", "kiwi/tray 1"),
        ("column", "kiwi/x_1.jpg", "patient 3"),
    ],
)
def test_what_a_photo_belongs_to(by: GroupBy, name: str, expected: str) -> None:
    data = dataset_of((name, "kiwi", "patient 3"))
    assert group_of(data, data.samples[0], by) == expected


def test_too_few_groups_are_said_so() -> None:
    one = dataset_of(*((f"{c}/{c}_{i}.jpg", c, "") for c in ("ant", "bee") for i in range(9)))
    with pytest.raises(DatasetError) as caught:
        make_folds(one, ["train"] * 18, FoldsAsked(3, 1, "prefix"), 0)
    assert caught.value.key == "error-folds-class-groups"
    assert caught.value.params == {"label": "ant", "groups": 1}
    few = grouped([("ant", 4), ("ant", 4), ("ant", 4), ("bee", 4), ("bee", 4), ("bee", 4)])
    with pytest.raises(DatasetError) as caught:
        make_folds(few, ["train"] * 24, FoldsAsked(8, 1, "column"), 0)
    assert caught.value.key == "error-folds-few-groups"


def test_groups_are_counted() -> None:
    assert count_groups(["a", "a", "", "b", ""]) == (4, 2)
    assert count_groups(["", ""]) == (2, 1)


def test_a_table_may_name_groups(tmp_path: Path, ctx: JobContext) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jpg").touch()
    table = tmp_path / "photos.csv"
    table.write_text("path,label,Group\na.jpg,ant,nest 1\nb.jpg,bee,\n")
    assert [s.group for s in read_table(table, ctx).samples] == ["nest 1", ""]
