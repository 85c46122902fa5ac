"""Optuna's storage: a journal file that a kill cannot spoil, or whatever a URL names.

Optuna is imported here and in the other ``search_*`` modules alone.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import optuna
from filelock import FileLock
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import BaseStorage, RDBStorage
from optuna.storages.journal import BaseJournalBackend, JournalStorage

from finetune_gui.core.errors import RunError
from finetune_gui.core.search_space import Dimension, Value
from finetune_gui.core.study import Pruner, StudyFolder, StudySpec

_STARTUP_TRIALS = 8  # drawn at random before the sampler believes what it has seen
_MANY_TRIALS = 40  # from here on Hyperband's brackets have enough trials each
STEPS = 8  # intermediate values of a trial, whatever its number of epochs

optuna.logging.set_verbosity(optuna.logging.ERROR)


class JournalFile(BaseJournalBackend):
    """A journal of JSON lines that several processes append to.

    Like Optuna's own backend but for two things. Its lock is the operating system's, so a killed
    process lets go of it at once. And a last line that a kill cut short is taken away before the
    next one is written: Optuna's would glue both together and never be readable again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(f"{path}.lock")
        self._offsets = {0: 0}
        path.touch(exist_ok=True)

    def read_logs(self, log_number_from: int) -> Generator[dict[str, Any], None, None]:
        """The entries from a number on; a last line that is not whole is not there yet."""
        start = max(n for n in self._offsets if n <= log_number_from)
        with self._path.open("rb") as file:
            file.seek(self._offsets[start])
            for number, line in enumerate(file, start=start):
                if not line.endswith(b"\n"):
                    return
                self._offsets[number + 1] = self._offsets[number] + len(line)
                if number >= log_number_from:
                    yield json.loads(line)

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Add entries, all or none of them."""
        text = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._lock, self._path.open("rb+") as file:
            file.seek(_whole_length(file))
            file.truncate()
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())


def _whole_length(file: Any) -> int:
    """How many bytes of a file are whole lines."""
    end: int = file.seek(0, os.SEEK_END)
    while end > 0:
        begin = max(0, end - 4096)
        file.seek(begin)
        newline = file.read(end - begin).rfind(b"\n")
        if newline >= 0:
            return begin + int(newline) + 1
        end = begin
    return 0


def open_storage(folder: StudyFolder, url: str) -> BaseStorage:
    """The storage of a study: its own journal, a journal elsewhere, or a database.

    ``url``: empty, ``journal:///shared/fruit.log`` or a plain path ending in ``.log`` or
    ``.journal``, or what SQLAlchemy takes (``sqlite:///…``, ``mysql://…``, ``postgresql://…``).

    Raises:
        RunError: nothing can be stored there.
    """
    try:
        if not url:
            return JournalStorage(JournalFile(folder.journal))
        path = _journal_path(url)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            return JournalStorage(JournalFile(path))
        return RDBStorage(url)
    except (OSError, ValueError):
        raise
    except Exception as error:  # of SQLAlchemy, its drivers and Optuna's own
        raise RunError("error-study-storage", url=url, detail=str(error)[:200]) from error


def _journal_path(url: str) -> Path | None:
    parts = urlsplit(url)
    if parts.scheme == "journal":
        return Path(url2pathname(unquote(parts.path)))
    is_path = "://" not in url and url.endswith((".log", ".journal"))
    return Path(url) if is_path else None


def distributions(space: tuple[Dimension, ...]) -> dict[str, BaseDistribution]:
    """What Optuna draws the values of a space from."""
    return {dimension.key: _distribution(dimension) for dimension in space}


def _distribution(dimension: Dimension) -> BaseDistribution:
    match dimension.kind:
        case "choice":
            return CategoricalDistribution(dimension.choices)
        case "int":
            return IntDistribution(int(dimension.low), int(dimension.high), log=dimension.log)
        case _:
            return FloatDistribution(dimension.low, dimension.high, log=dimension.log)


def draw(trial: optuna.Trial, dimension: Dimension) -> Value:
    """The value of a trial in one field, with three digits; the same one each time it is asked."""
    key, low, high = dimension.key, dimension.low, dimension.high
    match dimension.kind:
        case "choice":
            drawn = trial.suggest_categorical(key, dimension.choices)
            return next(choice for choice in dimension.choices if choice == drawn)
        case "int":
            return trial.suggest_int(key, int(low), int(high), log=dimension.log)
        case _:
            drawn = float(f"{trial.suggest_float(key, low, high, log=dimension.log):.3g}")
            return min(max(drawn, low), high)


def sampler_for(spec: StudySpec, trials: int) -> optuna.samplers.TPESampler:
    """The sampler of the next trial, after so many.

    Seeded anew for each: one that went on with its numbers after a restart would draw those of
    the first trials again. Each place has its own, or two would draw the same at the beginning.
    """
    seed = zlib.crc32(f"{spec.recipe.seed}/{spec.place if spec.storage else ''}/{trials}".encode())
    return optuna.samplers.TPESampler(
        seed=seed, n_startup_trials=_STARTUP_TRIALS, multivariate=True
    )


def pruner_for(spec: StudySpec) -> optuna.pruners.BasePruner:
    """What stops a trial early.

    Hyperband (Li et al. 2018) shares trials out among brackets, which takes dozens of them; with
    fewer the median rule (Golovin et al. 2017, Vizier) does better.
    """
    match _chosen_pruner(spec):
        case "hyperband":
            return optuna.pruners.HyperbandPruner(
                min_resource=2, max_resource=STEPS, reduction_factor=2
            )
        case "none":
            return optuna.pruners.NopPruner()
        case _:
            return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1, n_min_trials=3)


def _chosen_pruner(spec: StudySpec) -> Pruner:
    if spec.pruner != "auto":
        return spec.pruner
    budget = spec.budget
    many = (budget.trials or 0) >= _MANY_TRIALS or (budget.minutes or 0) >= 240
    return "hyperband" if many else "median"


def open_study(folder: StudyFolder, spec: StudySpec) -> optuna.Study:
    """The study in its storage, made where it is not there yet."""
    return optuna.create_study(
        storage=open_storage(folder, spec.storage),
        study_name=spec.name,
        direction="maximize",
        load_if_exists=True,
        sampler=sampler_for(spec, 0),
        pruner=pruner_for(spec),
    )


def shares_lock(url: str) -> bool:
    """Whether all that work on a storage take turns by one lock, wherever their folders are."""
    return not url or _journal_path(url) is not None


def lock_beside(folder: StudyFolder, url: str) -> FileLock:
    """What is held while a trial is chosen: beside the journal where there is one."""
    path = _journal_path(url) if url else folder.journal
    return FileLock(folder.lock_file if path is None else f"{path}.turn")
