"""Cross-validation: a model for each fold, judged by the photos of that fold.

Of what a fold does not hold, a part as large as the recipe's validation fraction chooses the best
epoch, the end by patience and the strength of the baseline's penalty; the rest is learned from. So
the photos of a fold have no say in the model that is judged by them. To choose by the fold itself,
which would leave more to learn from, makes every figure a little too good (Cawley & Talbot 2010,
"On over-fitting in model selection"). In the run folder of a fold, its photos are the test split.
The test photos of the dataset are in no fold, and no file of theirs is touched.

All folds train with the seed of the recipe; what differs between them are the photos.
"""

from __future__ import annotations

import csv
import io
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scipy import special
from typing_extensions import override

from finetune_gui.core import atomic
from finetune_gui.core.cross_validation import (
    Estimate,
    FoldedPhoto,
    FoldResult,
    FoldsAsked,
    Metric,
    Study,
    StudyPlan,
    StudyResults,
)
from finetune_gui.core.errors import RunError
from finetune_gui.core.events import (
    BaselineFinished,
    EpochFinished,
    Event,
    FoldFinished,
    FoldMoved,
    FoldStarted,
    Progress,
    RunFinished,
    StageStarted,
)
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.dataset.folds import hold_back, make_folds
from finetune_gui.dataset.index import Dataset
from finetune_gui.dataset.splits import assign_splits
from finetune_gui.engine import evaluation, starting_point
from finetune_gui.engine.estimate import Counts, estimate_run
from finetune_gui.engine.evaluation import Evaluation, Judged
from finetune_gui.engine.prediction import Prediction
from finetune_gui.engine.shared_features import SharedFeatures
from finetune_gui.engine.training import go_on_with, manifest_base, train_fold

_special: Any = special  # without types
METRICS: tuple[Metric, ...] = ("accuracy", "macro_f1", "macro_precision", "macro_recall")
COLUMNS = (*evaluation.COLUMNS, "fold")
_SECONDS_A_MODEL = 1.5  # to build it, to write it, to judge it: for the estimate alone


def cross_validate(
    dataset: Dataset,
    recipe: Recipe,
    asked: FoldsAsked,
    out: Path,
    paths: AppPaths,
    ctx: JobContext,
) -> Study:
    """Divide the photos and train a model for each fold, in the new folder ``out``.

    Paused, it returns with the folds that are done; `go_on` does the others.

    Raises:
        Cancelled: the user stopped it; `go_on` can take it up again once there is a plan.
        UserError: it could not be done; what is done stays.
    """
    study = Study.create(out, make_plan(dataset, recipe, asked, ctx))
    return go_on(study, paths, ctx)


def make_plan(dataset: Dataset, recipe: Recipe, asked: FoldsAsked, ctx: JobContext) -> StudyPlan:
    """Divide the photos; raises `DatasetError` where they cannot be divided so."""
    recipe = starting_point.pinned(recipe)
    data = recipe.data
    splits = assign_splits(dataset, data.validation_fraction, data.test_fraction, data.split_seed)
    folds = make_folds(dataset, splits, asked, data.split_seed)
    photos = []
    for place, index in enumerate(folds.indices):
        ctx.check_cancelled()
        sample = dataset.samples[index]
        photos.append(
            FoldedPhoto(
                path=dataset.relative(sample.path),
                label=sample.label,
                fingerprint=fingerprint(sample.path),
                group=folds.groups[place],
                folds=tuple(numbers[place] for numbers in folds.numbers),
            )
        )
    return StudyPlan(
        name=dataset.name,
        dataset=str(dataset.root),
        classes=dataset.classes,
        photos=tuple(photos),
        n_test=sum(split == "test" for split in splits),
        asked=asked,
        recipe=recipe,
        skipped={dataset.relative(s.path): s.reason for s in dataset.skipped},
    )


def go_on(study: Study, paths: AppPaths, ctx: JobContext) -> Study:
    """Train the folds that are not done yet; a half-trained one goes on exactly where it was.

    Raises as `cross_validate` does.
    """
    with study.locked():
        atomic.sweep(study.path)
        plan = study.read_plan()
        shared = SharedFeatures(study.features)
        for number in range(1, plan.asked.models + 1):
            ctx.check_cancelled()
            done = _is_judged(study.fold(number))
            if not done:
                if ctx.control.pause_requested:
                    return study
                done = _do_fold(study, plan, number, shared, paths, ctx)
            if not done:
                return study
            if not _is_noted(study, number):
                keep_results(study, plan)
            _tell(study, number, ctx)
        keep_results(study, plan)
        shutil.rmtree(study.features, ignore_errors=True)  # of no use any more
    return study


def fold_manifest(plan: StudyPlan, number: int) -> Manifest:
    """The splits of one fold. Photos have the same numbers in all of them.

    Raises:
        DatasetError: what is left to learn from cannot be divided once more.
    """
    held = [plan.is_held_out(photo, number) for photo in plan.photos]
    rest = [photo for photo, out in zip(plan.photos, held, strict=True) if not out]
    back = hold_back(
        [photo.path for photo in rest],
        [photo.label for photo in rest],
        [photo.group for photo in rest],
        plan.recipe.data.validation_fraction,
        plan.recipe.data.split_seed,
    )
    choosing = {rest[i].path for i in back}
    samples = tuple(
        ManifestEntry(
            photo.path,
            photo.label,
            "test" if out else "validation" if photo.path in choosing else "train",
            photo.fingerprint,
        )
        for photo, out in zip(plan.photos, held, strict=True)
    )
    return replace(
        manifest_base(plan.recipe),
        dataset=plan.dataset,
        classes=plan.classes,
        samples=samples,
        skipped=plan.skipped,
        parent="",
    )


class _StoppedError(BaseException):
    """Leaves a fold as a kill would: whole, and to be gone on with.

    `Cancelled` would make the best model so far the fold's last word.
    """


class _FoldControl(JobControl):
    """A fold never hears that it is to stop for good, only that it is to pause."""

    def __init__(self, asked: JobControl) -> None:
        super().__init__()
        self._asked = asked

    @property
    @override
    def pause_requested(self) -> bool:
        """Whether the user wants to pause or to stop."""
        return self._asked.pause_requested or self._asked.cancel_requested


@dataclass(frozen=True)
class _FoldContext(JobContext):
    """Leaves the fold at once where the user stops, or pauses before there is anything to save."""

    asked: JobControl | None = None
    ear: _Ear | None = None

    @override
    def check_cancelled(self) -> None:
        """Raise when the user asked."""
        if self.asked is None or self.ear is None:
            return
        if self.asked.cancel_requested or (self.asked.pause_requested and not self.ear.learns):
            raise _StoppedError


class _Ear:
    """Makes of what a run tells what is told of a fold."""

    def __init__(self, number: int, ctx: JobContext) -> None:
        self.learns = False
        self._number, self._ctx = number, ctx

    def hear(self, event: Event) -> None:
        """Pass on what matters of an event."""
        match event:
            case Progress():
                self._ctx.emit(event)
            case StageStarted():
                self.learns = event.stage == "finetune"
            case BaselineFinished():
                self._ctx.emit(FoldMoved(self._number, 0, event.val_accuracy))
            case EpochFinished():
                self._ctx.emit(FoldMoved(self._number, event.epoch, event.val_accuracy))


def _do_fold(
    study: Study,
    plan: StudyPlan,
    number: int,
    shared: SharedFeatures,
    paths: AppPaths,
    ctx: JobContext,
) -> bool:
    """Train and judge one fold; False when the user paused it."""
    run = study.fold(number)
    ear = _Ear(number, ctx)
    inner = _FoldContext(ear.hear, _FoldControl(ctx.control), ctx.control, ear)
    ctx.emit(FoldStarted(number, plan.asked.models, str(run.path)))
    try:
        if not run.manifest_file.is_file():
            shutil.rmtree(run.path, ignore_errors=True)  # killed before it had begun
            manifest = replace(fold_manifest(plan, number), chosen=_chosen(study, number))
            train_fold(manifest, plan.recipe, run.path, paths, inner, shared)
        elif not isinstance(run.read_history().end, RunFinished):
            go_on_with(run, paths, inner, shared)
        if not isinstance(run.read_history().end, RunFinished):
            ctx.check_cancelled()
            return False
        if not _is_judged(run):
            evaluation.evaluate_run(run, "test", inner)
    except _StoppedError:
        ctx.check_cancelled()
        return False
    return True


def _chosen(study: Study, number: int) -> dict[str, str | int | float | bool]:
    """What the first fold has measured: all are to be computed alike."""
    if number == 1:
        return {}
    return dict(study.fold(1).read_manifest().chosen)


def _is_judged(run: RunFolder) -> bool:
    return (run.evaluation / "metrics.json").is_file() and isinstance(
        run.read_history().end, RunFinished
    )


def _is_noted(study: Study, number: int) -> bool:
    try:
        found = study.read_results()
    except RunError:  # it is made anew
        return False
    return found is not None and any(fold.number == number for fold in found.folds)


def _tell(study: Study, number: int, ctx: JobContext) -> None:
    found = _judged(study.fold(number))
    ctx.emit(FoldFinished(number, found.accuracy, found.macro_f1, len(found.judged)))


def _judged(run: RunFolder) -> Evaluation:
    found = evaluation.read_evaluation(run)
    if found is None:
        raise RunError("error-run-broken", path=str(run.path))
    return found


# ---- what came of it


def keep_results(study: Study, plan: StudyPlan) -> None:
    """Write the figures and the predictions over all folds that are done, the figures last."""
    done = [n for n in range(1, plan.asked.models + 1) if _is_judged(study.fold(n))]
    found = {number: _judged(study.fold(number)) for number in done}
    rows = [
        [*evaluation.judged_row(judged), str(number)]
        for number, result in found.items()
        for judged in result.judged
    ]
    pooled = pool([j for result in found.values() for j in result.judged], plan.classes)
    folds = tuple(_result(study, number, result) for number, result in found.items())
    atomic.write_text(study.predictions_file, evaluation.csv_text([COLUMNS, *rows]))
    atomic.write_text(study.matrix_file, evaluation.matrix_text(pooled))
    study.write_results(
        StudyResults(
            folds,
            {m: estimate([f.metrics[m] for f in folds], plan.asked.folds) for m in METRICS},
            complete=len(folds) == plan.asked.models,
        )
    )


def _result(study: Study, number: int, result: Evaluation) -> FoldResult:
    end = study.fold(number).read_history().end
    if not isinstance(end, RunFinished):
        raise RunError("error-run-broken", path=str(study.fold(number).path))
    present = [score for score in result.per_class.values() if score.support]
    metrics: dict[Metric, float] = {
        "accuracy": result.accuracy,
        "macro_f1": result.macro_f1,
        "macro_precision": sum(score.precision for score in present) / len(present),
        "macro_recall": sum(score.recall for score in present) / len(present),
    }
    return FoldResult(number, len(result.judged), end.winner_epoch, end.seconds, metrics)


def estimate(values: Sequence[float], folds: int) -> Estimate:
    """Mean, standard deviation and interval of a metric in [0, 1] over folds and repeats.

    The interval is that of the corrected resampled t-test (Nadeau & Bengio 2003, "Inference for the
    generalization error"): mean ± t · √((1/n + 1/(folds − 1)) · sd²), t with n − 1 degrees of
    freedom for 95 %. The models share most of their training photos, so the usual t-interval,
    without the second term, is too narrow, and no unbiased estimate of the variance exists (Bengio
    & Grandvalet 2004). Bounds are kept within [0, 1].
    """
    n = len(values)
    mean = sum(values) / n
    if n == 1:
        return Estimate(mean, 0.0, None, None)
    if min(values) == max(values):  # all alike: they do not tell how far another one may be off
        return Estimate(values[0], 0.0, None, None)
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    reach = float(_special.stdtrit(n - 1, 0.975)) * math.sqrt((1 / n + 1 / (folds - 1)) * variance)
    return Estimate(mean, math.sqrt(variance), max(0.0, mean - reach), min(1.0, mean + reach))


def pool(judged: Sequence[Judged], classes: tuple[str, ...]) -> Evaluation:
    """One evaluation over the photos of all folds, each judged by a model that has not seen it."""
    answers = [Prediction(j.path, j.label, j.confidence) for j in judged]
    return evaluation.summarise(classes, [j.truth for j in judged], answers, "folds")


def read_pooled(study: Study, plan: StudyPlan) -> Evaluation | None:
    """That of the folds which are done; None before the first one is.

    Raises:
        RunError: the file is broken.
    """
    try:
        text = study.predictions_file.read_text(encoding="utf-8-sig")
        rows = csv.DictReader(io.StringIO(text))
        return pool([evaluation.read_judged(row) for row in rows], plan.classes)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError("error-study-broken", path=str(study.path)) from error


def estimate_study(
    recipe: Recipe, n: int, classes: int, asked: FoldsAsked, paths: AppPaths, ctx: JobContext
) -> float:
    """Seconds for all folds of ``n`` photos; tries the network out unless that was done.

    Raises as `estimate_run` does.
    """
    held = round(n / asked.folds)
    choosing = round((n - held) * recipe.data.validation_fraction)
    counts = Counts(n - held - choosing, choosing, held, classes)
    if recipe.model.only_head_learns or recipe.train.epochs == 0:
        whole = Counts(n - choosing, choosing, 0, classes)
        judging = estimate_run(recipe, whole, paths, ctx)
        return judging + asked.models * _SECONDS_A_MODEL
    return asked.models * (estimate_run(recipe, counts, paths, ctx) + _SECONDS_A_MODEL)
