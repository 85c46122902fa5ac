"""How long the lesson takes and what is seen in it: its three trainings, as the window runs them.

Prints a line for each (seconds, what the loss did, what the coach says first, accuracies) and all
as JSON, with the load of the computer before and after: a time on a busy one says little.
``python -m tests.benchmarks.bench_lesson``
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from finetune_gui.core.job import JobContext
from finetune_gui.core.lesson import PARTS, Part, course_of, ends_of
from finetune_gui.core.paths import AppPaths
from finetune_gui.jobs.lesson import LessonRun, ReadLessonRun, TrainLesson
from finetune_gui.jobs.load_torch import LoadTorch


def measure(part: Part, paths: AppPaths) -> dict[str, Any]:
    """Train one part from the beginning."""
    ctx = JobContext(lambda _event: None)
    begun, cpu = time.monotonic(), time.process_time()
    TrainLesson(part, paths).run(ctx)
    seconds, busy = time.monotonic() - begun, time.process_time() - cpu
    found = ReadLessonRun(part, paths).run(ctx)
    if found is None:
        raise RuntimeError(part)
    return {"part": part, "seconds": seconds, "cpu_seconds": busy, **_told(found)}


def _told(found: LessonRun) -> dict[str, Any]:
    history = found.history
    baseline = history.baseline
    return {
        "course": course_of(history),
        "said": [finding.name for finding in found.findings],
        "ends": ends_of(history),
        "seconds_to_baseline": None if baseline is None else baseline.seconds,
        "seconds_of_epochs": [round(epoch.seconds, 2) for epoch in history.epochs],
        "losses": [round(epoch.train_loss, 3) for epoch in history.epochs],
        "val_losses": [round(epoch.val_loss, 3) for epoch in history.epochs],
        "val_accuracies": [round(epoch.val_accuracy, 3) for epoch in history.epochs],
        "baseline": None if baseline is None else baseline.val_accuracy,
        "dead_units": [round(epoch.dead_units, 3) for epoch in history.epochs],
        "waiting": [round(epoch.waiting, 3) for epoch in history.epochs],
    }


def main() -> None:
    """Train all parts in a home of their own."""
    load = os.getloadavg()
    begun = time.monotonic()
    LoadTorch().run(JobContext(lambda _event: None))
    torch_seconds = time.monotonic() - begun
    with tempfile.TemporaryDirectory(prefix="finetune-lesson-") as name:
        paths = AppPaths.under(Path(name))
        parts = []
        for part in PARTS:
            found = measure(part, paths)
            parts.append(found)
            sys.stderr.write(f"{json.dumps(found)}\n")
            sys.stderr.flush()
    result = {
        "parts": parts,
        "seconds": sum(found["seconds"] for found in parts),
        "cpu_seconds": sum(found["cpu_seconds"] for found in parts),
        "seconds_to_load_torch": torch_seconds,
        "cores": os.cpu_count(),
        "load_before": load,
        "load_after": os.getloadavg(),
    }
    sys.stdout.write(f"{json.dumps(result, indent=1)}\n")


if __name__ == "__main__":
    main()
