"""What a learning-rate range test says (Smith 2017, "Cyclical learning rates"), and why.

The learning rate grows from update to update and the loss is noted. Too low a rate leaves it where
it is, a good one lowers it, too high a one makes it jitter and rise. The rate at which it falls
steepest is suggested, as fastai does: at the lowest loss it is about to rise already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from finetune_gui.core.messages import tr

Floats = npt.NDArray[np.float64]

# "falls": the loss has a slope to choose from. "bounded": it never falls, but it rises at a rate
# that is known. The others are no suggestion.
Verdict = Literal["falls", "falls_on", "bounded", "flat", "rises", "few_photos"]

_MIN_POINTS = 8
_WINDOW = 0.5  # decades over which a slope is looked at: a single update says little
_CLEAR = 0.01  # a change is clear from this share of the loss on, and from
_NOISES = 4.0  # so many times the noise of the smoothed curve
_BACK = 0.1  # "rises": when so much of the fall is lost again
_SAFE = 5.0  # how far to stay below the rate at which the loss rises, where it never fell


@dataclass(frozen=True, slots=True)
class LrPoint:
    """The loss (natural logarithm) after an update with the learning rate ``lr``."""

    lr: float
    loss: float


@dataclass(frozen=True)
class LrCurve:
    """A range test with what it says.

    ``smoothed`` holds one loss for each point. ``suggestion`` is None where the curve cannot tell.
    ``lowest`` is the rate with the lowest smoothed loss, ``rises_from`` the one from which on the
    loss jitters or rises, ``diverged_at`` the one at which the test was broken off since the loss
    exploded; each is None where there is no such rate.
    """

    points: tuple[LrPoint, ...]
    smoothed: tuple[float, ...]
    verdict: Verdict
    suggestion: float | None = None
    lowest: float | None = None
    rises_from: float | None = None
    diverged_at: float | None = None

    @property
    def reason(self) -> str:
        """Why this rate and no other, or why there is none, in the language now set."""
        key = f"lr-reason-{self.verdict.replace('_', '-')}"
        return tr(key, lr=lr_text(self.suggestion), rises=lr_text(self.rises_from))

    def as_json(self) -> dict[str, Any]:
        """What ``find-lr --json`` prints."""
        return {
            "points": [
                {"lr": p.lr, "loss": p.loss, "smoothed": s}
                for p, s in zip(self.points, self.smoothed, strict=True)
            ],
            "suggestion": self.suggestion,
            "verdict": self.verdict,
            "reason": self.reason,
            "lowest": self.lowest,
            "rises_from": self.rises_from,
            "diverged_at": self.diverged_at,
        }


def lr_text(lr: float | None) -> str:
    """A learning rate as people read it: 0.00028, or 2.8e-06 where there would be many zeros."""
    if lr is None:
        return "–"
    return f"{lr:.2g}" if lr < 1e-5 else f"{lr:.7f}".rstrip("0").rstrip(".")


def without_curve(verdict: Verdict) -> LrCurve:
    """What is said where no test was made."""
    return LrCurve((), (), verdict)


def read_curve(points: Sequence[LrPoint], diverged_at: float | None = None) -> LrCurve:
    """What ``points`` say, their rates rising by one factor and their losses finite.

    ``diverged_at`` is the rate at which the test was broken off.
    """
    if len(points) < _MIN_POINTS:
        losses = tuple(p.loss for p in points)
        verdict: Verdict = "flat" if diverged_at is None else "rises"
        return LrCurve(tuple(points), losses, verdict, diverged_at=diverged_at)
    return _Reader(points, diverged_at).read()


class _Reader:
    def __init__(self, points: Sequence[LrPoint], diverged_at: float | None) -> None:
        self._points, self._diverged_at = tuple(points), diverged_at
        self._lrs: Floats = np.array([p.lr for p in points])
        losses: Floats = np.array([p.loss for p in points])
        self._per_decade = (len(points) - 1) / float(np.log10(self._lrs[-1] / self._lrs[0]))
        self._width = max(1.0, 0.15 * self._per_decade)
        self._start = float(np.median(losses[: max(3, len(losses) // 10)]))
        # An explosion must not reach back into the valley before it.
        self._smoothed = smooth(np.minimum(losses, 2 * abs(self._start) + 1e-9), self._width)
        self._lowest = int(np.argmin(self._smoothed))
        self._margin = self._clear_change(losses)

    def read(self) -> LrCurve:
        fall = self._start - self._smoothed[self._lowest]
        if fall > self._margin:
            return self._falling(float(fall))
        rising = self._first_above(self._start + self._margin, 0)
        if rising is None:
            return self._result("flat")
        if rising < self._per_decade / 2:
            return self._result("rises", rises_from=rising)
        return self._result("bounded", float(self._lrs[rising]) / _SAFE, rising)

    def _falling(self, fall: float) -> LrCurve:
        bottom = float(self._smoothed[self._lowest])
        rising = self._first_above(bottom + max(self._margin, _BACK * fall), self._lowest)
        verdict: Verdict = "falls_on" if rising is None else "falls"
        return self._result(verdict, float(self._lrs[self._steepest()]), rising)

    def _steepest(self) -> int:
        """Where the loss falls most within half a decade, up to its lowest point."""
        half = max(1, round(_WINDOW / 2 * self._per_decade))
        padded = np.pad(self._smoothed[: self._lowest + 1], half, mode="edge")
        return int(np.argmax(padded[: -2 * half] - padded[2 * half :]))

    def _first_above(self, level: float, begin: int) -> int | None:
        """From where on the loss stays above ``level`` for a while; None: nowhere."""
        above = self._smoothed[begin:] > level
        stays = max(1, round(0.2 * self._per_decade))
        for i in np.flatnonzero(above):
            if above[i : i + stays].all():
                return begin + int(i)
        return None

    def _clear_change(self, losses: Floats) -> float:
        before = slice(0, max(_MIN_POINTS, self._lowest + 1))
        rest = losses[before] - self._smoothed[before]
        noise = 1.4826 * float(np.median(np.abs(rest - np.median(rest))))
        smoothed_noise = noise / (2 * np.sqrt(np.pi) * self._width) ** 0.5
        return float(max(_NOISES * smoothed_noise, _CLEAR * abs(self._start)))

    def _result(
        self, verdict: Verdict, suggestion: float | None = None, rises_from: int | None = None
    ) -> LrCurve:
        return LrCurve(
            points=self._points,
            smoothed=tuple(self._smoothed.tolist()),
            verdict=verdict,
            suggestion=None if suggestion is None else float(f"{suggestion:.2g}"),
            lowest=float(self._lrs[self._lowest]),
            rises_from=None if rises_from is None else float(self._lrs[rises_from]),
            diverged_at=self._diverged_at,
        )


def smooth(losses: Floats, width: float) -> Floats:
    """Losses [N] without their noise: the median of three, then a Gaussian ``width`` points wide.

    Looking both ways: an exponential average lags behind and would suggest too high a rate. At the
    ends the weights are those of the points that are there, so nothing is drawn towards zero.
    """
    padded = np.pad(losses, 1, mode="edge")
    steady = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    places = np.arange(len(losses))
    weights = np.exp(-0.5 * ((places[:, None] - places[None, :]) / width) ** 2)
    smoothed: Floats = (weights @ steady) / weights.sum(axis=1)
    return smoothed
