"""Kills trainings at chosen moments, resumes them, and compares every bit with one never killed.

    python tests/benchmarks/kill_resume.py 200 [SEED]

The trials take turns with `WAYS` to train. In each, one to three processes are killed with SIGKILL:
in the baseline, an update, validation, the evaluation, within a save (while a file is written,
flushed or put in its place) or between two. Which of these, and when within it, is drawn at random.
Then the run is finished, and must have the same model, last state, curves and results as a run that
was never killed, and events that tell every step and epoch once; nothing half written may be left.
Prints what it found as JSON, also after Ctrl-C; exit status 1 when any trial differs. Needs
``fork``, so that torch is imported once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from finetune_gui.core.events import RunFinished, from_json
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.step import NotFiniteError
from finetune_gui.engine.training import resume, train
from tests.helpers.killing import Ended, Moment, phase_of, run_process
from tests.helpers.tiny import make_coloured_photos, tiny_recipe

MOST_KILLS = 3
# Small, without weights to read: what is killed here is the engine, not the network.
_ALL: dict[str, object] = {
    "model__backbone": "test_efficientnet.r160_in1k",
    "model__pretrained": False,
    "train__epochs": 3,
    "train__checkpoint_seconds": 1,
    "train__layout": "channels_last",
    "train__threads": 1,
}
_UNDONE = "undone twice"
WAYS: dict[str, dict[str, object]] = {
    "plain": {"augment__preset": "strong"},
    "averaged, mixed, growing": {
        "optim__weight_average": 0.9,
        "optim__mixing": "both",
        "schedule__first_size": 0.5,
    },
    "frozen, cached views": {
        "model__freeze": "backbone",
        "train__frozen_views": 2,
        "optim__weight_average": 0.9,
    },
    "SGD, not clipped, balanced": {
        "optim__optimizer": "sgd",
        "optim__gradient_clip": 0,
        "optim__lr": 1e-3,
        "train__balance_classes": True,
        "train__freeze_batch_norm": False,
    },
    "in portions": {"train__batch_size": 5, "train__micro_batch": 2},
    _UNDONE: {},
}


@dataclass
class Found:
    """What all trials came to: ``in_saves`` are the kills within the save of a file."""

    command: str = "python tests/benchmarks/kill_resume.py 1000"
    trials: int = 0
    equal: int = 0
    kills: int = 0
    seconds: float = 0.0
    by_way: Counter[str] = field(default_factory=Counter)
    killed_in: Counter[str] = field(default_factory=Counter)
    in_saves: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)

    def count(self, ended: Ended) -> None:
        """Note where a process was killed."""
        mark = ended.marks[-1][0]
        self.kills += 1
        self.killed_in[phase_of(mark)] += 1
        if phase_of(mark) == "saving":
            self.in_saves[mark.partition(" ")[2]] += 1

    def judge(self, way: str, wrong: list[str]) -> None:
        """Note what a trial came to."""
        self.trials += 1
        self.by_way[way] += 1
        if wrong:
            self.different.append(f"trial {self.trials} ({way}): {', '.join(wrong)}")
        else:
            self.equal += 1


def work(photos: Path, path: Path, recipe: Recipe, paths: AppPaths, ctx: JobContext) -> None:
    """Begin the run, or go on with it."""
    torch.set_num_threads(1)
    if (path / "manifest.json").is_file():
        # Killed after its end, while it was evaluated, there is nothing left to resume.
        if not isinstance(RunFolder.open(path).read_history().end, RunFinished):
            resume(path, paths, ctx)
    else:
        # Killed before there was a run: what is left of its folder is in the way.
        shutil.rmtree(path, ignore_errors=True)
        train(open_dataset(photos, paths, ctx), recipe, path, paths, ctx)


def spoil(at: dict[int, int]) -> None:
    """Let the loss be infinite in some updates that follow so many setbacks."""
    real = FineTuner._step

    def step(tuner: FineTuner, *args: Any) -> None:
        if at.get(tuner.state.step) == tuner.state.setbacks:
            raise NotFiniteError
        real(tuner, *args)

    FineTuner._step = step


class Way:
    """One way to train: its run that is never killed, and trials to be compared with it."""

    def __init__(self, name: str, base: Path) -> None:
        self.recipe = tiny_recipe(**(_ALL | WAYS[name]))
        self._base, self._name = base, name
        self._paths = AppPaths.under(base / "app")

    def process(self, run: RunFolder, moment: Moment | None) -> Ended:
        """One process that begins the run or goes on with it."""

        def target(ctx: JobContext) -> None:
            if self._name == _UNDONE:
                spoil({4: 0, 7: 1})
            work(self._base / "photos", run.path, self.recipe, self._paths, ctx)

        return run_process(target, moment)

    @cached_property
    def whole(self) -> tuple[dict[str, str], Ended]:
        """What the run that is never killed leaves, and what it did."""
        run = RunFolder(self._base / f"whole {self._name}")
        ended = self.process(run, None)
        assert ended.status == 0, "the run that is never killed must finish"
        return left_by(run), ended

    def draw(self, draws: np.random.Generator, *, resumed: bool) -> Moment:
        """A moment of a random phase; a resumed run has less before it."""
        told = [(mark, lasts) for mark, lasts in self.whole[1].marks[1:]]
        phase = draws.choice(sorted({phase_of(mark) for mark, _ in told}))
        among = [(mark, lasts) for mark, lasts in told if phase_of(mark) == phase]
        mark, lasts = among[draws.integers(len(among))]
        count = sum(name == mark for name, _ in told)
        number = int(draws.integers(1, (max(1, count // 2) if resumed else count) + 1))
        return Moment(mark, number, float(draws.uniform(0, lasts)))

    def trial(self, number: int, draws: np.random.Generator, found: Found) -> list[str]:
        """Kill and resume a run; returns in what it differs from one never killed."""
        run = RunFolder(self._base / f"run {number}")
        torn = 0
        for attempt in range(int(draws.integers(1, MOST_KILLS + 1))):
            ended = self.process(run, self.draw(draws, resumed=attempt > 0))
            if not ended.killed:
                break
            found.count(ended)
            torn += 1
        else:
            ended = self.process(run, None)
        if ended.status != 0:
            return [f"ended with {ended.status}"]
        left, wanted = left_by(run), self.whole[0]
        wrong = [key for key in wanted if key in left and left[key] != wanted[key]]
        wrong += [key for key in wanted if key not in left and not key.startswith("evaluation")]
        wrong += faults_of_events(run, torn)
        if any(mark == "evaluation" for mark, _ in ended.marks):  # else there was nothing to resume
            wrong += [f"left {path.name}" for path in run.path.rglob(".*") if path.is_file()]
        shutil.rmtree(run.path)
        return wrong


def left_by(run: RunFolder) -> dict[str, str]:
    """Digests of what a run leaves: model, last state, results, what was told of steps, epochs."""
    history = run.read_history()
    told = [(s.step, s.epoch, s.train_loss, s.train_accuracy, s.lr) for s in history.steps]
    seen = [
        (e.epoch, e.step, e.train_loss, e.val_loss, e.val_accuracy, e.val_macro_f1, e.best)
        for e in history.epochs
    ]
    base, end = history.baseline, history.end
    assert base is not None
    assert isinstance(end, RunFinished)
    over = (end.reason, end.winner, end.winner_epoch, end.val_accuracy, end.baseline_val_accuracy)
    found = {
        "model": _digest(run.model_file.read_bytes()),
        "model.json": _digest(run.model_info_file.read_bytes()),
        "curves": _digest(repr((base.val_loss, base.train_loss, told, seen, over)).encode()),
    }
    for name in ("last", "epoch"):
        file = run.checkpoint / f"{name}.safetensors"
        state = json.loads(_header(file)["state"])
        del state["seconds"]  # the clock is no part of the promise
        found[f"{name} state"] = _digest(_tensors(file) + repr(sorted(state.items())).encode())
    for file in run.evaluation.iterdir():
        if not file.name.startswith("."):
            found[f"evaluation {file.name}"] = _digest(file.read_bytes())
    return found


def faults_of_events(run: RunFolder, kills: int) -> list[str]:
    """What is wrong with ``events.jsonl``: each kill may leave one torn line, and nothing else."""
    text = run.events_file.read_text(encoding="utf-8")
    events = [from_json(line) for line in text.splitlines()]
    history = run.read_history()
    assert history.started is not None
    epochs, steps = history.started.epochs, history.started.steps_per_epoch
    told = {
        "the last line has no end": text.endswith("\n"),
        "more torn lines than kills": events.count(None) <= kills,
        "not one end": sum(isinstance(event, RunFinished) for event in events) == 1,
        "epochs": [e.epoch for e in history.epochs] == list(range(1, epochs + 1)),
        "steps": [s.step for s in history.steps] == list(range(1, epochs * steps + 1)),
    }
    return [fault for fault, right in told.items() if not right]


def _header(path: Path) -> dict[str, str]:
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    found: dict[str, str] = json.loads(data[8 : 8 + size])["__metadata__"]
    return found


def _tensors(path: Path) -> bytes:
    data = path.read_bytes()
    return data[8 + int.from_bytes(data[:8], "little") :]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def run_trials(n: int, seed: int = 0) -> Found:
    """Do ``n`` trials in a temporary folder; Ctrl-C ends them early."""
    draws, found, begun = np.random.default_rng(seed), Found(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kill-resume-") as folder:
        base = Path(folder)
        make_coloured_photos(base / "photos")
        ways = {name: Way(name, base) for name in WAYS}
        with contextlib.suppress(KeyboardInterrupt):
            for number in range(n):
                name = list(WAYS)[number % len(WAYS)]
                found.judge(name, ways[name].trial(number, draws, found))
                sys.stderr.write(f"\r{found.equal} of {found.trials}, {found.kills} kills ")
    found.seconds = round(time.monotonic() - begun, 1)
    return found


def main(arguments: list[str]) -> int:
    """Print what the trials came to."""
    n, seed = (int(word) for word in [*arguments, *("20", "0")[len(arguments) :]])
    found: Any = vars(run_trials(n, seed))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 1 if found["different"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
