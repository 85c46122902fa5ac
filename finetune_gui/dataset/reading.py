"""Goes through many photos in a few threads, with progress, ready to stop at any time."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.job import JobContext
from finetune_gui.dataset.samples import SkippedPhoto

ResultT = TypeVar("ResultT")

# Pillow lets go of Python's lock while it decodes; more threads than this only wait on the disk.
_MAX_THREADS = 8
_AHEAD = 4
_SECONDS_BETWEEN_EVENTS = 0.1


def find_unreadable(
    paths: Sequence[Path], read: Callable[[Path], object], ctx: JobContext
) -> tuple[SkippedPhoto, ...]:
    """Read every photo with ``read``; those for which it raises `PhotoError`, with the reason.

    Raises:
        Cancelled: the user asked to stop.
    """

    def reason(path: Path) -> str | None:
        try:
            read(path)
        except PhotoError as error:
            return error.key
        return None

    found: list[SkippedPhoto] = []
    told = time.monotonic()
    for done, (path, key) in enumerate(
        zip(paths, in_parallel(reason, paths, ctx), strict=True), start=1
    ):
        if key is not None:
            found.append(SkippedPhoto(path, key))
        if done == len(paths) or time.monotonic() - told >= _SECONDS_BETWEEN_EVENTS:
            told = time.monotonic()
            ctx.progress(done, len(paths), "dataset-reading-photos")
    return tuple(found)


def in_parallel(
    work: Callable[[Path], ResultT], paths: Iterable[Path], ctx: JobContext
) -> Iterator[ResultT]:
    """``work`` of every path, in order, computed in threads a few photos ahead."""
    threads = max(1, min(_MAX_THREADS, (os.cpu_count() or 2) - 1))
    pending: deque[Future[ResultT]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="photos") as pool:
        try:
            for path in paths:
                ctx.check_cancelled()
                pending.append(pool.submit(work, path))
                if len(pending) > threads * _AHEAD:
                    yield pending.popleft().result()
            while pending:
                ctx.check_cancelled()
                yield pending.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
