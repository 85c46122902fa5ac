"""The program's own ImageNet weights, laid out as the Hugging Face hub does, for the peers.

One folder serves them all: timm reads the tensors by themselves, ``transformers`` the folder.
"""

from __future__ import annotations

import json
from pathlib import Path

import timm
from safetensors.torch import save_file
from torch import nn

from finetune_gui.engine import catalogue, lite_names
from finetune_gui.engine.weights_file import read_weights
from finetune_gui.engine.weights_store import embedded_weights


def lay_out(folder: Path) -> Path:
    """Write ``model.safetensors`` and ``config.json`` into ``folder``, which is made."""
    folder.mkdir(parents=True)
    network = timm.create_model(catalogue.EMBEDDED)
    depths = [len(stage) for stage in network.blocks]
    tensors = lite_names.to_timm_names(read_weights(embedded_weights()), depths)
    _check(network, tensors)
    tensors = {name: tensor.contiguous() for name, tensor in tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(_config(network)), encoding="utf-8")
    return folder


def _check(network: nn.Module, tensors: dict) -> None:
    """All of them, under the right names: a peer with half its weights would look slow."""
    network.load_state_dict(tensors, strict=True)


def _config(network: nn.Module) -> dict:
    """As timm writes it when it sends a network to the hub."""
    known = ("input_size", "interpolation", "crop_pct", "crop_mode", "mean", "std", "classifier")
    return {
        "architecture": catalogue.EMBEDDED,
        "num_classes": 1000,
        "num_features": network.num_features,
        "pretrained_cfg": {name: network.pretrained_cfg[name] for name in known},
    }
