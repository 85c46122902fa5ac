"""What each command does: start a job, show its events, print its result."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_gui import cli_folds
from finetune_gui.cli_output import Output, table
from finetune_gui.cli_tune import tune_result
from finetune_gui.core import recipe as recipes
from finetune_gui.core import search_space
from finetune_gui.core.cross_validation import FoldsAsked, Study, new_study_path
from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, JobControl
from finetune_gui.core.lr_curve import lr_text
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import APP_NAME, AppPaths, resource
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder, new_run_path
from finetune_gui.core.study import Budget, StudyFolder
from finetune_gui.jobs.check_dataset import CheckDataset
from finetune_gui.jobs.cross_validate import CrossValidate
from finetune_gui.jobs.doctor import Doctor
from finetune_gui.jobs.evaluate import Evaluate, EvaluateOn
from finetune_gui.jobs.export import Export
from finetune_gui.jobs.find_lr import FindLr
from finetune_gui.jobs.list_backbones import ListBackbones
from finetune_gui.jobs.notebook import SaveNotebook
from finetune_gui.jobs.open_dataset import OpenDataset
from finetune_gui.jobs.predict import Predict
from finetune_gui.jobs.save_predictions import SavePredictions
from finetune_gui.jobs.script import SaveScript
from finetune_gui.jobs.self_test import Check, Remarks, SelfTest
from finetune_gui.jobs.train import Resume, Train
from finetune_gui.jobs.tune import ResumeTune, Tune

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction


_MINUTES = 20.0  # of a search that was told neither minutes nor trials


@dataclass(frozen=True)
class Context:
    """What a command is given."""

    args: argparse.Namespace
    paths: AppPaths
    control: JobControl
    output: Output
    window_checks: Callable[[], list[Check]]

    def job(self, *, events_as_json: bool = False) -> JobContext:
        """The context of a job whose events are shown."""
        show = self.output.show if events_as_json else self.output.show_to_people
        return JobContext(show, self.control)


def be_alone() -> None:
    """Raises `UserError` in one of several processes that ``torchrun`` started together."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise UserError("error-not-together")


def train(context: Context) -> None:
    """``train``: ends with accuracy, the run's folder and the next command."""
    args = context.args
    source = resource("demo", "fashion") if args.use_demo else args.dataset
    recipe = _recipe(args)
    ctx = context.job(events_as_json=True)
    dataset = OpenDataset(source, context.paths).run(ctx)
    out = args.out or new_run_path(context.paths.runs, dataset.name)
    run = Train(dataset, recipe, out.absolute(), context.paths).run(ctx)
    _say_what_next(context, run)


def _recipe(args: argparse.Namespace) -> Recipe:
    """What ``--recipe`` and ``--set`` ask for."""
    recipe = recipes.load(args.recipe) if args.recipe else Recipe()
    return recipes.with_values(recipe, dict(item.split("=", 1) for item in args.set))


def find_lr(context: Context) -> None:
    """``find-lr``: the learning rate that a range test suggests, and the curve."""
    recipe, ctx = _recipe(context.args), context.job()
    dataset = OpenDataset(context.args.dataset, context.paths).run(ctx)
    curve = FindLr(dataset, recipe, context.paths).run(ctx)
    context.output.data(curve.as_json())
    rows = [
        (lr_text(p.lr), f"{p.loss:.4f}", f"{smoothed:.4f}")
        for p, smoothed in zip(curve.points, curve.smoothed, strict=True)
    ]
    head = tuple(tr(f"cli-column-{c}") for c in ("lr", "loss", "smoothed"))
    context.output.result(table(head, rows))
    if curve.suggestion is None:
        context.output.result(tr("cli-lr-none"))
    else:
        context.output.result(tr("cli-lr-suggestion", lr=lr_text(curve.suggestion)))
    context.output.result(curve.reason)


def cross_validate(context: Context) -> None:
    """``cross-validate``: how good models of this recipe are, from one model for each fold."""
    args, ctx = context.args, context.job()
    recipe = _recipe(args)
    if args.baseline:
        recipe = recipes.with_values(recipe, {"train.epochs": 0})
    asked = FoldsAsked(args.folds, args.repeats, args.group_by)
    dataset = OpenDataset(args.dataset, context.paths).run(ctx)
    out = args.out or new_study_path(context.paths.cross_validations, dataset.name)
    job = CrossValidate(dataset, recipe, asked, out.absolute(), context.paths)
    cli_folds.cross_validate(job, context.output, ctx, ensemble=args.ensemble)


def tune(context: Context) -> None:
    """``tune``: the best settings within a budget, and whether they beat the default."""
    args, ctx = context.args, context.job()
    budget = Budget(args.trials, args.minutes)
    asked = budget if budget != Budget() else None
    if StudyFolder(args.dataset).spec_file.is_file():
        story = ResumeTune(args.dataset.absolute(), context.paths, asked).run(ctx)
    else:
        recipe = _recipe(args)
        ranges = dict(item.split("=", 1) for item in args.range)
        space = search_space.changed(search_space.default_space(recipe), ranges)
        dataset = OpenDataset(args.dataset, context.paths).run(ctx)
        out = args.out or new_run_path(context.paths.searches, dataset.name)
        story = Tune(
            dataset,
            recipe,
            space,
            asked or Budget(minutes=_MINUTES),
            out.absolute(),
            context.paths,
            args.storage,
        ).run(ctx)
    data, lines = tune_result(story)
    context.output.data(data)
    for line in lines:
        context.output.result(line)


def resume(context: Context) -> None:
    """``resume``: go on exactly where the run was."""
    path = context.args.run.absolute()
    if Study(path).plan_file.is_file():
        be_alone()
        cli_folds.go_on(path, context.paths, context.output, context.job())
        return
    run = Resume(path, context.paths).run(context.job(events_as_json=True))
    _say_what_next(context, run)


def _say_what_next(context: Context, run: RunFolder) -> None:
    context.output.result(tr("cli-run-folder", path=str(run.path)))
    command = _typed([*_program(), "predict", str(run.path), "PHOTO"])
    context.output.result(tr("cli-next-command", command=command))


def _program() -> list[str]:
    """What to type to start this program again: its name where the shell finds it by that."""
    if shutil.which(APP_NAME):
        return [APP_NAME]
    if sys.argv[0].endswith("__main__.py"):
        return [sys.executable, "-m", "finetune_gui"]
    return [sys.argv[0]]


def _typed(words: list[str]) -> str:
    """A command as this system's shell wants it."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def evaluate(context: Context) -> None:
    """``evaluate``: how good a run is on its test photos, or on others."""
    args, ctx = context.args, context.job()
    run = args.run.absolute()
    if args.data is None:
        result = Evaluate(run, None, context.paths).run(ctx)
    else:
        result = EvaluateOn(run, args.data, context.paths).run(ctx)
    context.output.data({**result.as_json(), "test_looks": result.test_looks})
    rows = [
        (name, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}", str(s.support))
        for name, s in result.per_class.items()
    ]
    head = tuple(tr(f"cli-column-{c}") for c in ("class", "precision", "recall", "f1", "support"))
    context.output.result(table(head, rows))
    context.output.result(
        tr(
            "cli-accuracy",
            accuracy=f"{100 * result.accuracy:.1f} %",
            f1=f"{result.macro_f1:.3f}",
            n=len(result.judged),
        )
    )
    if result.test_looks:
        context.output.result(tr("cli-test-looks", n=result.test_looks))


def predict(context: Context) -> None:
    """``predict``: what a run's model says about photos."""
    args = context.args
    answers = Predict(args.run.absolute(), tuple(args.paths)).run(context.job())
    if args.csv is not None:
        SavePredictions(tuple(answers), args.csv).run(context.job())
    context.output.data([_as_json(answer) for answer in answers])
    for answer in answers:
        if answer.error is not None:
            context.output.result(f"{answer.path}: {answer.error.sentence}")
        else:
            context.output.result(f"{answer.path}: {answer.label} {100 * answer.confidence:.1f} %")


def _as_json(answer: Prediction) -> dict[str, Any]:
    if answer.error is not None:
        return {"path": str(answer.path), "error": answer.error.sentence}
    return {
        "path": str(answer.path),
        "label": answer.label,
        "confidence": answer.confidence,
        "probabilities": answer.probabilities,
    }


def check(context: Context) -> None:
    """``check``: what is wrong with a dataset."""
    report = CheckDataset(context.args.dataset, context.paths).run(context.job())
    issues = [
        {"kind": issue.kind, "paths": list(issue.paths), "detail": issue.detail}
        for issue in report.issues
    ]
    context.output.data({"n": report.n, "classes": report.classes, "issues": issues})
    rows = [(name, str(count)) for name, count in report.classes.items()]
    head = (tr("cli-column-class"), tr("cli-column-support"))
    context.output.result(table(head, rows))
    for issue in report.issues:
        context.output.result(f"- {issue.detail}")
    if not report.issues:
        context.output.result(tr("cli-no-issues"))


def models(context: Context) -> None:
    """``models``: the backbones and whether their weights are at hand."""
    everything = context.args.all
    found = ListBackbones(context.paths, everything).run(context.job())
    context.output.data(
        [
            {
                "name": status.backbone.name,
                "title": status.backbone.title,
                "parameters": status.backbone.parameters,
                "input_size": status.backbone.input_size,
                "licence": status.backbone.licence,
                "weights_at_hand": status.weights is not None,
                "weights": status.weights,
                "download_url": status.download_url,
            }
            for status in found
        ]
    )
    rows = [
        (
            status.backbone.name,
            status.backbone.title,
            f"{status.backbone.parameters / 1e6:.1f} M",
            tr("cli-weights-here") if status.weights else tr("cli-weights-missing"),
        )
        for status in found
    ]
    head = tuple(tr(f"cli-column-{c}") for c in ("name", "title", "parameters", "weights"))
    context.output.result(table(head, rows))
    if everything and not any(status.backbone.name.startswith("keras/") for status in found):
        context.output.say(tr("model-keras-hint"))


def doctor(context: Context) -> None:
    """``doctor``: versions, devices, folders."""
    found = Doctor(context.paths).run(context.job())
    context.output.data(found)
    rows = [(key, str(found[key])) for key in ("version", "python", "system")]
    missing = tr("cli-not-installed")
    for name, installed in (found["packages"] | found["extras"]).items():
        rows.append((name, installed or missing))
    rows += [(device["kind"], device["name"]) for device in found["devices"]]
    rows += list(found["folders"].items())
    context.output.result(table(("", ""), rows))
    if found["nvidia"]["advice"]:
        context.output.say(found["nvidia"]["advice"])


def export(context: Context) -> None:
    """``export``: the model as files for other programs, or a document about the run."""
    args, ctx = context.args, context.job()
    run, out = args.run.absolute(), args.out.absolute()
    if args.format == "script":
        written = SaveScript(run, context.paths, out).run(ctx)
        context.output.result(tr("cli-written", path=str(written)))
    elif args.format == "notebook":
        written = SaveNotebook(run, out).run(ctx)
        context.output.result(tr("cli-written", path=str(written)))
    else:
        out = Export(run, args.format, out).run(ctx)
        context.output.result(tr("cli-exported", path=str(out)))


def self_test(context: Context) -> None:
    """``self-test``: prints a table; fails when a line of it does."""
    with Remarks() as remarks:
        checks = SelfTest().run(JobContext(lambda _event: None, context.control))
        checks += context.window_checks()
    checks.append(remarks.check())
    rows = [
        (c.name, tr("cli-passed") if c.passed else tr("cli-failed"), f"{c.seconds:.1f} s", c.detail)
        for c in checks
    ]
    context.output.result(table(("", "", "", ""), rows))
    failed = [c.name for c in checks if not c.passed]
    if failed:
        raise UserError("error-self-test", failed=", ".join(failed))


# What several processes can do together; each of them would do all of anything else.
TOGETHER = ("train", "resume")

COMMANDS: dict[str, Callable[[Context], None]] = {
    "train": train,
    "find-lr": find_lr,
    "cross-validate": cross_validate,
    "resume": resume,
    "evaluate": evaluate,
    "predict": predict,
    "check": check,
    "models": models,
    "doctor": doctor,
    "export": export,
    "self-test": self_test,
    "tune": tune,
}
