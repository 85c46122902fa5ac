"""Judge a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Split

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation


@dataclass(frozen=True)
class Evaluate:
    """Evaluate a run on its own photos and keep the result in its folder.

    ``split`` None: the test photos where there are any, else the validation photos.
    """

    run_path: Path
    split: Split | None = None
    lane: Lane = Lane.COMPUTE
    title: str = "evaluate-job"

    def run(self, ctx: JobContext) -> Evaluation:
        """The evaluation; raises `RunError` when there is no model."""
        from finetune_gui.core.errors import RunError
        from finetune_gui.engine.evaluation import evaluate_run, read_evaluation

        run = RunFolder.open(self.run_path)
        event = evaluate_run(run, self.split, ctx)
        run.append_event(event)
        ctx.emit(event)
        found = read_evaluation(run)
        if found is None:
            raise RunError("error-run-broken", path=str(run.path))
        return found


@dataclass(frozen=True)
class ReadEvaluation:
    """Read the evaluation that a run keeps; None when it has none yet."""

    run_path: Path
    lane: Lane = Lane.READ
    title: str = "evaluate-job-read"

    def run(self, ctx: JobContext) -> Evaluation | None:
        """The evaluation; raises `RunError` when its files are broken."""
        from finetune_gui.engine.evaluation import read_evaluation

        ctx.check_cancelled()
        return read_evaluation(RunFolder.open(self.run_path))


@dataclass(frozen=True)
class EvaluateOn:
    """Evaluate a run on photos from elsewhere; nothing is kept."""

    run_path: Path
    source: Path
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "evaluate-job"

    def run(self, ctx: JobContext) -> Evaluation:
        """The evaluation; raises `DatasetError` for a class that the model does not know."""
        from finetune_gui.dataset.index import open_dataset
        from finetune_gui.engine.evaluation import evaluate_dataset

        dataset = open_dataset(self.source, self.paths, ctx)
        return evaluate_dataset(RunFolder.open(self.run_path), dataset, ctx)
