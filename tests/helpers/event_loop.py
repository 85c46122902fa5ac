"""How long the event loop of a window keeps what happens in it waiting."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, Qt, QTimer

_EVERY_MS = 5
_POLL_MS = 20


class Waits:
    """A timer that is due every 5 ms; what it is late by is what a click would have waited."""

    def __init__(self) -> None:
        self._waits: list[float] = []
        self._due = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._ask()

    def _ask(self) -> None:
        self._due = time.perf_counter() + _EVERY_MS / 1000
        self._timer.start(_EVERY_MS)

    def _tick(self) -> None:
        self._waits.append(max(0.0, time.perf_counter() - self._due))
        self._ask()

    def take(self) -> dict[str, float]:
        """Milliseconds at the 50th and 99th percentile and at most, since the last call."""
        ordered, self._waits = sorted(self._waits), []
        if not ordered:
            return {}
        last = len(ordered) - 1
        return {
            "p50_ms": round(1000 * ordered[last // 2], 2),
            "p99_ms": round(1000 * ordered[int(0.99 * last)], 2),
            "max_ms": round(1000 * ordered[last], 1),
            "over_100_ms": sum(wait > 0.1 for wait in ordered),
            "n": len(ordered),
        }

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()


def wait_until(condition: Callable[[], bool], timeout_ms: int = 600_000) -> bool:
    """Let Qt work until the condition holds; False when it did not in time."""
    loop = QEventLoop()
    poll, limit = QTimer(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    limit.setSingleShot(True)
    limit.timeout.connect(lambda: loop.exit(1))
    poll.start(_POLL_MS)
    limit.start(timeout_ms)
    held = condition() or loop.exec() == 0
    poll.stop()
    limit.stop()
    return held


def work_for(milliseconds: int) -> None:
    """Let Qt work for a while, to see what it does when nothing is asked of it."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
