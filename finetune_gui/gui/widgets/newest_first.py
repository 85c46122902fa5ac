"""A few threads that do small pieces of work, what was asked for last first.

Pictures on the screen are no jobs: there are thousands of them, each takes milliseconds, and what
was scrolled away is not wanted any more. Jobs queue; these forget.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

KeyT = TypeVar("KeyT", bound=Hashable)
ResultT = TypeVar("ResultT")

_JOIN_SECONDS = 10.0


class NewestFirst(Generic[KeyT, ResultT]):
    """Calls ``work(key)`` beside the window and hands each result to ``deliver``.

    Both are called in a thread of this object. Threads begin when there is something to do and
    end when there is nothing left, so an idle program has none.
    """

    def __init__(
        self,
        work: Callable[[KeyT], ResultT],
        deliver: Callable[[KeyT, ResultT], None],
        threads: int,
    ) -> None:
        self._work = work
        self._deliver = deliver
        self._limit = threads
        self._lock = threading.Lock()
        self._queues: dict[Hashable, deque[KeyT]] = {}
        self._busy: set[KeyT] = set()
        self._threads: set[threading.Thread] = set()
        self._closed = False

    def want(self, client: Hashable, keys: Iterable[KeyT]) -> None:
        """Do these next, in this order; forget what ``client`` asked for before."""
        queue = deque(keys)
        with self._lock:
            self._queues.pop(client, None)
            if self._closed or not queue:
                return
            self._queues[client] = queue
            waiting = sum(len(q) for q in self._queues.values())
            missing = min(self._limit, waiting + len(self._busy)) - len(self._threads)
            fresh = [self._thread() for _ in range(missing)]
        for thread in fresh:
            thread.start()

    def close(self) -> None:
        """Forget everything and wait for what is being done; nothing is delivered afterwards."""
        with self._lock:
            self._closed = True
            self._queues.clear()
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(_JOIN_SECONDS)

    def _thread(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="newest-first", daemon=True)
        self._threads.add(thread)
        return thread

    def _run(self) -> None:
        try:
            while (key := self._next()) is not None:
                self._do(key)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _do(self, key: KeyT) -> None:
        try:
            result = self._work(key)
            if not self._closed:
                self._deliver(key, result)
        finally:
            with self._lock:
                self._busy.discard(key)

    def _next(self) -> KeyT | None:
        with self._lock:
            while self._queues:
                client = next(reversed(self._queues))
                queue = self._queues[client]
                key = queue.popleft()
                if not queue:
                    del self._queues[client]
                if key not in self._busy:
                    self._busy.add(key)
                    return key
            # Under the same lock as the look into the queues: whoever asks next begins a thread.
            self._threads.discard(threading.current_thread())
            return None


class _Mail(QObject):
    """Carries word from the threads to the window. It has no parent, so it outlives them."""

    came = Signal()


class Reader(QObject):
    """`NewestFirst` for the window: ``arrived`` carries (key, result) pairs on its thread.

    Results that came since the last time come together, so that many small ones cost one signal.
    """

    arrived = Signal(list)

    def __init__(self, work: Callable[[Any], object], threads: int, parent: QObject) -> None:
        super().__init__(parent)
        post: deque[tuple[Any, object]] = deque()
        mail = _Mail()
        mail.came.connect(self._take, Qt.ConnectionType.QueuedConnection)

        def deliver(key: Any, result: object) -> None:
            post.append((key, result))
            mail.came.emit()

        self._post = post
        self._pool = NewestFirst(work, deliver, threads)
        self.destroyed.connect(self._pool.close)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self._pool.close)

    def want(self, client: Hashable, keys: Iterable[Any]) -> None:
        """See `NewestFirst.want`."""
        self._pool.want(client, keys)

    def _take(self) -> None:
        batch = [self._post.popleft() for _ in range(len(self._post))]
        if batch:
            self.arrived.emit(batch)
