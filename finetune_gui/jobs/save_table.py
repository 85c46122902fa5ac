"""Save curves as a CSV that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext, Lane

Floats = npt.NDArray[np.float64]
_ROWS_BETWEEN_LOOKS = 5000


@dataclass(frozen=True)
class SaveTable:
    """Write curves to ``path``: a column ``x_name`` and one for each of ``curves``.

    A curve is (x [N], y [N]). Rows are in the order of x; where a curve has no point, the cell is
    empty.
    """

    path: Path
    x_name: str
    curves: Mapping[str, tuple[Floats, Floats]]
    lane: Lane = Lane.READ
    title: str = "train-job-save-table"

    def run(self, ctx: JobContext) -> Path:
        """The file, whole; raises `OSError` when it cannot be written."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([self.x_name, *self.curves])
        points = [dict(zip(x.tolist(), y.tolist(), strict=True)) for x, y in self.curves.values()]
        xs = sorted(set().union(*points))
        for start in range(0, len(xs), _ROWS_BETWEEN_LOOKS):
            ctx.check_cancelled()
            for x in xs[start : start + _ROWS_BETWEEN_LOOKS]:
                writer.writerow([x, *(curve.get(x, "") for curve in points)])
        atomic.write_bytes(self.path, text.getvalue().encode("utf-8"))
        return self.path
