"""OpenVINO, Intel's runtime for passes without gradients: an extra that need not be installed.

It traces a network once, joins its operations, and keeps every core busy with a photo of its own:
on two cores EfficientNet-Lite0 looks at two to three times as many photos a second as in torch.
Getting ready takes a second or two, so few photos are quicker in torch (`Setup.runtime_for`).

Each request holds one photo. A photo's result then depends on nothing but the photo: neither on
what else is in its batch nor on which request is done first.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import logging
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

import torch
from torch import Tensor, nn

Arithmetic = Literal["float32", "bfloat16", "float16"]
Runtime = Literal["torch", "openvino"]

_HINTS: dict[Arithmetic, str] = {"float32": "f32", "bfloat16": "bf16", "float16": "f16"}
_CAPABILITIES: dict[Arithmetic, str] = {"float32": "FP32", "bfloat16": "BF16", "float16": "FP16"}


class NotComputableError(Exception):
    """OpenVINO is not installed (``missing``), or cannot compute a network."""

    def __init__(self, *, missing: bool) -> None:
        super().__init__("not installed" if missing else "not converted")
        self.missing = missing


def is_installed() -> bool:
    """Whether there is an OpenVINO to be loaded."""
    return importlib.util.find_spec("openvino") is not None


def installed_version() -> str:
    """The version of OpenVINO; empty where there is none."""
    try:
        return importlib.metadata.version("openvino")
    except importlib.metadata.PackageNotFoundError:
        return ""


def load_openvino() -> Any:
    """The package ``openvino``. Nothing else in the program may import it.

    Being imported, and at each conversion, it reports to Intel through its package
    ``openvino_telemetry``. Where that is not to be had it takes a stand-in of its own that does
    nothing (``openvino/tools/ovc/telemetry_utils.py``), so here it is never to be had.

    Raises:
        NotComputableError: it is not installed, or does not start here.
    """
    modules: dict[str, Any] = sys.modules
    modules["openvino_telemetry"] = None  # how Python is told that importing it fails
    try:
        return importlib.import_module("openvino")
    except (ImportError, OSError) as error:
        raise NotComputableError(missing=not is_installed()) from error


@cache
def _core() -> Any:
    return load_openvino().Core()


def precisions() -> tuple[Arithmetic, ...]:
    """What OpenVINO computes in on this CPU; it takes float32 for anything else.

    Raises:
        NotComputableError: see `load_openvino`.
    """
    able = _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return tuple(name for name, capability in _CAPABILITIES.items() if capability in able)


def convert(network: nn.Module, example: Tensor) -> Any:
    """``network``, which gets into evaluation mode, as a graph for inputs of the example's shape.

    The graph may share its weights with the network: both are to be left alone until it is
    compiled.

    Raises:
        NotComputableError: see `load_openvino`; or it has no way to compute the network.
    """
    openvino = load_openvino()
    try:
        traced = _traced(network.eval(), example)
        with _log_as_it_was():
            graph = openvino.convert_model(traced, example_input=example)
        graph.reshape(list(example.shape))
    except Exception as error:  # whatever a network of any author does while it is traced
        raise NotComputableError(missing=False) from error
    return graph


def _traced(network: nn.Module, example: Tensor) -> Any:
    jit: Any = torch.jit  # whose names torch's own types do not know
    with torch.inference_mode(), warnings.catch_warnings():
        # That shapes become part of the graph: they are the same for every photo.
        warnings.simplefilter("ignore", jit.TracerWarning)
        # That another way of exporting is newer: OpenVINO reads this one in a third of the time.
        warnings.filterwarnings("ignore", r"`torch\.jit\.\w+` is deprecated")
        # The results are compared with those of torch in any case.
        return jit.trace(network, example, check_trace=False, strict=False)


@contextmanager
def _log_as_it_was() -> Iterator[None]:
    """A conversion lets errors alone into the program's log, and where it fails it stays so."""
    root = logging.getLogger()
    level, filters = root.level, list(root.filters)
    try:
        yield
    finally:
        root.setLevel(level)
        root.filters = filters


def compile_graph(graph: Any, precision: Arithmetic, threads: int) -> OpenVino:
    """The graph as a program for this CPU.

    Raises:
        NotComputableError: it cannot be made here.
    """
    wishes = {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
        "INFERENCE_NUM_THREADS": threads,
        # Two processes of a team would be tied to the same cores.
        "ENABLE_CPU_PINNING": False,
    }
    try:
        return OpenVino(_core().compile_model(graph, "CPU", wishes))
    except RuntimeError as error:
        raise NotComputableError(missing=False) from error


class OpenVino:
    """A compiled graph at work on several photos at once.

    ``width`` is how many. Results come in the order of the photos.
    """

    def __init__(self, program: Any) -> None:
        self.width = int(program.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._features = list(program.output(0).shape)[1:]
        # One waits behind each that is being computed, so that no core does.
        self._free = [program.create_infer_request() for _ in range(2 * self.width)]
        self._busy: deque[tuple[Any, Tensor]] = deque()
        self._begun = self._done = 0

    def start(self, photos: Tensor) -> Callable[[], Tensor]:
        """Begin with photos [N, …], each as the graph takes one; returns what waits for the end.

        That gives the float32 results [N, …]. It is to be called in the order of the starts.
        """
        results = torch.empty(len(photos), *self._features)
        for photo, result in zip(photos.contiguous().numpy(), results, strict=True):
            if not self._free:
                self._finish_oldest()
            request = self._free.pop()
            request.start_async({0: photo[None]})
            self._busy.append((request, result))
        self._begun += len(photos)
        last = self._begun

        def wait() -> Tensor:
            while self._done < last:
                self._finish_oldest()
            return results

        return wait

    def drain(self) -> None:
        """Wait for all that was begun: needed where nobody waits for its results any more."""
        while self._busy:
            self._finish_oldest()

    def _finish_oldest(self) -> None:
        request, result = self._busy.popleft()
        request.wait()
        result.copy_(torch.from_numpy(request.get_output_tensor(0).data)[0])
        self._free.append(request)
        self._done += 1
