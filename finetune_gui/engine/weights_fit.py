"""Whether weights fit a network, under whatever names they were saved."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from finetune_gui.engine import lite_names

Shape = tuple[int, ...]

# What training scripts and wrappers put before the names of a network's tensors: torch's
# DataParallel and compile, Lightning modules, OpenMMLab, and this program's own `Headed`.
_PREFIXES = (
    *("module", "_orig_mod", "model", "backbone", "network", "net", "encoder", "body"),
    *("base_model", "feature_extractor", "student", "teacher", "ema", "averaged"),
)
_MOST_WRAPPINGS = 4
# Leftovers of counters, which belong to no network.
_LEFTOVERS = ("n_averaged", "total_ops", "total_params")
COUNTER = "num_batches_tracked"
# What timm's converters of other people's names raise for names that are not those either.
_NO_CONVERSION = (KeyError, IndexError, ValueError, TypeError, RuntimeError, AttributeError)


@dataclass(frozen=True)
class Fit:
    """How weights and a network go together, tensor by tensor.

    ``tensors`` are those that fit, by the network's names. ``wanted`` is how many the network has
    without its head and without counters, which nothing here needs. ``reshaped`` maps a name to
    the shapes (found, wanted).
    """

    tensors: dict[str, Tensor]
    wanted: int
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    reshaped: dict[str, tuple[Shape, Shape]] = field(default_factory=dict)

    @property
    def fitting(self) -> int:
        """How many of those that are wanted fit."""
        return sum(not name.endswith(COUNTER) for name in self.tensors)

    @property
    def is_whole(self) -> bool:
        """Whether every tensor of the network is there."""
        return not self.missing and not self.reshaped

    @property
    def first_problem(self) -> str:
        """The name of a tensor that does not fit."""
        return next(iter((*self.reshaped, *self.missing, *self.unexpected)), "")

    def problems(self) -> list[str]:
        """One line for each tensor that does not fit, for a log."""
        lines = [f"{n}: {found} instead of {own}" for n, (found, own) in self.reshaped.items()]
        lines += [f"{name}: missing" for name in self.missing]
        return lines + [f"{name}: unexpected" for name in self.unexpected]


def fit_to(network: nn.Module, tensors: Mapping[str, Tensor], head: Collection[str]) -> Fit:
    """The best way to read ``tensors`` as weights of ``network`` without those named ``head``."""
    wanted = {n: t for n, t in network.state_dict().items() if n not in head}
    best: Fit | None = None
    for named in layouts(tensors):
        fit = _compare(wanted, _port_names(network, named), head)
        if best is None or fit.fitting > best.fitting:
            best = fit
    if best is None:
        return Fit({}, _wanted(wanted), tuple(wanted))
    return best if best.is_whole else _converted(network, tensors, wanted, head, best)


def layouts(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """The same tensors under the names they may have had before they were wrapped.

    The names as they are come first. With ``backbone.`` taken off, what had it keeps its place
    and what had none stays, unless the two are called the same.
    """
    named = {n: t for n, t in tensors.items() if n.rpartition(".")[2] not in _LEFTOVERS}
    yield named
    for _ in range(_MOST_WRAPPINGS):
        firsts = {name.partition(".")[0] for name in named if "." in name}
        prefix = next((p for p in _PREFIXES if p in firsts), None)
        if prefix is None:
            return
        start = f"{prefix}."
        inner = {n[len(start) :]: t for n, t in named.items() if n.startswith(start)}
        outer = {n: t for n, t in named.items() if not n.startswith(start)}
        named = {**outer, **inner}
        yield named


def _compare(
    wanted: Mapping[str, Tensor], found: Mapping[str, Tensor], head: Collection[str]
) -> Fit:
    fitting: dict[str, Tensor] = {}
    missing: list[str] = []
    reshaped: dict[str, tuple[Shape, Shape]] = {}
    for name, own in wanted.items():
        tensor = found.get(name)
        if tensor is None and name.endswith(COUNTER):
            continue  # files of torch before 0.4 have none
        if tensor is None:
            missing.append(name)
        elif tensor.shape == own.shape and tensor.is_floating_point() == own.is_floating_point():
            fitting[name] = tensor
        else:
            reshaped[name] = (tuple(tensor.shape), tuple(own.shape))
    known = {*wanted, *head}
    unexpected = tuple(n for n in found if n not in known and not n.endswith(COUNTER))
    return Fit(fitting, _wanted(wanted), tuple(missing), unexpected, reshaped)


def _wanted(names: Collection[str]) -> int:
    return sum(not name.endswith(COUNTER) for name in names)


def _port_names(network: nn.Module, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """EfficientNet-Lite's tensors under timm's names; others as they are."""
    if not lite_names.has_port_names(tensors):
        return tensors
    blocks = network.get_submodule("blocks") if hasattr(network, "blocks") else nn.Sequential()
    depths = [sum(1 for _ in stage.children()) for stage in blocks.children()]
    try:
        return lite_names.to_timm_names(tensors, depths)
    except KeyError:
        return tensors


def _converted(
    network: nn.Module,
    tensors: Mapping[str, Tensor],
    wanted: Mapping[str, Tensor],
    head: Collection[str],
    best: Fit,
) -> Fit:
    """With the names that timm's own converter gives, where that fits better than ``best``.

    It knows what the makers of a network called its tensors, and gives transformers positions for
    another size of photos.
    """
    module = sys.modules[type(network).__module__]
    convert: Callable[..., object] | None = getattr(module, "checkpoint_filter_fn", None)
    if convert is None or not module.__name__.startswith("timm."):
        return best
    for named in layouts(tensors):
        try:
            with torch.no_grad():
                made = convert(dict(named), network)
        except _NO_CONVERSION:
            continue
        if isinstance(made, Mapping):
            fit = _compare(wanted, {n: t for n, t in made.items() if isinstance(t, Tensor)}, head)
            best = fit if fit.fitting > best.fitting else best
    return best
