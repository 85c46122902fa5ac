"""How much more memory a run takes with 50,000 photos than with 500. Prints JSON.

Each run is a process of its own: photos are opened, split, looked at by the backbone, a head is
fitted, one epoch of the head is trained and the result evaluated. ``extra_mb`` is what the many
photos cost in peak resident memory. The wish: at most 300.

Run it with ``python -m pytest tests/benchmarks/bench_memory.py -m slow -s`` or as a script.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

SIZES = (500, 50_000)
CLASSES = 5
_ROOT = Path(__file__).resolve().parents[2]
_RUN = """
import resource, sys, time
from pathlib import Path
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine.training import train
photos, base = map(Path, sys.argv[1:])
ctx, paths = JobContext(lambda event: None), AppPaths.under(base / "app")
recipe = with_values(Recipe(), {
    "model.input_size": 32, "model.freeze": "backbone", "train.epochs": 1,
    "train.batch_size": 256, "augment.preset": "none", "train.precision": "float32",
})
begun = time.monotonic()
train(open_dataset(photos, paths, ctx), recipe, base / "run", paths, ctx)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peak_mb = peak / (1e6 if sys.platform == "darwin" else 1e3)
print(f'{{"peak_mb": {peak_mb:.0f}, "seconds": {time.monotonic() - begun:.0f}}}')
"""


def make_photos(root: Path, count: int) -> Path:
    """JPEGs of 36 × 36 in ``CLASSES`` folders; 100 pictures under ``count`` names."""
    rng = np.random.default_rng(0)
    encoded = []
    for number in range(100):
        pixels = rng.normal(40 + 40 * (number % CLASSES), 30, (36, 36, 3)).clip(0, 255)
        file = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG")
        encoded.append(file.getvalue())
    for name in range(CLASSES):
        (root / f"class{name}").mkdir(parents=True)
    for number in range(count):
        path = root / f"class{number % CLASSES}" / f"a photo with a usual name {number}.jpg"
        path.write_bytes(encoded[number % len(encoded)])
    return root


def measure(count: int) -> dict[str, float]:
    """Peak memory in megabytes and seconds of a run with so many photos."""
    with tempfile.TemporaryDirectory() as folder:
        photos = make_photos(Path(folder) / "photos", count)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(photos), folder],
            capture_output=True,
            check=True,
            cwd=_ROOT,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run() -> dict[str, Any]:
    """Both runs and what lies between them."""
    few, many = (measure(count) for count in SIZES)
    return {
        "few": few,
        "many": many,
        "extra_mb": round(many["peak_mb"] - few["peak_mb"]),
        "ratio": round(many["peak_mb"] / few["peak_mb"], 2),
    }


@pytest.mark.slow
def test_many_photos_cost_little_memory() -> None:
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")
