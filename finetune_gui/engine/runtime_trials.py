"""Whether OpenVINO computes a network as torch does, how fast, and from how many photos it pays."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.core.job import JobContext
from finetune_gui.engine.precision import autocast, half_of
from finetune_gui.engine.runtimes import (
    Arithmetic,
    NotComputableError,
    OpenVino,
    compile_graph,
    convert,
    precisions,
)

ROUNDING = 1e-3  # what another order of float32 sums may change of a result, of its size
_AS_COARSE = 1.5  # two half precisions round at different places
_MIN_GAIN = 1.15  # for a coarser precision, as in preflight
_LONG = 0.5  # seconds for one measurement


@dataclass(frozen=True)
class OpenVinoTrial:
    """``speed`` in photos a second once it is ready, which took ``seconds``."""

    precision: Arithmetic
    speed: float
    seconds: float

    def pays_from(self, torch_speed: float) -> int:
        """From how many photos on it is done earlier than torch; 0 if never."""
        gain = 1 / torch_speed - 1 / self.speed
        return max(1, math.ceil(self.seconds / gain)) if gain > 0 else 0


def try_openvino(
    network: nn.Module,
    input_size: int,
    allowed: Sequence[Arithmetic],
    threads: int,
    ctx: JobContext,
) -> OpenVinoTrial | None:
    """The fastest of the ``allowed`` precisions that agrees with torch; None if there is none.

    ``network`` is on the CPU, in evaluation mode.

    Raises:
        Cancelled: the user asked it to stop.
    """
    begun = time.perf_counter()
    try:
        able = [precision for precision in allowed if precision in precisions()]
        if not able:
            return None
        photos = pictures(8, input_size)
        graph = convert(network, photos[:1])
        converted = time.perf_counter() - begun
        best: OpenVinoTrial | None = None
        for precision in able:
            ctx.check_cancelled()
            begun = time.perf_counter()
            program = compile_graph(graph, precision, threads)
            seconds = converted + time.perf_counter() - begun
            ctx.check_cancelled()
            if not agrees(program.start(photos)(), network, photos):
                continue
            found = OpenVinoTrial(precision, _speed(program, photos), round(seconds, 3))
            if best is None or found.speed > best.speed * _MIN_GAIN:
                best = found
    except NotComputableError:
        return None
    return best


def pictures(n: int, size: int) -> Tensor:
    """Inputs [n, 3, size, size] that vary as photos do: large shapes with a little grain."""
    draw = torch.Generator().manual_seed(0)
    shapes = torch.randn(n, 3, 8, 8, generator=draw)
    grain = torch.randn(n, 3, size, size, generator=draw)
    return f.interpolate(shapes, size, mode="bicubic") + 0.1 * grain


def agrees(found: Tensor, network: nn.Module, photos: Tensor) -> bool:
    """Whether scores [N, C] are those that ``network`` gives ``photos`` in torch.

    They may be off as far as torch's own half precision is off (at least `ROUNDING` of their
    size), and must name the same class wherever torch's half precision does.
    """
    exact = _scores(network, photos, "float32")
    error = _distance(found, exact)
    if error <= ROUNDING and torch.equal(found.argmax(1), exact.argmax(1)):
        return True
    coarse = _scores(network, photos, half_of(photos.device))
    sure = coarse.argmax(1) == exact.argmax(1)
    same = torch.equal(found.argmax(1)[sure], exact.argmax(1)[sure])
    return same and error <= max(ROUNDING, _AS_COARSE * _distance(coarse, exact))


def _scores(network: nn.Module, photos: Tensor, precision: str) -> Tensor:
    with torch.inference_mode(), autocast(photos.device, precision):
        scores: Tensor = network(photos)
    return scores.float()


def _distance(found: Tensor, exact: Tensor) -> float:
    """The largest relative error of a photo's scores; infinite where one is not a number."""
    sizes = torch.linalg.vector_norm(exact, dim=1).clamp(min=1e-12)
    worst = (torch.linalg.vector_norm(found - exact, dim=1) / sizes).max().item()
    return worst if math.isfinite(worst) else math.inf


def _speed(program: OpenVino, photos: Tensor) -> float:
    """Photos a second, the best of a few goes with enough of them for every core."""
    few = photos[torch.arange(2 * program.width) % len(photos)]
    rate = _rate(program.start, few)
    n = min(16 * program.width, max(len(few), int(rate * _LONG)))
    many = photos[torch.arange(n) % len(photos)]
    return round(max(rate, *(_rate(program.start, many) for _ in range(2))), 2)


def _rate(start: Callable[[Tensor], Callable[[], Tensor]], photos: Tensor) -> float:
    begun = time.perf_counter()
    start(photos)()
    return len(photos) / max(time.perf_counter() - begun, 1e-6)
