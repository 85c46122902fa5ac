"""Save columns of numbers as a CSV that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext, Lane

_ROWS_BETWEEN_LOOKS = 5000


@dataclass(frozen=True)
class SaveTable:
    """Write ``rows`` under ``header`` to ``path``; None becomes an empty cell."""

    path: Path
    header: tuple[str, ...]
    rows: Sequence[Sequence[float | None]]
    lane: Lane = Lane.READ
    title: str = "train-job-save-table"

    def run(self, ctx: JobContext) -> Path:
        """The file, whole; raises `OSError` when it cannot be written."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.header)
        for start in range(0, len(self.rows), _ROWS_BETWEEN_LOOKS):
            ctx.check_cancelled()
            writer.writerows(self.rows[start : start + _ROWS_BETWEEN_LOOKS])
        atomic.write_bytes(self.path, text.getvalue().encode("utf-8"))
        return self.path
