"""A model's answers as a CSV that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext, Lane

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

# Spreadsheets take a CSV for the local code page unless it begins with this mark.
_MARK = "\ufeff"
_BEFORE_CLASSES = ("path", "label", "confidence")
_AFTER_CLASSES = ("error",)


@dataclass(frozen=True)
class SavePredictions:
    """Write ``predictions`` to the file ``out``; see `write_csv`."""

    predictions: tuple[Prediction, ...]
    out: Path
    lane: Lane = Lane.READ
    title: str = "predict-job-save"

    def run(self, ctx: JobContext) -> Path:
        """The file, whole; raises `OSError`."""
        ctx.check_cancelled()
        write_csv(self.predictions, self.out)
        return self.out


def write_csv(predictions: Sequence[Prediction], path: Path) -> None:
    """Write a header line and a line for each photo, in UTF-8 with a byte-order mark.

    Columns: ``path``, ``label``, ``confidence``, the probability of each class, and ``error``:
    empty, or why the photo could not be read, in the language now set. Probabilities are
    fractions in [0, 1]. The file is whole or stays as it was; raises `OSError`.
    """
    classes = _classes(predictions)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*_BEFORE_CLASSES, *classes, *_AFTER_CLASSES])
    writer.writerows(_row(prediction, classes) for prediction in predictions)
    atomic.write_text(path, _MARK + text.getvalue())


def _classes(predictions: Sequence[Prediction]) -> list[str]:
    """All classes in the order of the model; more than one model's only after a mix."""
    found: dict[str, None] = {}
    for prediction in predictions:
        found |= dict.fromkeys(prediction.probabilities or ())
    return list(found)


def _row(prediction: Prediction, classes: Sequence[str]) -> list[str]:
    path = _readable(str(prediction.path))
    if prediction.error is not None:
        return [path, "", "", *("" for _ in classes), prediction.error.sentence]
    by_class = prediction.probabilities or {}
    shares = [f"{by_class[name]:.6f}" if name in by_class else "" for name in classes]
    return [path, prediction.label, f"{prediction.confidence:.6f}", *shares, ""]


def _readable(text: str) -> str:
    """A file name that is not valid text in this system's encoding carries lone surrogates."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
