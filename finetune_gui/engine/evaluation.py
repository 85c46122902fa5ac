"""How good the model of a run is on photos it did not learn from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune_gui.core import atomic
from finetune_gui.core.errors import DatasetError, RunError
from finetune_gui.core.events import Evaluated
from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.dataset.index import Dataset, Split
from finetune_gui.engine.prediction import Prediction, Predictor


@dataclass(frozen=True)
class ClassScore:
    """One class: precision, recall and F1 in [0, 1]; ``support`` is how many photos it has."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Judged:
    """One photo with its true class and the model's answer."""

    path: Path
    truth: str
    label: str
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """Everything the Evaluate page shows.

    ``matrix[i][j]`` counts the photos of class i that were called class j. ``test_looks`` is how
    often models were judged by these test photos, this time included; 0 for other photos.
    """

    split: str
    classes: tuple[str, ...]
    accuracy: float
    macro_f1: float
    matrix: tuple[tuple[int, ...], ...]
    per_class: dict[str, ClassScore]
    judged: tuple[Judged, ...]
    unreadable: tuple[str, ...] = ()
    test_looks: int = 0

    def as_json(self) -> dict[str, Any]:
        """The form that ``evaluate --json`` prints."""
        return {
            "accuracy": self.accuracy,
            "macro_f1": self.macro_f1,
            "n": len(self.judged),
            "classes": list(self.classes),
            "confusion_matrix": [list(row) for row in self.matrix],
            "per_class": {name: vars(score) for name, score in self.per_class.items()},
            "split": self.split,
        }

    def mistakes(self) -> list[Judged]:
        """The wrong answers, the surest first."""
        wrong = [j for j in self.judged if j.truth != j.label]
        return sorted(wrong, key=lambda j: -j.confidence)


def evaluate_run(run: RunFolder, split: Split | None, ctx: JobContext) -> Evaluated:
    """Evaluate on a split of the run's own dataset and keep the result in ``evaluation/``.

    ``split`` None: the test photos where there are any, else the validation photos.

    Raises:
        Cancelled: the user asked it to stop.
        DatasetError: the run has no such photos.
        RunError: the run has no model yet.
    """
    manifest = run.read_manifest()
    if split is None:
        has_test = any(entry.split == "test" for entry in manifest.samples)
        split = "test" if has_test else "validation"
    result = _evaluate_split(run, manifest, split, ctx)
    run.evaluation.mkdir(exist_ok=True)
    _write_predictions(run.predictions_file(split), result)
    write_evaluation(run, result)
    return Evaluated(split, result.accuracy, result.macro_f1, len(result.judged))


def judge_split(run: RunFolder, split: Split, ctx: JobContext) -> None:
    """Keep the model's answers to a split, and leave the evaluation that the run has as it is.

    Raises:
        Cancelled: the user asked it to stop.
        DatasetError: there is no photo of the split, or none can be read.
        RunError: the run has no model yet.
    """
    result = _evaluate_split(run, run.read_manifest(), split, ctx)
    run.evaluation.mkdir(exist_ok=True)
    _write_predictions(run.predictions_file(split), result)


def _evaluate_split(
    run: RunFolder, manifest: Manifest, split: Split, ctx: JobContext
) -> Evaluation:
    if not any(entry.split == split for entry in manifest.samples):
        raise DatasetError("error-nothing-held-back", split=split)
    root = Path(manifest.dataset)
    chosen = [
        (root / entry.path, entry.label)
        for entry in manifest.samples
        if entry.split == split and entry.path not in manifest.skipped
    ]
    return _evaluate(run, chosen, split, ctx)


def evaluate_dataset(run: RunFolder, dataset: Dataset, ctx: JobContext) -> Evaluation:
    """Evaluate on photos from elsewhere; nothing is written.

    A dataset that has a test split is judged on that, else on all its photos.

    Raises:
        Cancelled: the user asked it to stop.
        DatasetError: it has a class that the model does not know.
    """
    known = set(run.read_manifest().classes)
    strange = sorted(set(dataset.classes) - known)
    if strange:
        raise DatasetError("error-unknown-classes", classes=", ".join(strange))
    given = [s for s in dataset.samples if s.split == "test"]
    samples = given or list(dataset.samples)
    split = "test" if given else "all"
    return _evaluate(run, [(s.path, s.label) for s in samples], split, ctx)


def _evaluate(
    run: RunFolder, chosen: Sequence[tuple[Path, str]], split: str, ctx: JobContext
) -> Evaluation:
    predictor = Predictor.for_run(run, len(chosen))
    paths = [path for path, _ in chosen]
    answers = predictor.predict(paths, ctx, "train-progress-evaluating")
    return summarise(predictor.info.classes, [label for _, label in chosen], answers, split)


def summarise(
    classes: tuple[str, ...], truths: Sequence[str], answers: Sequence[Prediction], split: str
) -> Evaluation:
    """Metrics over the photos that could be read.

    Raises:
        DatasetError: none could be read.
    """
    # Here and not above: the first model of a training need not wait for scikit-learn.
    from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

    read = [(t, a) for t, a in zip(truths, answers, strict=True) if a.error is None]
    if not read:
        raise DatasetError("error-nothing-to-evaluate")
    truth = [t for t, _ in read]
    guess = [a.label for _, a in read]
    names = list(classes)
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, guess, labels=names, zero_division=0
    )
    present = [i for i in range(len(names)) if support[i]]
    return Evaluation(
        split=split,
        classes=classes,
        accuracy=float(accuracy_score(truth, guess)),
        macro_f1=float(sum(f1[i] for i in present) / len(present)),
        matrix=tuple(
            tuple(int(n) for n in row) for row in confusion_matrix(truth, guess, labels=names)
        ),
        per_class={
            name: ClassScore(float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]))
            for i, name in enumerate(names)
        },
        judged=tuple(Judged(a.path, t, a.label, a.confidence) for t, a in read),
        unreadable=tuple(str(a.path) for a in answers if a.error is not None),
    )


def write_evaluation(run: RunFolder, result: Evaluation) -> None:
    """Keep a result in the run folder, the predictions first and the metrics last.

    So whoever finds ``metrics.json`` finds the rest as well.
    """
    run.evaluation.mkdir(exist_ok=True)
    _write_predictions(run.evaluation / "predictions.csv", result)
    atomic.write_text(run.evaluation / "confusion_matrix.csv", matrix_text(result))
    text = json.dumps(
        {**result.as_json(), "unreadable": list(result.unreadable)}, ensure_ascii=False, indent=1
    )
    atomic.write_text(run.evaluation / "metrics.json", text)


def _write_predictions(path: Path, result: Evaluation) -> None:
    rows = [judged_row(judged) for judged in result.judged]
    atomic.write_text(path, csv_text([COLUMNS, *rows]))


def read_evaluation(run: RunFolder) -> Evaluation | None:
    """The result kept in the run folder; None when there is none yet.

    Raises:
        RunError: the files are broken.
    """
    path = run.evaluation / "metrics.json"
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        text = (run.evaluation / "predictions.csv").read_text(encoding="utf-8-sig")
        judged = tuple(read_judged(row) for row in csv.DictReader(io.StringIO(text)))
        return Evaluation(
            split=found["split"],
            classes=tuple(found["classes"]),
            accuracy=found["accuracy"],
            macro_f1=found["macro_f1"],
            matrix=tuple(tuple(row) for row in found["confusion_matrix"]),
            per_class={name: ClassScore(**score) for name, score in found["per_class"].items()},
            judged=judged,
            unreadable=tuple(found["unreadable"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError("error-run-broken", path=str(run.path)) from error


COLUMNS = ("path", "truth", "label", "confidence")


def judged_row(judged: Judged) -> list[str]:
    """One line of ``predictions.csv``, see `COLUMNS`."""
    return [str(judged.path), judged.truth, judged.label, f"{judged.confidence:.6f}"]


def read_judged(row: Mapping[str, str]) -> Judged:
    """What `judged_row` wrote; raises `KeyError` or `ValueError`."""
    return Judged(Path(row["path"]), row["truth"], row["label"], float(row["confidence"]))


def matrix_text(result: Evaluation) -> str:
    """The confusion matrix as CSV, a row for each true class."""
    rows = [[name, *map(str, row)] for name, row in zip(result.classes, result.matrix, strict=True)]
    return csv_text([["truth \\ label", *result.classes], *rows])


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV that Excel opens as well."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    # Excel takes a CSV for the local code page unless it begins with this mark.
    return "\ufeff" + text.getvalue()
