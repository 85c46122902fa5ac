"""A linear head on a network that brings none which could be replaced.

Some networks decide by a convolution, by two heads at once or by layers of their own. Without
them they are what every backbone is here: pictures in, features out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from timm.models import group_parameters
from torch import Tensor, nn


class Headed(nn.Module):
    """``body`` makes features [N, F] of inputs [N, 3, H, W]; ``fc`` makes scores of those.

    It offers what timm's networks offer, see `finetune_gui.engine.network`.

    Raises:
        ValueError: ``body`` gives something else than features for inputs of ``input_size``.
    """

    def __init__(self, body: nn.Module, n_classes: int, input_size: int, dropout: float) -> None:
        super().__init__()
        self.body = body
        self.drop = nn.Dropout(dropout)
        self.fc = nn.Linear(_features_of(body, input_size), n_classes)

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores [N, C]."""
        scores: Tensor = self.fc(self.drop(self.body(inputs)))
        return scores

    def forward_features(self, inputs: Tensor) -> Tensor:
        """Features [N, F]."""
        features: Tensor = self.body(inputs)
        return features

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """What the head is given, or its scores."""
        scores: Tensor = features if pre_logits else self.fc(self.drop(features))
        return scores

    def get_classifier(self) -> nn.Linear:
        """The head."""
        return self.fc

    def stages(self) -> list[list[str]]:
        """The names of all parameters, grouped from input to head."""
        groups = [[f"body.{name}" for name in names] for names in _stages(self.body)]
        return [*groups, self._head()]

    def group_matcher(self, coarse: bool = False) -> Callable[[str], int]:
        """The number of a parameter's group by its name, counted from the input, as timm asks.

        Coarse groups are `stages`. Fine ones, of which each has a learning rate of its own, are
        what timm makes of a network that it does not know: the parameters by the dozen.
        """
        names = [f"body.{name}" for name, _ in self.body.named_parameters()]
        dozens = [names[start : start + 12] for start in range(0, len(names), 12)]
        groups = self.stages() if coarse else [*dozens, self._head()]
        number = {name: place for place, group in enumerate(groups) for name in group}
        return number.__getitem__

    def _head(self) -> list[str]:
        return [f"fc.{name}" for name, _ in self.fc.named_parameters()]


def _features_of(body: nn.Module, input_size: int) -> int:
    device = next(body.parameters()).device
    was_training = body.training
    with torch.no_grad():
        # Two pictures: a network may treat a single one as no batch at all.
        found: object = body.eval()(torch.zeros(2, 3, input_size, input_size, device=device))
    body.train(was_training)
    if not isinstance(found, Tensor) or found.ndim != 2:
        raise ValueError(type(found).__name__)
    return found.shape[1]


def stages_of_timm(network: nn.Module) -> list[list[str]] | None:
    """The names of all parameters by stage, from input to head; None where timm knows none."""
    timm_network: Any = network
    try:
        groups = group_parameters(network, timm_network.group_matcher(coarse=True))
    except (AttributeError, AssertionError):  # how a network says that it has none
        return None
    return [groups[key] for key in sorted(groups)]


def _stages(body: nn.Module) -> list[list[str]]:
    known = stages_of_timm(body)
    if known is not None:
        return known
    parts = [part for name, child in body.named_children() for part in _parts(name, child)]
    found = [[f"{name}.{n}" for n, _ in part.named_parameters()] for name, part in parts]
    inside = {name for names in found for name in names}
    loose = [name for name, _ in body.named_parameters() if name not in inside]
    return [names for names in (loose, *found) if names]


def _parts(name: str, child: nn.Module) -> list[tuple[str, nn.Module]]:
    """A child as it is, or what it is a row of: torchvision's `features` hold all stages."""
    if isinstance(child, (nn.Sequential, nn.ModuleList)) and len(child) > 1:
        return [(f"{name}.{key}", part) for key, part in child.named_children()]
    return [(name, child)]
