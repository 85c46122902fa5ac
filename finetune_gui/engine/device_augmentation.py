"""Augmentation of whole batches on the device that trains, each photo with its own numbers.

The same draws as in `augmentation`, and the same steps in the same order, rounded to whole levels
where Pillow rounds: the pictures of both differ by a level here and there. Everything is computed
for all photos at once, in numbers that float32 holds exactly wherever several are added up. So a
picture depends neither on the photos beside it nor on the device.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from finetune_gui.engine.augmentation import ERASED
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.windows import TURN_UNIT, Window, numbers_of, stack_pixels

# Photos at once: their float32 pixels mostly stay in the cache of a large GPU.
_AT_ONCE = 64
_HALF = TURN_UNIT  # half a pixel, and
_PIXEL = 2 * TURN_UNIT  # a whole one, in the units of coordinates
_SHIFT = _PIXEL.bit_length() - 1


@dataclass(frozen=True)
class Windows:
    """A batch on its way: pixels of windows with their numbers, which become views on a device.

    ``pixels`` uint8 [N, h, w, 3] and ``numbers`` [N, …] each, see `windows`; ``side`` of the views.
    """

    pixels: Tensor
    numbers: dict[str, Tensor]
    side: int

    @classmethod
    def of(
        cls, windows: Sequence[Window], preprocessing: Preprocessing, *, pin: bool = False
    ) -> Windows:
        """The batch of these windows; ``pin`` as in `windows.stack_pixels`."""
        numbers = numbers_of(windows, preprocessing)
        return cls(stack_pixels(windows, pin=pin), numbers, preprocessing.input_size)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, part: slice) -> Windows:
        numbers = {name: values[part] for name, values in self.numbers.items()}
        return Windows(self.pixels[part], numbers, self.side)

    def to(self, device: torch.device, *, non_blocking: bool = False) -> Tensor:
        """The views, uint8 [N, 3, S, S], made on ``device``."""
        parts = []
        for start in range(0, len(self), _AT_ONCE):
            part = self[start : start + _AT_ONCE]
            pixels = part.pixels.to(device, non_blocking=non_blocking)
            lengths = [int(part.numbers[f"{axis} length"].max()) for axis in ("across", "down")]
            numbers = {
                name: values.to(device, non_blocking=non_blocking)
                for name, values in part.numbers.items()
            }
            parts.append(_views(pixels, numbers, (lengths[0], lengths[1]), self.side))
        return parts[0] if len(parts) == 1 else torch.cat(parts)


def _views(pixels: Tensor, numbers: dict[str, Tensor], seen: tuple[int, int], side: int) -> Tensor:
    """Views uint8 [N, 3, S, S] from windows [N, h, w, 3]; ``seen`` is the largest width, height.

    In between pixels are float32 [N, S, 3, S]: rows, channels, columns. So both axes can be
    resampled by matrices without moving anything.
    """
    if "turn" in numbers:
        pixels = turned(pixels, numbers["turn"], seen)
    made = _resampled(pixels, numbers)
    recolour(made, numbers)
    if "blur" in numbers:
        made = _blurred(made, numbers)
    if "erase" in numbers:
        _erase(made, numbers["erase"])
    return made.to(torch.uint8).permute(0, 2, 1, 3).view(len(pixels), 3, side, side)


def turned(pixels: Tensor, turn: Tensor, seen: tuple[int, int]) -> Tensor:
    """The parts of the turned photos that are seen, uint8 [N, h, w, 3]; see `windows._turn_of`.

    Bilinear between the four neighbours, and cut down to whole levels, as Pillow does it; beyond
    its edges the photo goes on mirrored.
    """
    n, rows, columns, _ = pixels.shape
    cosine, sine, width, height, left, top, corner_x, corner_y = turn.view(n, 8, 1, 1).unbind(1)
    # Twice the distance of a pixel's middle from that of the photo: whole numbers.
    x = 2 * (left + torch.arange(seen[0], device=turn.device)) + 1 - width
    y = 2 * (top + torch.arange(seen[1], device=turn.device)).view(n, -1, 1) + 1 - height
    column, right_share = _mirrored_back(cosine * x - sine * y + width * _HALF, width)
    row, lower_share = _mirrored_back(sine * x + cosine * y + height * _HALF, height)
    lefts = (column - corner_x).clamp_(0, columns - 1)
    rights = (torch.minimum(column + 1, width - 1) - corner_x).clamp_(0, columns - 1)
    uppers = (row - corner_y).clamp_(0, rows - 1) * columns
    lowers = (torch.minimum(row + 1, height - 1) - corner_y).clamp_(0, rows - 1) * columns
    flat = pixels.reshape(n, rows * columns, 3)

    def line(start: Tensor) -> Tensor:
        first, second = _picked(flat, start + lefts), _picked(flat, start + rights)
        return first + (second - first) * right_share.view(n, -1, 1)

    upper, lower = line(uppers), line(lowers)
    level = upper + (lower - upper) * lower_share.view(n, -1, 1)
    return level.to(torch.uint8).view(n, seen[1], seen[0], 3)


def _mirrored_back(at: Tensor, size: Tensor) -> tuple[Tensor, Tensor]:
    """The pixel below each place of a photo that goes on mirrored, and how far away it is."""
    there_and_back = size * 2 * _PIXEL
    at = torch.remainder(at, there_and_back)
    at = torch.minimum(at, there_and_back - at) - _HALF
    at = torch.minimum(at.clamp_(min=0), (size - 1) * _PIXEL)
    return at >> _SHIFT, (at & (_PIXEL - 1)).float() / _PIXEL


def _picked(flat: Tensor, at: Tensor) -> Tensor:
    """Pixels [N, P, 3] in float32 from [N, M, 3] by their numbers [N, h, w]."""
    return flat.gather(1, at.view(len(flat), -1, 1).expand(-1, -1, 3)).float()


def _resampled(pixels: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """Views float32 [N, S, 3, S] of whole levels from uint8 [N, h, w, 3]."""
    n, height, width, _ = pixels.shape
    across = matrices(numbers["across first"], numbers["across weights"], width)
    down = matrices(numbers["down first"], numbers["down weights"], height)
    lines = pixels.permute(0, 1, 3, 2).contiguous().float().view(n, height * 3, width)
    squeezed = torch.bmm(lines, across.transpose(1, 2)).round_().clamp_(0, 255)
    made = torch.bmm(down, squeezed.view(n, height, -1)).round_().clamp_(0, 255)
    return made.view(n, made.shape[1], 3, -1)


def matrices(first: Tensor, weights: Tensor, length: int) -> Tensor:
    """`resampling.Taps` as matrices [N, S, length]."""
    at = torch.arange(1, length + 1, device=first.device) - first.unsqueeze(2)
    return weights.gather(2, at.clamp_(0, weights.shape[2] - 1))


def recolour(made: Tensor, numbers: dict[str, Tensor]) -> None:
    """Change brightness, contrast, saturation and hue of [N, S, 3, S] in place.

    The factors [N] blend with black, with the mean grey, and with each pixel's grey
    (Pillow's ``ImageEnhance``); ``hue`` is in turns.
    """
    if "brightness" in numbers:
        made.mul_(_each(numbers["brightness"])).clamp_(0, 255).floor_()
    if "contrast" in numbers:
        grey = _grey(made)
        # The sum of a row is exact in float32, that of a picture may not be.
        total, count = grey.sum(3).long().sum((1, 2)), grey[0].numel()
        mean = torch.div(2 * total + count, 2 * count, rounding_mode="floor").float()
        _blend(made, _each(mean), _each(numbers["contrast"]))
    if "saturation" in numbers:
        _blend(made, _grey(made), _each(numbers["saturation"]))
    if "hue" in numbers:
        turns = _each(numbers["hue"])
        made.copy_(torch.where(turns == 0, made, _with_hue(made, turns)))


def _each(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)


def _blend(made: Tensor, other: Tensor, factor: Tensor) -> None:
    made.sub_(other).mul_(factor).add_(other).clamp_(0, 255).floor_()


def _grey(made: Tensor) -> Tensor:
    """Luminance [N, S, 1, S] by ITU-R 601-2, in the whole numbers of Pillow's ``convert("L")``."""
    red, green, blue = torch.split(made, 1, 2)
    return ((red * 19595 + green * 38470).add_(blue * 7471).add_(32768) / 65536).floor_()


def _with_hue(made: Tensor, turns: Tensor) -> Tensor:
    """By way of Pillow's HSV, of which each part has 256 levels."""
    red, green, blue = torch.split(made, 1, 2)
    value = made.amax(2, keepdim=True)
    spread = value - made.amin(2, keepdim=True)
    to_red, to_green, to_blue = ((value - c) / spread.clamp(min=1) for c in (red, green, blue))
    sixths = torch.where(green == value, 2 + to_red - to_blue, 4 + to_green - to_red)
    sixths = torch.where(red == value, to_blue - to_green, sixths) / 6
    hue = torch.where(sixths < 0, sixths + 1, sixths).mul_(255).floor_()
    hue = torch.remainder(hue + torch.trunc(turns * 255), 256)
    saturation = (spread / value.clamp(min=1)).mul_(255).floor_() / 255
    return torch.cat([_channel(n, hue, saturation, value) for n in (5, 3, 1)], dim=2)


def _channel(number: int, hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    """Red (5), green (3) or blue (1) of HSV, without a case for each sixth of the circle."""
    place = torch.remainder(hue * 6 / 255 + number, 6)
    kept = torch.minimum(place, 4 - place).clamp_(0, 1)
    return (value - value * saturation * kept).add_(0.5).floor_()


def _blurred(made: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """[N, S, 3, S] after three means along each axis; the edge pixels go on outside."""
    n, side = made.shape[:2]
    blur = blur_matrices(numbers["blur"], numbers["blur before"], side)
    lines = made.view(n, side * 3, side)
    for _ in range(3):
        lines = torch.bmm(lines, blur.transpose(1, 2)).round_()
    columns = lines.view(n, side, 3 * side)
    for _ in range(3):
        columns = torch.bmm(blur, columns).round_()
    return columns.view(n, side, 3, side)


def blur_matrices(weights: Tensor, before: Tensor, side: int) -> Tensor:
    """Matrices [N, S, S] that apply kernels of K weights along a line of S pixels.

    ``weights`` [N, K + 2] begin and end with a zero, ``before`` [N, K + 1] are the sums of those
    up to each: the first and the last pixel also stand for those beyond them.
    """
    middle = weights.shape[1] // 2 - 1
    rows = torch.arange(side, device=weights.device)
    first = (rows - middle).expand(len(weights), -1)
    made = matrices(first, weights.unsqueeze(1).expand(-1, side, -1), side)
    beyond = before[:, (middle - rows).clamp(min=0)]
    made[:, :, 0] += beyond
    made[:, :, -1] += beyond.flip(1)
    return made


def _erase(made: Tensor, boxes: Tensor) -> None:
    """Grey out [left, top, right, bottom) of each picture in place; an empty one erases nothing."""
    at = torch.arange(made.shape[1], device=made.device)
    left, top, right, bottom = boxes.view(-1, 4, 1, 1, 1).unbind(1)
    columns, rows = at.view(1, 1, -1), at.view(-1, 1, 1)
    inside = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    made.masked_fill_(inside, ERASED)
