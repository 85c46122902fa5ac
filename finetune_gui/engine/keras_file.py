"""A user's own ``.keras`` file as a backbone: its layers up to the head that decides.

It is named ``file:`` and its path in a recipe. The file holds a description of layers and their
weights. The description is looked through before Keras sees it: what names code, or layers that
are not Keras' own, is refused. A run keeps the description, so that its model can be used and its
training go on when the file is gone.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune_gui.core.errors import UserError
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.keras_body import Graph, KerasBody, building
from finetune_gui.engine.keras_networks import PIXELS
from finetune_gui.engine.preprocessing import Preprocessing

PREFIX, SUFFIX = "file:", ".keras"
_USUAL_SIZE = 224  # for a network that takes pictures of any
_MOST_BYTES = 64 * 2**20  # of a description; those of the largest networks have a few
# Parts that hold or fetch somebody's code; and the parts of Keras that networks are made of. Others
# (`keras.config`, `keras.utils`) have functions that change or load things when they are called.
_UNSAFE = frozenset(
    {"Lambda", "__lambda__", "__typespec__", "TorchModuleWrapper", "TFSMLayer"}
    | {"JaxLayer", "FlaxLayer"}
)
_OF_NETWORKS = frozenset(
    {"", "activations", "applications", "constraints", "dtype_policies", "initializers", "layers"}
    | {"models", "ops", "quantizers", "random", "regularizers"}
)
_SCALING = frozenset({"Rescaling", "Normalization"})
# What `preprocess_input` leaves in a model when it is called while that is built.
_SCALING_FIRST = frozenset({"TrueDivide", "Divide", "Multiply", "Subtract", "GetItem"})
_DECIDES = frozenset({"linear", "softmax", "sigmoid"})

Json = dict[str, Any]


@dataclass(frozen=True)
class KerasFile:
    """What a file says of its network; ``architecture`` is JSON for `described`."""

    name: str
    architecture: str

    @property
    def path(self) -> Path:
        """Where the file was, or is."""
        return Path(self.name.removeprefix(PREFIX))

    @property
    def input_size(self) -> int:
        """Pixels of a side.

        Raises:
            UserError: it does not take one square picture in colour.
        """
        shape = _input_shape(json.loads(self.architecture))
        if len(shape) != 4 or shape[3] != 3 or shape[1] != shape[2]:
            raise UserError("error-keras-input", path=str(self.path))
        return shape[1] or _USUAL_SIZE

    @property
    def preprocessing(self) -> Preprocessing:
        """Pixels as they are where a layer scales them, else fractions, as most are trained."""
        mean, std = PIXELS["raw"]
        if not _scales(json.loads(self.architecture)):
            std = (1.0, 1.0, 1.0)
        return Preprocessing(self.input_size, 1.0, "bilinear", mean, std)


def is_keras_file(name: str) -> bool:
    """Whether a recipe's backbone is a file of this kind."""
    return name.startswith(PREFIX) and name.casefold().endswith(SUFFIX)


def described(name: str, kept: str = "") -> KerasFile:
    """What is known of the file called ``name``; ``kept`` is what a run kept of it.

    Raises:
        UserError: it is not there or broken, or holds what would run code.
    """
    path = Path(name.removeprefix(PREFIX))
    config = _read(path) if not kept else json.loads(kept)
    for part in _parts(config):
        _check(part, path)
    return KerasFile(name, json.dumps(config))


def create(file: KerasFile, n_classes: int, input_size: int, dropout: float) -> Headed:
    """The file's network without its weights, with a head for ``n_classes``.

    Raises:
        UserError: Keras is not installed or cannot build it, or it makes no features.
        ValueError: it does not take this input size.
    """
    with building() as keras:
        try:
            config = json.loads(file.architecture)
            whole = keras.saving.deserialize_keras_object(config, safe_mode=True)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UserError("error-keras-broken", path=str(file.path)) from error
        graph = Graph(_features(keras, whole, file), whole)
    return Headed(KerasBody(graph), n_classes, input_size, dropout)


def _read(path: Path) -> Json:
    try:
        with zipfile.ZipFile(path) as archive, archive.open("config.json") as file:
            config = json.loads(file.read(_MOST_BYTES))
    except FileNotFoundError as error:
        raise UserError("error-keras-missing", path=str(path)) from error
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UserError("error-keras-broken", path=str(path)) from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise UserError("error-keras-broken", path=str(path))
    for part in _parts(config):
        part.pop("compile_config", None)  # losses and metrics: of no use here
    return config


def _parts(value: object) -> Iterator[Json]:
    """All objects in a description, the outer before the inner, in order."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _check(part: Json, path: Path) -> None:
    if not isinstance(part.get("class_name"), str):
        return
    kind, module, name = part["class_name"], part.get("module"), part.get("registered_name")
    if kind in _UNSAFE or not _is_of_networks(module) or ">" in str(name):
        raise UserError("error-keras-unsafe", path=str(path), kind=kind)


def _is_of_networks(module: object) -> bool:
    if module is None:  # Keras then knows the name, or refuses it
        return True
    top, _, rest = str(module).partition(".")
    return top == "keras" and rest.removeprefix("src").strip(".").partition(".")[0] in _OF_NETWORKS


def _input_shape(config: Json) -> tuple[int | None, ...]:
    for part in _parts(config):
        for key in ("batch_shape", "batch_input_shape", "input_shape"):
            if isinstance(part.get(key), list):
                return tuple(part[key])
    return ()


def _scales(config: Json) -> bool:
    made = [part for part in _parts(config) if "build_config" in part or "inbound_nodes" in part]
    frames = ("InputLayer", "Functional", "Sequential")
    layers = [part["class_name"] for part in made if part["class_name"] not in frames]
    return not _SCALING.isdisjoint(layers) or not _SCALING_FIRST.isdisjoint(layers[:1])


def _features(keras: Any, whole: Any, file: KerasFile) -> Any:
    """A model that ends before the head of ``whole``; what makes maps is averaged over them."""
    try:
        made = _before_head(keras, whole.outputs[0])
        alone = len(whole.inputs) == len(whole.outputs) == 1
    except (AttributeError, ValueError, IndexError) as error:  # a model that was never built
        raise UserError("error-keras-input", path=str(file.path)) from error
    if len(made.shape) == 4:
        made = keras.layers.GlobalAveragePooling2D(name="features")(made)
    if not alone or len(made.shape) != 2:
        raise UserError("error-keras-output", path=str(file.path))
    return keras.Model(whole.inputs, made)


def _before_head(keras: Any, made: Any) -> Any:
    """What the head is given: it is a last dense layer that decides, with dropout before it.

    Or a convolution of one pixel, as MobileNets have. A dense layer with another activation makes
    features; a model that has no head is taken whole.
    """
    found = _without(made, ("Softmax", "Sigmoid", "Activation", "Dropout"))
    layer = _maker(found)
    if isinstance(layer, keras.Model):
        inner = _before_head(keras, layer.outputs[0])
        return keras.Model(layer.inputs, inner)(_given(found))
    if isinstance(layer, keras.layers.Dense) and layer.activation.__name__ in _DECIDES:
        return _without(_given(found), ("Dropout",))
    found = _without(found, ("Reshape", "Flatten"))
    layer = _maker(found)
    if isinstance(layer, keras.layers.Conv2D) and found.shape[1:3] == (1, 1) and _decides(layer):
        return _without(_given(found), ("Dropout",))
    return made


def _without(made: Any, kinds: tuple[str, ...]) -> Any:
    while type(_maker(made)).__name__ in kinds and _decides(_maker(made)):
        made = _given(made)
    return made


def _decides(layer: Any) -> bool:
    activation = getattr(layer, "activation", None)
    return activation is None or activation.__name__ in _DECIDES


def _maker(made: Any) -> Any:
    return made._keras_history.operation


def _given(made: Any) -> Any:
    """What the layer that made this was given."""
    history = made._keras_history
    return history.operation._inbound_nodes[history.node_index].input_tensors[0]
