"""How much of the time of a training step goes into loading photos. Prints JSON.

The same updates, in turn: with augmented photos from disk as training gets them, and with one
tensor that is in memory already. ``ratio`` is the speed of the first over that of the second;
1 means that loading costs nothing. ``decoded_once`` uses the photo cache, as the program does.

Run it with ``python -m pytest tests/benchmarks/bench_throughput.py -m slow -s`` or as a script.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pytest
import torch
from torch import Tensor

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.dataset import photo_cache
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine.finetune import make_learner
from finetune_gui.engine.loading import batches
from finetune_gui.engine.network import set_training_mode
from finetune_gui.engine.sources import PhotoSource
from finetune_gui.engine.step import Stepper
from finetune_gui.engine.workspace import Workspace
from tests.helpers.workspaces import open_workspace

BATCHES = 12
ROUNDS = 4
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
    portions = batches(range(BATCHES * size), size)
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
    rounds = [(_rate(from_disk, size), _rate(in_memory, size)) for _ in range(ROUNDS)]
    return {
        "photos_per_second": round(statistics.median(r[0] for r in rounds), 2),
        "in_memory": round(statistics.median(r[1] for r in rounds), 2),
        "ratio": round(statistics.median(r[0] / r[1] for r in rounds), 3),
    }


def _rate(work: object, size: int) -> float:
    assert callable(work)
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
        recipe = with_values(Recipe(), {"train.precision": "float32"})
        for name, gigabytes in (("decoded_each_time", 0), ("decoded_once", 1)):
            photo_cache.share_in(paths.photos, gigabytes)
            with open_workspace(dataset, recipe, base / name, paths, ctx) as space:
                found[name] = measure(space)
        photo_cache.share(None)
    return found


@pytest.mark.slow
def test_loading_costs_next_to_nothing() -> None:
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")
