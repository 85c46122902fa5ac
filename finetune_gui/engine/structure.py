"""What a network is made of: its stages from input to head, their layers, and what each costs.

Nothing is calculated by formulas of our own: shapes are those that come out for one blank photo,
multiplications are counted by torch while it goes through, and the learning rates are those of
the groups that the optimiser gets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from finetune_gui.core.recipe import OptimRecipe
from finetune_gui.engine.backbones import check_input_size, create
from finetune_gui.engine.calls import Call, blank_photos, is_flat, watched
from finetune_gui.engine.catalogue import find
from finetune_gui.engine.layers import Layer, in_order, make_layer
from finetune_gui.engine.learner import parameter_groups
from finetune_gui.engine.network import count_parameters, named_groups, stages_of

Role = Literal["stem", "stage", "head"]
Sees = Literal["edges", "textures", "parts", "objects", "patches", "early", "middle", "late", "all"]

# Products of pairs: what compares the places of a photo with each other.
_ATTENTION = ("bmm", "baddbmm", "scaled_dot_product")


@dataclass(frozen=True)
class Stage:
    """One stage. ``shape`` of its output for one photo: (C, H, W), (tokens, C) or (C,).

    ``channels_last``: the shape is (H, W, C). ``sees`` is roughly what it tells apart.
    ``parameters`` and ``learning``: how many it has, and how many of them learn. ``compute`` is
    its share of all multiplications of a pass, in [0, 1]. ``rates``: the lowest and the highest
    learning rate in it, as shares of the head's; (0, 0) where nothing learns.
    """

    name: str
    role: Role
    sees: Sees
    shape: tuple[int, ...]
    channels_last: bool
    parameters: int
    learning: int
    compute: float
    rates: tuple[float, float]
    layers: tuple[Layer, ...]

    @property
    def is_frozen(self) -> bool:
        """Whether nothing of it learns."""
        return self.learning == 0


@dataclass(frozen=True)
class Structure:
    """A network for photos of ``input_size`` pixels; ``stages`` from input to head.

    ``multiply_adds`` are those of one photo. ``attends``: it compares places of the photo with
    each other, as transformers do.
    """

    stages: tuple[Stage, ...]
    input_size: int
    parameters: int
    learning: int
    multiply_adds: int
    attends: bool

    @property
    def learning_stages(self) -> tuple[str, ...]:
        """The names of the stages that learn now, without the head, as a recipe names them."""
        return tuple(s.name for s in self.stages if s.role != "head" and not s.is_frozen)


def describe(network: nn.Module, input_size: int, optim: OptimRecipe | None = None) -> Structure:
    """Look into ``network`` with a blank photo of ``input_size`` pixels.

    Works on the device "meta" too, which computes shapes and no numbers. ``optim`` decides on the
    learning rates; its defaults where it is None.
    """
    seen = _look(network, input_size)
    groups, stages = named_groups(network), stages_of(network)
    compute = _shares(seen.flops, list(groups))
    made: list[Stage] = []
    for number, (name, names) in enumerate(groups.items()):
        output = seen.outputs.get(name)
        made.append(
            Stage(
                name=name,
                role="head" if name not in stages else "stem" if number == 0 else "stage",
                sees="all",
                shape=() if output is None else tuple(output.shape[1:]),
                channels_last=output is not None and is_channels_last(output),
                parameters=_count(network, names),
                learning=0,
                compute=compute[name],
                rates=(0.0, 0.0),
                layers=in_order(network, names, seen.layers.get(name, {})),
            )
        )
    plain = Structure(
        stages=_with_sights(made, input_size),
        input_size=input_size,
        parameters=0,
        learning=0,
        multiply_adds=sum(seen.flops.values()) // 2,
        attends=seen.attends,
    )
    return with_learning(plain, network, optim or OptimRecipe())


def with_learning(structure: Structure, network: nn.Module, optim: OptimRecipe) -> Structure:
    """The same structure with what learns in ``network`` now, and how fast."""
    scales = learning_rate_scales(network, optim)
    parameters = dict(network.named_parameters())
    groups = named_groups(network)
    stages = []
    for stage in structure.stages:
        rates = [scales[name] for name in groups[stage.name] if name in scales]
        learning = sum(parameters[n].numel() for n in groups[stage.name] if n in scales)
        span = (min(rates), max(rates)) if rates else (0.0, 0.0)
        stages.append(replace(stage, learning=learning, rates=span))
    total, learning = count_parameters(network)
    return replace(structure, stages=tuple(stages), parameters=total, learning=learning)


def learning_rate_scales(network: nn.Module, optim: OptimRecipe) -> dict[str, float]:
    """The learning rate of each parameter that learns, as a share of ``optim.lr``."""
    named = {id(p): name for name, p in network.named_parameters()}
    return {
        named[id(parameter)]: float(group["lr_scale"])
        for group in parameter_groups(network, optim)
        for parameter in group["params"]
    }


def is_channels_last(output: Tensor) -> bool:
    """Whether a map is [N, H, W, C], as Swin's are: maps of square photos are square."""
    if output.ndim != 4:
        return False
    _, first, second, third = output.shape
    return first == second and second != third


@dataclass
class _Seen:
    """What was seen of a pass, by stage; ``attends``: places were compared with each other."""

    outputs: dict[str, Tensor] = field(default_factory=dict)
    layers: dict[str, dict[str, Layer]] = field(default_factory=dict)
    flops: dict[str, int] = field(default_factory=dict)
    attends: bool = False
    counted: int = 0

    def add_flops(self, counter: FlopCounterMode, stage: str) -> None:
        """Give ``stage`` what was counted since the last time: it has just done that."""
        operations = counter.get_flop_counts().get("all", {})
        total = sum(operations.values())
        self.flops[stage] = self.flops.get(stage, 0) + total - self.counted
        self.counted = total
        self.attends = any(word in str(op) for op in operations for word in _ATTENTION)


def _look(network: nn.Module, input_size: int) -> _Seen:
    seen = _Seen()
    groups = list(named_groups(network))
    head = next(name for name in groups if name not in stages_of(network))
    counter = _flop_counter()
    last = groups[0]

    def tell(call: Call) -> None:
        nonlocal last
        last = call.stage or last
        seen.add_flops(counter, last)
        if call.stage is None:
            return
        made = make_layer(call.path, call.module, call.output)
        if made is not None:
            seen.layers.setdefault(call.stage, {}).setdefault(call.path, made)
        if call.output is not None and (not is_flat(call.output) or call.stage == head):
            seen.outputs[call.stage] = call.output

    was_training = network.training
    network.eval()
    try:
        with torch.no_grad(), watched(network, tell), counter:
            network(blank_photos(network, input_size))
    finally:
        network.train(was_training)
    seen.add_flops(counter, head)
    return seen


class _OneCount:
    """Stands in for the counter's own tracker of modules.

    That one hooks into every module of the process, and so would count what another thread's
    training does as well.
    """

    parents = frozenset({"all"})

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


def _flop_counter() -> FlopCounterMode:
    counter: Any = FlopCounterMode(display=False)
    counter.mod_tracker = _OneCount()
    made: FlopCounterMode = counter
    return made


def _shares(flops: dict[str, int], stages: Iterable[str]) -> dict[str, float]:
    total = sum(flops.values()) or 1
    return {stage: flops.get(stage, 0) / total for stage in stages}


def _count(network: nn.Module, names: Iterable[str]) -> int:
    parameters = dict(network.named_parameters())
    return sum(parameters[name].numel() for name in names)


def _with_sights(stages: list[Stage], input_size: int) -> tuple[Stage, ...]:
    """The stages with what they roughly tell apart.

    Maps: by how many pixels of the photo lie between two of their places (Zeiler & Fergus 2014,
    "Visualizing and understanding convolutional networks"), and never less than the stage before.
    Tokens keep their number from the first block to the last and see the whole photo from the
    first on: by depth (Raghu et al. 2021, "Do vision transformers see like convolutional neural
    networks?").
    """
    body = [stage for stage in stages if stage.role != "head"]
    tokens = any(len(stage.shape) == 2 for stage in body)
    found: list[Stage] = []
    widest = 0.0
    for number, stage in enumerate(body):
        if tokens:
            sees = "patches" if number == 0 else _of_depth(number / len(body))
        else:
            side = stage.shape[0 if stage.channels_last else 1] if len(stage.shape) == 3 else 1
            widest = max(widest, input_size / side)
            sees = _of_stride(widest)
        found.append(replace(stage, sees=sees))
    return (*found, *(stage for stage in stages if stage.role == "head"))


def _of_depth(depth: float) -> Sees:
    return "early" if depth < 0.4 else "middle" if depth < 0.75 else "late"


def _of_stride(stride: float) -> Sees:
    if stride < 6:
        return "edges"
    if stride < 12:
        return "textures"
    return "parts" if stride < 24 else "objects"


@lru_cache(maxsize=2)
def blueprint(backbone: str, n_classes: int, input_size: int) -> tuple[nn.Module, Structure]:
    """A network without numbers, and its structure; kept, since another choice of what learns
    changes little of it. ``input_size`` 0: the backbone's own.

    The network is the same object at each call: for one thread at a time.

    Raises:
        UserError: the backbone is unknown or does not take this input size.
    """
    known = find(backbone)
    size = input_size or known.input_size
    try:
        with torch.device("meta"):
            network = create(known.name, n_classes, input_size, 0.0)
        check_input_size(network, known.name, input_size)
        return network, describe(network, size)
    except NotImplementedError:  # what looks at numbers on its way cannot do without them
        network = create(known.name, n_classes, input_size, 0.0)
        return network, describe(network, size)
