"""Ask a trained model about photos."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from finetune_gui.core.events import Event
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import RunFolder

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

PORTION = 32


@dataclass(frozen=True)
class Predicted(Event):
    """Some answers, in the order of the photos; never written to a run folder."""

    kind: ClassVar[str] = "predicted"
    answers: tuple[Prediction, ...]


@dataclass(frozen=True)
class Predict:
    """One answer for each of ``photos``; folders among them stand for the pictures in them.

    Answers are told in portions as they come, so a cancel keeps what was answered before it.
    """

    run_path: Path
    photos: tuple[Path, ...]
    lane: Lane = Lane.COMPUTE
    title: str = "predict-job"

    def run(self, ctx: JobContext) -> list[Prediction]:
        """All answers in order; raises `RunError` when the run has no model."""
        from finetune_gui.dataset.picking import find_photos
        from finetune_gui.engine.prediction import Predictor

        paths = find_photos(self.photos, ctx)
        predictor = Predictor.for_run(RunFolder.open(self.run_path), len(paths))
        answers: list[Prediction] = []
        ctx.progress(0, len(paths), "predict-progress")
        for start in range(0, len(paths), PORTION):
            portion = tuple(predictor.predict(paths[start : start + PORTION], ctx))
            answers.extend(portion)
            ctx.emit(Predicted(portion))
            ctx.progress(len(answers), len(paths), "predict-progress")
        return answers
