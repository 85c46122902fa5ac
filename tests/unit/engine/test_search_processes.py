"""Searches of which processes are killed: no trial is lost, and none is done twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_gui.core.events import RunFinished
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.study import StudyFolder, StudyStory
from finetune_gui.dataset.samples import Dataset
from finetune_gui.engine import search
from finetune_gui.engine.search_story import read_story
from tests.helpers.searches import begun, quick_recipe

CHECKOUT = Path(__file__).resolve().parents[3]


def started(folder: StudyFolder, base: Path, *moment: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.helpers.searches", str(folder.path), str(base), *moment]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(words, cwd=CHECKOUT, env=environment)


def wait(what: str, condition: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.02)


def complete_once_each(folder: StudyFolder, story: StudyStory, trials: int) -> None:
    assert [t.number for t in story.own] == list(range(trials))
    assert {t.state for t in story.own} <= {"complete", "pruned"}
    assert sorted(p.name for p in folder.trials.iterdir()) == [f"{n:04d}" for n in range(trials)]
    for trial in story.own:
        told = RunFolder(folder.trial(trial.number)).read_events()
        kinds = Counter(type(event) for event in told)
        assert kinds[RunFinished] == 1
    assert len({str(t.values) for t in story.own}) == trials


def test_of_two_processes_one_is_killed_in_the_middle_of_a_trial(
    dataset: Dataset, tmp_path: Path
) -> None:
    recipe = quick_recipe(train__epochs=60)
    folder = begun(dataset, tmp_path / "study", trials=4, recipe=recipe)
    both = [started(folder, tmp_path / "app") for _ in range(2)]
    try:

        def busy() -> list[int]:
            return [t.number for t in read_story(folder.path).own if t.state == "running"]

        wait("two trials at once", lambda: len(busy()) == 2)
        at_once = set(busy())
        both[0].kill()
        assert both[0].wait() == -9
        assert both[1].wait(timeout=300) == 0
    finally:
        for process in both:
            process.kill()
            process.wait()
    story = read_story(folder.path)
    assert story.state == "done"
    assert len(at_once) == 2
    complete_once_each(folder, story, 4)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks at the files of Linux")
def test_killed_at_every_kind_of_moment_a_search_comes_to_its_end(
    dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext
) -> None:
    folder = begun(dataset, tmp_path / "study", trials=4, recipe=quick_recipe(train__epochs=3))
    for moment in ("asked", "drawn", "half a line", "epoch", "ended", "told"):
        process = started(folder, tmp_path / "app", moment)
        assert process.wait(timeout=120) == -9, moment
        assert read_story(folder.path).state == "interrupted"
    complete_once_each(folder, search.go_on(folder.path, paths, ctx), 4)
