"""A moving average of the weights: it jitters less than the weights themselves."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


def moving_average(network: nn.Module, decay: float) -> AveragedModel:
    """A copy of ``network`` to be brought up to date by ``update_parameters`` after each step.

    Step n takes over ``1 - min(decay, (1 + n) / (10 + n))`` of the new weights: early on, when
    they move most, the average follows closely (as TensorFlow's ``ExponentialMovingAverage`` with
    ``num_updates``). Statistics of batch norm are averaged as well.
    """

    def blend(averaged: Tensor, current: Tensor, n: Tensor | int) -> Tensor:
        if not averaged.is_floating_point():
            return current
        kept = min(decay, float((1 + n) / (10 + n)))
        return averaged.lerp(current, 1 - kept)

    return AveragedModel(network, avg_fn=blend, use_buffers=True).eval()


def averaged(average: AveragedModel) -> nn.Module:
    """The network with the averaged weights."""
    network: Any = average.module
    inner: nn.Module = network
    return inner
