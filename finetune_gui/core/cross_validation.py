"""A cross-validation on disk: what was asked, how the photos are divided, and what came of it.

::

    STUDY/
      cross_validation.json   recipe, folds and every photo with its fold; written first
      fold-1, fold-2, …       one ordinary run folder for each model; see `run_folder`
      results.json            figures over the folds that are done
      predictions.csv         every photo, answered by the model that has not seen it
      confusion_matrix.csv    counts over all of them
      features/               what the folds share while they are trained

With repeats the photos are divided anew each time and the numbers of the folds go on: with three
folds twice, ``fold-4`` is the first fold of the second time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from finetune_gui.core import atomic
from finetune_gui.core import recipe as recipes
from finetune_gui.core.errors import RunError
from finetune_gui.core.events import json_text
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder, new_run_path

GroupBy = Literal["none", "prefix", "folder", "column"]
Metric = Literal["accuracy", "macro_f1", "macro_precision", "macro_recall"]
MAX_FOLDS, MAX_REPEATS = 20, 10
_FORMAT = 1


@dataclass(frozen=True)
class FoldsAsked:
    """How the photos are to be divided: into ``folds`` parts, and that ``repeats`` times.

    ``group_by`` says which photos belong together and so into the same part; see
    `finetune_gui.dataset.folds.group_of`.
    """

    folds: int = 5
    repeats: int = 1
    group_by: GroupBy = "none"

    def __post_init__(self) -> None:
        if not (2 <= self.folds <= MAX_FOLDS and 1 <= self.repeats <= MAX_REPEATS):
            raise ValueError(self)

    @property
    def models(self) -> int:
        """How many models are trained."""
        return self.folds * self.repeats


@dataclass(frozen=True, slots=True)
class FoldedPhoto:
    """One photo: ``path`` relative to the dataset's root, ``fingerprint`` as in a manifest.

    ``group`` is empty where it belongs to none. ``folds`` has its fold in each repeat, from 1.
    """

    path: str
    label: str
    fingerprint: str
    group: str
    folds: tuple[int, ...]


@dataclass(frozen=True)
class StudyPlan:
    """All that is settled before the first fold begins. Test photos are counted, not named."""

    name: str
    dataset: str
    classes: tuple[str, ...]
    photos: tuple[FoldedPhoto, ...]
    n_test: int
    asked: FoldsAsked
    recipe: Recipe
    skipped: dict[str, str] = field(default_factory=dict)
    created: float = field(default_factory=time.time)

    @property
    def baseline_only(self) -> bool:
        """Whether the frozen backbone with a new head is all that is trained."""
        return self.recipe.train.epochs == 0

    def place(self, number: int) -> tuple[int, int]:
        """Repeat and fold, both from 1, of the model of a number from 1."""
        repeat, fold = divmod(number - 1, self.asked.folds)
        return repeat + 1, fold + 1

    def is_held_out(self, photo: FoldedPhoto, number: int) -> bool:
        """Whether the model of this number is judged by that photo."""
        repeat, fold = self.place(number)
        return photo.folds[repeat - 1] == fold


@dataclass(frozen=True)
class FoldResult:
    """How well the model of one fold does on the photos of that fold, ``n`` of them.

    ``epoch`` is that of the model, 0 for the baseline; ``seconds`` is what its run took.
    """

    number: int
    n: int
    epoch: int
    seconds: float
    metrics: dict[Metric, float]


@dataclass(frozen=True)
class Estimate:
    """Mean, standard deviation and 95 % interval of a metric over the folds.

    ``low`` and ``high`` are None where there is one fold only, or all came out alike.
    """

    mean: float
    sd: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class StudyResults:
    """What came of the folds that are done; all of them when ``complete``."""

    folds: tuple[FoldResult, ...]
    estimates: dict[Metric, Estimate]
    complete: bool


class Study:
    """The folder of a cross-validation."""

    def __init__(self, path: Path) -> None:
        self.path = path

    plan_file = property(lambda self: self.path / "cross_validation.json")
    results_file = property(lambda self: self.path / "results.json")
    predictions_file = property(lambda self: self.path / "predictions.csv")
    matrix_file = property(lambda self: self.path / "confusion_matrix.csv")
    features = property(lambda self: self.path / "features")

    @classmethod
    def create(cls, path: Path, plan: StudyPlan) -> Study:
        """Make the folder with its plan.

        Raises:
            RunError: the folder exists and is not empty, or is a file.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RunError("error-run-exists", path=str(path))
        path.mkdir(parents=True, exist_ok=True)
        study = cls(path)
        described = {"format": _FORMAT, **asdict(plan), "recipe": plan.recipe.model_dump()}
        atomic.write_text(study.plan_file, json_text(described, indent=1))
        return study

    @classmethod
    def open(cls, path: Path) -> Study:
        """An existing one.

        Raises:
            RunError: there is none at ``path``.
        """
        study = cls(path)
        if not study.plan_file.is_file():
            raise RunError("error-not-a-study", path=str(path))
        return study

    def read_plan(self) -> StudyPlan:
        """What was settled; raises `RunError` when the file is broken."""
        try:
            found: dict[str, Any] = json.loads(self.plan_file.read_text(encoding="utf-8"))
            del found["format"]
            photos = ({**p, "folds": tuple(p["folds"])} for p in found.pop("photos"))
            return StudyPlan(
                **{
                    **found,
                    "classes": tuple(found["classes"]),
                    "photos": tuple(FoldedPhoto(**p) for p in photos),
                    "asked": FoldsAsked(**found["asked"]),
                    "recipe": recipes.from_tree(found["recipe"]),
                }
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError("error-study-broken", path=str(self.path)) from error

    def fold(self, number: int) -> RunFolder:
        """The run of a number from 1; its folder may not be there yet."""
        return RunFolder(self.path / f"fold-{number}")

    def write_results(self, results: StudyResults) -> None:
        """Keep what came of it so far."""
        atomic.write_text(self.results_file, json_text(asdict(results), indent=1))

    def read_results(self) -> StudyResults | None:
        """What came of it so far; None before the first fold is done.

        Raises:
            RunError: the file is broken.
        """
        try:
            found = json.loads(self.results_file.read_text(encoding="utf-8"))
            return StudyResults(
                folds=tuple(FoldResult(**fold) for fold in found["folds"]),
                estimates={name: Estimate(**e) for name, e in found["estimates"].items()},
                complete=bool(found["complete"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError("error-study-broken", path=str(self.path)) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold it for this process; raises `RunError` while another one does."""
        try:
            held = FileLock(self.path / "study.lock").acquire(timeout=1, poll_interval=0.02)
        except Timeout as error:
            raise RunError("error-study-in-use", path=str(self.path)) from error
        with held:
            yield


def new_study_path(studies: Path, dataset_name: str) -> Path:
    """A free folder name, as for runs."""
    return new_run_path(studies, dataset_name)


def list_studies(studies: Path) -> list[Study]:
    """All under a folder, the newest first."""
    if not studies.is_dir():
        return []
    found = [Study(p) for p in studies.iterdir() if (p / "cross_validation.json").is_file()]
    return sorted(found, key=lambda study: study.plan_file.stat().st_mtime, reverse=True)
