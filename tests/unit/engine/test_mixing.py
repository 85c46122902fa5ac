from __future__ import annotations

from typing import Literal

import pytest
import torch

from finetune_gui.core.recipe import OptimRecipe
from finetune_gui.engine.average import averaged, moving_average
from finetune_gui.engine.mixing import Mixer

INPUTS = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize("kind", ["mixup", "cutmix", "both"])
def test_photos_and_labels_are_mixed_alike(kind: Literal["mixup", "cutmix", "both"]) -> None:
    mixer = Mixer(OptimRecipe(mixing=kind), 3)
    shares = set()
    for seed in range(10):
        inputs, labels = mixer(INPUTS, LABELS, seed)
        assert inputs.shape == INPUTS.shape
        assert labels.shape == (6, 3)
        torch.testing.assert_close(labels.sum(1), torch.ones(6))
        # Each photo is mixed with the one before it: both labels hold all of the share.
        own, other = labels[1, 1].item(), labels[1, 0].item()
        assert own + other == pytest.approx(1.0)
        weight = ((inputs[1] - INPUTS[0]) / (INPUTS[1] - INPUTS[0])).mean().item()
        assert weight == pytest.approx(own, abs=0.05)
        shares.add(round(own, 6))
    assert len(shares) > 3


def test_what_is_mixed_is_a_function_of_the_seed() -> None:
    mixer = Mixer(OptimRecipe(mixing="both"), 3)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, second, third = (mixer(INPUTS, LABELS, seed)[0] for seed in (5, 5, 6))
    assert torch.equal(first, second)
    assert not torch.equal(first, third)
    assert torch.equal(torch.get_rng_state(), before)


def test_nothing_is_mixed_unless_asked_for_or_with_nobody() -> None:
    inputs, labels = Mixer(OptimRecipe(), 3)(INPUTS, LABELS, 0)
    assert inputs is INPUTS
    assert labels is LABELS
    alone = Mixer(OptimRecipe(mixing="mixup"), 3)(INPUTS[:1], LABELS[:1], 0)
    assert torch.equal(alone[1], LABELS[:1])


def test_the_average_follows_closely_at_first_and_slowly_later() -> None:
    network = torch.nn.Linear(1, 1, bias=False)
    average = moving_average(network, 0.9)
    torch.nn.init.constant_(network.weight, 1.0)
    expected = None
    for n in range(200):
        torch.nn.init.constant_(network.weight, float(n))
        average.update_parameters(network)
        kept = min(0.9, (1 + n) / (10 + n))
        expected = float(n) if expected is None else kept * expected + (1 - kept) * n
    (weight,) = averaged(average).parameters()
    assert weight.item() == pytest.approx(expected, rel=1e-4)
