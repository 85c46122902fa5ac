"""A trained model as a ``.keras`` file: pixels from 0 to 255 in, probabilities out.

Plain Keras loads it, with ``safe_mode``: preprocessing, network, head and softmax are all layers of
Keras' own.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError
from finetune_gui.engine.keras_body import body_of
from finetune_gui.engine.keras_library import save_keras
from finetune_gui.engine.model_file import TrainedModel
from finetune_gui.engine.network import head_of
from finetune_gui.engine.preprocessing import Preprocessing


def export_keras(model: TrainedModel, out: Path) -> None:
    """Write the file ``out``, whole or not at all.

    Raises:
        UserError: the network is not Keras', or is made of several.
        OSError: it cannot be written.
    """
    if model.info.members > 1:
        raise UserError("error-keras-ensemble")
    body = body_of(model.network)
    keras = body.graph.keras
    with keras.device("cpu"), tempfile.TemporaryDirectory() as folder:
        whole = _whole(keras, body.fill_graph(), model)
        # Keras writes to names with its own suffix alone.
        written = Path(folder) / "model.keras"
        save_keras(whole, written)
        with atomic.replacing(out) as temporary:
            shutil.copyfile(written, temporary)


def _whole(keras: Any, network: Any, model: TrainedModel) -> Any:
    size = model.info.preprocessing.input_size
    pixels = keras.Input((size, size, 3), name="pixels")
    features = network(_prepared(keras, pixels, model.info.preprocessing))
    head = head_of(model.network)
    layer = keras.layers.Dense(head.out_features, activation="softmax", name="probabilities")
    whole = keras.Model(pixels, layer(features), name="classifier")
    layer.kernel.assign(head.weight.detach().cpu().T)
    layer.bias.assign(head.bias.detach().cpu())
    return whole


def _prepared(keras: Any, pixels: Any, preprocessing: Preprocessing) -> Any:
    """``(x / 255 - mean) / std`` as a layer; none where the network takes pixels as they are."""
    mean = [255 * value for value in preprocessing.mean]
    std = [255 * value for value in preprocessing.std]
    if all(abs(value) < 1e-9 for value in mean) and all(abs(s - 1) < 1e-9 for s in std):
        return pixels
    variance = [value**2 for value in std]
    return keras.layers.Normalization(mean=mean, variance=variance, name="preparation")(pixels)
