"""Numbers for a plot that grow at the end, as training does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_FIRST_ROOM = 1024


class Series:
    """Points (x, y), x never falling. Adding costs the same however many there are."""

    def __init__(self) -> None:
        self._points: Floats = np.empty((2, _FIRST_ROOM))
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def xs(self) -> Floats:
        """All x [N]; a view that stays valid until the next change."""
        return self._points[0, : self._n]

    @property
    def ys(self) -> Floats:
        """All y [N]; a view that stays valid until the next change."""
        return self._points[1, : self._n]

    def extend(self, xs: Sequence[float] | Floats, ys: Sequence[float] | Floats) -> None:
        """Add points at the end; both have the same length."""
        n = self._n + len(xs)
        if n > self._points.shape[1]:
            room: Floats = np.empty((2, max(n, 2 * self._points.shape[1])))
            room[:, : self._n] = self._points[:, : self._n]
            self._points = room
        self._points[0, self._n : n] = xs
        self._points[1, self._n : n] = ys
        self._n = n

    def cut(self, last_x: float) -> None:
        """Forget all points after ``last_x``."""
        self._n = int(np.searchsorted(self.xs, last_x, side="right"))

    def clear(self) -> None:
        """Forget everything."""
        self._n = 0

    def at(self, x: float) -> float | None:
        """The y of the point nearest to ``x``; None beyond both ends (half a step is allowed)."""
        if self._n == 0:
            return None
        xs = self.xs
        right = min(int(np.searchsorted(xs, x)), self._n - 1)
        left = max(right - 1, 0)
        nearest = left if abs(xs[left] - x) <= abs(xs[right] - x) else right
        reach = (xs[-1] - xs[0]) / max(1, self._n - 1)
        return float(self.ys[nearest]) if abs(xs[nearest] - x) <= max(reach, 1e-9) else None
