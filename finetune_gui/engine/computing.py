"""What computes a pass without gradients: torch, or OpenVINO where that is done earlier."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from finetune_gui.core.errors import UserError
from finetune_gui.core.recipe import TrainRecipe
from finetune_gui.engine.inference import Compute, How
from finetune_gui.engine.preflight import Setup
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.runtimes import NotComputableError, compile_graph, convert, is_installed


def require_runtime(train: TrainRecipe, device: torch.device) -> None:
    """See that the runtime that a recipe insists on can be had.

    Raises:
        UserError: it is OpenVINO, and that is not installed or the device is none of its.
    """
    if train.runtime != "openvino":
        return
    if not is_installed():
        raise UserError("error-no-openvino")
    if device.type != "cpu":
        raise UserError("error-openvino-device", device=device.type)


def quickest(
    network: nn.Module,
    how: How,
    setup: Setup,
    photos: int,
    on_failure: Callable[[NotComputableError], None],
) -> Compute:
    """What `infer` is to be given for ``network``, which computes what is wanted of inputs.

    ``photos``: how many it will see in all. Where OpenVINO should do it and cannot, torch does,
    and ``on_failure`` is told. The weights must not change while the result is in use.
    """
    if how.device.type != "cpu" or setup.runtime_for(photos) == "torch":
        return network
    size = how.preprocessing.input_size
    example = torch.zeros(1, size, size, 3, dtype=torch.uint8)
    try:
        graph = convert(_FromPixels(network, how.preprocessing), example)
        return compile_graph(graph, setup.openvino_precision, setup.openvino_threads)
    except NotComputableError as error:
        on_failure(error)
        return network


class _FromPixels(nn.Module):
    """A network behind its normalisation, which then is computed by all cores as well."""

    def __init__(self, network: nn.Module, preprocessing: Preprocessing) -> None:
        super().__init__()
        self._network = network
        self._preprocessing = preprocessing

    def forward(self, pixels: Tensor) -> Tensor:
        """Results [N, …] of uint8 pixels [N, H, W, 3]."""
        inputs = self._preprocessing.normalise(pixels.permute(0, 3, 1, 2))
        results: Tensor = self._network(inputs.contiguous())
        return results
