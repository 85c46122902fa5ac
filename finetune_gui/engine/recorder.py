"""Tells what happens in a run: to whoever listens, to ``events.jsonl`` and to ``log.txt``."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO

from finetune_gui.core.events import Event, Logged, to_json
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunFolder

_LOOK_S = 1.0


class RunRecorder:
    """Writes every event on a line of its own before it tells the listener.

    So whoever follows the file never knows less than the window. Use as a context manager.
    """

    def __init__(self, run: RunFolder, ctx: JobContext) -> None:
        self._ctx = ctx
        self._run = run

    def __enter__(self) -> Self:
        self._end_torn_line()
        with contextlib.ExitStack() as opening:
            self._events = opening.enter_context(_appending(self._run.events_file))
            self._log = opening.enter_context(_appending(self._run.log_file))
            self._files = opening.pop_all()
        self._looked = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What could not be written before cannot be now; the first error is the one to tell.
        with contextlib.suppress(OSError) if error is not None else contextlib.nullcontext():
            self._files.close()

    def emit(self, event: Event) -> None:
        """Write one event and tell it; raises `OSError` when it cannot be written."""
        self._look()
        self._events.write(to_json(event) + "\n")
        self._events.flush()
        self._ctx.emit(event)

    def log(
        self,
        message: str,
        level: Literal["info", "caution", "error"] = "info",
        **params: str | int | float,
    ) -> None:
        """A line of the plain log: a message key and its values."""
        self._log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {tr(message, **params)}\n")
        self._log.flush()
        self.emit(Logged(message, params, level))

    def flush_to_disk(self) -> None:
        """See that a power cut takes nothing of what was told so far; raises `OSError`."""
        os.fsync(self._events.fileno())

    def _look(self) -> None:
        """Notice a folder that is gone: an open file can be written to long after that."""
        now = time.monotonic()
        if now - self._looked > _LOOK_S:
            self._looked = now
            self._run.events_file.stat()

    def _end_torn_line(self) -> None:
        """After a kill or a full disk the last line may be cut: what follows starts anew."""
        path = self._run.events_file
        if not path.exists():
            return
        with path.open("rb+") as file:
            size = file.seek(0, 2)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    file.write(b"\n")


def _appending(path: Path) -> TextIO:
    return path.open("a", encoding="utf-8", newline="\n")
