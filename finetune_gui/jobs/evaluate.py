"""Judge a trained model."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core import test_looks
from finetune_gui.core.errors import PhotoError, RunError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.index import Dataset, Split

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation


@dataclass(frozen=True)
class Evaluate:
    """Evaluate a run on its own photos and keep the result in its folder.

    ``split`` None: the test photos where there are any, else the validation photos. A look at
    test photos is counted in ``paths``; None for photos that are nobody's, as in a self-test.
    """

    run_path: Path
    split: Split | None = None
    paths: AppPaths | None = None
    lane: Lane = Lane.COMPUTE
    title: str = "evaluate-job"

    def run(self, ctx: JobContext) -> Evaluation:
        """The evaluation; raises `RunError` when there is no model."""
        from finetune_gui.engine.evaluation import evaluate_run, read_evaluation

        run = RunFolder.open(self.run_path)
        event = evaluate_run(run, self.split, ctx)
        if event.split == "test" and self.paths is not None:
            test_looks.add(self.paths, test_looks.version_in(run.read_manifest()), run.name)
        run.append_event(event)
        ctx.emit(event)
        found = read_evaluation(run)
        if found is None:
            raise RunError("error-run-broken", path=str(run.path))
        return _with_looks(found, run, self.paths)


@dataclass(frozen=True)
class ReadEvaluation:
    """Read the evaluation that a run keeps; None when it has none yet."""

    run_path: Path
    paths: AppPaths | None = None
    lane: Lane = Lane.READ
    title: str = "evaluate-job-read"

    def run(self, ctx: JobContext) -> Evaluation | None:
        """The evaluation; raises `RunError` when its files are broken."""
        from finetune_gui.engine.evaluation import read_evaluation

        ctx.check_cancelled()
        run = RunFolder.open(self.run_path)
        found = read_evaluation(run)
        return None if found is None else _with_looks(found, run, self.paths)


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
        run = RunFolder.open(self.run_path)
        found = evaluate_dataset(run, dataset, ctx)
        if found.split != "test":
            return found
        version = _version_in(dataset)
        test_looks.add(self.paths, version, run.name)
        return replace(found, test_looks=test_looks.count(self.paths, version))


def _with_looks(found: Evaluation, run: RunFolder, paths: AppPaths | None) -> Evaluation:
    """The evaluation with the number of looks at its test photos up to now."""
    if found.split != "test" or paths is None:
        return found
    try:
        version = test_looks.version_in(run.read_manifest())
    except RunError:  # the figures are whole all the same
        return found
    return replace(found, test_looks=test_looks.count(paths, version))


def _version_in(dataset: Dataset) -> str:
    """That of the test photos which the source itself names, as far as they are there."""
    told = []
    for sample in dataset.samples:
        if sample.split == "test":
            with contextlib.suppress(PhotoError):
                size = fingerprint(sample.path)
                told.append((dataset.relative(sample.path), sample.label, size))
    return test_looks.version_of(told)
