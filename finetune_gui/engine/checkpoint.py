"""The complete state of a run, so that it can go on exactly where it was.

One safetensors file holds the network, the optimiser and, in its header, the counters: it is
replaced in one step, so there is always a whole state on disk, and reading it runs no code.
Nothing of a random generator is kept: order, augmentation and dropout are functions of
(seed, epoch, step).
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from finetune_gui.core import atomic
from finetune_gui.core.errors import RunError
from finetune_gui.engine.network import storable
from finetune_gui.engine.tensors_file import write_tensors

_FILE = "last.safetensors"
_EPOCH_START = "epoch.safetensors"
_BEST = "best.safetensors"


@dataclass
class TrainState:
    """Where the fine-tuning stands.

    ``step`` counts updates over the run, ``epoch`` the complete epochs, ``step_in_epoch`` the
    updates of the present one. ``loss_sum``, ``correct`` and ``seen`` sum up the present epoch.
    ``best_*`` is the best model so far (epoch 0: the baseline), ``lowest_val_loss`` that of any
    epoch, ``stale_epochs`` how many epochs ago one of them got better. ``seconds`` is the time
    spent so far. ``lr_factor`` is what the learning rate of the recipe is multiplied with after
    ``setbacks`` steps that had to be undone. ``loss_scale`` and ``loss_scale_age`` are those of
    `Stepper`, 0 before the first update. ``stage_accuracy`` is the best since the last stage was
    opened, ``accuracy_before`` the best before that; the stages ``not_kept`` learn no more.
    """

    step: int = 0
    epoch: int = 0
    step_in_epoch: int = 0
    loss_sum: float = 0.0
    correct: int = 0
    seen: int = 0
    best_epoch: int = 0
    best_val_accuracy: float = 0.0
    best_val_loss: float = float("inf")
    lowest_val_loss: float = float("inf")
    stale_epochs: int = 0
    baseline_val_accuracy: float = 0.0
    seconds: float = 0.0
    lr_factor: float = 1.0
    setbacks: int = 0
    loss_scale: float = 0.0
    loss_scale_age: int = 0
    stage_accuracy: float = 0.0
    accuracy_before: float = 0.0
    not_kept: list[int] = field(default_factory=list)

    def count(self, n: int, loss: float, correct: int, seconds: float) -> None:
        """Take in one update with ``n`` photos."""
        self.step += 1
        self.step_in_epoch += 1
        self.loss_sum += loss * n
        self.correct += correct
        self.seen += n
        self.seconds += seconds


@dataclass(frozen=True)
class Learner:
    """All that learns: a network, its optimiser and, where there is one, its moving average."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    average: AveragedModel | None = None


def save_checkpoint(folder: Path, learner: Learner, state: TrainState) -> None:
    """Replace the checkpoint in ``folder``; raises `OSError` and then leaves the old one whole."""
    _save(folder / _FILE, learner, state)


def save_epoch_start(folder: Path, learner: Learner, state: TrainState) -> None:
    """Replace the checkpoint, and with it the state that `load_epoch_start` goes back to.

    That one comes first: a kill in between leaves a checkpoint from within the last epoch, which
    leads to the same state again.
    """
    _save(folder / _EPOCH_START, learner, state)
    with atomic.replacing(folder / _FILE) as temporary:
        shutil.copyfile(folder / _EPOCH_START, temporary)


def save_best(folder: Path, learner: Learner, state: TrainState) -> None:
    """Keep the complete state as the one that `load_best` goes back to."""
    _save(folder / _BEST, learner, state)


def _save(path: Path, learner: Learner, state: TrainState) -> None:
    tensors = {f"network.{k}": storable(v) for k, v in learner.network.state_dict().items()}
    if learner.average is not None:
        averaged = learner.average.state_dict()
        tensors |= {f"average.{k}": storable(v) for k, v in averaged.items()}
    for index, values in learner.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": storable(v) for name, v in values.items()}
    write_tensors(path, tensors, {"state": json.dumps(asdict(state))})


def has_checkpoint(folder: Path) -> bool:
    """Whether there is a state to go on from."""
    return (folder / _FILE).is_file()


def load_checkpoint(folder: Path, learner: Learner) -> TrainState:
    """Bring all that learns to the state on disk and give the counters.

    Raises:
        RunError: the checkpoint is broken or belongs to another network.
    """
    return _load(folder / _FILE, learner)


def load_epoch_start(folder: Path, learner: Learner) -> TrainState:
    """Go back to where the present epoch began; raises as `load_checkpoint` does.

    A run of an early version of the program has no such state: then the last one is taken.
    """
    start = folder / _EPOCH_START
    return _load(start if start.is_file() else folder / _FILE, learner)


def load_best(folder: Path, learner: Learner) -> TrainState:
    """Go back to the best model with its optimiser; raises as `load_checkpoint` does."""
    return _load(folder / _BEST, learner)


def _load(path: Path, learner: Learner) -> TrainState:
    try:
        with safe_open(path, framework="pt") as file:
            state = TrainState(**json.loads(file.metadata()["state"]))
            names = list(file.keys())
            tensors = {name: file.get_tensor(name) for name in names}
        learner.network.load_state_dict(_under("network.", tensors))
        if learner.average is not None:
            learner.average.load_state_dict(_under("average.", tensors))
        described = learner.optimizer.state_dict()
        described["state"] = _by_index(_under("optimizer.", tensors))
        learner.optimizer.load_state_dict(described)
    except (SafetensorError, OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise RunError("error-checkpoint-broken", path=str(path)) from error
    return state


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _by_index(tensors: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    grouped: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, _, name = key.partition(".")
        grouped.setdefault(int(index), {})[name] = tensor
    return grouped
