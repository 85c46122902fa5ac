"""Pillow's resizing as weights, so that matrices make the same pictures on any device.

Each pixel of the result is a weighted sum of neighbours, first along the rows and then along the
columns. The weights are whole multiples of 2^-15 and pixels are whole numbers, so every sum is
exact in float32: the order of the additions, the device and the other photos of a batch change
nothing. Pillow's own weights have 22 bits: one value in some hundred differs by one level, and in
portraits, for which it begins with the columns, one in six.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_UNIT = 2.0**15
_REACH = {"nearest": 0.0, "bilinear": 1.0, "bicubic": 2.0, "lanczos": 3.0}


@dataclass(frozen=True)
class Taps:
    """For each of N photos and S pixels of the result: what it is the sum of, along one axis.

    ``first`` [N, S] is the number of the first pixel that counts; ``weights`` [N, S, K + 2] are
    those of the pixels from one before it on: the outermost two are zero.
    """

    first: Integers
    weights: npt.NDArray[np.float32]

    def reversed_where(self, flags: npt.NDArray[np.bool_]) -> Taps:
        """The result mirrored for the photos that are flagged [N]."""
        return Taps(
            np.where(flags[:, None], self.first[:, ::-1], self.first),
            np.where(flags[:, None, None], self.weights[:, ::-1], self.weights),
        )


def reach(low: float, high: float, size: int, out: int, interpolation: str) -> tuple[int, int]:
    """The pixels [first, last) that ``out`` pixels made of [low, high) depend on."""
    scale = (high - low) / out
    support = _REACH[interpolation] * max(scale, 1.0)
    first = int(low + scale / 2 - support) - 1
    last = int(high - scale / 2 + support) + 2
    return min(max(first, 0), size - 1), min(max(last, 1), size)


def taps(low: Floats, high: Floats, sizes: Integers, out: int, interpolation: str) -> Taps:
    """Weights that make ``out`` pixels of the part [low, high) of ``sizes`` pixels, all [N].

    As in Pillow (``precompute_coeffs``): where the part is shrunk the filter is widened with it,
    so nothing aliases; it reaches past the part, but not past the photo. What lies wholly outside
    of the photo is black.
    """
    scale = ((high - low) / out)[:, None]
    centre = low[:, None] + (np.arange(out) + 0.5) * scale
    if interpolation == "nearest":
        first = np.clip(np.floor(centre), 0, sizes[:, None] - 1).astype(np.int64)
        return Taps(first, _padded(np.ones((*first.shape, 1))))
    stretch = np.maximum(scale, 1.0)
    support = _REACH[interpolation] * stretch
    first = np.maximum((centre - support + 0.5).astype(np.int64), 0)
    last = np.minimum((centre + support + 0.5).astype(np.int64), sizes[:, None])
    at = first[..., None] + np.arange(max(1, int((last - first).max())))
    distance = (at - centre[..., None] + 0.5) / stretch[..., None]
    return Taps(first, _padded(_whole(_filter(distance, interpolation) * (at < last[..., None]))))


def box_kernels(sigmas: Floats) -> Floats:
    """Kernels [N, 2 P + 1], in multiples of 2^-15, that blur when they are applied three times.

    Means over windows of a width that need not be whole, together of the same variance as the
    Gaussian of ``sigmas`` [N] pixels (Gwosdek et al. 2011): Pillow's ``GaussianBlur``.
    """
    variance = sigmas**2 / 3
    whole = np.floor((np.sqrt(12 * variance + 1) - 1) / 2)
    part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance)
    part = (part / (6 * (variance - (whole + 1) ** 2)))[:, None]
    most = int(whole.max()) + 1
    away = np.abs(np.arange(-most, most + 1)) - whole[:, None]
    raw = np.where(away <= 0, 1.0, np.where(away == 1, part, 0.0))
    raw[:, most] += 1e-9  # what rounding leaves goes to the middle: both sides stay alike
    return _whole(raw)


def _filter(distance: Floats, interpolation: str) -> Floats:
    away = np.abs(distance)
    if interpolation == "bilinear":
        bilinear: Floats = np.maximum(1 - away, 0)
        return bilinear
    if interpolation == "bicubic":  # Keys 1981, a = -0.5
        near = (1.5 * away - 2.5) * away * away + 1
        far = ((-0.5 * away + 2.5) * away - 4) * away + 2
        bicubic: Floats = np.where(away < 1, near, np.where(away < 2, far, 0.0))
        return bicubic
    lanczos: Floats = np.where(away < 3, np.sinc(away) * np.sinc(away / 3), 0.0)
    return lanczos


def _whole(raw: Floats) -> Floats:
    """Weights with the sum 1 in multiples of 2^-15; all zero where they are all zero.

    What rounding leaves goes to the largest one: a white photo stays white.
    """
    total = np.cumsum(raw, axis=-1)[..., -1:]  # one by one: zeros at the end change no bit
    blank = np.abs(total) < 1e-9
    whole = np.floor(raw / np.where(blank, 1.0, total) * _UNIT + 0.5)
    largest = raw.argmax(axis=-1, keepdims=True)
    rest = np.where(blank, 0.0, _UNIT) - whole.sum(axis=-1, keepdims=True)
    np.put_along_axis(whole, largest, np.take_along_axis(whole, largest, -1) + rest, -1)
    found: Floats = whole / _UNIT
    return found


def _padded(weights: Floats) -> npt.NDArray[np.float32]:
    return np.pad(weights, ((0, 0), (0, 0), (1, 1))).astype(np.float32)
