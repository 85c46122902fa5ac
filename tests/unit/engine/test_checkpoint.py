from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from finetune_gui.core.errors import RunError
from finetune_gui.engine.checkpoint import (
    Learner,
    TrainState,
    has_checkpoint,
    load_checkpoint,
    load_epoch_start,
    save_checkpoint,
    save_epoch_start,
)


def make(optimizer: str = "adamw", width: int = 3) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, width), nn.BatchNorm1d(width), nn.Linear(width, 2))
    kinds = {"adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
    options = {"momentum": 0.9} if optimizer == "sgd" else {}
    return network, kinds[optimizer](network.parameters(), lr=0.1, **options)


def step(network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    torch.manual_seed(1)
    optimizer.zero_grad()
    network(torch.randn(8, 4)).square().mean().backward()
    optimizer.step()


@pytest.mark.parametrize("kind", ["adamw", "sgd"])
def test_going_on_equals_never_stopping(tmp_path: Path, kind: str) -> None:
    network, optimizer = make(kind)
    step(network, optimizer)
    state = TrainState(step=1, loss_sum=0.1 + 0.2, best_val_loss=1 / 3)
    save_checkpoint(tmp_path, Learner(network, optimizer), state)
    step(network, optimizer)
    again, other = make(kind)
    assert load_checkpoint(tmp_path, Learner(again, other)) == state
    step(again, other)
    for mine, theirs in zip(
        network.state_dict().values(), again.state_dict().values(), strict=True
    ):
        assert torch.equal(mine, theirs)


def test_the_start_of_the_epoch_is_kept_beside_the_last_state(tmp_path: Path) -> None:
    learner = Learner(*make())
    save_checkpoint(tmp_path, learner, TrainState(step=1))
    assert load_epoch_start(tmp_path, learner).step == 1  # there is none yet: the last state
    save_epoch_start(tmp_path, learner, TrainState(step=2))
    save_checkpoint(tmp_path, learner, TrainState(step=3))
    assert load_checkpoint(tmp_path, learner).step == 3
    assert load_epoch_start(tmp_path, learner).step == 2


def test_infinite_loss_survives(tmp_path: Path) -> None:
    network, optimizer = make()
    save_checkpoint(tmp_path, Learner(network, optimizer), TrainState())
    assert load_checkpoint(tmp_path, Learner(*make())).best_val_loss == float("inf")


def test_nothing_saved_yet(tmp_path: Path) -> None:
    assert not has_checkpoint(tmp_path)
    with pytest.raises(RunError):
        load_checkpoint(tmp_path, Learner(*make()))


@pytest.mark.parametrize("damage", [lambda b: b[:100], lambda b: b[:0], lambda b: b"x" + b[1:]])
def test_broken_file_is_a_sentence(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    save_checkpoint(tmp_path, Learner(*make()), TrainState())
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RunError) as caught:
        load_checkpoint(tmp_path, Learner(*make()))
    assert caught.value.key == "error-checkpoint-broken"


def test_another_network_is_a_sentence(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, Learner(*make()), TrainState())
    with pytest.raises(RunError):
        load_checkpoint(tmp_path, Learner(*make(width=5)))
