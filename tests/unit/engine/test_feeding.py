from __future__ import annotations

import threading
from collections.abc import Callable, Generator

import pytest
import torch
from PIL import Image
from torch import Tensor

from finetune_gui.core.errors import PhotoError, UserError
from finetune_gui.engine.feeding import Feeder
from finetune_gui.engine.loading import Batch, load_batches
from finetune_gui.engine.views import Stacked

CPU = torch.device("cpu")
PORTIONS = [[1, 2, 4, 5], [6, 7, 8], [9, 10]]
both_ways = pytest.mark.parametrize("ahead", [False, True], ids=["when asked", "ahead"])


def view(index: int) -> Image.Image:
    if index == 3:
        raise PhotoError("error-photo-gone")
    return Image.new("RGB", (4, 4), (index, 0, 0))


def make(pixels: Stacked) -> Tensor:
    return pixels.to(CPU).float()


class SmallMemory:
    """Makes inputs of at most ``room`` photos together."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.asked: list[int] = []

    def __call__(self, pixels: Stacked) -> Tensor:
        self.asked.append(len(pixels))
        if len(pixels) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return make(pixels)


def fed(
    feeder: Feeder,
    made: Callable[[Stacked], Tensor],
    full: list[int],
    portions: list[list[int]] = PORTIONS,
) -> dict[tuple[int, ...], list[float]]:
    found = feeder.feed(load_batches(portions, view), made, full.append)
    return {indices: inputs[:, 0, 0, 0].tolist() for indices, inputs in found}


@both_ways
def test_every_batch_comes_in_its_turn(ahead: bool) -> None:
    full: list[int] = []
    found = fed(Feeder(CPU, ahead=ahead), make, full)
    assert [list(indices) for indices in found] == [list(v) for v in found.values()] == PORTIONS
    assert full == []


def test_the_next_one_is_made_before_it_is_asked_for() -> None:
    made = threading.Event()

    def telling(pixels: Stacked) -> Tensor:
        if len(pixels) == 3:
            made.set()
        return make(pixels)

    found = Feeder(CPU, ahead=True).feed(load_batches(PORTIONS, view), telling, lambda _n: None)
    next(iter(found))
    assert made.wait(20)


@both_ways
def test_a_full_memory_makes_them_of_half_as_many(ahead: bool) -> None:
    memory, full = SmallMemory(2), list[int]()
    feeder = Feeder(CPU, ahead=ahead)
    found = fed(feeder, memory, full)
    assert [list(v) for v in found.values()] == PORTIONS
    assert memory.asked == [4, 2, 2, 2, 1, 2]  # what did not fit once is not tried again
    assert full == [4, 3]
    memory.asked.clear()
    fed(feeder, memory, full)
    assert memory.asked == [2, 2, 2, 1, 2]


@both_ways
def test_no_room_for_one_photo_is_a_sentence(ahead: bool) -> None:
    with pytest.raises(UserError) as caught:
        fed(Feeder(CPU, ahead=ahead), SmallMemory(0), [])
    assert caught.value.key == "error-out-of-memory"


@both_ways
def test_other_errors_come_through(ahead: bool) -> None:
    def spoilt(_pixels: Stacked) -> Tensor:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes"):
        fed(Feeder(CPU, ahead=ahead), spoilt, [])
    with pytest.raises(PhotoError):
        fed(Feeder(CPU, ahead=ahead), make, [], [[1, 2], [3, 4]])


@both_ways
def test_leaving_early_ends_the_threads(ahead: bool) -> None:
    before = threading.active_count()
    closed: list[bool] = []

    def batches() -> Generator[Batch]:
        try:
            yield from load_batches([[1, 2]] * 50, view)
        finally:
            closed.append(True)

    found = Feeder(CPU, ahead=ahead).feed(batches(), make, lambda _n: None)
    next(iter(found))
    found.close()
    assert closed == [True]
    assert threading.active_count() == before
