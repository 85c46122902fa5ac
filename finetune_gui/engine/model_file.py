"""The trained model on disk: ``model.safetensors`` with ``model.json`` beside it.

The description is also inside the safetensors header, so the weights are never without their
classes and preprocessing; the JSON file is the same for people and other programs to read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from finetune_gui.core import atomic
from finetune_gui.core.errors import RunError
from finetune_gui.core.events import Stage
from finetune_gui.engine import backbones
from finetune_gui.engine.network import storable
from finetune_gui.engine.preprocessing import Preprocessing

WEIGHTS = "model.safetensors"
DESCRIPTION = "model.json"
_FORMAT = 1


@dataclass(frozen=True)
class ModelInfo:
    """What a model is and how well it did on the validation photos.

    ``classes`` in the order of the scores; ``epoch`` 0 for the baseline. ``architecture`` is that
    of a user's own network, see `backbones.architecture`.
    """

    backbone: str
    input_size: int
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    stage: Stage
    epoch: int
    val_accuracy: float
    val_loss: float
    architecture: str = ""


@dataclass(frozen=True)
class TrainedModel:
    """A network in evaluation mode and what belongs to it."""

    network: nn.Module
    info: ModelInfo


def save_model(folder: Path, network: nn.Module, info: ModelInfo) -> None:
    """Write both files, each whole or not at all; raises `OSError`."""
    described = json.dumps({"format": _FORMAT, **asdict(info)}, ensure_ascii=False, indent=1)
    tensors = {name: storable(tensor) for name, tensor in network.state_dict().items()}
    with atomic.replacing(folder / WEIGHTS) as temporary:
        save_file(tensors, temporary, metadata={"finetune_gui": described})
    atomic.write_text(folder / DESCRIPTION, described)


def read_info(folder: Path) -> ModelInfo:
    """The description of the model in ``folder``.

    Raises:
        RunError: there is no model, or it is broken.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise RunError("error-no-model-yet", path=str(folder))
    try:
        with safe_open(path, framework="pt") as file:
            fields: dict[str, Any] = json.loads((file.metadata() or {})["finetune_gui"])
        fields.pop("format")
        fields["classes"] = tuple(fields["classes"])
        numbers = fields["preprocessing"]
        numbers["mean"], numbers["std"] = tuple(numbers["mean"]), tuple(numbers["std"])
        fields["preprocessing"] = Preprocessing(**numbers)
        return ModelInfo(**fields)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise RunError("error-model-broken", path=str(path)) from error


def load_model(folder: Path) -> TrainedModel:
    """The model in ``folder``, on the CPU.

    Raises:
        RunError: there is no model, or it is broken.
    """
    info = read_info(folder)
    network = backbones.create(
        info.backbone, len(info.classes), info.input_size, 0.0, info.architecture
    )
    try:
        network.load_state_dict(load_file(folder / WEIGHTS))
    except (SafetensorError, OSError, RuntimeError) as error:
        raise RunError("error-model-broken", path=str(folder / WEIGHTS)) from error
    return TrainedModel(network.eval(), info)
