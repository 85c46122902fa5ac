"""What the engine needs to know of a network: its stages, its features and its head.

timm's networks offer these under the same names whatever the architecture, but torch's types do
not know of them: the casts to ``Any`` are all in this file.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from finetune_gui.core.errors import RecipeError, UserError
from finetune_gui.core.recipe import Freeze, names_in
from finetune_gui.engine.adapters import adapter_parameters
from finetune_gui.engine.headed import Headed, stages_of_timm
from finetune_gui.engine.keras_body import BatchNormTensors

_BATCH_NORMS = (nn.modules.batchnorm._BatchNorm, BatchNormTensors)


def freeze(network: nn.Module, what: Freeze, learning_stages: str = "") -> None:
    """Set which parameters learn; the head always does.

    Stages are timm's coarse groups from input to head: for EfficientNet the stem, seven blocks
    and the last convolution. What stands in one group with the head (a last norm) is no stage of
    its own: it learns unless the whole backbone is frozen. ``learning_stages`` names those that
    learn where ``what`` is "custom".

    Raises:
        RecipeError: it names a stage that the network does not have.
    """
    head = head_names(network)
    stages = stages_of(network)
    inside = {name for names in stages.values() for name in names}
    chosen = learning_stages_of(list(stages), what, learning_stages)
    learning = {name for stage in chosen for name in stages[stage]}
    adapters = adapter_parameters(network)
    if adapters:  # they learn in place of the weights
        learning &= adapters
    for name, parameter in network.named_parameters():
        behind = name not in inside and bool(chosen) and not adapters
        parameter.requires_grad_(name in learning or name in head or behind)


def learning_stages_of(stages: list[str], what: Freeze, asked: str = "") -> list[str]:
    """The names of those of ``stages`` that learn; see `freeze`.

    Raises:
        RecipeError: ``asked`` names another one.
    """
    if what == "custom":
        wanted = list(names_in(asked))
        unknown = [name for name in wanted if name not in stages]
        if unknown:
            raise RecipeError(
                "error-stages-unknown", names=", ".join(unknown), stages=", ".join(stages)
            )
        return wanted
    kept = {"none": len(stages), "all_but_last_two_stages": 2, "all_but_last_stage": 1}.get(what, 0)
    return stages[-kept:] if kept else []


def stages_of(network: nn.Module) -> dict[str, list[str]]:
    """The stages before the head from input to head: their names and those of their parameters."""
    head = head_names(network)
    return {name: g for name, g in named_groups(network).items() if not head.intersection(g)}


def named_groups(network: nn.Module) -> dict[str, list[str]]:
    """`stage_parameters` with a name for each group.

    A group is called after the module that its first parameter is in: as far up as that module
    holds parameters of no other group (``layer1``, ``blocks.3``). Such names stay the same
    whatever the number of classes, and can be found in the network's code.
    """
    groups = stage_parameters(network)
    # The body of `Headed` is what the network was before: its names are those that people know.
    bare = [[name.removeprefix("body.") for name in g] for g in groups]
    names = [_name_of(n, bare if isinstance(network, Headed) else groups) for n in range(len(bare))]
    return dict(zip(names, groups, strict=True))


def _name_of(number: int, groups: list[list[str]]) -> str:
    first = next((name for name in groups[number] if "." in name), groups[number][0])
    parts = first.split(".")
    others = [name for n, group in enumerate(groups) if n != number for name in group]
    for end in range(1, len(parts)):
        prefix = ".".join(parts[:end])
        if not any(name.startswith(f"{prefix}.") for name in others):
            return prefix
    return first


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


class Features(nn.Module):
    """The features of a network as a network of its own; it shares all with that one."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """See `features`."""
        return features(self.network, inputs)


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


def learns_batch_statistics(network: nn.Module) -> bool:
    """Whether a batch-norm layer is in the mode in which it learns the statistics of batches."""
    kinds = nn.modules.batchnorm._BatchNorm
    return any(isinstance(module, kinds) and module.training for module in network.modules())


def storable(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor as safetensors takes it: on the CPU, in plain layout."""
    return tensor.detach().cpu().contiguous()


def count_parameters(network: nn.Module) -> tuple[int, int]:
    """How many parameters there are, and how many of them learn."""
    parameters = list(network.parameters())
    return sum(p.numel() for p in parameters), sum(p.numel() for p in parameters if p.requires_grad)
