from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_gui.dataset.samples import Dataset, Sample, Split
from finetune_gui.dataset.splits import assign_splits, plan_splits

ROOT = Path("/data/fruit").absolute()


def dataset(
    counts: dict[str, int], splits: dict[str, Split] | None = None, root: Path = ROOT
) -> Dataset:
    """A dataset that is nowhere on disk; ``splits`` gives whole classes of files a split."""
    samples = [
        Sample(root / label / f"{number}.jpg", label.partition("@")[0], (splits or {}).get(label))
        for label, n in counts.items()
        for number in range(n)
    ]
    classes = tuple(dict.fromkeys(sample.label for sample in samples))
    return Dataset(root, root, root.name, classes, tuple(samples), ())


def divided(data: Dataset, splits: tuple[Split, ...]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {label: Counter() for label in data.classes}
    for sample, split in zip(data.samples, splits, strict=True):
        found[sample.label][split] += 1
    return found


FRACTIONS = st.sampled_from([0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4])
SIZES = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 60), min_size=2)


@given(sizes=SIZES, validation=FRACTIONS, test=FRACTIONS, seed=st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_fractions_are_honoured_in_every_class(
    sizes: dict[str, int], validation: float, test: float, seed: int
) -> None:
    data = dataset(sizes)
    found = divided(data, assign_splits(data, validation, test, seed))
    for label, n in sizes.items():
        counts = found[label]
        assert counts.total() == n
        assert counts["train"] >= 1
        assert abs(counts["validation"] - n * validation) < 1 + 1e-9
        assert abs(counts["test"] - n * test) < 1 + 1e-9
        if n >= 3:
            assert (counts["validation"] >= 1) == (validation > 0)
            assert (counts["test"] >= 1) == (test > 0)
        # Only where a class is so small that each part gets its one photo may training lack more.
        if n * min(validation or 1, test or 1) >= 1:
            assert abs(counts["train"] - n * (1 - validation - test)) < 1 + 1e-9


@given(sizes=SIZES, validation=FRACTIONS, test=FRACTIONS)
@settings(deadline=None, max_examples=25)
def test_the_plan_is_what_is_drawn(sizes: dict[str, int], validation: float, test: float) -> None:
    data = dataset(sizes)
    found = divided(data, assign_splits(data, validation, test, 0))
    for label, plan in plan_splits(data, validation, test).items():
        assert found[label]["train"] == plan.train
        assert found[label]["validation"] == plan.validation
        assert found[label]["test"] == plan.test


@given(
    sizes=st.lists(st.integers(20, 200), min_size=2, max_size=30),
    validation=FRACTIONS,
    test=FRACTIONS,
)
@settings(deadline=None, max_examples=100)
def test_totals_are_what_was_asked_for(sizes: list[int], validation: float, test: float) -> None:
    data = dataset({f"c{number}": n for number, n in enumerate(sizes)})
    plans = plan_splits(data, validation, test).values()
    total = sum(sizes)
    assert abs(sum(p.validation for p in plans) - total * validation) <= 1
    assert abs(sum(p.test for p in plans) - total * test) <= 1


def test_70_20_10_is_70_20_10() -> None:
    data = dataset({f"class{number}": 10 for number in range(7)})
    assert Counter(assign_splits(data, 0.2, 0.1, 0)) == {"train": 49, "validation": 14, "test": 7}


def test_classes_of_ten_are_not_all_rounded_up() -> None:
    data = dataset({f"class{number}": 10 for number in range(20)})
    assert Counter(assign_splits(data, 0.15, 0.15, 0)) == {
        "train": 140,
        "validation": 30,
        "test": 30,
    }


def test_a_single_photo_is_trained_on() -> None:
    data = dataset({"many": 10, "one": 1})
    assert assign_splits(data, 0.4, 0.4, 3)[-1] == "train"


def test_the_same_question_has_the_same_answer() -> None:
    data = dataset({"a": 30, "b": 40})
    first = assign_splits(data, 0.2, 0.1, 7)
    assert assign_splits(data, 0.2, 0.1, 7) == first
    assert assign_splits(data, 0.2, 0.1, 8) != first


def test_where_the_folder_lies_does_not_matter() -> None:
    here = dataset({"a": 30, "b": 40})
    there = dataset({"a": 30, "b": 40}, root=Path("/elsewhere/我的 照片").absolute())
    assert assign_splits(here, 0.2, 0.1, 7) == assign_splits(there, 0.2, 0.1, 7)


def test_the_order_of_the_samples_does_not_matter() -> None:
    data = dataset({"a": 12, "b": 15})
    turned = Dataset(
        data.source, data.root, data.name, data.classes, tuple(reversed(data.samples)), ()
    )
    assert assign_splits(turned, 0.2, 0.2, 1) == tuple(reversed(assign_splits(data, 0.2, 0.2, 1)))


def test_another_class_does_not_reshuffle_this_one() -> None:
    alone = assign_splits(dataset({"a": 40, "b": 40}), 0.25, 0.25, 1)
    with_more = assign_splits(dataset({"a": 40, "b": 40, "c": 40}), 0.25, 0.25, 1)
    assert with_more[:80] == alone


def test_a_given_test_split_stays_and_validation_comes_from_training() -> None:
    data = dataset(
        {"a": 20, "b": 20, "a@test": 5, "b@test": 5},
        {"a": "train", "b": "train", "a@test": "test", "b@test": "test"},
    )
    splits = assign_splits(data, 0.2, 0.5, 0)
    assert splits[40:] == ("test",) * 10
    assert Counter(splits[:40]) == {"train": 32, "validation": 8}


def test_a_given_validation_split_stays_and_test_comes_from_training() -> None:
    data = dataset(
        {"a": 20, "b": 20, "a@val": 5}, {"a": "train", "b": "train", "a@val": "validation"}
    )
    splits = assign_splits(data, 0.5, 0.2, 0)
    assert splits[40:] == ("validation",) * 5
    assert Counter(splits[:40]) == {"train": 32, "test": 8}


def test_splits_that_are_all_given_are_kept() -> None:
    given_splits: dict[str, Split] = {"a": "train", "b": "validation", "c": "test"}
    data = dataset({"a": 5, "b": 5, "c": 5}, given_splits)
    assert assign_splits(data, 0.4, 0.4, 0) == ("train",) * 5 + ("validation",) * 5 + ("test",) * 5


@pytest.mark.parametrize(("validation", "test"), [(-0.1, 0.1), (0.5, 0.5), (0.9, 0.2)])
def test_impossible_fractions(validation: float, test: float) -> None:
    with pytest.raises(ValueError, match="0"):
        plan_splits(dataset({"a": 5, "b": 5}), validation, test)


def test_what_was_drawn_in_older_runs_is_drawn_again() -> None:
    marks = {"train": ".", "validation": "v", "test": "t"}
    drawn = assign_splits(dataset({"a": 10, "b": 7}), 0.2, 0.2, seed=3)
    assert "".join(marks[split] for split in drawn) == ".tt.....vvt.v.v.."


def test_it_does_not_mind_that_torch_is_being_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    # While the window opens a folder another thread imports torch.
    monkeypatch.setitem(sys.modules, "torch", ModuleType("torch"))
    assert set(assign_splits(dataset({"a": 10, "b": 7}), 0.2, 0.2, seed=3)) == {
        "train",
        "validation",
        "test",
    }
