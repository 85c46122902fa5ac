"""A Keras model as one of torch's modules: pictures in, features out.

Keras' graph is used as a function: all its tensors stay with the module and are lent to the graph
for each call (`keras.StatelessScope`). So they are frozen, averaged, copied, moved and saved as
those of any other network, and copies of the module share one graph. What dropout hides is drawn
from torch's generator, not from Keras' own, which would go on counting from run to run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from finetune_gui.core.errors import UserError, WeightsError
from finetune_gui.engine.keras_library import keras_library

WEIGHTS_SUFFIXES = (".h5", ".keras")


class LayerTensors(nn.Module):
    """The tensors of one Keras layer: what it learns are parameters, the others buffers."""


class BatchNormTensors(LayerTensors):
    """Those of a batch norm: it uses the statistics of its batch in training mode alone."""


@dataclass(frozen=True)
class Leaf:
    """A layer with tensors. ``key`` is its place in the module, ``stage`` counts from the input."""

    key: str
    layer: Any
    stage: int
    variables: dict[str, Any]


class Graph:
    """A Keras model ``model`` from [N, H, W, 3] to features, shared by copies of a module.

    ``whole`` is the model that files with weights belong to; ``model`` is made of its layers.
    ``reverses_channels``: those weights want blue, green, red; the first kernel is turned round
    when they are loaded, so that all here is red, green, blue.
    """

    def __init__(self, model: Any, whole: Any, *, reverses_channels: bool = False) -> None:
        self.keras = keras_library()
        self.model, self.whole = model, whole
        self.reverses_channels = reverses_channels
        whole.trainable = True  # which parameters learn is decided by the module alone
        self.leaves = _leaves(model, self.keras)
        kept = {id(v) for v in model.weights}
        self._seeds = [v for v in model.variables if id(v) not in kept]

    def __deepcopy__(self, _memo: dict[int, object]) -> Graph:
        return self

    def drawn_seeds(self, device: torch.device) -> list[tuple[Any, Tensor]]:
        """New states of all generators of the model, from torch's."""
        found = []
        for variable in self._seeds:
            drawn = torch.randint(2**31, tuple(variable.shape), device="cpu")
            found.append((variable, drawn.to(device)))
        return found

    def settle(self, leaf: Leaf, tensors: LayerTensors) -> None:
        """Let a layer that works out what it needs from its tensors once do so now."""
        if hasattr(leaf.layer, "finalize_state"):
            with self.keras.device("cpu"):
                for name, variable in leaf.variables.items():
                    variable.assign(getattr(tensors, name).cpu())
                leaf.layer.finalize_state()


class KerasBody(nn.Module):
    """Features [N, F] in float32 of inputs [N, 3, H, W]."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self.layers = nn.ModuleDict({leaf.key: _tensors_of(leaf, graph) for leaf in graph.leaves})
        # torch gives this method no types.
        after_loading: Any = self.register_load_state_dict_post_hook
        after_loading(_settle)

    def forward(self, inputs: Tensor) -> Tensor:
        """See the class; in training mode statistics of batches are learned."""
        graph, lent = self.graph, list(self._lent())
        drawn = []
        if self.training:
            drawn = graph.drawn_seeds(inputs.device)
            self._tell_norms()
        pairs = [*lent, *drawn]
        pictures = inputs.permute(0, 2, 3, 1)
        with (
            graph.keras.device(str(inputs.device)),
            graph.keras.StatelessScope(state_mapping=pairs) as scope,
        ):
            found: Tensor = graph.model(pictures, training=self.training)
        if self.training:
            _keep_changes(lent, scope)
        return found

    def group_matcher(self, coarse: bool) -> Callable[[str], int]:
        """The stage of a parameter by its name, as timm's networks tell it.

        Raises:
            AssertionError: finer groups are asked for.
        """
        if not coarse:
            raise AssertionError
        stages = {leaf.key: leaf.stage for leaf in self.graph.leaves}
        return lambda name: stages[name.split(".")[1]]

    def weights_in(self, path: Path) -> dict[str, Tensor]:
        """The tensors of a file that Keras wrote, as they are named in the state dict.

        Both kinds are HDF5, a format for arrays: Keras reads those that its own layers ask for,
        and nothing in the file names code.

        Raises:
            WeightsError: the file is broken, or belongs to another network.
        """
        graph = self.graph
        try:
            with graph.keras.device("cpu"):
                graph.whole.load_weights(str(path))
        except OSError as error:
            raise WeightsError("error-weights-broken", path=str(path)) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WeightsError("error-weights-other-keras", path=str(path)) from error
        found = {
            f"layers.{leaf.key}.{name}": variable.value.detach().clone()
            for leaf in graph.leaves
            for name, variable in leaf.variables.items()
        }
        if graph.reverses_channels:
            first = next(name for name, tensor in found.items() if tensor.ndim == 4)
            found[first] = found[first].flip(2)
        return found

    def fill_graph(self) -> Any:
        """Keras' model with the tensors of this module, on the CPU."""
        with self.graph.keras.device("cpu"):
            for variable, tensor in self._lent():
                variable.assign(tensor.detach().cpu())
        return self.graph.model

    def _lent(self) -> Iterator[tuple[Any, Tensor]]:
        for leaf in self.graph.leaves:
            tensors = self.layers[leaf.key]
            for name, variable in leaf.variables.items():
                yield variable, getattr(tensors, name)

    def _tell_norms(self) -> None:
        """A batch norm of Keras asks whether it may learn, not which mode it is in."""
        for leaf in self.graph.leaves:
            tensors = self.layers[leaf.key]
            if isinstance(tensors, BatchNormTensors) and leaf.layer.trainable != tensors.training:
                leaf.layer.trainable = tensors.training


def _keep_changes(lent: list[tuple[Any, Tensor]], scope: Any) -> None:
    with torch.no_grad():
        for variable, tensor in lent:
            value = scope.get_current_value(variable)
            if value is not tensor:
                tensor.copy_(value)


def _settle(body: nn.Module, _keys: object) -> None:
    if isinstance(body, KerasBody):
        for leaf in body.graph.leaves:
            tensors = body.layers[leaf.key]
            if isinstance(tensors, LayerTensors):
                body.graph.settle(leaf, tensors)


def _tensors_of(leaf: Leaf, graph: Graph) -> LayerTensors:
    is_norm = isinstance(leaf.layer, graph.keras.layers.BatchNormalization)
    tensors = BatchNormTensors() if is_norm else LayerTensors()
    learning = {id(v) for v in leaf.layer.trainable_weights}
    for name, variable in leaf.variables.items():
        value = variable.value.detach().clone()
        if id(variable) in learning:
            tensors.register_parameter(name, nn.Parameter(value))
        else:
            tensors.register_buffer(name, value)
    return tensors


def _leaves(model: Any, keras: Any) -> list[Leaf]:
    """All layers with tensors in order, those of models within the model too.

    A stage ends where maps get smaller, and with the last of them. Layers without maps in between
    squeeze and excite: they belong to the stage that they work in.
    """
    layers = list(_walk(model, keras, set()))
    sides = [_side(layer) for layer in layers]
    behind = 1 + max((n for n, side in enumerate(sides) if side > 1), default=-1)
    found: list[Leaf] = []
    stage, smallest = 0, max(sides, default=0)
    for number, (layer, side) in enumerate(zip(layers, sides, strict=True)):
        if 1 < side < smallest or number == behind:
            stage += 1
            smallest = side
        variables = _named(layer)
        if variables:
            found.append(Leaf(f"{len(found):03d}_{_name(layer)}", layer, stage, variables))
    return found


def _walk(model: Any, keras: Any, seen: set[int]) -> Iterator[Any]:
    for layer in model.layers:
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, keras.Model):
            yield from _walk(layer, keras, seen)
        elif hasattr(layer, "weights"):
            yield layer


def _named(layer: Any) -> dict[str, Any]:
    """The layer's tensors by names that are its own and no attributes of torch's modules."""
    found: dict[str, Any] = {}
    for variable in layer.weights:
        name = variable.path.removeprefix(f"{layer.name}/").replace(".", "_")
        name = re.sub(r"^variable_\d+$", "variable", name)  # counted on by Keras, see `_name`
        while name in found or hasattr(nn.Module, name):
            name += "_"
        found[name] = variable
    return found


def _name(layer: Any) -> str:
    """What the layer is called; a name that Keras made counts on from model to model."""
    own, kind = str(layer.name), type(layer).__name__
    made = re.sub(r"(_\d+)?$", "", own).replace("_", "") == kind.lower()
    return kind if made else re.sub(r"\W", "_", own)


def _side(layer: Any) -> int:
    """Height in pixels of the maps that a layer makes; 0 where it makes none."""
    nodes = layer._inbound_nodes
    shape: tuple[int | None, ...] = nodes[0].output_tensors[0].shape if nodes else ()
    return (shape[1] or 0) if len(shape) == 4 else 0


@contextmanager
def building() -> Iterator[Any]:
    """Gives Keras for making models on torch's default device, with weights of torch's generator.

    Keras draws the seeds of its initialisers from Python's generator, which is put back.
    """
    keras, before = keras_library(), random.getstate()
    random.seed(int(torch.randint(2**31, (), device="cpu")))
    try:
        with keras.device(str(torch.get_default_device())):
            yield keras
    finally:
        random.setstate(before)


def body_of(network: nn.Module) -> KerasBody:
    """The Keras part of a network with a head.

    Raises:
        UserError: it is not Keras'.
    """
    body = getattr(network, "body", None)
    if not isinstance(body, KerasBody):
        raise UserError("error-export-not-keras")
    return body
