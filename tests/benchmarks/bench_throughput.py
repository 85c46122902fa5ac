"""How much of the time of a training step goes into loading and augmenting photos. Prints JSON.

The same updates, in turn: with augmented photos from disk as training gets them, and with one
tensor that is in memory already. ``ratio`` is the speed of the first over that of the second;
1 means that loading costs nothing. ``decoded_once`` uses the photo cache, as the program does.

Run it with ``python -m pytest tests/benchmarks/bench_throughput.py -m slow -s`` or as a script.
``python -m tests.benchmarks.bench_throughput --device cuda`` trains larger networks, with random
weights, on a GPU and prints a table; ``augmenting`` there is the device's speed at that alone, and
``--photos FOLDER`` takes other photos than a thousand JPEG files made for it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.dataset import photo_cache
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine.devices import describe
from finetune_gui.engine.learner import make_learner
from finetune_gui.engine.loading import batches, load_batches
from finetune_gui.engine.network import set_training_mode
from finetune_gui.engine.shared_features import augmented_view
from finetune_gui.engine.sources import PhotoSource
from finetune_gui.engine.step import Stepper
from finetune_gui.engine.workspace import Workspace
from tests.helpers.workspaces import open_workspace

BATCHES = 12
ROUNDS = 4
# Networks with the size of their batch on a GPU.
ON_A_GPU = (("resnet50.a1_in1k", 128), ("vit_base_patch16_224.augreg2_in21k_ft_in1k", 128))
JPEGS = 1024
# Real photos that lie beside the checkout of those who develop it; a user's clone has none.
GROCERIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "grocery-mini"


def measure(space: Workspace) -> dict[str, float]:
    """Photos a second both ways, the median of several rounds in turn, and the ratio."""
    learner = make_learner(space.network, space.recipe)
    stepper = Stepper(
        space.network,
        learner.optimizer,
        space.recipe.optim,
        None,
        space.setup.training,
        space.micro_batch(),
        lambda _n: None,
    )
    source, labels = PhotoSource(space), space.photos("train").labels
    size = space.recipe.train.batch_size
    portions = some_portions(space)
    set_training_mode(space.network, freeze_batch_norm=True)
    ready = next(inputs for _, inputs in source.inputs(1, portions))

    def step(inputs: Tensor, indices: list[int]) -> None:
        stepper.step(source.scores, inputs, labels[indices].to(space.device), 0)
        if space.device.type == "cuda":
            torch.cuda.synchronize()

    def from_disk() -> None:
        for indices, inputs in source.inputs(1, portions):
            step(inputs, list(indices))

    def in_memory() -> None:
        for portion in portions:
            step(ready, portion)

    in_memory()  # to warm up
    if photo_cache.shared() is not None:
        from_disk()  # to decode
    rounds = [(_rate(from_disk, size), _rate(in_memory, size)) for _ in range(ROUNDS)]
    return {
        "photos_per_second": round(statistics.median(r[0] for r in rounds), 2),
        "in_memory": round(statistics.median(r[1] for r in rounds), 2),
        "ratio": round(statistics.median(r[0] / r[1] for r in rounds), 3),
    }


def some_portions(space: Workspace) -> list[list[int]]:
    """As many batches as are measured; few photos come several times."""
    size, n = space.recipe.train.batch_size, len(space.photos("train"))
    return batches([number % n for number in range(BATCHES * size)], size)


def augmenting(space: Workspace) -> float:
    """Photos a second that the device makes views of, once their windows are in memory."""
    view, stack = augmented_view(space, space.photos("train"), 1)
    portions = some_portions(space)[:1]
    windows = next(load_batches(portions, view, stack=stack)).pixels

    def make() -> None:
        for _ in range(BATCHES):
            windows.to(space.device, non_blocking=True)
        torch.cuda.synchronize()

    make()
    return round(max(_rate(make, len(windows)) for _ in range(ROUNDS)), 1)


def _rate(work: Callable[[], None], size: int) -> float:
    begun = time.perf_counter()
    work()
    return BATCHES * size / (time.perf_counter() - begun)


def run() -> dict[str, dict[str, float]]:
    """With the photo cache and without it."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        base, ctx = Path(folder), JobContext(lambda _event: None)
        paths = AppPaths.under(base / "app")
        source = GROCERIES if GROCERIES.is_dir() else resource("demo", "fashion")
        dataset = open_dataset(source, paths, ctx)
        recipe = with_values(Recipe(), {"train.precision": "float32", "train.device": "cpu"})
        for name, gigabytes in (("decoded_each_time", 0), ("decoded_once", 1)):
            photo_cache.share_in(paths.photos, gigabytes)
            with open_workspace(dataset, recipe, base / name, paths, ctx) as space:
                found[name] = measure(space)
        photo_cache.share(None)
    return found


def make_jpegs(folder: Path) -> Path:
    """Soft shapes with a fine grain in four classes, 640×480, as JPEG files."""
    rng = np.random.default_rng(0)
    for number in range(JPEGS):
        place = folder / f"class {number % 4}"
        place.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
        levels = np.asarray(coarse.resize((640, 480))) + rng.normal(0, 8, (480, 640, 1))
        Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(place / f"{number}.jpg")
    return folder


def run_on_gpu(photos: Path | None = None) -> list[dict[str, str | float]]:
    """A row for each network: mixed precision, photos decoded once, on the first CUDA device."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        base, ctx = Path(folder), JobContext(lambda _event: None)
        paths = AppPaths.under(base / "app")
        dataset = open_dataset(photos or make_jpegs(base / "photos"), paths, ctx)
        photo_cache.share_in(paths.photos, 4)
        for name, batch in ON_A_GPU:
            wanted = {
                "model.backbone": name,
                "model.pretrained": False,
                "train.batch_size": batch,
                "train.device": "cuda",
                "train.precision": "bfloat16",
            }
            recipe = with_values(Recipe(), wanted)
            with open_workspace(dataset, recipe, base / name, paths, ctx) as space:
                facts = {"network": name, "device": describe(space.device), "batch": batch}
                rows.append({**facts, **measure(space), "augmenting": augmenting(space)})
        photo_cache.share(None)
    return rows


def as_table(rows: list[dict[str, str | float]]) -> str:
    """Markdown, a column for each fact."""
    heads = list(rows[0])
    lines = [heads, ["---"] * len(heads), *([str(row[h]) for h in heads] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


@pytest.mark.slow
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
def test_a_gpu_waits_for_no_photos() -> None:
    rows = run_on_gpu()
    sys.stdout.write(as_table(rows))
    assert all(float(row["ratio"]) >= 0.9 for row in rows)


@pytest.mark.slow
def test_loading_costs_next_to_nothing() -> None:
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="How much loading photos costs a training.")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--photos", type=Path, help="one folder a class; on a GPU alone")
    args = parser.parse_args()
    if args.device == "cpu":
        sys.stdout.write(json.dumps(run(), indent=1) + "\n")
    elif torch.cuda.is_available():
        sys.stdout.write(as_table(run_on_gpu(args.photos)))
    else:
        sys.stderr.write("There is no CUDA device here: nothing was measured.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
