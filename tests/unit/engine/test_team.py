from __future__ import annotations

import copy
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import OptimRecipe, Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.step import NotFiniteError, Stepper, StepResult
from finetune_gui.engine.team import Team, folder_of_its_own, team_of_process
from tests.helpers.photos import make_class_folders


class Threads(Team):
    """A team of threads: the arithmetic of one of processes without their wait."""

    size = 2

    def __init__(self, rank: int, boxes: list[queue.Queue[Any]]) -> None:
        self.rank, self._boxes = rank, boxes

    def gather(self, thing: Any) -> list[Any]:
        self._boxes[1 - self.rank].put(thing)
        other = self._boxes[self.rank].get(timeout=20)
        return [thing, other] if self.rank == 0 else [other, thing]

    def sum(self, values: Tensor) -> Tensor:
        first, second = self.gather(values.clone())
        return first + second

    def sum_gradients(self, parameters: Any) -> None:
        for p in parameters:
            p.grad = self.sum(torch.zeros_like(p) if p.grad is None else p.grad)


def together(work: Callable[[Team], Any]) -> list[Any]:
    """What both members of a team of two make; an error is a result too."""
    boxes: list[queue.Queue[Any]] = [queue.Queue(), queue.Queue()]
    made: list[Any] = [None, None]

    def run(rank: int) -> None:
        try:
            made[rank] = work(Threads(rank, boxes))
        except NotFiniteError as error:
            made[rank] = error

    threads = [threading.Thread(target=run, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return made


WEIGHTS = torch.tensor([0.5, 1.0, 2.0])
LABELS = torch.tensor([0, 1, 2, 1, 0, 2, 2])


# Made once: members that draw at the same time would draw different weights.
NETWORK = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))


def update(team: Team, inputs: Tensor, recipe: OptimRecipe) -> tuple[StepResult, list[Tensor]]:
    """One update with this member's share of the batch; the weights after it."""
    network = copy.deepcopy(NETWORK)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    stepper = Stepper(network, optimizer, recipe, WEIGHTS, "float32", 2, lambda _n: None, team)
    share = list(team.share(range(len(LABELS))))
    result = stepper.step(network, inputs[share], LABELS[share], 1)
    return result, [p.detach() for p in network.parameters()]


def test_two_make_the_same_update_as_one() -> None:
    inputs = torch.randn(7, 4, generator=torch.Generator().manual_seed(3))
    recipe = OptimRecipe(gradient_clip=0.5, label_smoothing=0.1)
    alone, weights = update(Team(), inputs, recipe)
    for result, others in together(lambda team: update(team, inputs, recipe)):
        assert result.loss == pytest.approx(alone.loss, rel=1e-6)
        assert (result.correct, result.photos) == (alone.correct, 7)
        for mine, theirs in zip(weights, others, strict=True):
            torch.testing.assert_close(mine, theirs)


def test_a_loss_that_is_infinite_for_one_is_so_for_all() -> None:
    inputs = torch.randn(7, 4)
    inputs[3] = torch.inf  # the second one's
    errors = together(lambda team: update(team, inputs, OptimRecipe()))
    assert [type(error) for error in errors] == [NotFiniteError, NotFiniteError]


def test_alone_nothing_is_waited_for() -> None:
    with team_of_process(cpu=True) as team:
        assert (team.is_first, team.size, team.device) == (True, 1, None)
        assert list(team.share([4, 5, 6])) == [4, 5, 6]
        assert team.of_first(lambda: "here") == "here"
        assert team.gather(3) == [3]
        assert team.sum(torch.tensor([2.0])).tolist() == [2.0]


def test_several_processes_need_a_package_and_the_sentence_says_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(UserError, match="pip install accelerate"), team_of_process(cpu=True):
        pass


def test_a_helper_leaves_the_run_as_it_is(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "照片 run", Recipe(seed=7))
    (run.checkpoint / "last.safetensors").write_bytes(b"state")
    before = sorted(p.relative_to(run.path) for p in run.path.rglob("*"))
    with folder_of_its_own(run) as own:
        assert own.read_recipe().seed == 7
        assert (own.checkpoint / "last.safetensors").read_bytes() == b"state"
        (own.checkpoint / "last.safetensors").write_bytes(b"later")
        place = own.path
    assert not place.exists()
    assert (run.checkpoint / "last.safetensors").read_bytes() == b"state"
    assert sorted(p.relative_to(run.path) for p in run.path.rglob("*")) == before


PINNED = {
    "train.device": "cpu",
    "train.precision": "float32",
    "train.layout": "channels_last",
    "train.threads": 1,
    "train.runtime": "torch",
    "train.epochs": 2,
    "train.batch_size": 8,
    "train.balance_classes": "true",
    "model.freeze": "none",
    "model.dropout": 0,
    "data.test_fraction": 0,
}


def trained(photos: Path, out: Path, processes: int, **values: Any) -> RunFolder:
    """A run from the command line, by one process or by a team of them."""
    start = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command = [sys.executable, *(start if processes > 1 else []), "-m", "finetune_gui"]
    command += ["--basedir", str(out.parent / "app"), "train", str(photos), "--out", str(out)]
    for key, value in {**PINNED, **values}.items():
        command += ["--set", f"{key}={value}"]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("predict") == 1  # one of them tells what comes next
    return RunFolder.open(out)


def test_two_processes_train_what_one_would(tmp_path: Path) -> None:
    photos = make_class_folders(tmp_path / "pets", {"cat": 13, "dog": 12})
    one = trained(photos, tmp_path / "one", 1).read_history()
    two_run = trained(photos, tmp_path / "two", 2)
    two = two_run.read_history()
    assert one.started is not None
    assert two.started is not None
    assert two.started.steps_per_epoch == one.started.steps_per_epoch
    assert [e.step for e in two.steps] == [e.step for e in one.steps]
    for mine, theirs in zip(one.epochs, two.epochs, strict=True):
        assert theirs.val_loss == pytest.approx(mine.val_loss, rel=0.02, abs=0.005)
        assert theirs.train_loss == pytest.approx(mine.train_loss, rel=0.02, abs=0.005)
        assert theirs.val_accuracy == pytest.approx(mine.val_accuracy, abs=0.21)
    assert two_run.state().name == "FINISHED"
