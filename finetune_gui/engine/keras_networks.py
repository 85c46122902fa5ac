"""The networks of ``keras.applications``, with a head of ours.

They are named ``keras/EfficientNetV2B0``: many have the name of one of timm's. What Keras tells of
them stands in a table, so that listing them does not wait for Keras; the table has all networks
that Keras can compute with torch.
"""

from __future__ import annotations

import csv
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

from finetune_gui.core.paths import resource
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.keras_body import Graph, KerasBody, building
from finetune_gui.engine.preprocessing import Preprocessing

PREFIX = "keras/"
Numbers = tuple[float, float, float]

# What the modes of `keras.applications` do to pixels, as mean and std of values in [0, 1].
# "caffe" takes off a mean of its own; that its channels are blue, green, red is seen to where the
# weights are loaded. "raw" gives pixels as they are: scaling them is a layer of the network.
PIXELS: dict[str, tuple[Numbers, Numbers]] = {
    "tf": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "torch": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "caffe": ((123.68 / 255, 116.779 / 255, 103.939 / 255), (1 / 255, 1 / 255, 1 / 255)),
    "raw": ((0.0, 0.0, 0.0), (1 / 255, 1 / 255, 1 / 255)),
}


@dataclass(frozen=True)
class Published:
    """What Keras tells of a network and of the weights without a head that it fetches.

    ``parameters`` with the head for ImageNet's thousand classes, ``top1`` in percent; ``pixels`` is
    a key of `PIXELS`.
    """

    family: str
    url: str
    pixels: str
    input_size: int
    parameters: int
    weights_bytes: int
    top1: float
    licence: str

    @property
    def preprocessing(self) -> Preprocessing:
        """How photos are prepared: Keras' own numbers, and the usual crop."""
        mean, std = PIXELS[self.pixels]
        return Preprocessing(
            input_size=self.input_size,
            crop_fraction=0.875,
            interpolation="bilinear",
            mean=mean,
            std=std,
        )


def published() -> dict[str, Published]:
    """All networks, as recipes name them, and what is told of them."""
    return dict(_table())


@cache
def _table() -> dict[str, Published]:
    with resource("keras_backbones.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["name"]: Published(
                family=row["family"],
                url=row["url"],
                pixels=row["pixels"],
                input_size=int(row["input_size"]),
                parameters=int(row["parameters"]),
                weights_bytes=int(row["weights_bytes"]),
                top1=float(row["top1"]),
                licence=row["licence"],
            )
            for row in csv.DictReader(file)
        }


def create(name: str, n_classes: int, input_size: int, dropout: float) -> Headed:
    """The bare architecture with a head for ``n_classes``; it takes this input size alone.

    Raises:
        UserError: Keras is not installed.
        ValueError: it does not take this input size.
    """
    pixels = published()[name].pixels
    with building() as keras:
        whole = _architecture(keras, name.removeprefix(PREFIX), input_size)
        model = whole if pixels == "raw" else _behind_preprocessing(keras, whole)
        graph = Graph(model, whole, reverses_channels=pixels == "caffe")
    return Headed(KerasBody(graph), n_classes, input_size, dropout)


def _architecture(keras: Any, bare: str, size: int) -> Any:
    make = getattr(keras.applications, bare)
    with warnings.catch_warnings():
        # MobileNets warn that they would fetch the weights for 224 pixels; that is what we do.
        warnings.filterwarnings("ignore", "`input_shape` is undefined or non-square", UserWarning)
        return make(weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3))


def _behind_preprocessing(keras: Any, whole: Any) -> Any:
    """The network without its layers for preprocessing.

    The original EfficientNets have them, but complete only where Keras itself fetches the weights
    (https://github.com/keras-team/keras/blob/v3.9.0/keras/src/applications/efficientnet.py#L331).
    """
    norms = [layer for layer in whole.layers if isinstance(layer, keras.layers.Normalization)]
    return keras.Model(norms[0].output, whole.output) if norms else whole
