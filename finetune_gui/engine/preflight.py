"""How a network is computed fastest here: tried for a few seconds, then remembered.

On one CPU bfloat16 triples the speed of a pass without gradients and slows training; on another
it slows both; a network that convolves is mostly faster channels-last. So short trials
decide. The answer is kept for this machine and backbone: the same recipe must give the same run,
whatever else the machine was doing the second time.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import torch
from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor, nn
from torch.nn import functional as f

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import TrainRecipe
from finetune_gui.engine.inference import lay_out, to_device
from finetune_gui.engine.precision import Pass, autocast, computes_halves, half_of
from finetune_gui.engine.runtime_trials import OpenVinoTrial, try_openvino
from finetune_gui.engine.runtimes import Arithmetic, Runtime, installed_version

_PHOTOS = 8  # enough to be worth the overhead of a call
_FEW_PHOTOS = 2  # for a network that would need seconds for eight
_LONG = 0.3  # seconds for `_FEW_PHOTOS`
# A first call this many times slower is not tried again. It includes the preparation of the
# kernels, which weighs more where there are no gradients.
_HOPELESS = {"training": 4.0, "inference": 20.0}
_MIN_GAIN = 1.15  # a change must be clearly worth it
# For another runtime: what it costs to change is weighed for each pass, see `Setup.runtime_for`.
_MIN_GAIN_OF_RUNTIME = 1.05


class Setup(BaseModel):
    """How a network is computed.

    ``training`` and ``inference`` are the arithmetic of passes with gradients and without; their
    speeds are in photos a second, that of training 0 where only a head learns. ``channels_last`` is
    the layout in memory. ``threads``: how many of the CPU torch uses.

    All these are of torch. With the ``runtime`` OpenVINO, passes without gradients over at least
    ``openvino_from`` photos are computed there, in precision, threads and photos a second of its
    own, after ``openvino_seconds`` to get ready.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    training: Arithmetic
    inference: Arithmetic
    channels_last: bool
    threads: Annotated[int, Ge(1), Le(1024)]
    training_speed: Annotated[float, Ge(0)]
    inference_speed: Annotated[float, Gt(0)]
    # Not in what was written before there was a choice.
    runtime: Runtime = "torch"
    openvino_precision: Arithmetic = "float32"
    openvino_threads: Annotated[int, Ge(1), Le(1024)] = 1
    openvino_speed: Annotated[float, Ge(0)] = 0.0
    openvino_seconds: Annotated[float, Ge(0)] = 0.0
    openvino_from: Annotated[int, Ge(0)] = 0

    def runtime_for(self, photos: int) -> Runtime:
        """What computes a network over so many photos without gradients.

        It follows from this setup and the number alone, never from what is ready already: a
        resumed run must choose as the first one did.
        """
        return self.runtime if photos >= self.openvino_from else "torch"

    def seconds_for(self, photos: int) -> float:
        """How long a network takes for so many photos without gradients, getting ready included."""
        if photos and self.runtime_for(photos) == "openvino":
            return self.openvino_seconds + photos / self.openvino_speed
        return photos / self.inference_speed

    def with_openvino(self, trial: OpenVinoTrial, threads: int, *, insist: bool) -> Setup:
        """The setup that uses what was tried where it is worth it, or always."""
        if not insist and trial.speed < self.inference_speed * _MIN_GAIN_OF_RUNTIME:
            return self
        return self.model_copy(
            update={
                "runtime": "openvino",
                "openvino_precision": trial.precision,
                "openvino_threads": threads,
                "openvino_speed": trial.speed,
                "openvino_seconds": trial.seconds,
                "openvino_from": 1 if insist else trial.pays_from(self.inference_speed),
            }
        )

    @classmethod
    def among(cls, found: object) -> Setup | None:
        """The setup that a file holds among other values, or None."""
        if not isinstance(found, Mapping):
            return None
        try:
            return cls.model_validate({k: v for k, v in found.items() if k in cls.model_fields})
        except ValidationError:
            return None


def choose_setup(
    network: nn.Module,
    input_size: int,
    train: TrainRecipe,
    memory: tuple[Path, str],
    ctx: JobContext,
) -> Setup:
    """What is fastest here for ``network`` with those parameters that learn in it now.

    What ``train`` asks for is taken as it is and only measured. ``memory`` is the file that
    remembers measurements and the key of this network. No weight or buffer changes its value.

    Raises:
        Cancelled: the user asked it to stop.
    """
    found = known_setup(train, memory)
    if found is None:
        with torch.inference_mode(mode=False):  # whoever asks may be in the middle of a pass
            found = _Trials(network, input_size, train, ctx).run()
        path = memory[0]
        remembered = {**recall(path), _key(train, memory): found.model_dump()}
        # What was measured is only a help: a full disk must not stop the run for it.
        with contextlib.suppress(OSError):
            atomic.write_text(path, json.dumps(remembered, indent=1))
    return found


def known_setup(train: TrainRecipe, memory: tuple[Path, str]) -> Setup | None:
    """What `choose_setup` found before; None where it would have to measure."""
    return Setup.among(recall(memory[0]).get(_key(train, memory)))


def _key(train: TrainRecipe, memory: tuple[Path, str]) -> str:
    key = f"{memory[1]} | {train.precision} | {train.layout} | {train.threads}"
    version = installed_version()
    if train.runtime == "torch" or not version:  # nothing else was tried, as ever before
        return key
    return f"{key} | {train.runtime} | openvino {version}"


def may_be_channels_last(network: nn.Module, device: torch.device) -> bool:
    """Whether ``network`` can be trained in that layout, whoever asks for it.

    On a CPU the backward pass of a strided 1×1 convolution over up to four channels frees memory
    twice (torch 2.14 with AVX2), and the process ends: RepVGG begins with one.
    """
    return device.type != "cpu" or not any(
        part.in_channels <= 4 and part.kernel_size == (1, 1) and part.stride != (1, 1)
        for part in network.modules()
        if isinstance(part, nn.Conv2d)
    )


@contextmanager
def threads_of_torch(threads: int) -> Iterator[None]:
    """Let torch use so many threads of the CPU for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def recall(path: Path) -> dict[str, Any]:
    """All measurements that a file remembers, by their keys; none where it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class _Way:
    """One way to compute a pass, and the photos a second that it made."""

    precision: Arithmetic
    channels_last: bool
    threads: int
    speed: float = 0.0


class _Trials:
    """Tries one change after the other and keeps those that are clearly worth it."""

    def __init__(
        self, network: nn.Module, input_size: int, train: TrainRecipe, ctx: JobContext
    ) -> None:
        self._network = network
        self._train = train
        self._ctx = ctx
        self._learning = [p for p in network.parameters() if p.requires_grad]
        self._device = self._learning[0].device
        self._on_cpu = self._device.type == "cpu"
        self._inputs = torch.zeros(_PHOTOS, 3, input_size, input_size, device=self._device)

    def run(self) -> Setup:
        """The best way for each kind of pass."""
        was_training = self._network.training
        self._network.eval()
        try:
            return self._compare()
        finally:
            self._network.train(was_training)
            to_device(self._network, self._device)

    def _compare(self) -> Setup:
        inference = self._best_for_inference()
        # A head alone is trained from features: no time goes into that.
        plain = self._precisions()[0]
        training = replace(inference, precision=plain, speed=0.0)
        if not self._head_learns_alone():
            # With nothing to choose from, a rough speed will do: it is for the estimate alone.
            times = min(2, len(self._precisions()))
            training = self._try("training", training, times=times)
            training = self._best_precision("training", training)
        return self._with_runtime(self._in_torch(training, inference))

    def _with_runtime(self, setup: Setup) -> Setup:
        """The setup with the runtime that is worth it, or that the recipe insists on."""
        wanted = self._train.runtime
        if wanted == "torch" or not self._on_cpu or not installed_version():
            return setup
        size, threads = self._inputs.shape[-1], self._numbers_of_threads()[0]
        trial = try_openvino(self._network, size, self._precisions(), threads, self._ctx)
        if trial is None:
            return setup
        return setup.with_openvino(trial, threads, insist=wanted == "openvino")

    def _in_torch(self, training: _Way, inference: _Way) -> Setup:
        return Setup(
            training=training.precision,
            inference=inference.precision,
            channels_last=inference.channels_last,
            threads=inference.threads,
            training_speed=training.speed,
            inference_speed=inference.speed,
        )

    def _head_learns_alone(self) -> bool:
        learning = {id(p) for p in self._learning}
        linear = (part for part in self._network.modules() if isinstance(part, nn.Linear))
        return any(learning <= {id(p) for p in part.parameters()} for part in linear)

    def _best_for_inference(self) -> _Way:
        """Decides on layout and threads for both passes: with gradients trials take longer."""
        numbers = self._numbers_of_threads()
        wanted = self._train.layout != "channels_first"
        channels_last = wanted and may_be_channels_last(self._network, self._device)
        best = self._try("inference", _Way(self._precisions()[0], channels_last, numbers[0]))
        best = self._best_precision("inference", best)
        # The shorter arithmetic wins by kernels that CPUs have for channels-last alone.
        shorter = self._on_cpu and best.precision != "float32"
        if best.channels_last and self._train.layout == "auto" and not shorter:
            best = self._better("inference", best, {"channels_last": False})
        for threads in numbers[1:]:
            best = self._better("inference", best, {"threads": threads})
        return best

    def _best_precision(self, which: Pass, best: _Way) -> _Way:
        # CPUs have no kernels for the shorter arithmetic in the other layout: minutes a call.
        if best.channels_last or not self._on_cpu:
            for precision in self._precisions()[1:]:
                best = self._better(which, best, {"precision": precision})
        return best

    def _precisions(self) -> list[Arithmetic]:
        """Those to try, the plain one first."""
        if self._train.precision != "auto":
            return [self._train.precision]
        halves = [half_of(self._device)] if computes_halves(self._device) else []
        return ["float32", *halves]

    def _numbers_of_threads(self) -> list[int]:
        """Those to try, first the present one, which is that of the CPU's cores."""
        if self._train.threads:
            return [self._train.threads]
        present, logical = torch.get_num_threads(), os.cpu_count() or 1
        if not self._on_cpu:
            return [present]
        # One core less leaves that to the rest of the computer, but is half of two.
        fewer = present - 1 if present > 2 else present
        return [present, *sorted({fewer, logical} - {present}, reverse=True)]

    def _better(self, which: Pass, best: _Way, change: dict[str, Any]) -> _Way:
        tried = self._try(which, replace(best, **change), best.speed / _HOPELESS[which])
        return tried if tried.speed > best.speed * _MIN_GAIN else best

    def _try(self, which: Pass, way: _Way, hopeless: float = 0.0, times: int = 2) -> _Way:
        """The way with its speed, the best of so many calls; of one if it is ``hopeless``."""
        to_device(self._network, self._device, channels_last=way.channels_last)
        make = _step if which == "training" else _pass
        with threads_of_torch(way.threads):
            few = lay_out(self._inputs[:_FEW_PHOTOS], channels_last=way.channels_last)
            work = partial(make, self._network, few, way.precision, self._learning)
            speed = _FEW_PHOTOS / self._seconds(work)
            if speed > hopeless and times > 1:
                speed = _FEW_PHOTOS / self._seconds(work)
            if speed > max(hopeless, _FEW_PHOTOS / _LONG):
                many = lay_out(self._inputs, channels_last=way.channels_last)
                work = partial(make, self._network, many, way.precision, self._learning)
                speed = max(_PHOTOS / self._seconds(work) for _ in range(times))
        return replace(way, speed=max(0.01, round(speed, 2)))

    def _seconds(self, work: Callable[[], None]) -> float:
        self._ctx.check_cancelled()
        begun = time.perf_counter()
        work()
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return max(time.perf_counter() - begun, 1e-6)


def _pass(network: nn.Module, inputs: Tensor, precision: str, _learning: object) -> None:
    with torch.inference_mode(), autocast(inputs.device, precision):
        network(inputs)


def _step(network: nn.Module, inputs: Tensor, precision: str, learning: list[nn.Parameter]) -> None:
    # Some networks (EfficientFormer, TinyViT) keep in evaluation what they computed, graph and all.
    network.train().eval()
    with torch.enable_grad(), autocast(inputs.device, precision):
        scores = network(inputs)
        loss = f.cross_entropy(scores.float(), torch.zeros(len(scores)).to(scores.device).long())
    torch.autograd.grad(loss, learning, allow_unused=True)
