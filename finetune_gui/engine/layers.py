"""The layers of a network in words that people know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd

LayerKind = Literal[
    "convolution",
    "depthwise",
    "linear",
    "batch-norm",
    "norm",
    "activation",
    "pool",
    "attention",
    "parameter",
    "other",
]

_CLASSES: tuple[tuple[type[nn.Module], LayerKind], ...] = (
    (nn.Linear, "linear"),
    (_BatchNorm, "batch-norm"),
)
# Libraries have many of these; what they are is in their names.
_WORDS: tuple[tuple[str, LayerKind], ...] = (
    ("Norm", "norm"),
    ("Attention", "attention"),
    ("Attn", "attention"),
    ("Pool", "pool"),
)
# What does nothing to a photo that is only looked at.
_SILENT = ("Identity", "Dropout", "DropPath", "StochasticDepth", "PatchDropout", "Flatten")


@dataclass(frozen=True)
class Layer:
    """One layer. ``name`` is its place in the network's code, ``type`` its class there.

    ``detail`` says more in signs ("3×3 / 2": kernel and stride); may be empty. ``shape`` is that
    of its output for one photo, () where it is not known. ``parameters`` are its own.
    """

    name: str
    kind: LayerKind
    type: str
    detail: str
    shape: tuple[int, ...]
    parameters: int


def make_layer(path: str, module: nn.Module, output: Tensor | None) -> Layer | None:
    """What a module is; None for one that only holds others, or does nothing."""
    own = sum(p.numel() for p in module.parameters(recurse=False))
    holds_others = next(module.children(), None) is not None
    name = type(module).__name__
    if own == 0 and (holds_others or name.startswith(_SILENT)):
        return None
    shape = () if output is None else tuple(output.shape[1:])
    return Layer(path, kind_of(module), name, _detail(module), shape, own)


def in_order(network: nn.Module, names: list[str], worked: dict[str, Layer]) -> tuple[Layer, ...]:
    """The layers of a stage: those that worked in their order, then those that did not.

    ``names`` are the stage's parameters. Parameters of no layer of their own (the position of
    each patch) are layers too, and so is what a library computes past its modules.
    """
    own = {name.rpartition(".")[0] for name in names}
    unseen = [path for path in dict.fromkeys(n.rpartition(".")[0] for n in names) if path]
    silent = [make_layer(p, network.get_submodule(p), None) for p in unseen if p not in worked]
    parameters = dict(network.named_parameters())
    loose = [
        Layer(n, "parameter", "Parameter", "", tuple(parameters[n].shape), parameters[n].numel())
        for n in names
        if "." not in n and "" in own
    ]
    return (*loose, *worked.values(), *(layer for layer in silent if layer is not None))


def kind_of(module: nn.Module) -> LayerKind:
    """The kind of a layer."""
    if isinstance(module, _ConvNd):
        depthwise = module.groups > 1 and module.groups == module.in_channels
        return "depthwise" if depthwise else "convolution"
    known = next((kind for cls, kind in _CLASSES if isinstance(module, cls)), None)
    if known is not None:
        return known
    name = type(module).__name__
    named = next((kind for word, kind in _WORDS if word in name), None)
    if named is not None:
        return named
    is_activation = type(module).__module__.rpartition(".")[2].startswith("activation")
    return "activation" if is_activation else "other"


def _detail(module: nn.Module) -> str:
    if not isinstance(module, _ConvNd):
        return ""
    kernel = "×".join(str(n) for n in module.kernel_size)
    stride = max(module.stride)
    return f"{kernel} / {stride}" if stride > 1 else kernel
