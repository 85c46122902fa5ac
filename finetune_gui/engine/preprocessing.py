"""From a file to the numbers that the network sees: the one path of preview, training, use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from finetune_gui.dataset import photo_cache
from finetune_gui.dataset.decode import load_photo

_RESAMPLING = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "nearest": Image.Resampling.NEAREST,
    "lanczos": Image.Resampling.LANCZOS,
}

Pixels = npt.NDArray[np.uint8]


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

    def centre_view(self, photo: Image.Image) -> Image.Image:
        """The centre square of `input_size`, as validation and prediction see it."""
        left = (photo.width - self.input_size) // 2
        top = (photo.height - self.input_size) // 2
        return photo.crop((left, top, left + self.input_size, top + self.input_size))

    def resize_crop(
        self, photo: Image.Image, box: tuple[float, float, float, float]
    ) -> Image.Image:
        """The part of ``photo`` inside ``box`` (left, top, right, bottom), at `input_size`."""
        size = (self.input_size, self.input_size)
        return photo.resize(size, _RESAMPLING[self.interpolation], box=box)

    def normalise(self, pixels: Tensor) -> Tensor:
        """Float32 input from uint8 pixels, both [N, 3, H, W]; ``(x / 255 - mean) / std``."""
        mean = torch.tensor(self.mean, device=pixels.device).view(1, 3, 1, 1)
        std = torch.tensor(self.std, device=pixels.device).view(1, 3, 1, 1)
        return (pixels.float() / 255 - mean) / std


def to_batch(views: Sequence[Image.Image]) -> Tensor:
    """Stack RGB pictures of one size to uint8 [N, 3, H, W] in channels-last memory."""
    pixels: Pixels = np.stack([np.asarray(view, dtype=np.uint8) for view in views])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2)
