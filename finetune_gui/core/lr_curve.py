"""What a learning-rate range test says (Smith 2017, "Cyclical learning rates"), and why.

The learning rate grows from update to update and the loss is noted. Too low a rate leaves it where
it is, a good one moves it, too high a one makes it rise for good.

Elsewhere the rate at which the loss falls steepest is suggested. That holds for a head that begins
with random weights. Here it is fitted already, so the first fall is that of the last few percent:
on photos of groceries it was steepest at 0.00004, where five epochs led to 87.8 % of 229 unseen
photos right, below the baseline's 90.8 %; rates from 0.0004 to 0.0025 led to 90.0 to 93.4 %, and
0.0042 to 86.9 %. In between the loss rises for a while, as features and head fall out of step, and
comes back; so it does in the first epochs of a training. What limits the rate is where it comes
back no more, there 0.0029: half of that is suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from finetune_gui.core.messages import tr

Floats = npt.NDArray[np.float64]

# "falls": the loss falls, and later rises for good. "bounded": it never falls, but rises for good.
# "falls_on": it falls and never rises for good. The others are no suggestion.
Verdict = Literal["falls", "bounded", "falls_on", "flat", "rises", "few_photos"]

_MIN_POINTS = 12
_WIDTH = 0.15  # decades, of the smoothing
_CLEAR = 0.01  # a change is clear from this share of the loss on, and from
_NOISES = 4.0  # so many standard errors
_STAYS = 0.2  # decades for which a loss must stay up to have risen for good
_AT_ONCE = 0.5  # decades from the lowest rate in which there is no room for a lower one
_SAFE = 2.0  # how far to stay below the rate at which the loss rises for good


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
    loss stays above where it began, ``diverged_at`` the one at which the test was broken off since
    the loss exploded; each is None where there is no such rate.
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
    """A learning rate with two digits as people read it: 0.00028, from 0.000001 down 2.8e-7."""
    if lr is None:
        return "–"
    short = f"{lr:.2g}"
    if lr < 1e-6:
        return short.replace("e-0", "e-")
    return f"{float(short):.7f}".rstrip("0").rstrip(".")


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
        self._width = max(1.0, _WIDTH * self._per_decade)
        self._first = max(3, len(losses) // 10)
        self._start = float(np.median(losses[: self._first]))
        # An explosion must not reach back into what was before it.
        self._smoothed = smooth(np.minimum(losses, 2 * abs(self._start) + 1e-9), self._width)
        self._lowest = int(np.argmin(self._smoothed))
        self._margin = self._clear_change(losses)

    def read(self) -> LrCurve:
        """Half the rate from which on the loss has risen for good, where there is one."""
        fall = self._start - self._smoothed[self._lowest]
        falls = fall > self._margin and self._lowest >= self._first
        edge = self._edge()
        if edge is None:
            lowest = float(self._lrs[self._lowest])
            return self._result("falls_on", lowest) if falls else self._result("flat")
        if edge < self._lrs[0] * 10**_AT_ONCE:
            return self._result("rises", edge=edge)
        return self._result("falls" if falls else "bounded", edge / _SAFE, edge)

    def _edge(self) -> float | None:
        """The rate from which on the loss stays above where it began; None: it never does."""
        below = np.flatnonzero(self._smoothed <= self._start + self._margin)
        edge = int(below[-1]) + 1 if len(below) else 0
        stays = len(self._lrs) - edge
        if self._diverged_at is None and stays < _STAYS * self._per_decade:
            return None
        return float(self._lrs[edge]) if stays else self._diverged_at

    def _clear_change(self, losses: Floats) -> float:
        """How far a smoothed loss must be from that of the start to be no chance.

        The noise is that of the second differences up to the lowest point, whose variance is six
        times that of the losses: whatever falls or rises steadily is not in them.
        """
        before = np.diff(losses[: max(len(losses) // 3, self._lowest + 1)], 2)
        noise = 1.4826 * float(np.median(np.abs(before))) / 6**0.5
        of_start = 1.2533 / self._first**0.5  # a median's standard error
        of_smoothed = 1 / (2 * np.pi**0.5 * self._width) ** 0.5
        clear = _NOISES * noise * float(np.hypot(of_start, of_smoothed))
        return max(clear, _CLEAR * abs(self._start))

    def _result(
        self, verdict: Verdict, suggestion: float | None = None, edge: float | None = None
    ) -> LrCurve:
        return LrCurve(
            points=self._points,
            smoothed=tuple(self._smoothed.tolist()),
            verdict=verdict,
            suggestion=None if suggestion is None else float(f"{suggestion:.2g}"),
            lowest=float(self._lrs[self._lowest]),
            rises_from=edge,
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
