"""Small models that a user of Keras may have, and what plain Keras says of photos."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import torch

from finetune_gui.engine.keras_body import KerasBody
from finetune_gui.engine.keras_library import arrays_of_keras, keras_library, save_keras
from finetune_gui.engine.preprocessing import Preprocessing

SIDE = 32
_PREDICT = """
import sys
import keras
import numpy as np
inputs, results, *paths = sys.argv[1:]
pixels = np.load(inputs)
found = [keras.saving.load_model(p, safe_mode=True).predict(pixels, verbose=0) for p in paths]
np.save(results, np.stack(found))
assert not [m for m in sys.modules if m.startswith(("finetune_gui", "timm"))]
"""


def functional() -> Any:
    """A small residual network as people write it: adapted, with dropout and a flip inside."""
    keras = keras_library()
    layers = keras.layers
    scaled = layers.Normalization()
    scaled.adapt(np.random.default_rng(0).uniform(0, 255, (4, SIDE, SIDE, 3)).astype("float32"))
    start = keras.Input((SIDE, SIDE, 3))
    x = layers.RandomFlip("horizontal")(scaled(start))
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Add()([x, layers.DepthwiseConv2D(3, padding="same")(x)])
    x = layers.Conv2D(16, 3, strides=2, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    model = keras.Model(start, layers.Dense(5, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def sequential() -> Any:
    """The network of many tutorials."""
    keras = keras_library()
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(4),
            layers.Softmax(),
        ]
    )


def without_head() -> Any:
    """Maps, of pixels that nothing scales."""
    keras = keras_library()
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.SeparableConv2D(12, 3, strides=2),
        ]
    )


def of_parts() -> Any:
    """Transfer learning by the book: a whole network within, frozen, and a head of logits."""
    keras = keras_library()
    layers = keras.layers
    inside = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            layers.Conv2D(8, 3, strides=2),
            layers.BatchNormalization(),
            layers.Conv2D(8, 3, strides=2),
        ],
        name="inside",
    )
    inside.trainable = False
    start = keras.Input((SIDE, SIDE, 3))
    x = inside(layers.Rescaling(1 / 127.5, offset=-1)(start))
    return keras.Model(start, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


def with_one_pixel_head() -> Any:
    """A whole network at the end, which decides by a convolution as MobileNets do."""
    keras = keras_library()
    layers = keras.layers
    start = keras.Input((SIDE, SIDE, 3))
    x = layers.Conv2D(8, 3, strides=2)(start)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(7, 1)(layers.Dropout(0.1)(x))
    x = layers.Activation("softmax")(layers.Reshape((7,))(x))
    return keras.Sequential([keras.Input((SIDE, SIDE, 3)), keras.Model(start, x)])


def save(model: Any, path: Path) -> str:
    """Write the file; returns what a recipe calls it."""
    save_keras(model, path)
    return f"file:{path}"


def plain_predictions(
    paths: Sequence[Path], pixels: npt.NDArray[np.uint8], folder: Path
) -> npt.NDArray[np.float32]:
    """What Keras alone, in a process of its own, answers for pixels [N, H, W, 3]; [M, N, C]."""
    np.save(folder / "pixels.npy", pixels)
    command = [sys.executable, "-c", _PREDICT]
    files = [folder / "pixels.npy", folder / "found.npy", *paths]
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    subprocess.run([*command, *map(str, files)], check=True, env=environment, cwd=folder)
    found: npt.NDArray[np.float32] = np.load(folder / "found.npy")
    return found


def lively_weights(whole: Any, path: Path) -> Path:
    """Weights that let differences between photos through, in the format of Keras' published files.

    Keras' own beginnings of a deep network hardly do before it has learned.
    """
    generator = torch.Generator().manual_seed(5)
    for variable in whole.weights:
        value = torch.rand(tuple(variable.shape), generator=generator)
        fan = max(1, value[..., 0].numel()) if value.ndim > 1 else 1
        variable.assign((value - 0.5) * (12 / fan) ** 0.5 if value.ndim > 1 else value + 0.1)
    return write_legacy(whole, path)


def write_legacy(whole: Any, path: Path) -> Path:
    """Write the weights of a model in the format of Keras' published files."""
    legacy: Any = importlib.import_module("keras.src.legacy.saving.legacy_h5_format")
    with arrays_of_keras(), h5py.File(path, "w") as file:
        legacy.save_weights_to_hdf5_group(file, whole)
    return path


def settled_weights(body: KerasBody, prepare: Preprocessing, path: Path) -> Path:
    """Weights as Keras begins with, but with the statistics that batch norms see of noise.

    Without them photos hardly differ behind a deep network, and rounding decides.
    """
    norms = [leaf.layer for leaf in body.graph.leaves if hasattr(leaf.layer, "moving_mean")]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    with torch.no_grad():
        noise = torch.randint(256, (8, 3, prepare.input_size, prepare.input_size))
        body.train()(prepare.normalise(noise))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    body.fill_graph()
    return write_legacy(body.graph.whole, path)
