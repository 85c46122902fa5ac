from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as f
from torch.utils._python_dispatch import TorchDispatchMode

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import OptimRecipe
from finetune_gui.engine.step import NotFiniteError, Stepper, is_out_of_memory

LABELS = torch.tensor([0, 1, 2, 1, 0, 2, 2])
WEIGHTS = torch.tensor([0.5, 1.0, 2.0])


class Bench:
    """A small network and its stepper, the same each time."""

    def __init__(
        self,
        micro_batch: int = 100,
        weights: Tensor | None = None,
        recipe: OptimRecipe | None = None,
        precision: str = "float32",
    ) -> None:
        torch.manual_seed(0)
        self.network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        self.inputs = torch.randn(7, 4)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.1)
        self.halved: list[int] = []
        self.stepper = Stepper(
            self.network,
            self.optimizer,
            recipe or OptimRecipe(),
            weights,
            precision,
            micro_batch,
            self.halved.append,
        )

    def weights(self) -> Tensor:
        return torch.cat([p.detach().flatten() for p in self.network.parameters()])


class SmallMemory:
    """A network that has room for so many photos at once."""

    def __init__(self, network: nn.Module, room: int, words: str = "CUDA out of memory") -> None:
        self.network, self.room, self.words = network, room, words
        self.asked: list[int] = []

    def __call__(self, inputs: Tensor) -> Tensor:
        self.asked.append(len(inputs))
        if len(inputs) > self.room:
            raise RuntimeError(self.words)
        scores: Tensor = self.network(inputs)
        return scores


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_the_loss_is_the_mean_over_the_batch(weights: Tensor | None) -> None:
    bench = Bench(weights=weights)
    each = f.cross_entropy(
        bench.network(bench.inputs), LABELS, label_smoothing=0.1, reduction="none"
    )
    shares = torch.ones(len(LABELS)) if weights is None else weights[LABELS]
    wanted = ((each * shares).sum() / shares.sum()).item()
    right = int((bench.network(bench.inputs).argmax(1) == LABELS).sum())
    found = bench.stepper.step(bench.network, bench.inputs, LABELS, 0)
    assert found.loss == pytest.approx(wanted, rel=1e-5)
    assert found.correct == right


def test_smoothing_does_not_draw_common_photos_to_a_rare_class() -> None:
    # 1,000 photos of one class and 10 of the other, balanced.
    stepper = Bench(weights=torch.tensor([0.505, 50.5])).stepper
    common = torch.tensor([0])
    itself, rare = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 2.0]])
    assert stepper.loss_of(itself, common) < stepper.loss_of(rare, common)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize("micro_batch", [1, 2, 3, 6])
def test_portions_give_the_update_of_the_whole(micro_batch: int, weights: Tensor | None) -> None:
    whole, portions = Bench(weights=weights), Bench(micro_batch, weights)
    for _ in range(3):
        first = whole.stepper.step(whole.network, whole.inputs, LABELS, 0)
        second = portions.stepper.step(portions.network, portions.inputs, LABELS, 0)
        assert second.loss == pytest.approx(first.loss, rel=1e-5)
        assert second.correct == first.correct
    torch.testing.assert_close(whole.weights(), portions.weights())


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_probabilities_of_one_class_are_its_number(weights: Tensor | None) -> None:
    numbers, shares = Bench(weights=weights), Bench(3, weights)
    first = numbers.stepper.step(numbers.network, numbers.inputs, LABELS, 0)
    one_hot = f.one_hot(LABELS, 3).float()
    second = shares.stepper.step(shares.network, shares.inputs, one_hot, 0)
    assert second.correct == first.correct
    if weights is None:  # torch spreads the smoothing of weighted classes otherwise
        assert second.loss == pytest.approx(first.loss, rel=1e-5)
        torch.testing.assert_close(numbers.weights(), shares.weights())


def test_the_seed_decides_what_dropout_hides() -> None:
    results = []
    for seed in (1, 1, 2):
        bench = Bench()
        hiding = nn.Sequential(bench.network, nn.Dropout(0.5))
        results.append(bench.stepper.step(hiding, bench.inputs, LABELS, seed).loss)
    assert results[0] == results[1] != results[2]


@pytest.mark.parametrize(
    "words",
    ["CUDA out of memory. Tried to allocate", "DefaultCPUAllocator: can't allocate memory"],
)
def test_a_full_memory_halves_what_is_computed_at_once(words: str) -> None:
    whole, small = Bench(), Bench()
    memory = SmallMemory(small.network, 2, words)
    whole.stepper.step(whole.network, whole.inputs, LABELS, 0)
    small.stepper.step(memory, small.inputs, LABELS, 0)
    assert small.halved == [4, 2]
    assert memory.asked == [7, 4, 2, 2, 2, 1]
    torch.testing.assert_close(whole.weights(), small.weights())
    memory.asked.clear()
    small.stepper.step(memory, small.inputs, LABELS, 1)
    assert memory.asked == [2, 2, 2, 1]


def test_memory_too_small_for_one_photo_is_a_sentence() -> None:
    bench = Bench()
    before = bench.weights()
    with pytest.raises(UserError) as caught:
        bench.stepper.step(SmallMemory(bench.network, 0), bench.inputs, LABELS, 0)
    assert caught.value.key == "error-out-of-memory"
    assert torch.equal(bench.weights(), before)


def test_a_full_memory_in_the_update_itself_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench, calls = Bench(), []

    def full() -> None:
        calls.append(1)
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(bench.optimizer, "step", full)
    with pytest.raises(UserError) as caught:
        bench.stepper.step(bench.network, bench.inputs, LABELS, 0)
    assert caught.value.key == "error-out-of-memory"
    assert (len(calls), bench.halved) == (1, [])


def test_other_errors_are_not_taken_for_a_full_memory() -> None:
    bench = Bench()
    with pytest.raises(RuntimeError, match="shapes"):
        bench.stepper.step(SmallMemory(bench.network, 0, "shapes differ"), bench.inputs, LABELS, 0)
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(torch.OutOfMemoryError())
    assert not is_out_of_memory(ValueError("out of memory"))


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_an_infinite_loss_updates_nothing(bad: float) -> None:
    bench = Bench(micro_batch=3)
    before = bench.weights()
    bench.inputs[5] = bad  # in the second portion
    with pytest.raises(NotFiniteError):
        bench.stepper.step(bench.network, bench.inputs, LABELS, 0)
    assert torch.equal(bench.weights(), before)


@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_an_infinite_gradient_updates_nothing(clip: float) -> None:
    bench = Bench(recipe=OptimRecipe(gradient_clip=clip))
    before = bench.weights()

    def steep(inputs: Tensor) -> Tensor:
        # The value is finite, the slope of the square root at zero is not.
        edge = torch.sqrt(bench.network(inputs).sum() * 0)
        scores: Tensor = bench.network(inputs) + edge
        return scores

    with pytest.raises(NotFiniteError):
        bench.stepper.step(steep, bench.inputs, LABELS, 0)
    assert torch.equal(bench.weights(), before)


def test_the_scale_of_a_float16_loss_is_taken_over_and_goes_on() -> None:
    bench = Bench(precision="float16")
    bench.stepper.loss_scale = (1024.0, 5)
    bench.stepper.step(bench.network, bench.inputs, LABELS, 1)
    assert bench.stepper.loss_scale == (1024.0, 6)


def test_other_losses_have_no_scale() -> None:
    bench = Bench()
    bench.stepper.loss_scale = (1024.0, 5)
    assert bench.stepper.loss_scale == (1.0, 0)


def test_no_photo_is_left_alone_with_its_batch_statistics() -> None:
    bench = Bench(micro_batch=6)
    sizes: list[int] = []

    def scores(inputs: Tensor) -> Tensor:
        sizes.append(len(inputs))
        made: Tensor = bench.network(inputs)
        return made

    bench.stepper.step(scores, bench.inputs, LABELS, 1)
    assert sizes == [4, 3]


class WithStatistics(nn.Module):
    """A network whose batch norm learns; it knows how many photos it was given at once."""

    def __init__(self, room: int = 100) -> None:
        super().__init__()
        self.norm, self.last, self.room = nn.BatchNorm1d(4), nn.Linear(4, 3), room
        self.asked: list[int] = []

    def forward(self, inputs: Tensor) -> Tensor:
        self.asked.append(len(inputs))
        if len(inputs) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        scores: Tensor = self.last(self.norm(inputs))
        return scores


def with_statistics(room: int, micro_batch: int) -> tuple[WithStatistics, Stepper]:
    network = WithStatistics(room)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    args = (network, optimizer, OptimRecipe(), None, "float32", micro_batch, lambda _n: None)
    return network, Stepper(*args)


@pytest.mark.parametrize(("micro_batch", "sizes"), [(1, [3, 2, 2]), (3, [3, 2, 2]), (5, [4, 3])])
def test_no_portion_is_a_single_photo_where_statistics_are_learned(
    micro_batch: int, sizes: list[int]
) -> None:
    network, stepper = with_statistics(100, micro_batch)
    stepper.step(network, torch.randn(7, 4), LABELS, 0)
    assert network.asked == sizes
    network.asked.clear()
    network.norm.eval()  # now they are not
    stepper.step(network, torch.randn(7, 4), LABELS, 0)
    assert len(network.asked) == math.ceil(7 / micro_batch)


def test_memory_too_small_for_two_photos_with_statistics_is_a_sentence() -> None:
    network, stepper = with_statistics(1, 100)
    with pytest.raises(UserError) as caught:
        stepper.step(network, torch.randn(7, 4), LABELS, 0)
    assert caught.value.key == "error-out-of-memory"
    assert network.asked == [7, 4, 3]


def test_what_did_not_fit_before_the_step_is_halved_once() -> None:
    bench = Bench(micro_batch=8)
    bench.stepper.halve(7)
    bench.stepper.halve(7)  # the next batch did not fit either: fewer are tried already
    assert bench.halved == [4]
    assert bench.stepper.micro_batch == 4


class Waits(TorchDispatchMode):
    """Counts how often one number was asked for: on a GPU each time all must wait."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        del types
        self.count += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_a_step_asks_the_device_for_no_single_number(weights: Tensor | None) -> None:
    bench = Bench(micro_batch=2, weights=weights)
    with Waits() as waits:
        bench.stepper.step(bench.network, bench.inputs, LABELS, 0)
    assert waits.count == 0
    with Waits() as waits:
        bench.inputs.sum().item()
    assert waits.count == 1
