"""Reading weight files without ever running what is in them."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from finetune_gui.core.errors import WeightsError
from finetune_gui.engine import lite_names
from finetune_gui.engine.headed import Headed
from finetune_gui.engine.keras_body import WEIGHTS_SUFFIXES, KerasBody
from finetune_gui.engine.network import head_names


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a ``.safetensors`` file or of a ``.pt``/``.pth`` state dict, on the CPU.

    Raises:
        WeightsError: the file is broken, or holds anything but tensors.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        loaded = _load_tensors_only(path)
    except FileNotFoundError as error:
        raise WeightsError("error-weights-missing", path=str(path)) from error
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, OSError) as error:
        raise WeightsError("error-weights-broken", path=str(path)) from error
    if not isinstance(loaded, Mapping) or not all(isinstance(t, Tensor) for t in loaded.values()):
        raise WeightsError("error-weights-broken", path=str(path))
    return dict(loaded)


def _load_tensors_only(path: Path) -> object:
    # What torch warns of here is a file that it then refuses; the refusal is the sentence.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return torch.load(path, map_location="cpu", weights_only=True)


def load_into(network: nn.Module, path: Path) -> None:
    """Put pretrained weights into ``network``; its head keeps its own, fresh weights.

    Every tensor of the backbone must be there with its shape: half-loaded weights would train
    without an error and be worse for no visible reason.

    Raises:
        WeightsError: the file is broken or belongs to another network.
    """
    head = frozenset[str]()
    if isinstance(network, Headed):
        network = network.body
    else:
        head = head_names(network)
    if isinstance(network, KerasBody) and path.suffix.lower() in WEIGHTS_SUFFIXES:
        found = network.weights_in(path)
    else:
        found = _named_as_in(network, read_weights(path), path)
    own = network.state_dict()
    for name, tensor in own.items():
        if name in head:
            continue
        if name not in found or found[name].shape != tensor.shape:
            raise WeightsError("error-weights-do-not-fit", path=str(path), name=name)
    network.load_state_dict({n: found[n] for n in own if n not in head}, strict=False)


def _named_as_in(network: nn.Module, tensors: dict[str, Tensor], path: Path) -> dict[str, Tensor]:
    if not lite_names.has_port_names(tensors):
        return tensors
    blocks = network.get_submodule("blocks") if hasattr(network, "blocks") else nn.Sequential()
    depths = [sum(1 for _ in stage.children()) for stage in blocks.children()]
    try:
        return lite_names.to_timm_names(tensors, depths)
    except KeyError as error:
        raise WeightsError(
            "error-weights-do-not-fit", path=str(path), name=str(error.args[0])
        ) from error
