"""Training photos as the network sees them: what training and the preview have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from finetune_gui.core.recipe import AugmentRecipe
from finetune_gui.engine.augmentation import augment, draw
from finetune_gui.engine.device_augmentation import Windows
from finetune_gui.engine.devices import choose_device
from finetune_gui.engine.preprocessing import Preprocessing, to_batch
from finetune_gui.engine.windows import Window, cut

Way = Literal["pillow", "device"]
Stacked = Tensor | Windows


def way_on(device: torch.device) -> Way:
    """Where photos are augmented in a training on ``device``: the one place that decides.

    By Pillow in threads on a CPU. A GPU is faster than these are, so it does it itself.
    """
    return "pillow" if device.type == "cpu" else "device"


def way_for(wanted: str) -> Way:
    """Where they would be with `TrainRecipe.device` at ``wanted``, whether it is here or not."""
    return way_on(choose_device(wanted) if wanted == "auto" else torch.device(wanted))


def way_among(chosen: Mapping[str, object]) -> Way:
    """What a run chose when it began; those that noted nothing knew Pillow alone."""
    return "device" if chosen.get("augmentation") == "device" else "pillow"


@dataclass(frozen=True)
class Augmenter:
    """Makes augmented views of photos, one at a time in threads, and batches of them.

    ``pin``: batches lie in memory from which a CUDA device can copy while the CPU goes on.
    """

    recipe: AugmentRecipe
    preprocessing: Preprocessing
    way: Way
    pin: bool = False

    def view(self, path: Path, key: tuple[int, int, int]) -> Image.Image | Window:
        """One view of the photo at ``path``; ``key`` is (seed, epoch, index of the sample).

        Raises:
            PhotoError: it cannot be read.
        """
        if self.way == "pillow":
            return augment(self.preprocessing.load(path), self.recipe, self.preprocessing, key)
        photo = self.preprocessing.load_pixels(path)
        drawn = draw(self.recipe, (photo.shape[1], photo.shape[0]), key)
        return cut(photo, drawn, self.preprocessing)

    def stack(self, views: Sequence[Any]) -> Stacked:
        """A batch of these views; its ``to`` gives uint8 [N, 3, S, S] on a device."""
        if self.way == "pillow":
            return to_batch(views, pin=self.pin)
        return Windows.of(views, self.preprocessing, pin=self.pin)

    def pictures(self, path: Path, keys: Sequence[tuple[int, int, int]]) -> list[Image.Image]:
        """What training sees of a photo for each of the keys.

        Raises:
            PhotoError: it cannot be read.
        """
        pixels = self.stack([self.view(path, key) for key in keys]).to(torch.device("cpu"))
        rows = np.ascontiguousarray(pixels.permute(0, 2, 3, 1).numpy())
        return [Image.fromarray(picture) for picture in rows]
