"""The one shape of every long-running job: ``run(ctx) -> result``.

A job knows nothing of who started it. It tells what happens through ``ctx.emit`` and
``ctx.progress``, and looks at ``ctx.check_cancelled`` often enough to stop within two seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from finetune_gui.core.events import Event, Progress

ResultT_co = TypeVar("ResultT_co", covariant=True)


class JobState(StrEnum):
    """Where a job stands."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSING = "pausing"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Lane(StrEnum):
    """Jobs of one lane run one after the other; the lanes run beside each other."""

    COMPUTE = "compute"
    READ = "read"
    THUMBNAILS = "thumbnails"
    DOWNLOAD = "download"


class Cancelled(BaseException):
    """Raised inside a job when the user cancelled it.

    Not an error, so not an `Exception`: what catches errors must let it through.
    """


@dataclass
class JobControl:
    """What the user asked a running job to do. Safe to set from any thread."""

    _cancel: threading.Event = field(default_factory=threading.Event)
    _pause: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the job to stop as soon as it can."""
        self._cancel.set()

    def pause(self) -> None:
        """Ask the job to save its state and end, so that it can be resumed."""
        self._pause.set()

    @property
    def cancel_requested(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancel.is_set()

    @property
    def pause_requested(self) -> bool:
        """Whether `pause` was called."""
        return self._pause.is_set()


@dataclass(frozen=True)
class JobContext:
    """What a job is given: a way to tell, and a way to be told."""

    emit: Callable[[Event], None]
    control: JobControl = field(default_factory=JobControl)

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Say how far the job is. ``total`` 0 means that it is not known.

        ``text`` is a message key, or empty.
        """
        self.emit(Progress(done, total, text))

    def check_cancelled(self) -> None:
        """Raise `Cancelled` when the user asked the job to stop."""
        if self.control.cancel_requested:
            raise Cancelled


class Job(Protocol, Generic[ResultT_co]):
    """A long-running piece of work. Implementations are frozen dataclasses in ``jobs/``."""

    @property
    def lane(self) -> Lane:
        """Where it queues."""
        ...

    @property
    def title(self) -> str:
        """The message key of its name for the status line."""
        ...

    def run(self, ctx: JobContext) -> ResultT_co:
        """Do the work on the calling thread.

        Raises:
            Cancelled: the user asked it to stop.
            UserError: it could not be done; the error says why and what to do.
        """
        ...
