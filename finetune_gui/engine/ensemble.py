"""Several trained networks that answer as one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Ensemble(nn.Module):
    """Answers with the mean of its members' probabilities.

    Means of probabilities, and not of scores: networks trained apart are not equally sure of
    themselves (Lakshminarayanan et al. 2017, "Simple and scalable predictive uncertainty estimation
    using deep ensembles"). Its scores are the logarithms of these means, so whoever takes their
    softmax has the means again.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    @staticmethod
    def state_of(members: Iterable[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """The state dict of networks with these states; none of them is built for it."""
        return {
            f"members.{number}.{name}": tensor
            for number, state in enumerate(members)
            for name, tensor in state.items()
        }

    def forward(self, inputs: Tensor) -> Tensor:
        """Scores [N, C] of inputs [N, …]."""
        members: Any = self.members
        each = torch.stack([torch.log_softmax(member(inputs).float(), 1) for member in members])
        return torch.logsumexp(each, 0) - math.log(len(self.members))
