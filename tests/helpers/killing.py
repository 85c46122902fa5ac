"""Kills a process at a moment that is chosen by what it is doing, and says what that was.

The process tells each thing it begins on a pipe: stages, steps, validations, and every file that it
saves, from the first byte over fsync and replace to the next thing. Whoever reads the pipe kills it
so many seconds after one of these, with SIGKILL, as ``kill -9`` does.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from finetune_gui.core import atomic
from finetune_gui.core.events import EpochFinished, Event, RunFinished, StageStarted, StepFinished
from finetune_gui.core.job import JobContext
from finetune_gui.engine.finetune import FineTuner
from finetune_gui.engine.validation import Validation

START = "start"
_SAVING, _PLACING, _SAVED = "saving ", "placing ", "saved "


@dataclass(frozen=True)
class Moment:
    """``after`` seconds past the ``number``-th time (from 1) that a process begins ``mark``."""

    mark: str
    number: int
    after: float


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    ``marks`` are what it began with the seconds until the next one, the last of them what it was
    doing at the end. ``status`` is its exit status, negative for a signal.
    """

    marks: tuple[tuple[str, float], ...]
    status: int

    @property
    def killed(self) -> bool:
        """Whether it did not get to its end."""
        return self.status < 0


def phase_of(mark: str) -> str:
    """What people call a mark: a stage, "saving" or "after a save"."""
    if mark.startswith((_SAVING, _PLACING)):
        return "saving"
    return "after a save" if mark.startswith(_SAVED) else mark


def run_process(target: Callable[[JobContext], None], moment: Moment | None) -> Ended:
    """Run ``target`` in a forked process with a context that tells; kill it at ``moment``."""
    forked = multiprocessing.get_context("fork")
    listening, telling = forked.Pipe(duplex=False)
    process = forked.Process(target=_tell_and_run, args=(target, telling))
    process.start()
    telling.close()
    begun = [(START, time.monotonic())]
    counts: Counter[str] = Counter()
    for mark in _heard(listening):
        begun.append((mark, time.monotonic()))
        counts[mark] += 1
        if moment is not None and (mark, counts[mark]) == (moment.mark, moment.number):
            time.sleep(moment.after)
            process.kill()
    process.join()
    listening.close()
    ends = [at for _, at in begun[1:]] + [time.monotonic()]
    marks = tuple((mark, end - at) for (mark, at), end in zip(begun, ends, strict=True))
    return Ended(marks, process.exitcode or 0)


def _heard(listening: Connection) -> Iterator[str]:
    """What is told until the process is over; a message that the kill cut short is left out."""
    while True:
        try:
            yield listening.recv_bytes().decode()
        except (EOFError, OSError):
            return


def _tell_and_run(target: Callable[[JobContext], None], telling: Connection) -> None:
    """In the process itself, which ends with it: what is replaced is never put back."""

    def tell(mark: str) -> None:
        telling.send_bytes(mark.encode())

    def emit(event: Event) -> None:
        match event:
            case StageStarted():
                tell(event.stage)
            case StepFinished() | EpochFinished():
                tell("finetune")
            case RunFinished():
                tell("evaluation")
            case _:
                pass

    real_replacing, real_validate = atomic.replacing, FineTuner.validate

    @contextmanager
    def replacing(path: Path) -> Iterator[Path]:
        tell(_SAVING + path.name)
        with real_replacing(path) as temporary:
            yield temporary
            tell(_PLACING + path.name)
        tell(_SAVED + path.name)

    def validate(tuner: FineTuner) -> Validation:
        tell("validation")
        return real_validate(tuner)

    atomic.replacing = replacing
    FineTuner.validate = validate
    target(JobContext(emit))
    os._exit(0)
