"""Which architecture weights belong to, from the names and shapes of their tensors.

``resources/architectures.csv`` has a line for each network of timm and torchvision, made by
``packaging/make_architectures.py``: building all of them to compare would take minutes.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import timm
import torch
from torch import Tensor

from finetune_gui.core.paths import resource
from finetune_gui.engine import lite_names, torchvision_networks
from finetune_gui.engine.weights_fit import COUNTER, Shape, layouts

Shapes = dict[str, Shape]

TABLE = "architectures.csv"
_EXACT_DIGITS = 10
_ANCHOR_DIGITS = 6
_N_ANCHORS = 4
# Their shapes depend on the size of the photos, not on the network.
_POSITIONS = ("pos_embed", "position", "pos_emb", "rel_pos", "relative")
# Blocks in each stage of EfficientNet-Lite0, 1 and 2, and 3 and 4.
_LITE_DEPTHS = ((1, 2, 2, 3, 3, 4, 1), (1, 3, 3, 4, 4, 5, 1), (1, 3, 3, 5, 5, 6, 1))


@dataclass(frozen=True)
class Architecture:
    """One network: a digest of all its tensors without the head, and digests of a few of them.

    ``head`` are the names of its head's tensors, separated by spaces.
    """

    name: str
    head: str
    exact: str
    anchors: str


@dataclass(frozen=True)
class Guess:
    """The architectures that weights may belong to, likeliest first.

    ``is_exact``: all tensors agree with each of them. ``classes`` is how many the weights' own
    head tells apart; None where there is no head.
    """

    names: tuple[str, ...]
    is_exact: bool
    classes: int | None


def describe(name: str) -> Architecture:
    """The line of an architecture, from building it without memory."""
    with torch.device("meta"):
        if name.startswith(torchvision_networks.PREFIX):
            full, body = torchvision_networks.published_and_body(name)
        else:
            full, body = _timm_and_body(name)
    shapes = {n: s for n, s in body.items() if not n.endswith(COUNTER)}
    head = sorted(n for n in full if n not in body and not n.endswith(COUNTER))
    steady = sorted(n for n in shapes if not any(word in n for word in _POSITIONS))
    chosen = [steady[i * (len(steady) - 1) // (_N_ANCHORS - 1)] for i in range(_N_ANCHORS)]
    anchors = " ".join(_digest([_line(n, shapes[n])], _ANCHOR_DIGITS) for n in chosen)
    return Architecture(name, " ".join(head), _exact(shapes), anchors)


def _timm_and_body(name: str) -> tuple[Shapes, Shapes]:
    network: Any = timm.create_model(name)
    full = shapes_of(network.state_dict())
    network.reset_classifier(0)
    return full, shapes_of(network.state_dict())


def recognise(tensors: Mapping[str, Tensor]) -> Guess:
    """The architectures of timm and torchvision that have these tensors."""
    loose: tuple[str, ...] = ()
    classes: int | None = None
    for named in layouts(tensors):
        shapes = _usual_names(named)
        classes = _classes(shapes) if classes is None else classes
        exact = _exactly(shapes)
        if exact:
            return Guess(exact, is_exact=True, classes=classes)
        loose = loose or _loosely(shapes)
    return Guess(loose, is_exact=False, classes=classes)


@cache
def architectures() -> dict[str, Architecture]:
    """The table by name."""
    with resource(TABLE).open(encoding="utf-8", newline="") as file:
        rows = [Architecture(**row) for row in csv.DictReader(file)]
    return {row.name: row for row in rows}


def shapes_of(tensors: Mapping[str, Tensor]) -> Shapes:
    """The shapes by name."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def _usual_names(named: Mapping[str, Tensor]) -> Shapes:
    """Shapes by timm's names, without counters, which old files lack."""
    if lite_names.has_port_names(dict(named)):
        for depths in _LITE_DEPTHS:
            with contextlib.suppress(KeyError):
                named = lite_names.to_timm_names(dict(named), depths)
                break
    return {n: s for n, s in shapes_of(named).items() if not n.endswith(COUNTER)}


@cache
def _by_head() -> dict[frozenset[str], dict[str, list[str]]]:
    """Names by digest, for each way in which heads are called."""
    found: dict[frozenset[str], dict[str, list[str]]] = {}
    for row in architectures().values():
        found.setdefault(frozenset(row.head.split()), {}).setdefault(row.exact, []).append(row.name)
    return found


def _exactly(shapes: Shapes) -> tuple[str, ...]:
    found: list[str] = []
    for head, names in _by_head().items():
        digest = _exact({name: shape for name, shape in shapes.items() if name not in head})
        found += names.get(digest, [])
    return tuple(sorted(found, key=_plainness))


def _loosely(shapes: Shapes) -> tuple[str, ...]:
    """Those of which a few tensors all agree, the ones with most of their names here first."""
    here = {_digest([_line(name, shape)], _ANCHOR_DIGITS) for name, shape in shapes.items()}
    found = [r.name for r in architectures().values() if here.issuperset(r.anchors.split())]
    return tuple(sorted(found, key=_plainness))


def _plainness(name: str) -> tuple[bool, int, str]:
    """A key that puts what people mean first: timm before torchvision, short names first."""
    return name.startswith(torchvision_networks.PREFIX), len(name), name


def _classes(shapes: Shapes) -> int | None:
    weights = {name for head in _by_head() for name in head if name.endswith("weight")}
    found = [shape[0] for name, shape in shapes.items() if name in weights and len(shape) > 1]
    return found[-1] if found else None


def _exact(shapes: Shapes) -> str:
    return _digest(sorted(_line(name, shape) for name, shape in shapes.items()), _EXACT_DIGITS)


def _line(name: str, shape: Collection[int]) -> str:
    return f"{name} {tuple(shape)}"


def _digest(lines: Collection[str], digits: int) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:digits]
