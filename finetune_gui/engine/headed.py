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

from finetune_gui.core.recipe import Pooling
from finetune_gui.engine.pooling import pooled_features


class Headed(nn.Module):
    """``body`` makes features [N, F] of inputs [N, 3, H, W]; ``fc`` makes scores of those.

    It offers what timm's networks offer, see `finetune_gui.engine.network`. With a ``pooling`` that
    is not its own, ``body`` is one of timm's networks.

    Raises:
        ValueError: ``body`` gives something else than features for inputs of ``input_size``.
    """

    def __init__(
        self,
        body: nn.Module,
        n_classes: int,
        input_size: int,
        dropout: float,
        pooling: Pooling = "own",
    ) -> None:
        super().__init__()
        self.body = body
        self.drop = nn.Dropout(dropout)
        self._pooling: Pooling = pooling
        self.fc = nn.Linear(self._number_of_features(input_size), n_classes)

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores [N, C]."""
        scores: Tensor = self.fc(self.drop(self.forward_features(inputs)))
        return scores

    def forward_features(self, inputs: Tensor) -> Tensor:
        """Features [N, F]."""
        if self._pooling != "own":
            return pooled_features(self.body, inputs, self._pooling)
        features: Tensor = self.body(inputs)
        return features

    def forward_head(self, features: Tensor, pre_logits: bool = False) -> Tensor:
        """What the head is given, or its scores."""
        scores: Tensor = features if pre_logits else self.fc(self.drop(features))
        return scores

    def get_classifier(self) -> nn.Linear:
        """The head."""
        return self.fc

    def group_matcher(self, coarse: bool = False) -> Callable[[str], int]:
        """What timm asks for the number of the layer that a parameter belongs to."""
        groups = enumerate(self.stages(coarse=coarse))
        number = {name: layer for layer, names in groups for name in names}
        return number.__getitem__

    def stages(self, *, coarse: bool = True) -> list[list[str]]:
        """The names of all parameters, grouped from input to head; by layer if not ``coarse``."""
        groups = [[f"body.{name}" for name in names] for names in _stages(self.body, coarse)]
        return [*groups, [f"fc.{name}" for name, _ in self.fc.named_parameters()]]

    def _number_of_features(self, input_size: int) -> int:
        device = next(self.body.parameters()).device
        was_training = self.body.training
        self.body.eval()
        with torch.no_grad():
            # Two pictures: a network may treat a single one as no batch at all.
            pictures = torch.zeros(2, 3, input_size, input_size, device=device)
            found: object = self.forward_features(pictures)
        self.body.train(was_training)
        if not isinstance(found, Tensor) or found.ndim != 2:
            raise ValueError(type(found).__name__)
        return found.shape[1]


def stages_of_timm(network: nn.Module, *, coarse: bool = True) -> list[list[str]] | None:
    """The names of all parameters by stage, from input to head; None where timm knows none.

    If not ``coarse`` they are grouped by layer.
    """
    timm_network: Any = network
    try:
        groups = group_parameters(network, timm_network.group_matcher(coarse=coarse))
    except (AttributeError, AssertionError):  # how a network says that it has none
        return None
    return [groups[key] for key in sorted(groups)]


def _stages(body: nn.Module, coarse: bool) -> list[list[str]]:
    known = stages_of_timm(body, coarse=coarse)
    if known is not None:
        return known
    parts = [part for name, child in body.named_children() for part in _parts(name, child)]
    found = [[f"{name}.{n}" for n, _ in part.named_parameters()] for name, part in parts]
    inside = {name for names in found for name in names}
    loose = [name for name, _ in body.named_parameters() if name not in inside]
    return _with_company(body, [names for names in (loose, *found) if names])


def _with_company(body: nn.Module, groups: list[list[str]]) -> list[list[str]]:
    """Put what has no matrix of weights, a norm or a token, to the group before it."""
    shapes = {name: p.squeeze().ndim for name, p in body.named_parameters()}
    joined: list[list[str]] = []
    for names in groups:
        if joined and (max(shapes[n] for n in names) < 2 or max(shapes[n] for n in joined[-1]) < 2):
            joined[-1] = joined[-1] + names
        else:
            joined.append(names)
    return joined


def _parts(name: str, child: nn.Module) -> list[tuple[str, nn.Module]]:
    """A child as it is, or what it is a row of: torchvision's `features` hold all stages."""
    if isinstance(child, (nn.Sequential, nn.ModuleList)) and len(child) > 1:
        return [(f"{name}.{key}", part) for key, part in child.named_children()]
    return [(name, child)]
