"""The trained model on disk: ``model.safetensors`` with ``model.json`` beside it.

The description is also inside the safetensors header, so the weights are never without their
classes and preprocessing; the JSON file is the same for people and other programs to read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from finetune_gui.core import atomic
from finetune_gui.core.cross_validation import MAX_FOLDS, MAX_REPEATS
from finetune_gui.core.errors import RunError
from finetune_gui.core.events import Stage
from finetune_gui.core.recipe import Head, Pooling
from finetune_gui.engine import backbones
from finetune_gui.engine.adapters import plain_state
from finetune_gui.engine.ensemble import Ensemble
from finetune_gui.engine.network import storable
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.tensors_file import write_tensors

WEIGHTS = "model.safetensors"
DESCRIPTION = "model.json"
_FORMAT = 1


@dataclass(frozen=True)
class ModelInfo:
    """What a model is and how well it did on the validation photos.

    ``classes`` in the order of the scores; ``epoch`` 0 for the baseline. ``architecture`` is that
    of a user's own network, see `backbones.architecture`. ``members`` above 1: so many networks of
    that kind answer together, see `engine.ensemble`.
    """

    backbone: str
    input_size: int
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    stage: Stage
    epoch: int
    val_accuracy: float
    val_loss: float
    head: Head = "linear"
    pooling: Pooling = "own"
    architecture: str = ""
    members: Annotated[int, Field(ge=1, le=MAX_FOLDS * MAX_REPEATS)] = 1


@dataclass(frozen=True)
class TrainedModel:
    """A network in evaluation mode and what belongs to it."""

    network: nn.Module
    info: ModelInfo


_MODEL_INFO = TypeAdapter(ModelInfo)
_BROKEN = (
    *(SafetensorError, OSError, KeyError, TypeError, ValueError),
    *(AttributeError, RecursionError),
)


def save_model(folder: Path, network: nn.Module, info: ModelInfo) -> None:
    """Write both files, each whole or not at all; raises `OSError`."""
    tensors = {name: storable(tensor) for name, tensor in plain_state(network).items()}
    write_model(folder, tensors, info)


def write_model(folder: Path, tensors: dict[str, Tensor], info: ModelInfo) -> None:
    """As `save_model`, of what is a model's state already."""
    described = json.dumps({"format": _FORMAT, **asdict(info)}, ensure_ascii=False, indent=1)
    write_tensors(folder / WEIGHTS, tensors, {"finetune_gui": described})
    atomic.write_text(folder / DESCRIPTION, described)


def read_info(folder: Path) -> ModelInfo:
    """The description of the model in ``folder``.

    Raises:
        RunError: there is no model, or it is broken.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise RunError("error-no-model-yet", path=str(folder))
    info = info_in(path)
    if info is None:
        raise RunError("error-model-broken", path=str(path))
    return info


def info_in(path: Path) -> ModelInfo | None:
    """The description inside a file of this program; None for weights from elsewhere.

    Raises:
        RunError: the file or its description is broken.
    """
    try:
        with safe_open(path, framework="pt") as file:
            described = (file.metadata() or {}).get("finetune_gui")
        if described is None:
            return None
        fields: dict[str, Any] = json.loads(described)
        fields.pop("format")
        return _MODEL_INFO.validate_python(fields)
    except _BROKEN as error:
        raise RunError("error-model-broken", path=str(path)) from error


def read_state(folder: Path) -> dict[str, Tensor]:
    """The weights of the model in ``folder``, on the CPU.

    Raises:
        RunError: they are broken.
    """
    try:
        return load_file(folder / WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise RunError("error-model-broken", path=str(folder / WEIGHTS)) from error


def load_model(folder: Path) -> TrainedModel:
    """The model in ``folder``, on the CPU.

    Raises:
        RunError: there is no model, or it is broken.
    """
    info = read_info(folder)
    members = [_create(info) for _ in range(info.members)]
    network = members[0] if len(members) == 1 else Ensemble(members)
    try:
        network.load_state_dict(read_state(folder))
    except RuntimeError as error:
        raise RunError("error-model-broken", path=str(folder / WEIGHTS)) from error
    return TrainedModel(network.eval(), info)


def _create(info: ModelInfo) -> nn.Module:
    return backbones.create(
        info.backbone,
        len(info.classes),
        info.input_size,
        0.0,
        info.head,
        info.pooling,
        info.architecture,
    )
