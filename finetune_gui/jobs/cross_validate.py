"""Cross-validate, go on with it, look at what came of it, and find those of a dataset."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.core.cross_validation import (
    FoldsAsked,
    Study,
    StudyPlan,
    StudyResults,
    list_studies,
)
from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Dataset

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation


@dataclass(frozen=True)
class CrossValidate:
    """Train a model for each fold of ``dataset``, in the new folder ``out``."""

    dataset: Dataset
    recipe: Recipe
    asked: FoldsAsked
    out: Path
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "folds-job"

    def run(self, ctx: JobContext) -> Study:
        """See `finetune_gui.engine.cross_validation.cross_validate`."""
        from finetune_gui.engine.cross_validation import cross_validate

        return cross_validate(self.dataset, self.recipe, self.asked, self.out, self.paths, ctx)


@dataclass(frozen=True)
class ResumeCrossValidation:
    """Train the folds that are not done yet."""

    path: Path
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "folds-job"

    def run(self, ctx: JobContext) -> Study:
        """See `finetune_gui.engine.cross_validation.go_on`."""
        from finetune_gui.engine.cross_validation import go_on

        return go_on(Study.open(self.path), self.paths, ctx)


@dataclass(frozen=True)
class MakeEnsemble:
    """One model of all folds of the cross-validation at ``path``, in the new run folder ``out``.

    ``dataset`` is what was divided into folds.
    """

    path: Path
    dataset: Dataset
    out: Path
    lane: Lane = Lane.COMPUTE
    title: str = "folds-job-ensemble"

    def run(self, ctx: JobContext) -> RunFolder:
        """See `finetune_gui.engine.fold_ensemble.make_ensemble`."""
        from finetune_gui.engine.fold_ensemble import make_ensemble

        return make_ensemble(Study.open(self.path), self.dataset, self.out, ctx)


@dataclass(frozen=True)
class OpenedStudy:
    """A cross-validation as it stands.

    ``curves`` has, by number, the accuracy on the photos that choose the epoch, the first for the
    baseline. ``pooled`` is over the photos of all folds that are done.
    """

    study: Study
    plan: StudyPlan
    results: StudyResults | None
    pooled: Evaluation | None
    curves: dict[int, list[tuple[int, float]]] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadStudy:
    """Read a cross-validation that is done or was left."""

    path: Path
    lane: Lane = Lane.READ
    title: str = "folds-job-read"

    def run(self, ctx: JobContext) -> OpenedStudy:
        """All that the window shows; raises `RunError` when files are broken."""
        from finetune_gui.engine.cross_validation import read_pooled

        study = Study.open(self.path)
        plan = study.read_plan()
        curves: dict[int, list[tuple[int, float]]] = {}
        for number in range(1, plan.asked.models + 1):
            ctx.check_cancelled()
            history = study.fold(number).read_history()
            if history.baseline is not None:
                curves[number] = [(0, history.baseline.val_accuracy)]
                curves[number] += [(e.epoch, e.val_accuracy) for e in history.epochs]
        return OpenedStudy(study, plan, study.read_results(), read_pooled(study, plan), curves)


@dataclass(frozen=True)
class StudySummary:
    """One line of the list of earlier ones; ``accuracy`` None before the first fold is done."""

    path: Path
    folds: int
    repeats: int
    done: int
    baseline_only: bool
    accuracy: float | None
    created: float


@dataclass(frozen=True)
class ListStudies:
    """Find the cross-validations of the dataset whose root is ``dataset``, the newest first."""

    dataset: Path
    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "folds-job-read"

    def run(self, ctx: JobContext) -> list[StudySummary]:
        """Those that can be read."""
        found = []
        for study in list_studies(self.paths.cross_validations):
            ctx.check_cancelled()
            try:
                plan, results = study.read_plan(), study.read_results()
            except RunError:
                continue
            if plan.dataset == str(self.dataset):
                found.append(_summary(study, plan, results))
        return found


def _summary(study: Study, plan: StudyPlan, results: StudyResults | None) -> StudySummary:
    return StudySummary(
        path=study.path,
        folds=plan.asked.folds,
        repeats=plan.asked.repeats,
        done=0 if results is None else len(results.folds),
        baseline_only=plan.baseline_only,
        accuracy=None if results is None else results.estimates["accuracy"].mean,
        created=plan.created,
    )


@dataclass(frozen=True)
class FoldsOutlook:
    """What is to be expected: ``n`` photos in ``groups`` groups, the largest of ``largest``.

    ``n_test_related`` of the test photos belong to one of these groups.
    """

    n: int
    n_test: int
    n_test_related: int
    groups: int
    largest: int
    seconds: float | None


@dataclass(frozen=True)
class LookAhead:
    """Divide the photos on trial, and say how long all folds will take."""

    dataset: Dataset
    recipe: Recipe
    asked: FoldsAsked
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "folds-job-outlook"

    def run(self, ctx: JobContext) -> FoldsOutlook:
        """Raises `DatasetError` where the photos cannot be divided so."""
        from finetune_gui.dataset.folds import count_groups, group_of, make_folds
        from finetune_gui.dataset.splits import assign_splits
        from finetune_gui.engine.cross_validation import estimate_study

        data = self.recipe.data
        splits = assign_splits(
            self.dataset, data.validation_fraction, data.test_fraction, data.split_seed
        )
        folds = make_folds(self.dataset, splits, self.asked, data.split_seed)
        n, classes = len(folds.indices), len(self.dataset.classes)
        groups, largest = count_groups(folds.groups)
        learned = set(folds.groups) - {""}
        related = [
            split == "test" and group_of(self.dataset, sample, self.asked.group_by) in learned
            for sample, split in zip(self.dataset.samples, splits, strict=True)
        ]
        return FoldsOutlook(
            n=n,
            n_test=len(splits) - n,
            n_test_related=sum(related),
            groups=groups,
            largest=largest,
            seconds=estimate_study(self.recipe, n, classes, self.asked, self.paths, ctx),
        )
