"""From a file to the numbers that the network sees: the one path of preview, training, use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from finetune_gui.dataset import photo_cache
from finetune_gui.dataset.decode import load_photo
from finetune_gui.dataset.photo_cache import Pixels
from finetune_gui.engine.devices import copies_behind

_RESAMPLING = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
    "lanczos": Image.Resampling.LANCZOS,
}


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes input; belongs to the weights and is saved with them.

    ``input_size`` in pixels; ``crop_fraction`` is how much of the shorter side the centre crop
    keeps; ``mean`` and ``std`` are per RGB channel, for values in [0, 1].
    """

    input_size: int
    crop_fraction: float
    interpolation: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @property
    def working_side(self) -> int:
        """The shorter side, in pixels, that photos are brought to before any crop."""
        return round(self.input_size / self.crop_fraction)

    def load(self, path: Path) -> Image.Image:
        """The photo, oriented, RGB, its shorter side at `working_side`; decoded only once.

        Raises:
            PhotoError: it cannot be read.
        """
        cache = photo_cache.shared()
        if cache is None:
            return self._decode(path)
        return cache.get(path, self._variant, lambda: self._decode(path))

    def load_pixels(self, path: Path) -> Pixels:
        """The same as uint8 [H, W, 3], not to be written to.

        Raises:
            PhotoError: it cannot be read.
        """
        cache = photo_cache.shared()
        if cache is None:
            return np.asarray(self._decode(path))
        return cache.pixels(path, self._variant, lambda: self._decode(path))

    def make_room(self, paths: Iterable[Path]) -> None:
        """See that these photos can be kept once they are decoded."""
        cache = photo_cache.shared()
        if cache is not None:
            # RGB, and photos are a third longer than they are high.
            cache.make_room(paths, self._variant, 4 * self.working_side**2)

    @property
    def _variant(self) -> str:
        return f"{self.working_side} {self.interpolation}"

    def _decode(self, path: Path) -> Image.Image:
        photo = load_photo(path, self.working_side)
        shorter = min(photo.size)
        if shorter == self.working_side:
            return photo
        scale = self.working_side / shorter
        size = (
            max(self.working_side, round(photo.width * scale)),
            max(self.working_side, round(photo.height * scale)),
        )
        return photo.resize(size, _RESAMPLING[self.interpolation])

    def centre_box(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the centre square of a photo of ``size`` pixels."""
        left, top = (size[0] - self.input_size) // 2, (size[1] - self.input_size) // 2
        return left, top, left + self.input_size, top + self.input_size

    def centre_view(self, photo: Image.Image) -> Image.Image:
        """The centre square of `input_size`, as validation and prediction see it."""
        return photo.crop(self.centre_box(photo.size))

    def resize_crop(
        self, photo: Image.Image, box: tuple[float, float, float, float]
    ) -> Image.Image:
        """The part of ``photo`` inside ``box`` (left, top, right, bottom), at `input_size`."""
        size = (self.input_size, self.input_size)
        return photo.resize(size, _RESAMPLING[self.interpolation], box=box)

    def normalise(self, pixels: Tensor) -> Tensor:
        """Float32 input from uint8 pixels, both [N, 3, H, W]; ``(x / 255 - mean) / std``."""
        mean, std = (
            torch.tensor(values)
            .view(1, 3, 1, 1)
            .to(pixels.device, non_blocking=copies_behind(pixels.device))
            for values in (self.mean, self.std)
        )
        return (pixels.float() / 255 - mean) / std


def to_batch(views: Sequence[Image.Image], *, pin: bool = False) -> Tensor:
    """Stack RGB pictures of one size to uint8 [N, 3, H, W] in channels-last memory.

    ``pin``: in memory from which a CUDA device can copy while the CPU goes on.
    """
    height, width = views[0].height, views[0].width
    batch = torch.empty((len(views), height, width, 3), dtype=torch.uint8, pin_memory=pin)
    np.stack([np.asarray(view, dtype=np.uint8) for view in views], out=batch.numpy())
    return batch.permute(0, 3, 1, 2)
