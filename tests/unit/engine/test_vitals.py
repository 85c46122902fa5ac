"""What is measured beside a training: waiting, decoding, and units that say nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from finetune_gui.core.events import EpochFinished, from_json, to_json
from finetune_gui.dataset import photo_cache
from finetune_gui.dataset.photo_cache import PhotoCache
from finetune_gui.engine.feeding import Fed
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.vitals import FEWEST_HEARD, QuietUnits, Waiting
from tests.helpers.tiny import make_coloured_photos


def heard(*batches: Tensor) -> float:
    """The share of quiet units among the columns of these batches."""
    units, head = QuietUnits(), nn.Linear(batches[0].shape[1], 2)
    with units.listening(head):
        for batch in batches:
            head(batch)
    head(torch.ones(FEWEST_HEARD, batches[0].shape[1]))  # nobody listens any more
    return units.share


def varied(photos: int = FEWEST_HEARD) -> Tensor:
    """One column: another value for each photo."""
    return torch.linspace(1, 2, photos).reshape(-1, 1)


def test_zero_for_every_photo_is_quiet() -> None:
    batch = torch.cat([torch.zeros(FEWEST_HEARD, 3), varied()], 1)
    assert heard(batch) == 0.75


def test_the_same_value_for_every_photo_is_quiet_also_behind_dropout() -> None:
    hidden = torch.full((FEWEST_HEARD, 1), 3.7)
    hidden[::3] = 0
    assert heard(torch.cat([hidden, varied()], 1)) == 0.5


def test_a_unit_that_knows_a_single_photo_is_alive() -> None:
    once = torch.zeros(FEWEST_HEARD, 1)
    once[3] = 1.0
    assert heard(once) == 0


def test_what_differs_between_batches_is_alive() -> None:
    half = FEWEST_HEARD // 2
    assert heard(torch.full((half, 1), 1.0), torch.full((half, 1), 2.0)) == 0
    assert heard(torch.full((half, 1), 2.0), torch.full((half, 1), 2.0)) == 1


def test_few_photos_tell_nothing() -> None:
    assert heard(torch.zeros(FEWEST_HEARD - 1, 1)) == 0
    assert QuietUnits().share == 0


def test_listening_changes_no_result_and_no_gradient() -> None:
    torch.manual_seed(0)
    head, batch = nn.Linear(4, 2), torch.randn(FEWEST_HEARD, 4, requires_grad=True)

    def gradients() -> tuple[Tensor, ...]:
        return torch.autograd.grad(head(batch).square().sum(), [batch, *head.parameters()])

    plain = gradients()
    with QuietUnits().listening(head):
        assert all(torch.equal(a, b) for a, b in zip(plain, gradients(), strict=True))


def feed(clock: list[float], wait: float, work: float) -> float:
    """The share of waiting, on a clock that moves as photos are awaited and computed with."""
    waiting = Waiting()

    def inputs() -> Iterator[Fed]:
        for number in range(4):
            clock[0] += wait
            yield (number,), torch.zeros(1)

    for _ in waiting.timed(inputs()):
        clock[0] += work
    return waiting.share


@pytest.mark.parametrize(
    ("wait", "work", "share"), [(1.0, 3.0, 0.25), (0.0, 1.0, 0.0), (1.0, 0.0, 1.0)]
)
def test_waiting_is_told_from_computing(
    monkeypatch: pytest.MonkeyPatch, wait: float, work: float, share: float
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    assert feed(clock, wait, work) == pytest.approx(share)


def test_an_epoch_without_photos_waited_for_nothing() -> None:
    assert Waiting().share == 0


def test_photos_are_decoded_once_where_there_is_a_cache(tmp_path: Path) -> None:
    photos = sorted(make_coloured_photos(tmp_path / "photos", 2).rglob("*.png"))
    cache = PhotoCache(tmp_path / "cache", 2**30)
    before = photo_cache.shared()
    try:
        photo_cache.share(cache)
        assert [_epoch(photos), _epoch(photos)] == [1.0, 0.0]
        photo_cache.share(None)
        assert _epoch(photos) == 1.0
    finally:
        photo_cache.share(before)


def _epoch(photos: list[Path]) -> float:
    """The share that is decoded when each photo is loaded once."""
    preprocessing = Preprocessing(32, 1.0, "bilinear", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    waiting = Waiting()

    def inputs() -> Iterator[Fed]:
        for number, path in enumerate(photos):
            preprocessing.load(path)
            yield (number,), torch.zeros(1)

    assert len(list(waiting.timed(inputs()))) == len(photos)
    return waiting.decoded


def test_epochs_of_before_are_read_without_these_figures() -> None:
    new = EpochFinished(1, 4, 0.5, 0.9, 0.4, 0.9, 0.9, True, 2.0, 2.0, 0.5, 0.25, 0.125, time=1.0)
    assert from_json(to_json(new)) == new
    line = to_json(new)
    for name, value in (("waiting", 0.5), ("decoded", 0.25), ("dead_units", 0.125)):
        line = line.replace(f',"{name}":{value}', "")
    old = from_json(line)
    assert isinstance(old, EpochFinished)
    assert (old.val_loss, old.waiting, old.decoded, old.dead_units) == (0.4, 0.0, 0.0, 0.0)
