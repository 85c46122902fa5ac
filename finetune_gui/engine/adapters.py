"""Small matrices that learn beside the weights of attention layers (LoRA, Hu et al. 2021).

The library peft puts them in; it is loaded only when it is asked for. A layer computes
``W x + 2 · B A x`` and only A and B learn; B begins at zero, so nothing changes at first.
For the files of a finished model they are added to W: what is kept is the plain network.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from finetune_gui.core.errors import UserError

_SCALE = 2  # alpha is as many times the rank, as is common
_ADAPTER = "default"
_PARTS = (".lora_A.", ".lora_B.")


def add_lora(network: nn.Module, rank: int, input_size: int, name: str) -> None:
    """Put matrices of ``rank`` beside the linear layers of attention in ``network``.

    ``input_size`` is the side in pixels of its pictures, ``name`` that of the backbone.

    Raises:
        UserError: peft is not installed, or there are no such layers.
    """
    if importlib.util.find_spec("peft") is None:
        raise UserError("error-adapter-no-peft")
    layers = adaptable_layers(network, input_size)
    if not layers:
        raise UserError("error-adapter-no-layers", name=name)
    peft: Any = importlib.import_module("peft")
    config = peft.LoraConfig(
        r=rank, lora_alpha=_SCALE * rank, target_modules=layers, lora_dropout=0.0
    )
    peft.inject_adapter_in_model(config, network, adapter_name=_ADAPTER)


def adaptable_layers(network: nn.Module, input_size: int) -> list[str]:
    """The linear layers of attention that are really called in a pass.

    Some networks only take the weights out of a layer (BEiT, torchvision's Swin): what is beside
    them would never be asked.
    """
    wanted = {
        name: part
        for name, part in network.named_modules()
        if type(part) is nn.Linear and _is_of_attention(name)
    }
    called: list[str] = []
    hooks = [
        part.register_forward_pre_hook(lambda _part, _inputs, name=name: called.append(name))
        for name, part in wanted.items()
    ]
    device = next(network.parameters()).device
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(torch.zeros(2, 3, input_size, input_size, device=device))
    finally:
        network.train(was_training)
        for hook in hooks:
            hook.remove()
    return list(dict.fromkeys(called))


def _is_of_attention(name: str) -> bool:
    return any("attn" in part or "attention" in part for part in name.split(".")[:-1])


def adapter_parameters(network: nn.Module) -> frozenset[str]:
    """The names of the matrices that `add_lora` put in; none where it did not."""
    return frozenset(
        name for name, _ in network.named_parameters() if any(part in name for part in _PARTS)
    )


def plain_state(network: nn.Module) -> dict[str, Tensor]:
    """The state dict of the network as it is without adapters, with what they learned added."""
    adapted = dict(_adapted(network))
    state: dict[str, Tensor] = {}
    for name, tensor in network.state_dict().items():
        layer = next((n for n in adapted if name.startswith(f"{n}.")), None)
        if layer is None:
            state[name] = tensor
        elif name == f"{layer}.base_layer.weight":
            with torch.no_grad():
                state[f"{layer}.weight"] = tensor + adapted[layer].get_delta_weight(_ADAPTER)
        elif name.startswith(f"{layer}.base_layer."):
            state[f"{layer}.{name.removeprefix(f'{layer}.base_layer.')}"] = tensor
    return state


def _adapted(network: nn.Module) -> Iterator[tuple[str, Any]]:
    for name, part in network.named_modules():
        if hasattr(part, "lora_A") and hasattr(part, "base_layer"):
            yield name, part
