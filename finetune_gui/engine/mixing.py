"""MixUp and CutMix: two photos of a batch become one, and so do their labels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchvision.transforms import v2

from finetune_gui.core.recipe import OptimRecipe

tv: Any = v2  # its type hints leave these out

# MixUp blends gently in fine-tuning (Zhang et al. 2018 use 0.1 to 0.4 on ImageNet); CutMix takes
# any share of the picture (Yun et al. 2019).
_MIXUP_ALPHA = 0.2
_CUTMIX_ALPHA = 1.0


class Mixer:
    """Mixes batches as ``recipe.mixing`` says; "both" draws one of the two for each batch."""

    def __init__(self, recipe: OptimRecipe, n_classes: int) -> None:
        mixup = tv.MixUp(alpha=_MIXUP_ALPHA, num_classes=n_classes)
        cutmix = tv.CutMix(alpha=_CUTMIX_ALPHA, num_classes=n_classes)
        known: dict[str, Any] = {
            "mixup": mixup,
            "cutmix": cutmix,
            "both": tv.RandomChoice([mixup, cutmix]),
        }
        self._mix = known.get(recipe.mixing)

    def __call__(self, inputs: Tensor, labels: Tensor, seed: int) -> tuple[Tensor, Tensor]:
        """Inputs [N, 3, H, W] and labels: probabilities [N, C], or numbers [N] where nothing mixes.

        What is drawn is a function of ``seed``; torch's own generator is left as it was.
        """
        if self._mix is None or len(labels) < 2:
            return inputs, labels
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            mixed: tuple[Tensor, Tensor] = self._mix(inputs, labels)
        return mixed
