"""The lesson's trainings and its folder: begun, gone on with, read, and thrown away.

They are ordinary runs, trained by the same jobs and read by the same coach, but lie apart from
the user's in the lesson's own folder.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from finetune_gui.core.coach.findings import Finding
from finetune_gui.core.coach.rules import findings
from finetune_gui.core.errors import UserError
from finetune_gui.core.events import RunFinished
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.lesson import CLASSES, PARTS, PHOTOS, LessonNotes, Part, recipe_for
from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset.index import Dataset, Sample, Split, open_dataset
from finetune_gui.jobs.coach import gather
from finetune_gui.jobs.train import Resume, Train

_CAN_GO_ON = (RunState.PAUSED, RunState.INTERRUPTED)


def lesson_photos(paths: AppPaths, ctx: JobContext) -> Dataset:
    """A few of the demo photos, divided into those to learn from and those to judge by."""
    demo = open_dataset(resource("demo", "fashion"), paths, ctx)
    chosen: list[Sample] = []
    seen: dict[str, int] = defaultdict(int)
    for sample in demo.samples:
        number = seen[sample.label]
        seen[sample.label] += 1
        if sample.label in CLASSES and number < sum(PHOTOS):
            split: Split = "train" if number < PHOTOS[0] else "validation"
            chosen.append(replace(sample, split=split))
    return replace(demo, classes=CLASSES, samples=tuple(chosen))


@dataclass(frozen=True)
class TrainLesson:
    """Train one part of the lesson, or go on with it where it was paused or killed.

    What is left of an earlier training that can not go on is thrown away.
    """

    part: Part
    paths: AppPaths
    lane: Lane = Lane.COMPUTE
    title: str = "lesson-job"

    def run(self, ctx: JobContext) -> RunFolder:
        """The run of this part.

        Raises:
            Cancelled: stopped before there was a model.
            UserError: it could not be done; the run folder says why.
        """
        path = self.paths.lesson / self.part
        if (path / "recipe.toml").is_file() and RunFolder(path).state() in _CAN_GO_ON:
            return Resume(path, self.paths).run(ctx)
        _remove(path)
        photos = lesson_photos(self.paths, ctx)
        return Train(photos, recipe_for(self.part), path, self.paths).run(ctx)


@dataclass(frozen=True)
class LessonRun:
    """How far the training of a part is, and what the coach says of it, most important first."""

    history: RunHistory
    state: RunState
    findings: tuple[Finding, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether it came to an end that can be looked at; one without a model did not."""
        end = self.history.end
        ended = isinstance(end, RunFinished) or self.state is RunState.FAILED
        return ended and self.history.baseline is not None


@dataclass(frozen=True)
class Lesson:
    """All that is known of the lesson; parts that were never begun are missing."""

    notes: LessonNotes
    runs: dict[Part, LessonRun]


@dataclass(frozen=True)
class OpenLesson:
    """Read how far the lesson is."""

    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "lesson-job-open"

    def run(self, ctx: JobContext) -> Lesson:
        """The notes and the runs; one that cannot be read counts as never begun."""
        runs: dict[Part, LessonRun] = {}
        for part in PARTS:
            ctx.check_cancelled()
            found = read_part(self.paths.lesson / part, ctx)
            if found is not None:
                runs[part] = found
        return Lesson(LessonNotes.load(self.paths.lesson), runs)


@dataclass(frozen=True)
class ReadLessonRun:
    """Read one part once its training is over."""

    part: Part
    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "lesson-job-open"

    def run(self, ctx: JobContext) -> LessonRun | None:
        """None where there is no run that can be read."""
        return read_part(self.paths.lesson / self.part, ctx)


def read_part(path: Path, ctx: JobContext) -> LessonRun | None:
    """The run at ``path`` with what the coach says of it; None where none can be read."""
    try:
        run = RunFolder.open(path)
        history, state = run.read_history(), run.state()
        if history.started is None:
            return None
        said = findings(gather(run, ctx)) if history.baseline is not None else ()
    except (UserError, OSError):
        return None
    return LessonRun(history, state, said)


@dataclass(frozen=True)
class KeepLessonNotes:
    """Write down what was guessed and left out."""

    notes: LessonNotes
    paths: AppPaths
    lane: Lane = Lane.READ
    title: str = "lesson-job-open"

    def run(self, ctx: JobContext) -> None:
        """Raises `OSError` where the folder cannot be written."""
        ctx.check_cancelled()
        self.notes.save(self.paths.lesson)


@dataclass(frozen=True)
class ForgetLesson:
    """Throw away the lesson's runs and notes: it begins anew."""

    paths: AppPaths
    lane: Lane = Lane.COMPUTE  # not beside a training that still writes there
    title: str = "lesson-job-open"

    def run(self, ctx: JobContext) -> None:
        """Raises `OSError` where something cannot be removed."""
        ctx.check_cancelled()
        _remove(self.paths.lesson)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
