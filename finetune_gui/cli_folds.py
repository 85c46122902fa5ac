"""What ``cross-validate`` does, and ``resume`` on what it has left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finetune_gui.cli_output import Output, table
from finetune_gui.core.cross_validation import Estimate, Study, StudyPlan
from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import APP_NAME, AppPaths
from finetune_gui.core.run_folder import RunFolder, new_run_path
from finetune_gui.jobs.cross_validate import (
    CrossValidate,
    MakeEnsemble,
    OpenedStudy,
    ReadStudy,
    ResumeCrossValidation,
)


def cross_validate(
    job: CrossValidate, output: Output, ctx: JobContext, *, ensemble: bool = False
) -> None:
    """Do it; where the same was begun in that folder before, go on with it.

    With ``ensemble`` the models become a run of their own when all are done.
    """
    if not Study(job.out).plan_file.is_file():
        job.run(ctx)
    elif _is_the_same(Study(job.out).read_plan(), job):
        ResumeCrossValidation(job.out, job.paths).run(ctx)
    else:
        raise RunError("error-run-exists", path=str(job.out))
    opened = ReadStudy(job.out).run(ctx)
    made = None
    if ensemble and opened.results is not None and opened.results.complete:
        out = new_run_path(job.paths.runs, job.dataset.name)
        made = MakeEnsemble(job.out, job.dataset, out).run(ctx)
    _show(opened, output, made)


def go_on(path: Path, paths: AppPaths, output: Output, ctx: JobContext) -> None:
    """Train the folds that are not done."""
    ResumeCrossValidation(path, paths).run(ctx)
    _show(ReadStudy(path).run(ctx), output)


def _is_the_same(plan: StudyPlan, job: CrossValidate) -> bool:
    kept, wanted = plan.recipe.model_dump(), job.recipe.model_dump()
    for recipe in (kept, wanted):  # the fingerprint of a file is added to what was asked for
        recipe["model"]["weights_sha256"] = ""
    same_photos = plan.dataset == str(job.dataset.root)
    return same_photos and plan.asked == job.asked and kept == wanted


def _show(opened: OpenedStudy, output: Output, ensemble: RunFolder | None = None) -> None:
    path = opened.study.path
    run = {} if ensemble is None else {"ensemble": str(ensemble.path)}
    output.data(as_json(opened) | run)
    if opened.results is None:
        return
    rows = [
        (tr(f"folds-metric-{name.replace('_', '-')}"), _percent(e.mean), _percent(e.sd), _range(e))
        for name, e in opened.results.estimates.items()
    ]
    head = ("", *(tr(f"folds-column-{c}") for c in ("mean", "sd", "interval")))
    output.result(table(head, rows))
    output.result(tr("cli-folds-interval"))
    output.result(tr("cli-folds-folder", path=str(path)))
    if ensemble is not None:
        output.result(tr("cli-folds-ensemble", path=str(ensemble.path)))
    if not opened.results.complete:
        models, done = opened.plan.asked.models, len(opened.results.folds)
        command = f"{APP_NAME} resume {path}"
        output.result(tr("cli-folds-partly", done=done, models=models, command=command))


def as_json(opened: OpenedStudy) -> dict[str, Any]:
    """The form that ``cross-validate --json`` prints. ``n_test`` photos were left alone."""
    plan, results, pooled = opened.plan, opened.results, opened.pooled
    found: dict[str, Any] = {
        "folds": plan.asked.folds,
        "repeats": plan.asked.repeats,
        "group_by": plan.asked.group_by,
        "n": len(plan.photos),
        "n_test": plan.n_test,
        "classes": list(plan.classes),
        "out": str(opened.study.path),
        "complete": results is not None and results.complete,
    }
    if results is not None:
        found["metrics"] = {name: vars(e) for name, e in results.estimates.items()}
        found["per_fold"] = [
            {"number": f.number, "n": f.n, "epoch": f.epoch, "seconds": f.seconds, **f.metrics}
            for f in results.folds
        ]
    if pooled is not None:
        found["confusion_matrix"] = [list(row) for row in pooled.matrix]
        found["predictions"] = str(opened.study.predictions_file)
    return found


def _range(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return "–"
    return f"{100 * found.low:.1f} – {100 * found.high:.1f} %"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"
