"""How much memory a training needs, counted on a network that has shapes and no numbers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from finetune_gui.core.recipe import Recipe
from finetune_gui.engine.calls import Call, blank_photos, watched
from finetune_gui.engine.inference import BATCH_SIZE
from finetune_gui.engine.network import set_training_mode

_FLOAT = 4  # bytes: weights, gradients and moments are float32 whatever the arithmetic
_MOMENTS = {"adamw": 2, "sgd": 1}  # numbers that an optimiser keeps for each that learns
_SAMPLE = 2  # photos: batch norm takes no single one


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes on the device. ``activations`` are what the photos of a batch need on their way."""

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        """All of them together."""
        return self.weights + self.gradients + self.optimizer + self.activations


def training_memory(
    network: nn.Module, recipe: Recipe, input_size: int, precision: str
) -> TrainingMemory:
    """What training takes with what learns in ``network`` now.

    Activations are those that autograd keeps while photos go forward, and twice the largest
    layer for what is being computed. ``precision`` is the arithmetic ("float32", "bfloat16" or
    "float16"); the short ones halve the activations. Not counted: torch itself and what its
    kernels need for a moment. The network may be on the device "meta".
    """
    learning = sum(p.numel() for p in network.parameters() if p.requires_grad)
    total = sum(p.numel() for p in network.parameters())
    average = total if recipe.optim.weight_average else 0
    kept, largest = _per_photo(network, recipe, input_size)
    if recipe.model.only_head_learns:  # its training is a pass without gradients, see FeatureSource
        activations = largest * BATCH_SIZE
    else:
        batch = recipe.train.batch_size
        activations = (kept + 2 * largest) * min(batch, recipe.train.micro_batch or batch)
    if precision in ("bfloat16", "float16"):
        activations //= 2
    return TrainingMemory(
        weights=_FLOAT * (total + average),
        gradients=_FLOAT * learning,
        optimizer=_FLOAT * learning * _MOMENTS[recipe.optim.optimizer],
        activations=activations,
    )


def _per_photo(network: nn.Module, recipe: Recipe, input_size: int) -> tuple[int, int]:
    """Bytes for a photo in float32: kept for the way back, and of the largest layer."""
    weights = {p.untyped_storage()._cdata for p in network.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}
    largest = 0

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage  # held, so that no other gets its number
        return tensor

    def look(call: Call) -> None:
        nonlocal largest
        both = [t.untyped_storage().nbytes() for t in (call.given, call.output) if t is not None]
        largest = max(largest, sum(both))

    was_training = network.training
    set_training_mode(network, freeze_batch_norm=recipe.train.freeze_batch_norm)
    try:
        with (
            torch.enable_grad(),
            torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
            watched(network, look),
        ):
            network(blank_photos(network, input_size, _SAMPLE))
    finally:
        network.train(was_training)
    return sum(s.nbytes() for s in kept.values()) // _SAMPLE, largest // _SAMPLE
