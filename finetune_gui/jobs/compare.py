"""Put runs beside each other: curves, settings, and whether one is really better."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from finetune_gui.core import compare
from finetune_gui.core.compare import Answer, Paired, Score
from finetune_gui.core.errors import RunError
from finetune_gui.core.events import EpochFinished
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, RunFolder
from finetune_gui.dataset.samples import Split
from finetune_gui.jobs.runs import RunSummary, judged_points, summarise

MOST = 6


@dataclass(frozen=True)
class ComparedRun:
    """One of the runs. Curves have a value for each of ``epochs``; 0 is the baseline.

    ``splits`` are those with photos, ``judged`` those of which the model's answers are kept.
    ``score`` is on the photos that all runs judged; None before there are such.
    """

    summary: RunSummary
    epochs: tuple[int, ...] = ()
    val_accuracy: tuple[float, ...] = ()
    val_loss: tuple[float, ...] = ()
    splits: frozenset[str] = frozenset()
    judged: frozenset[str] = frozenset()
    score: Score | None = None

    @property
    def recipe(self) -> Recipe:
        """What was asked for."""
        return self.summary.recipe

    @property
    def title(self) -> str:
        """What people call it."""
        return self.summary.title


@dataclass(frozen=True)
class Disputed:
    """A photo that only one of two models got right: its class and both answers."""

    path: Path
    truth: str
    first: str
    second: str


@dataclass(frozen=True)
class Contrast:
    """A run against the reference, which is the first of the pair.

    ``only_first`` are photos that only the reference got right, ``only_second`` that only the
    other did.
    """

    other: int
    paired: Paired
    only_first: tuple[Disputed, ...]
    only_second: tuple[Disputed, ...]


@dataclass(frozen=True)
class Comparison:
    """What the runs have in common and what not.

    ``reference`` and `Contrast.other` are places in ``runs``. ``missing`` are the places of runs
    whose answers to ``split`` are not kept: then there are no contrasts. ``common`` counts the
    photos that all judged, ``judged`` those that each did.
    """

    runs: tuple[ComparedRun, ...]
    split: Split
    reference: int
    missing: tuple[int, ...] = ()
    common: int = 0
    judged: tuple[int, ...] = ()
    contrasts: tuple[Contrast, ...] = ()

    @property
    def test_is_judged(self) -> bool:
        """Whether every run was evaluated on its test photos already."""
        return all("test" in run.judged for run in self.runs)

    @property
    def without_photos(self) -> tuple[int, ...]:
        """The places of runs that have no photos in ``split`` to be judged by."""
        return tuple(n for n, run in enumerate(self.runs) if self.split not in run.splits)

    @property
    def without_model(self) -> tuple[int, ...]:
        """The places of runs that have no model to ask."""
        return tuple(n for n, run in enumerate(self.runs) if not run.summary.has_model)


@dataclass(frozen=True)
class _Judged:
    """Answers by photo, and where the photos are."""

    answers: dict[str, Answer] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class CompareRuns:
    """Compare 2 to 6 runs on the photos of one split that all of them judged.

    ``reference`` is the place of the run that the others are compared with.
    """

    paths: tuple[Path, ...]
    split: Split = "validation"
    reference: int = 0
    lane: Lane = Lane.READ
    title: str = "runs-job-compare"

    def run(self, ctx: JobContext) -> Comparison:
        """The comparison; raises `RunError`, `RecipeError` or `OSError` for a broken run."""
        runs, judged = [], []
        for path in self.paths:
            ctx.check_cancelled()
            run, answers = _read(RunFolder.open(path), self.split)
            runs.append(run)
            judged.append(answers)
        found = Comparison(tuple(runs), self.split, self.reference)
        missing = tuple(n for n, answers in enumerate(judged) if answers is None)
        known = [answers for answers in judged if answers is not None]
        if missing:
            return replace(found, missing=missing)
        ctx.check_cancelled()
        return _with_statistics(found, known)


def _with_statistics(found: Comparison, judged: Sequence[_Judged]) -> Comparison:
    photos = compare.common_photos([j.answers for j in judged])
    scored = tuple(
        replace(run, score=compare.score(j.answers, photos))
        for run, j in zip(found.runs, judged, strict=True)
    )
    reference = judged[found.reference]
    others = [n for n in range(len(judged)) if n != found.reference]
    pairs = compare.compare_with(reference.answers, [judged[n].answers for n in others], photos)
    return replace(
        found,
        runs=scored,
        common=len(photos),
        judged=tuple(len(j.answers) for j in judged),
        contrasts=tuple(
            _contrast(n, pair, reference, judged[n], photos)
            for n, pair in zip(others, pairs, strict=True)
        ),
    )


def _contrast(
    other: int, paired: Paired, first: _Judged, second: _Judged, photos: Sequence[str]
) -> Contrast:
    only_first: list[Disputed] = []
    only_second: list[Disputed] = []
    for photo in photos:
        one, two = first.answers[photo], second.answers[photo]
        if one.is_right != two.is_right:
            disputed = Disputed(first.places[photo], one.truth, one.label, two.label)
            (only_first if one.is_right else only_second).append(disputed)
    return Contrast(other, paired, tuple(only_first), tuple(only_second))


def _read(run: RunFolder, split: Split) -> tuple[ComparedRun, _Judged | None]:
    summary, points = summarise(run), judged_points(run.read_outline())
    try:
        manifest = run.read_manifest()
    except RunError:  # it ended before it had looked at its photos
        manifest = Manifest("", (), ())
    splits = frozenset(entry.split for entry in manifest.samples)
    compared = ComparedRun(
        summary,
        tuple(p.epoch if isinstance(p, EpochFinished) else 0 for p in points),
        tuple(p.val_accuracy for p in points),
        tuple(p.val_loss for p in points),
        splits,
        frozenset(name for name in splits if _kept(run, name) is not None),
    )
    return compared, _answers(run, manifest, split)


def _answers(run: RunFolder, manifest: Manifest, split: str) -> _Judged | None:
    """The answers to the photos of a split; None where they are not kept, or are out of date.

    A photo goes by its path in the dataset and its size, so a copy of the folder is the same.
    """
    text = _kept(run, split)
    if text is None:
        return None
    root = Path(manifest.dataset)
    known = {
        str(root / entry.path): f"{entry.path}\0{entry.fingerprint.partition('-')[0]}"
        for entry in manifest.samples
        if entry.split == split
    }
    found = _Judged()
    try:
        for row in csv.DictReader(io.StringIO(text)):
            photo = known.get(row["path"])
            if photo is not None:
                found.answers[photo] = Answer(row["truth"], row["label"])
                found.places[photo] = Path(row["path"])
    except (csv.Error, KeyError, TypeError) as error:
        raise RunError("error-run-broken", path=str(run.path)) from error
    return found


def _kept(run: RunFolder, split: str) -> str | None:
    """The text of the file with the answers, if the model is still the one that gave them."""
    last = run.evaluation / "predictions.csv"
    for file in (run.predictions_file(split), last):
        try:
            is_new = file.stat().st_mtime_ns >= run.model_file.stat().st_mtime_ns
            if is_new and (file != last or _split_of_last(run) == split):
                return file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):  # not there, not readable, not text: as if never judged
            continue
    return None


def _split_of_last(run: RunFolder) -> str:
    found: Mapping[str, object] = json.loads(
        (run.evaluation / "metrics.json").read_text(encoding="utf-8")
    )
    return str(found["split"]) if isinstance(found, dict) and "split" in found else ""


@dataclass(frozen=True)
class JudgeRuns:
    """Ask the models of runs about their photos of ``split``, where that was not done yet."""

    paths: tuple[Path, ...]
    split: Split = "validation"
    lane: Lane = Lane.COMPUTE
    title: str = "runs-job-judge"

    def run(self, ctx: JobContext) -> None:
        """Keep the answers; raises `RunError` when a run has no model, or `DatasetError`."""
        from finetune_gui.engine.evaluation import judge_split

        for path in self.paths:
            ctx.check_cancelled()
            run = RunFolder.open(path)
            if _kept(run, self.split) is None:
                judge_split(run, self.split, ctx)
