"""The table of Keras' networks, ``resources/keras_backbones.csv``: what Keras itself says of them.

Listing backbones must not wait the seconds that Keras takes to be imported, so what it says is
kept in a table. ``python -m tests.helpers.keras_table`` makes it anew; a test compares.
"""

from __future__ import annotations

import csv
import inspect
from typing import Any

from finetune_gui.core.paths import resource
from finetune_gui.engine.keras_library import keras_library

# Top-1 accuracy on ImageNet in percent, as https://keras.io/api/applications publishes it; of
# MobileNetV3, which is not there, as the documentation of `keras.applications` does.
_TOP1 = {
    "Xception": 79.0,
    "VGG16": 71.3,
    "VGG19": 71.3,
    "ResNet50": 74.9,
    "ResNet50V2": 76.0,
    "ResNet101": 76.4,
    "ResNet101V2": 77.2,
    "ResNet152": 76.6,
    "ResNet152V2": 78.0,
    "InceptionV3": 77.9,
    "InceptionResNetV2": 80.3,
    "MobileNet": 70.4,
    "MobileNetV2": 71.3,
    "MobileNetV3Large": 75.6,
    "MobileNetV3Small": 68.1,
    "DenseNet121": 75.0,
    "DenseNet169": 76.2,
    "DenseNet201": 77.3,
    "NASNetLarge": 82.5,
    "EfficientNetB0": 77.1,
    "EfficientNetB1": 79.1,
    "EfficientNetB2": 80.1,
    "EfficientNetB3": 81.6,
    "EfficientNetB4": 82.9,
    "EfficientNetB5": 83.6,
    "EfficientNetB6": 84.0,
    "EfficientNetB7": 84.3,
    "EfficientNetV2B0": 78.7,
    "EfficientNetV2B1": 79.8,
    "EfficientNetV2B2": 80.5,
    "EfficientNetV2B3": 82.0,
    "EfficientNetV2S": 83.9,
    "EfficientNetV2M": 85.3,
    "EfficientNetV2L": 85.7,
    "ConvNeXtTiny": 81.3,
    "ConvNeXtSmall": 82.3,
    "ConvNeXtBase": 85.3,
    "ConvNeXtLarge": 86.3,
    "ConvNeXtXLarge": 86.7,
}
# The licences of those whose weights were ported to Keras, or trained for it. Keras' documentation
# named them up to version 2.3; ConvNeXt's are those of its authors' repository.
_LICENCES = {
    "Xception": "MIT",
    "VGG": "CC-BY-4.0",
    "ResNet": "MIT",
    "Inception": "Apache-2.0",
    "MobileNet": "Apache-2.0",
    "DenseNet": "BSD-3-Clause",
    "NASNet": "Apache-2.0",
    "EfficientNet": "Apache-2.0",
    "ConvNeXt": "MIT",
}
COLUMNS = (
    *("name", "family", "input_size", "pixels", "parameters"),
    *("weights_bytes", "top1", "licence", "url"),
)
_FAMILIES = {
    "efficientnet_v2": "EfficientNetV2",
    "efficientnet": "EfficientNet",
    "resnet_v2": "ResNet V2",
    "resnet": "ResNet",
    "vgg16": "VGG",
    "vgg19": "VGG",
    "mobilenet": "MobileNet",
    "mobilenet_v2": "MobileNet",
    "mobilenet_v3": "MobileNet",
    "densenet": "DenseNet",
    "nasnet": "NASNet",
    "inception_v3": "Inception",
    "inception_resnet_v2": "Inception",
    "xception": "Xception",
    "convnext": "ConvNeXt",
}


# Keras itself refuses to build it with torch.
_NOT_WITH_TORCH = "NASNetMobile"


class _AskedForError(Exception):
    """What Keras would have downloaded."""


def networks() -> dict[str, Any]:
    """All networks of `keras.applications` that torch can compute, by name."""
    applications = keras_library().applications
    found = {name: getattr(applications, name) for name in dir(applications) if name[0].isupper()}
    return {name: make for name, make in found.items() if name != _NOT_WITH_TORCH}


def row(name: str, make: Any) -> dict[str, str]:
    """The line of the table for one network."""
    keras = keras_library()
    with keras.device("meta"):  # shapes without memory
        whole = make(weights=None)
        body = make(weights=None, include_top=False, pooling="avg")
    module = inspect.getmodule(inspect.unwrap(make))
    return {
        "name": f"keras/{name}",
        "family": _FAMILIES[module.__name__.rpartition(".")[2]] if module else "",
        "input_size": str(whole.input_shape[1] or 224),
        "pixels": pixels_of(name, make),
        "parameters": str(whole.count_params()),
        "weights_bytes": str(4 * body.count_params()),
        "top1": str(_TOP1[name]),
        "licence": next(v for k, v in _LICENCES.items() if name.startswith(k)),
        "url": weights_url(make, whole.input_shape[1] or 224),
    }


def pixels_of(name: str, make: Any) -> str:
    """What the network wants to be given: a mode of `keras.applications`, or ``raw`` numbers."""
    module: Any = inspect.getmodule(inspect.unwrap(make))
    text = inspect.getsource(module.preprocess_input)
    modes = [mode for mode in ("tf", "caffe", "torch") if f'mode="{mode}"' in text]
    if modes:
        return modes[0]
    # The original EfficientNets have layers for it, which are complete only where Keras itself
    # fetches the weights. Ours begin behind them.
    return "torch" if name.startswith("EfficientNetB") else "raw"


def weights_url(make: Any, size: int) -> str:
    """Where Keras would fetch the weights without a head."""
    file_utils: Any = __import__("keras.src.utils.file_utils", fromlist=["get_file"])
    before = file_utils.get_file

    def refuse(_name: str, origin: str, **_options: object) -> None:
        raise _AskedForError(origin)

    file_utils.get_file = refuse
    try:
        with keras_library().device("meta"):
            shape = (size, size, 3)
            make(weights="imagenet", include_top=False, pooling="avg", input_shape=shape)
    except _AskedForError as asked:
        return str(asked)
    finally:
        file_utils.get_file = before
    raise AssertionError(make)


def main() -> None:
    """Write the table."""
    with resource("keras_backbones.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for name, make in networks().items():
            writer.writerow(row(name, make))


if __name__ == "__main__":
    main()
