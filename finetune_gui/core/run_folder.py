"""The run folder: everything that happened in a run, on disk.

::

    RUN/
      recipe.toml          what was asked
      manifest.json        what was found: classes, files with split and fingerprint, versions
      events.jsonl         all that happened, one JSON object a line, appended
      model.safetensors    the best weights; model.json beside it
      checkpoint/          the last complete state, for resume
      evaluation/          metrics.json, confusion_matrix.csv, predictions.csv; the answers to each
                           split that was judged stay in predictions-validation.csv and so on
      log.txt
      notes.json           what the user wrote of it, see `run_notes`
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from finetune_gui.core import atomic, events, history, recipe
from finetune_gui.core.errors import RunError
from finetune_gui.core.history import RunHistory
from finetune_gui.core.recipe import Recipe


class RunState(StrEnum):
    """What a run folder says of its run.

    ``INTERRUPTED``: it was going on when its process was killed; it can be resumed.
    """

    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One photo as the run saw it.

    ``path`` is relative to the dataset's root, with ``/``. ``fingerprint`` is size and
    modification time (``"18231-1700000000000000000"``): cheap, and enough to notice a change.
    """

    path: str
    label: str
    split: str
    fingerprint: str


# How the line of a step begins, see `events.to_json`.
_STEP = f'{{"kind":"{events.StepFinished.kind}"'.encode()
# What the folders of a search and of a cross-validation begin with; see `study`.
_TRIALS = ("study.json", "cross_validation.json")
_ENTRY_KEYS = {entry.name for entry in fields(ManifestEntry)}


@dataclass(frozen=True)
class Manifest:
    """What a run found when it began.

    ``skipped`` maps unreadable photos to the message key of the reason. ``chosen`` holds what the
    program chose by measuring; resume and replay use it and measure nothing. ``started_from`` tells
    of weights that the user brought: ``path``, ``sha256``, ``backbone`` and, where they are of
    another run, its name as ``run``. ``parent`` is the name of the run of which this one is a
    changed copy; empty where there is none.
    """

    dataset: str
    classes: tuple[str, ...]
    samples: tuple[ManifestEntry, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    device: str = "cpu"
    versions: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str | int | float | bool] = field(default_factory=dict)
    started_from: dict[str, str] = field(default_factory=dict)
    parent: str = ""


def _entry_or_fields(found: dict[str, Any]) -> ManifestEntry | dict[str, Any]:
    """An entry as soon as it is read: the dictionaries of many would take several times as much."""
    if found.keys() != _ENTRY_KEYS:
        return found
    # One text for all photos of a class.
    return ManifestEntry(**found | {key: sys.intern(found[key]) for key in ("label", "split")})


def _as_entry(found: object) -> ManifestEntry:
    if not isinstance(found, ManifestEntry):
        raise TypeError(found)
    return found


class RunFolder:
    """One run on disk. Making an object reads and writes nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    recipe_file = property(lambda self: self.path / "recipe.toml")
    manifest_file = property(lambda self: self.path / "manifest.json")
    events_file = property(lambda self: self.path / "events.jsonl")
    model_file = property(lambda self: self.path / "model.safetensors")
    model_info_file = property(lambda self: self.path / "model.json")
    notes_file = property(lambda self: self.path / "notes.json")
    log_file = property(lambda self: self.path / "log.txt")
    _lock_file = property(lambda self: self.path / "run.lock")
    checkpoint = property(lambda self: self.path / "checkpoint")
    evaluation = property(lambda self: self.path / "evaluation")

    @classmethod
    def create(cls, path: Path, wanted: Recipe) -> RunFolder:
        """Make the folder with its recipe; raises as `prepare` does."""
        run = cls.prepare(path)
        recipe.save(wanted, run.recipe_file)
        return run

    @classmethod
    def prepare(cls, path: Path) -> RunFolder:
        """Make the folder without its recipe: until that is there, nobody takes it for a run.

        Raises:
            RunError: the folder exists and is not empty, or is a file.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RunError("error-run-exists", path=str(path))
        run = cls(path)
        run.checkpoint.mkdir(parents=True, exist_ok=True)
        run.evaluation.mkdir(exist_ok=True)
        return run

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """An existing run.

        Raises:
            RunError: there is no run at ``path``.
        """
        run = cls(path)
        if not run.recipe_file.is_file():
            raise RunError("error-not-a-run", path=str(path))
        return run

    def predictions_file(self, split: str) -> Path:
        """Where the model's answers to the photos of one split are kept."""
        return self.path / "evaluation" / f"predictions-{split}.csv"

    @property
    def is_of_trials(self) -> bool:
        """Whether it is part of a search or cross-validation, which alone may go on with it."""
        above = self.path.absolute().parents[:2]
        return any((place / name).is_file() for place in above for name in _TRIALS)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.path.name

    def read_recipe(self) -> Recipe:
        """What was asked for."""
        return recipe.load(self.recipe_file)

    def write_manifest(self, manifest: Manifest) -> None:
        """Keep what was found."""
        with (
            atomic.replacing(self.manifest_file) as temporary,
            # See `events.json_text` for names that UTF-8 cannot hold.
            temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file,
        ):
            # Piece by piece: as one text it would take ten times its size.
            json.dump(vars(manifest), file, default=asdict, ensure_ascii=False, indent=1)

    def read_manifest(self) -> Manifest:
        """What was found.

        Raises:
            RunError: the run ended before it had looked at its data, or the file is broken.
        """
        try:
            text = self.manifest_file.read_text(encoding="utf-8")
            found: dict[str, Any] = json.loads(text, object_hook=_entry_or_fields)
            found["classes"] = tuple(found["classes"])
            found["samples"] = tuple(map(_as_entry, found["samples"]))
            return Manifest(**found)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RunError("error-run-broken", path=str(self.path)) from error

    def append_event(self, event: events.Event) -> None:
        """Add one line to ``events.jsonl``, and end one that a kill cut short before."""
        line = events.to_json(event).encode("utf-8") + b"\n"
        with self.events_file.open("ab+") as file:
            if file.tell():
                file.seek(-1, 2)
                line = line if file.read(1) == b"\n" else b"\n" + line
            file.write(line)

    def read_events(self) -> list[events.Event]:
        """All that happened so far; a last line cut short by a kill is left out."""
        return EventFollower(self).read_new()

    def read_history(self) -> RunHistory:
        """The story that the events tell."""
        return history.from_events(self.read_events())

    def read_outline(self) -> RunHistory:
        """The story without its steps, which are nearly all of the events of a long run."""
        try:
            lines = self.events_file.read_bytes().splitlines()
        except FileNotFoundError:
            return RunHistory()
        told = (line.decode("utf-8", "replace") for line in lines if not line.startswith(_STEP))
        found = (events.from_json(line) for line in told)
        return history.from_events(event for event in found if event is not None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the run for this process: only one may train in it.

        The lock is the operating system's, so a killed process lets go of it.

        Raises:
            RunError: another process holds it.
        """
        try:
            # Whoever only looks holds the lock as well, for less than a millisecond.
            held = FileLock(self._lock_file).acquire(timeout=1, poll_interval=0.02)
        except Timeout as error:
            raise RunError("error-run-in-use", path=str(self.path)) from error
        with held:
            yield

    def is_locked(self) -> bool:
        """Whether some process trains in it now."""
        if not self._lock_file.exists():
            return False
        try:
            with FileLock(self._lock_file).acquire(timeout=0.1, poll_interval=0.02):
                return False
        except Timeout:
            return True
        except OSError:  # a run on a drive that can only be read: whoever it is, they cannot write
            return False

    def state(self) -> RunState:
        """Where the run stands."""
        if self.is_locked():
            return RunState.RUNNING
        return state_of(self.read_outline())


def state_of(story: RunHistory) -> RunState:
    """Where a run that nobody trains in stands, by its story."""
    match story.end:
        case events.RunFinished():
            return RunState.FINISHED
        case events.RunPaused():
            return RunState.PAUSED
        case events.RunFailed():
            return RunState.FAILED
        case _:
            return RunState.INTERRUPTED


class EventFollower:
    """Reads the events that were added since the last look, as ``tail -f`` does."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._offset = 0

    def read_new(self) -> list[events.Event]:
        """The complete lines added since the last call, without kinds we do not know."""
        try:
            with self._run.events_file.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        whole, newline, _ = data.rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        found = (events.from_json(line.decode("utf-8", "replace")) for line in whole.splitlines())
        return [event for event in found if event is not None]


def new_run_path(runs: Path, dataset_name: str) -> Path:
    """A free folder name such as ``2026-03-01 14-05 fruit``: sorts by date, valid everywhere."""
    stamp = time.strftime("%Y-%m-%d %H-%M")
    safe = "".join(c if c.isalnum() or c in " -_" else "_" for c in dataset_name)
    # Windows drops a space at the end of a name, so none may be left there.
    base = f"{stamp} {safe.strip()[:60].strip() or 'run'}"
    path = runs / base
    number = 2
    while path.exists():
        path = runs / f"{base} {number}"
        number += 1
    return path


def list_runs(runs: Path) -> list[RunFolder]:
    """All runs under a folder, the newest first."""
    if not runs.is_dir():
        return []
    found = [RunFolder(p) for p in runs.iterdir() if (p / "recipe.toml").is_file()]
    return sorted(found, key=lambda run: run.recipe_file.stat().st_mtime, reverse=True)
