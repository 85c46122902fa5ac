"""Kills trainings at random moments, resumes them, and compares every bit with one never killed.

    python tests/benchmarks/kill_resume.py 200

Each trial is killed one to three times, in the baseline, an epoch, validation or while saving,
whatever it is doing then. Prints what it found as JSON; exit status 1 when any trial differs.
Needs ``fork``, so that torch is imported once and not for each process.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch

from finetune_gui.core.events import Event, RunFinished
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine.training import resume, train
from tests.helpers.tiny import make_coloured_photos, tiny_recipe

MOST_KILLS = 3


@dataclass
class Found:
    """What all trials came to."""

    trials: int = 0
    kills: int = 0
    equal: int = 0
    killed_in: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)


def quiet(_event: Event) -> None:
    """Nobody listens."""


def recipe() -> Recipe:
    """Small, but with all that a run has: dropout, augmentation, checkpoints within an epoch."""
    return tiny_recipe(train__epochs=3, train__checkpoint_seconds=1, augment__preset="strong")


def work(photos: Path, path: Path, paths: AppPaths) -> None:
    """Begin the run, or go on with it."""
    torch.set_num_threads(1)
    ctx = JobContext(quiet)
    if (path / "manifest.json").is_file():
        # Killed after its end, while it was evaluated, there is nothing left to resume.
        if not isinstance(RunFolder.open(path).read_history().end, RunFinished):
            resume(path, paths, ctx)
    else:
        # Killed before there was a run: what is left of its folder is in the way.
        shutil.rmtree(path, ignore_errors=True)
        train(open_dataset(photos, paths, ctx), recipe(), path, paths, ctx)


def in_process(target: Callable[[], None], kill_after: float | None) -> int:
    """Run it in a process of its own; returns its exit status, negative for a signal."""
    process = multiprocessing.get_context("fork").Process(target=target)
    process.start()
    process.join(kill_after)
    if process.is_alive() and process.pid is not None:
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode or 0


def hashes(run: RunFolder) -> dict[str, str]:
    """Of the model, the last state, and what was told of every step and epoch."""
    history = run.read_history()
    told = [(s.step, s.train_loss, s.train_accuracy, s.lr) for s in history.steps]
    seen = [(e.epoch, e.train_loss, e.val_loss, e.best) for e in history.epochs]
    state = json.loads(_header(run.checkpoint / "last.safetensors")["state"])
    del state["seconds"]  # the clock is no part of the promise
    return {
        "model": _digest(_tensors(run.model_file)),
        "state": _digest(_tensors(run.checkpoint / "last.safetensors") + repr(state).encode()),
        "curves": _digest(repr((told, seen)).encode()),
    }


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


def stage(run: RunFolder) -> str:
    """What a killed run was doing, as far as it told."""
    try:
        events = run.read_events()
    except OSError:
        return "before the run"
    return events[-1].kind if events else "before the first event"


def run_trials(n: int, seed: int = 0) -> Found:
    """Do ``n`` trials in a temporary folder."""
    draws, found = np.random.default_rng(seed), Found()
    with tempfile.TemporaryDirectory(prefix="kill-resume-") as folder:
        base = Path(folder)
        photos, paths = make_coloured_photos(base / "photos"), AppPaths.under(base / "app")
        whole = RunFolder(base / "whole")
        begun = time.monotonic()
        status = in_process(partial(work, photos, whole.path, paths), None)
        seconds = time.monotonic() - begun
        assert status == 0, "the run that is never killed must finish"
        wanted = hashes(whole)
        for number in range(n):
            run = RunFolder(base / f"run{number}")
            _kill_and_resume(run, partial(work, photos, run.path, paths), seconds, draws, found)
            got = hashes(run)
            found.trials += 1
            if got == wanted:
                found.equal += 1
            else:
                found.different.append(f"trial {number}: {got} instead of {wanted}")
            shutil.rmtree(run.path)
    return found


def _kill_and_resume(
    run: RunFolder,
    target: Callable[[], None],
    seconds: float,
    draws: np.random.Generator,
    found: Found,
) -> None:
    for _ in range(int(draws.integers(1, MOST_KILLS + 1))):
        if in_process(target, draws.uniform(0, seconds)) == 0:
            break
        found.kills += 1
        found.killed_in[stage(run)] += 1
    else:
        status = in_process(target, None)
        assert status == 0, f"{run.path} was not finished"
    assert isinstance(run.read_history().end, RunFinished)


def main(arguments: list[str]) -> int:
    """Print what the trials came to."""
    found = run_trials(int(arguments[0]) if arguments else 20)
    sys.stdout.write(json.dumps(vars(found), indent=1) + "\n")
    return 0 if found.equal == found.trials else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
