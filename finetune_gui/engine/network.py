"""What the engine needs to know of a network: its stages, its features and its head.

timm's networks offer these under the same names whatever the architecture, but torch's types do
not know of them: the casts to ``Any`` are all in this file.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import Freeze
from finetune_gui.engine.headed import Headed, stages_of_timm
from finetune_gui.engine.keras_body import BatchNormTensors

_BATCH_NORMS = (nn.modules.batchnorm._BatchNorm, BatchNormTensors)


def freeze(network: nn.Module, what: Freeze) -> None:
    """Set which parameters learn; the head always does.

    Stages are timm's coarse groups from input to head: for EfficientNet the stem, seven blocks
    and the last convolution. What stands in one group with the head (a last norm) is no stage of
    its own: it learns unless the whole backbone is frozen.
    """
    head = head_names(network)
    groups = stage_parameters(network)
    stages = [names for names in groups if not head.intersection(names)]
    behind = {name for names in groups if head.intersection(names) for name in names}
    kept = {"none": len(stages), "all_but_last_two_stages": 2, "all_but_last_stage": 1}.get(what, 0)
    learning = {name for names in stages[max(0, len(stages) - kept) :] if kept for name in names}
    learning |= behind if kept else head
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name in learning)


def stage_parameters(network: nn.Module) -> list[list[str]]:
    """The names of all parameters, grouped by stage from input to head."""
    if isinstance(network, Headed):
        return network.stages()
    stages = stages_of_timm(network)
    if stages is None:
        raise UserError("error-backbone-head", name=type(network).__name__)
    return stages


def head_of(network: nn.Module) -> nn.Linear:
    """The last layer, which turns features into one score a class."""
    timm_network: Any = network
    head = timm_network.get_classifier()
    if not isinstance(head, nn.Linear):
        raise UserError("error-backbone-head", name=type(network).__name__)
    return head


def features(network: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    """What the head is given: [N, F] for inputs [N, 3, H, W]."""
    timm_network: Any = network
    maps = timm_network.forward_features(inputs)
    pooled: torch.Tensor = timm_network.forward_head(maps, pre_logits=True)
    return pooled


def head_names(network: nn.Module) -> frozenset[str]:
    """The names of the head's tensors in the state dict."""
    head = {id(p) for p in head_of(network).parameters()}
    return frozenset(name for name, p in network.named_parameters() if id(p) in head)


def set_training_mode(network: nn.Module, *, freeze_batch_norm: bool) -> None:
    """Training mode, except for batch-norm layers that must keep their statistics.

    With few photos the statistics of a batch are noise; those of the pretrained network are not.
    A frozen layer keeps its own in any case.
    """
    network.train()
    for module in network.modules():
        if isinstance(module, _BATCH_NORMS):
            frozen = all(not p.requires_grad for p in module.parameters())
            module.train(not (freeze_batch_norm or frozen))


def storable(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor as safetensors takes it: on the CPU, in plain layout."""
    return tensor.detach().cpu().contiguous()


def count_parameters(network: nn.Module) -> tuple[int, int]:
    """How many parameters there are, and how many of them learn."""
    parameters = list(network.parameters())
    return sum(p.numel() for p in parameters), sum(p.numel() for p in parameters if p.requires_grad)
