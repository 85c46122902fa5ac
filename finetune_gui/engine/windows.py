"""The part of a photo that one augmented view needs, cut out by a thread for the device.

Only these pixels are copied: of a panorama as little as of any photo. They come with all numbers
of the view (`augmentation.Draw`), and lie in a batch whose common shape is that of the largest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from finetune_gui.dataset.photo_cache import Pixels
from finetune_gui.engine.augmentation import Draw, crop_in, erased_in, is_blurred, is_turned
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.resampling import Taps, box_kernels, reach, taps

Span = tuple[int, int]  # [first, last)
# Shapes are multiples of this, so that the memory of one batch fits the next.
_STEP = 32
# Sine and cosine are whole multiples of 2^-30: coordinates are then exact in 64 bits.
TURN_UNIT = 2**30


@dataclass(frozen=True)
class Window:
    """What a view of a photo of ``size`` (width, height) is made of.

    ``pixels`` uint8 [h, w, 3] begin at ``corner`` (x, y) of the photo. The view is resampled from
    the columns ``across`` and the rows ``down`` of the photo once it is turned.
    """

    pixels: Pixels
    corner: tuple[int, int]
    size: tuple[int, int]
    across: Span
    down: Span
    drawn: Draw


def cut(photo: Pixels, drawn: Draw, preprocessing: Preprocessing) -> Window:
    """The window of one view of ``photo`` (uint8 [H, W, 3], from `Preprocessing.load_pixels`)."""
    height, width = photo.shape[:2]
    left, top, right, bottom = crop_in((width, height), drawn, preprocessing)
    out, interpolation = preprocessing.input_size, preprocessing.interpolation
    across = reach(left, right, width, out, interpolation)
    down = reach(top, bottom, height, out, interpolation)
    columns, rows = across, down
    if is_turned(drawn):
        columns, rows = _turned_from(across, down, (width, height), drawn.angle)
    pixels = photo[rows[0] : rows[1], columns[0] : columns[1]]
    return Window(pixels, (columns[0], rows[0]), (width, height), across, down, drawn)


def _turned_from(
    across: Span, down: Span, size: tuple[int, int], angle: float
) -> tuple[Span, Span]:
    """The columns and rows that a part of the turned photo shows, or a little more."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    corners = [(x - size[0] / 2, y - size[1] / 2) for x in across for y in down]
    xs = [cosine * x - sine * y + size[0] / 2 for x, y in corners]
    ys = [sine * x + cosine * y + size[1] / 2 for x, y in corners]
    return _mirrored_back(min(xs), max(xs), size[0]), _mirrored_back(min(ys), max(ys), size[1])


def _mirrored_back(low: float, high: float, size: int) -> Span:
    """The pixels shown between ``low`` and ``high`` where the photo goes on mirrored."""
    first, last = math.floor(low) - 1, math.ceil(high) + 1
    if first < 0:
        first, last = 0, max(last, -first)
    if last > size:
        first, last = min(first, 2 * size - last), size
    return max(first, 0), last


def stack_pixels(windows: Sequence[Window], *, pin: bool) -> Tensor:
    """uint8 [N, h, w, 3] with each window in its corner; what lies beside it means nothing.

    ``pin``: in memory from which a CUDA device can copy while the CPU goes on.
    """
    height = _rounded(max(window.pixels.shape[0] for window in windows))
    width = _rounded(max(window.pixels.shape[1] for window in windows))
    batch = torch.empty((len(windows), height, width, 3), dtype=torch.uint8, pin_memory=pin)
    canvas = batch.numpy()
    for place, window in zip(canvas, windows, strict=True):
        rows, columns = window.pixels.shape[:2]
        place[:rows, :columns] = window.pixels
    return batch


def _rounded(pixels: int) -> int:
    return -(-pixels // _STEP) * _STEP


def numbers_of(windows: Sequence[Window], preprocessing: Preprocessing) -> dict[str, Tensor]:
    """What the device must know beside the pixels, each [N, …]; no entry for what nobody needs."""
    draws = [window.drawn for window in windows]
    found = {**_resampling_of(windows, preprocessing), **_colours_of(draws)}
    if any(is_turned(drawn) for drawn in draws):
        found["turn"] = torch.tensor([_turn_of(window) for window in windows])
    if any(is_blurred(drawn) for drawn in draws):
        sigmas = np.array([drawn.blur if is_blurred(drawn) else 0.0 for drawn in draws])
        kernels = box_kernels(sigmas)
        found["blur"] = torch.from_numpy(np.pad(kernels, ((0, 0), (1, 1))).astype(np.float32))
        # What the pixels up to each place weigh together.
        weights = np.pad(kernels.cumsum(1), ((0, 0), (1, 0)))
        found["blur before"] = torch.from_numpy(weights.astype(np.float32))
    if any(drawn.erase for drawn in draws):
        side = preprocessing.input_size
        boxes = [erased_in((side, side), d.erase) if d.erase else (0, 0, 0, 0) for d in draws]
        found["erase"] = torch.tensor(boxes)
    return found


def _colours_of(draws: Sequence[Draw]) -> dict[str, Tensor]:
    factors = {
        "brightness": ([d.brightness for d in draws], 1.0),
        "contrast": ([d.contrast for d in draws], 1.0),
        "saturation": ([d.saturation for d in draws], 1.0),
        "hue": ([d.hue for d in draws], 0.0),
    }
    return {
        name: torch.tensor(values)
        for name, (values, off) in factors.items()
        if any(value != off for value in values)
    }


def _resampling_of(windows: Sequence[Window], preprocessing: Preprocessing) -> dict[str, Tensor]:
    boxes = [crop_in(window.size, window.drawn, preprocessing) for window in windows]
    # In float32, as Pillow keeps them.
    lows = np.array(boxes, np.float32).astype(np.float64)
    sizes = np.array([window.size for window in windows])
    side, interpolation = preprocessing.input_size, preprocessing.interpolation
    across = taps(lows[:, 0], lows[:, 2], sizes[:, 0], side, interpolation)
    down = taps(lows[:, 1], lows[:, 3], sizes[:, 1], side, interpolation)
    across = across.reversed_where(np.array([window.drawn.mirror for window in windows]))
    down = down.reversed_where(np.array([window.drawn.upside_down for window in windows]))
    return {
        **_from_window("across", across, [window.across for window in windows]),
        **_from_window("down", down, [window.down for window in windows]),
    }


def _from_window(name: str, found: Taps, spans: Sequence[Span]) -> dict[str, Tensor]:
    starts = np.array([first for first, _ in spans])
    return {
        f"{name} first": torch.from_numpy(found.first - starts[:, None]),
        f"{name} weights": torch.from_numpy(found.weights),
        f"{name} length": torch.tensor([last - first for first, last in spans]),
    }


def _turn_of(window: Window) -> list[int]:
    """Cosine and sine in `TURN_UNIT`, then pixels: size, begin of what is seen, corner."""
    radians = math.radians(window.drawn.angle) if is_turned(window.drawn) else 0.0
    cosine, sine = round(math.cos(radians) * TURN_UNIT), round(math.sin(radians) * TURN_UNIT)
    return [cosine, sine, *window.size, window.across[0], window.down[0], *window.corner]
