"""How near to the fastest the program looks at photos without gradients. Prints JSON.

Every way that is possible here, in turn over several rounds: torch in each precision and layout,
OpenVINO in each precision. From decoded pixels in memory to features, normalisation included, once
it is ready. ``ratio`` is the speed of the way that the program chose by its own short trial over
that of the fastest; the wish is at least 0.9. ``openvino_seconds`` is what getting ready took, and
``openvino_from`` the number of photos from which the program finds it worth that.

Run it with ``python -m pytest tests/benchmarks/bench_inference.py -m slow -s`` or as a script, with
names of backbones if it is to be others.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import ModelRecipe, TrainRecipe
from finetune_gui.engine import backbones
from finetune_gui.engine.computing import quickest
from finetune_gui.engine.inference import BATCH_SIZE, How, start, to_device
from finetune_gui.engine.network import Features, freeze
from finetune_gui.engine.preflight import Setup, choose_setup, threads_of_torch
from finetune_gui.engine.runtimes import NotComputableError, precisions

BACKBONES = ("tf_efficientnet_lite0",)
ROUNDS = 5
PHOTOS = 2 * BATCH_SIZE
_HOPELESS = 20.0  # as many times slower than the fastest: not worth more than a first look
CPU = torch.device("cpu")

Way = Callable[[Tensor], object]


def measure(backbone: str) -> dict[str, Any]:
    """Photos a second of each way, the best of all rounds, and of the one that was chosen."""
    recipe = ModelRecipe(backbone=backbone)
    how = How(backbones.preprocessing_for(recipe), CPU, "float32")
    size = how.preprocessing.input_size
    network = backbones.build(recipe, 10, None).eval()
    freeze(network, "backbone")
    with tempfile.TemporaryDirectory() as folder:
        memory = (Path(folder) / "measured.json", backbone)
        setup = choose_setup(
            to_device(network, CPU), size, TrainRecipe(), memory, JobContext(lambda _event: None)
        )
    ways = _in_torch(network, how, setup) | _in_openvino(network, how, setup)
    pixels = torch.randint(0, 256, (PHOTOS, size, size, 3), dtype=torch.uint8).permute(0, 3, 1, 2)
    speeds = {name: _rate(way, pixels[:2]) for name, way in ways.items()}
    for _ in range(ROUNDS):
        hopeless = max(speeds.values()) / _HOPELESS
        for name, way in ways.items():
            if speeds[name] > hopeless:
                speeds[name] = max(speeds[name], _rate(way, pixels))
    fastest, chosen = max(speeds, key=speeds.__getitem__), _name(setup)
    return {
        "photos_per_second": {name: round(speed, 1) for name, speed in speeds.items()},
        "fastest": fastest,
        "chosen": chosen,
        "ratio": round(speeds[chosen] / speeds[fastest], 3),
        "openvino_seconds": setup.openvino_seconds,
        "openvino_from": setup.openvino_from,
    }


def _in_torch(network: nn.Module, how: How, setup: Setup) -> dict[str, Way]:
    """A copy of the network for each layout: changing it each time would be measured as well."""

    def way(precision: str, channels_last: bool) -> Way:
        copied = to_device(deepcopy(network), CPU, channels_last=channels_last)
        here = How(how.preprocessing, CPU, precision, channels_last)

        def work(pixels: Tensor) -> None:
            with threads_of_torch(setup.threads):
                for part in pixels.split(BATCH_SIZE):
                    start(Features(copied), part, here)()

        return work

    return {
        _torch_name(precision, channels_last): way(precision, channels_last)
        for precision in ("float32", "bfloat16")
        for channels_last in (True, False)
    }


def _in_openvino(network: nn.Module, how: How, setup: Setup) -> dict[str, Way]:
    def fail(error: NotComputableError) -> None:
        raise error

    def way(precision: str) -> Way:
        asked = {"runtime": "openvino", "openvino_precision": precision, "openvino_from": 1}
        asked["openvino_threads"] = torch.get_num_threads()
        compute = quickest(Features(network), how, setup.model_copy(update=asked), PHOTOS, fail)

        def work(pixels: Tensor) -> None:
            waits = [start(compute, part, how) for part in pixels.split(BATCH_SIZE)]
            for wait in waits:
                wait()

        return work

    try:
        return {f"openvino {precision}": way(precision) for precision in precisions()}
    except NotComputableError:
        return {}


def _name(setup: Setup) -> str:
    if setup.runtime == "openvino":
        return f"openvino {setup.openvino_precision}"
    return _torch_name(setup.inference, setup.channels_last)


def _torch_name(precision: str, channels_last: bool) -> str:
    return f"torch {precision} channels_{'last' if channels_last else 'first'}"


def _rate(way: Way, pixels: Tensor) -> float:
    begun = time.perf_counter()
    way(pixels)
    return len(pixels) / (time.perf_counter() - begun)


def run(names: tuple[str, ...] = BACKBONES) -> dict[str, dict[str, Any]]:
    """The figures by backbone."""
    return {name: measure(name) for name in names}


@pytest.mark.slow
def test_the_fastest_way_is_found() -> None:
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(tuple(sys.argv[1:]) or BACKBONES), indent=1) + "\n")
