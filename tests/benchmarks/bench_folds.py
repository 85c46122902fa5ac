"""How long cross-validation takes beside a single run. Prints JSON.

``baseline`` is five folds of a new head on the frozen backbone, from the start of the process to
its end: ``first`` on a computer on which nothing was measured and no photo decoded before,
``again`` as every time after that. The wish is at most 20 s. ``full`` is the default recipe:
``run`` is one training, ``folds`` five folds; the wish is that these take at most five times as
long (``ratio``). ``cpu`` is what all cores together spent, and ``load`` the mean number of
processes that wanted them in the last minute before: on two cores only what was measured below 1
says much.

``python -m tests.benchmarks.bench_folds PHOTOS [--baseline] [--epochs N]``
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

FOLDS = 5
WISHED_SECONDS = 20.0


def timed(base: Path, *words: object) -> dict[str, Any]:
    """Seconds of one command of the program, whose folders are under ``base``, and of the CPU."""
    command = [sys.executable, "-m", "finetune_gui", "--basedir", str(base), *map(str, words)]
    load, begun, before = os.getloadavg()[0], time.perf_counter(), os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - begun, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return {"seconds": round(seconds, 1), "cpu": round(used, 1), "load": round(load, 1)}


def measure(photos: Path, *, full: bool = True, epochs: int | None = None) -> dict[str, Any]:
    """Both claims; the second one costs six trainings."""
    found: dict[str, Any] = {"photos": photos.name, "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory(prefix="bench-folds-") as folder:
        base = Path(folder)
        folds = ("cross-validate", photos, "--folds", FOLDS)
        found["baseline"] = {
            "first": timed(base, *folds, "--baseline"),
            "again": timed(base, *folds, "--baseline"),
        }
        if full:
            change = () if epochs is None else ("--set", f"train.epochs={epochs}")
            timed(base, "train", photos, "--set", "train.epochs=1")  # measures what is fastest
            run = timed(base, "train", photos, *change)
            several = timed(base, *folds, *change)
            ratio = round(several["seconds"] / run["seconds"], 2)
            found["full"] = {"run": run, "folds": several, "ratio": ratio}
    return found


@pytest.mark.slow
def test_folds_are_quick() -> None:
    photos = Path(__file__).resolve().parents[3] / "shared" / "data" / "grocery-mini"
    if not photos.is_dir():
        pytest.skip("the photos of groceries are not here")
    found = measure(photos)
    assert found["baseline"]["again"]["seconds"] <= WISHED_SECONDS, found
    assert found["full"]["ratio"] <= FOLDS, found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--baseline", action="store_true")
    parser.add_argument("--epochs", type=int)
    args = parser.parse_args()
    found = measure(args.photos, full=not args.baseline, epochs=args.epochs)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
