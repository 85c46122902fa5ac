"""A search on disk: what was asked, its trials as plain values, and what came of it.

::

    STUDY/
      study.json       what was asked: recipe, what may change, budget, version of the data
      manifest.json    the photos that all trials share; the test photos are not among them
      journal.log      Optuna's own storage, unless another one was named
      trials/0000/     an ordinary run folder for each trial
      verdict/         trainings that compare the winner with the default; verdict.json
      features/        features of frozen backbones, shared by trials; gone when the search is over
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from finetune_gui.core import atomic, recipe, search_space
from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.events import json_text
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.core.search_space import Dimension, Value

# "unfinished": its run was paused or killed and goes on when the search does.
TrialState = Literal["running", "unfinished", "complete", "pruned", "failed", "earlier"]
StudyState = Literal["running", "paused", "stopped", "interrupted", "done"]
Pruner = Literal["auto", "median", "hyperband", "none"]
Answer = Literal[
    "better",
    "chance",
    "not_better",
    "default_won",
    "default_failed",
    "too_short",
    "too_few",
    "only_default",
]

UNUSED = "unused"  # the split of photos that a trial must not see
MINUTES = (5, 20, 60, 480)  # offered; the last one is "overnight"
VERDICT_SHARE = 0.35  # of the minutes, for the comparison with the default
_MOST_FOR_VERDICT = 0.5  # where even a short comparison takes long


@dataclass(frozen=True)
class Budget:
    """When a search ends: after so many trials, after so many minutes, or whichever is first.

    ``trials`` counts all of the search. ``minutes`` begin when ``since`` seconds had gone into
    trials already: each time that a search goes on, it is given minutes of its own.
    """

    trials: int | None = None
    minutes: float | None = None
    since: float = 0.0

    @property
    def seconds(self) -> float | None:
        """All the time from ``since`` on, None where the number of trials alone counts."""
        return None if self.minutes is None else 60 * self.minutes

    def search_seconds(self, comparison: float = 0.0) -> float | None:
        """What may go into trials from ``since`` on.

        The rest is for the comparison of the winner with the default, of which the shortest takes
        about ``comparison`` seconds: not more is kept for it than usual where even that is vain.
        """
        if self.seconds is None:
            return None
        share = comparison / max(1e-6, self.seconds)
        kept = share if VERDICT_SHARE < share <= _MOST_FOR_VERDICT else VERDICT_SHARE
        return self.seconds * (1 - kept)


@dataclass(frozen=True)
class StudySpec:
    """What was asked for. ``data_version`` tells apart photos, classes and splits.

    ``place`` names this folder among all that work on one storage; ``storage`` is empty for the
    journal in the folder itself.
    """

    dataset: str
    data_version: str
    recipe: Recipe
    space: tuple[Dimension, ...]
    budget: Budget
    place: str
    name: str
    storage: str = ""
    pruner: Pruner = "auto"
    created: float = field(default_factory=time.time)

    @property
    def searched(self) -> tuple[Dimension, ...]:
        """What changes from trial to trial."""
        return search_space.searched(self.space)


@dataclass(frozen=True)
class TrialRow:
    """One trial as plain values.

    ``accuracy`` and ``loss`` are of its best model on the validation photos; ``score`` is what the
    search compares, see `score_of`. ``folder`` is None where its run is on another computer or in
    an earlier study. ``error`` is a message key with ``params``. ``cut``: the time was over.
    """

    number: int
    state: TrialState
    values: dict[str, Value]
    accuracy: float | None = None
    loss: float | None = None
    score: float | None = None
    seconds: float = 0.0
    epoch: int = 0
    epochs: int = 0
    is_default: bool = False
    cut: bool = False
    folder: Path | None = None
    study: str = ""
    error: str = ""
    params: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The winner and the default on the same photos that neither had seen in that training.

    ``difference`` is the winner's accuracy less the default's, with its 95 % interval ``low`` to
    ``high`` (fractions). ``folds`` is how many parts of the photos were judged, ``photos`` how
    many those were.
    """

    answer: Answer
    winner: int = -1
    winner_accuracy: float = 0.0
    default_accuracy: float = 0.0
    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0
    folds: int = 0
    photos: int = 0
    seconds_needed: float = 0.0


@dataclass(frozen=True)
class StudyStory:
    """All there is to know of a search now.

    ``importance`` is each field's share in how trials differ (sums to 1), empty while there are
    too few trials to say.
    """

    path: Path
    spec: StudySpec
    state: StudyState
    trials: tuple[TrialRow, ...] = ()
    importance: dict[str, float] = field(default_factory=dict)
    verdict: Verdict | None = None
    spent: float = 0.0

    @property
    def own(self) -> tuple[TrialRow, ...]:
        """The trials of this search, without those taken over from earlier ones."""
        return tuple(t for t in self.trials if t.state != "earlier")

    @property
    def best(self) -> TrialRow | None:
        """The best trial of this search that ran to its end; None before there is one."""
        return best_of(self.own)

    @property
    def default(self) -> TrialRow | None:
        """The trial with the recipe as it was."""
        return next((t for t in self.trials if t.is_default), None)

    @property
    def advised(self) -> TrialRow | None:
        """The trial whose settings are to be used: the best where it is really better than the
        default, else the default.

        What could be chance is not enough: models of the comparison learn from fewer photos than
        those that are used, which favours settings that suit few.
        """
        answer = None if self.verdict is None else self.verdict.answer
        return self.best if answer in ("better", "default_failed") else self.default

    @property
    def offered(self) -> TrialRow | None:
        """The best trial, unless it was found no better: where it was not compared or may only
        have been lucky, who wants to may use it all the same."""
        no_better = self.verdict is not None and self.verdict.answer == "not_better"
        return None if no_better else self.best

    def recipe_of(self, trial: TrialRow) -> Recipe:
        """The whole recipe of a trial."""
        return recipe_for(self.spec, trial.values, default=trial.is_default)


def best_of(trials: Iterable[TrialRow]) -> TrialRow | None:
    """The complete trial with the highest score; the first of several that are equal."""
    done = [t for t in trials if t.state == "complete" and t.score is not None]
    return max(done, key=lambda t: (t.score or 0.0, -t.number), default=None)


def recipe_for(spec: StudySpec, values: dict[str, Value], *, default: bool) -> Recipe:
    """The recipe with a trial's values; the default trial is the recipe as it was."""
    if default:
        return spec.recipe
    wanted: dict[str, Any] = dict(values)
    if wanted.get("augment.preset") == "custom":  # the recipe's own values, which have no name
        del wanted["augment.preset"]
    return recipe.with_values(spec.recipe, wanted)


def score_of(accuracy: float, loss: float, n_validation: int) -> float:
    """What the search makes as large as it can, from a trial's best model.

    The accuracy on the validation photos, as the run itself chooses its best model by it. A few
    dozen photos give it only a few dozen values, and good trials share the highest: there the
    validation loss decides. It never weighs as much as half a photo.
    """
    return accuracy - 0.5 / max(1, n_validation) * (loss / (1.0 + loss))


def data_version(entries: Iterable[ManifestEntry]) -> str:
    """A fingerprint of photos, classes and splits: results compare only where it is the same."""
    digest = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.path):
        line = json.dumps([entry.path, entry.label, entry.split, entry.fingerprint])
        digest.update(line.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:20]


class StudyFolder:
    """A study on disk. Making an object reads and writes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    spec_file = property(lambda self: self.path / "study.json")
    journal = property(lambda self: self.path / "journal.log")
    trials = property(lambda self: self.path / "trials")
    verdicts = property(lambda self: self.path / "verdict")
    features = property(lambda self: self.path / "features")
    workers = property(lambda self: self.path / "workers")
    lock_file = property(lambda self: self.path / "study.lock")
    _verdict_file = property(lambda self: self.path / "verdict.json")
    _state_file = property(lambda self: self.path / "state.json")

    def trial(self, number: int) -> Path:
        """The run folder of a trial."""
        found: Path = self.trials / f"{number:04d}"
        return found

    def create(self, spec: StudySpec, manifest: Manifest) -> None:
        """Make the folder; ``study.json`` comes last, so that what has it is whole.

        Raises:
            RunError: there is something else in the folder already.
        """
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise RunError("error-run-exists", path=str(self.path))
        self.trials.mkdir(parents=True, exist_ok=True)
        self.workers.mkdir(exist_ok=True)
        self.write_manifest(manifest)
        self.write_spec(spec)

    def write_spec(self, spec: StudySpec) -> None:
        """Keep what was asked for."""
        found = {
            **{k: v for k, v in vars(spec).items() if k not in ("recipe", "space", "budget")},
            "recipe": recipe.to_toml(spec.recipe),
            "space": search_space.to_json(spec.space),
            "budget": asdict(spec.budget),
        }
        atomic.write_text(self.spec_file, json_text(found, indent=1))

    def read_spec(self) -> StudySpec:
        """What was asked for.

        Raises:
            RunError: it is no study, or its file is broken.
        """
        if not self.spec_file.is_file():
            raise RunError("error-not-a-search", path=str(self.path))
        try:
            found = json.loads(self.spec_file.read_text(encoding="utf-8"))
            found["recipe"] = recipe.from_toml(found["recipe"])
            found["space"] = search_space.from_json(found["space"])
            found["budget"] = Budget(**found["budget"])
            return StudySpec(**found)
        except (OSError, ValueError, KeyError, TypeError, UserError) as error:
            raise RunError("error-search-broken", path=str(self.path)) from error

    def write_manifest(self, manifest: Manifest) -> None:
        """Keep the photos that all trials share."""
        RunFolder(self.path).write_manifest(manifest)

    def read_manifest(self) -> Manifest:
        """The photos that all trials share; raises `RunError`."""
        return RunFolder(self.path).read_manifest()

    def write_verdict(self, verdict: Verdict) -> None:
        """Keep the answer."""
        atomic.write_text(self._verdict_file, json.dumps(asdict(verdict), indent=1))

    def read_verdict(self) -> Verdict | None:
        """The answer; None where there is none yet or it cannot be read."""
        found = _read(self._verdict_file)
        try:
            return Verdict(**found) if found else None
        except TypeError:
            return None

    def forget_uncompared(self) -> None:
        """More trials are made: an answer that rests on no comparison is over.

        One that does holds as long as its winner is the best trial.
        """
        verdict = self.read_verdict()
        if verdict is None or not verdict.folds:
            self._verdict_file.unlink(missing_ok=True)

    def write_state(self, state: StudyState, spent: float) -> None:
        """Keep where the search stands and the seconds that went into it."""
        atomic.write_text(self._state_file, json.dumps({"state": state, "spent": spent}))

    def state(self) -> StudyState:
        """Where the search stands: whether some process works on it, else what was kept."""
        if self.workers.is_dir() and any(map(is_held, self.workers.glob("*.lock"))):
            return "running"
        kept = self.read_state()[0]
        return "interrupted" if kept == "running" else kept

    def read_state(self) -> tuple[StudyState, float]:
        """What was kept last; a search of which nothing was kept was interrupted."""
        found = _read(self._state_file)
        return found.get("state", "interrupted"), float(found.get("spent", 0.0))


def is_held(lock: Path) -> bool:
    """Whether some process holds a lock file."""
    try:
        with FileLock(lock).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # taken away meanwhile, or on a drive that can only be read
        return False


def list_studies(folder: Path) -> list[StudyFolder]:
    """All studies under a folder, the newest first."""
    if not folder.is_dir():
        return []
    found = [StudyFolder(p) for p in folder.iterdir() if (p / "study.json").is_file()]
    return sorted(found, key=lambda study: study.spec_file.stat().st_mtime, reverse=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
