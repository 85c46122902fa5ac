from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from finetune_gui.core.errors import PhotoError
from finetune_gui.engine.loading import Unreadable, batches, epoch_order, load_batches


def view(index: int) -> Image.Image:
    if index == 3:
        raise PhotoError("error-photo-gone")
    return Image.new("RGB", (4, 4), (index, 0, 0))


@given(st.integers(1, 200), st.integers(1, 64))
def test_batches_hold_everything_once(n: int, size: int) -> None:
    cut = batches(range(n), size)
    assert [i for portion in cut for i in portion] == list(range(n))
    if size > 1 and n > 1:
        assert all(len(portion) > 1 for portion in cut)


def test_order_is_a_function_of_seed_and_epoch() -> None:
    assert epoch_order(50, 1, 2) == epoch_order(50, 1, 2)
    assert epoch_order(50, 1, 2) != epoch_order(50, 1, 3)
    assert epoch_order(50, 1, 2) != epoch_order(50, 2, 2)
    assert sorted(epoch_order(50, 1, 2)) == list(range(50))


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_workers_change_nothing(workers: int) -> None:
    portions = [[4, 5], [9, 8, 7], [6]]
    loaded = list(load_batches(portions, view, workers=workers))
    assert [list(batch.indices) for batch in loaded] == portions
    assert [batch.pixels[:, 0, 0, 0].tolist() for batch in loaded] == portions


def test_unreadable_ends_the_iteration_when_nobody_asks() -> None:
    with pytest.raises(PhotoError):
        list(load_batches([[1, 2], [3, 4]], view))


def test_unreadable_is_reported_and_left_out() -> None:
    found: list[Unreadable] = []
    loaded = list(load_batches([[1, 3], [3], [4]], view, on_unreadable=found.append))
    assert [batch.indices for batch in loaded] == [(1,), (), (4,)]
    assert [unreadable.index for unreadable in found] == [3, 3]


def test_leaving_early_ends_the_threads() -> None:
    before = threading.active_count()
    iterator = load_batches([[1]] * 50, view, workers=4)
    next(iterator)
    iterator.close()
    assert threading.active_count() == before
