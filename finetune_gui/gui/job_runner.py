"""Runs jobs beside the window: one thread for each lane, signals on the thread of the window."""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import (
    QCoreApplication,
    QDeadlineTimer,
    QObject,
    Qt,
    QThread,
    QTimer,
    Signal,
    Slot,
)

from finetune_gui.core.errors import UserError, as_user_error
from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, Job, JobContext, JobControl, JobState, Lane
from finetune_gui.gui.collector import Collector

_logger = logging.getLogger(__name__)

STACK_BYTES = 16 * 1024 * 1024
# 30 looks a second: what a plot can show and an eye can see.
DRAIN_MS = 34

ResultT = TypeVar("ResultT")
_OVER = (JobState.COMPLETED, JobState.CANCELLED, JobState.FAILED)


@dataclass(eq=False)
class _Ticket:
    """What goes to the thread of a lane: nothing of Qt, so that no QObject dies over there.

    ``outcome`` is set before the ticket comes back: (state, result or error).
    """

    job: Job[Any]
    control: JobControl = field(default_factory=JobControl)
    events: deque[Event] = field(default_factory=deque)
    outcome: tuple[JobState, object] = (JobState.CANCELLED, None)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _taken: bool = False

    def take(self) -> bool:
        """True for whoever comes first: the lane that begins it, or the user who withdraws it."""
        with self._lock:
            first = not self._taken
            self._taken = True
            return first


class _Worker(QObject):
    """Lives in the thread of one lane and runs what is put before it, one job at a time."""

    asked = Signal(object)
    began = Signal(object)
    ended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._run, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _run(self, ticket: _Ticket) -> None:
        if not ticket.take():
            return
        self.began.emit(ticket)
        ticket.outcome = _outcome(ticket)
        self.ended.emit(ticket)


def _outcome(ticket: _Ticket) -> tuple[JobState, object]:
    try:
        context = JobContext(ticket.events.append, ticket.control)
        return JobState.COMPLETED, ticket.job.run(context)
    except Cancelled:
        return JobState.CANCELLED, None
    except UserError as error:
        _logger.info("%s failed", type(ticket.job).__name__, exc_info=True)
        return JobState.FAILED, error
    # The boundary: whatever a job raises becomes a sentence for the user and a line of the log.
    except (Exception, SystemExit) as error:
        _logger.exception("%s failed", type(ticket.job).__name__)
        return JobState.FAILED, as_user_error(error)


class JobHandle(QObject, Generic[ResultT]):
    """One started job as the window sees it. All signals come on the window's thread.

    ``events`` carries a list of all events since the last time but `Progress`; ``progressed`` the
    latest progress (done, total, message key or ""). The last of both come before ``finished``
    (the result), ``failed`` (a `UserError`) or ``cancelled``; exactly one of these ends a job.
    """

    events = Signal(list)
    progressed = Signal(int, int, str)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    state_changed = Signal(object)

    def __init__(self, ticket: _Ticket) -> None:
        super().__init__()
        self._ticket = ticket
        self.state = JobState.PENDING
        self.done = 0
        self.total = 0
        self.text = ""
        self.result: ResultT | None = None
        self.error: UserError | None = None

    @property
    def job(self) -> Job[ResultT]:
        """What is run."""
        return self._ticket.job

    @property
    def is_over(self) -> bool:
        """Whether it completed, failed or was cancelled."""
        return self.state in _OVER

    def cancel(self) -> None:
        """Ask it to stop; one that still waits for its turn is cancelled at once."""
        self._ask(JobState.CANCELLING)

    def pause(self) -> None:
        """Ask it to save its state and end; one that still waits is cancelled at once."""
        self._ask(JobState.PAUSING)

    def _ask(self, state: JobState) -> None:
        if self.is_over:
            return
        if state is JobState.PAUSING:
            self._ticket.control.pause()
        else:
            self._ticket.control.cancel()
        if self._ticket.take():
            self._finish()
        elif self.state is not JobState.CANCELLING:
            self._change(state)

    def _begin(self) -> None:
        # The user may have asked it to stop between its start and this word of it.
        if self.state is JobState.PENDING:
            self._change(JobState.RUNNING)

    def _change(self, state: JobState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def _drain(self) -> None:
        """Pass on what happened since the last time, as one list."""
        waiting = self._ticket.events
        batch = [waiting.popleft() for _ in range(len(waiting))]
        told = [event for event in batch if not isinstance(event, Progress)]
        steps = [event for event in batch if isinstance(event, Progress)]
        if steps:
            last = steps[-1]
            self.done, self.total, self.text = last.done, last.total, last.text
            self.progressed.emit(last.done, last.total, last.text)
        if told:
            self.events.emit(told)

    def _finish(self) -> None:
        self._drain()
        state, value = self._ticket.outcome
        match state, value:
            case JobState.COMPLETED, _:
                self.result = cast("ResultT", value)
            case JobState.FAILED, UserError():
                self.error = value
        self._change(state)
        if state is JobState.COMPLETED:
            self.finished.emit(value)
        elif state is JobState.FAILED:
            self.failed.emit(value)
        else:
            self.cancelled.emit()
        self._let_go()

    def _let_go(self) -> None:
        """Drop the connections: through them a listener that knows the handle keeps it alive."""
        self._ticket.outcome = (self.state, None)
        # By number: `QMetaMethod.fromSignal` would hold on to this object for ever.
        meta = self.metaObject()
        for index in range(meta.methodOffset(), meta.methodCount()):
            signal = meta.method(index)
            if self.isSignalConnected(signal):
                getattr(self, bytes(signal.name().data()).decode()).disconnect()


class JobRunner(QObject):
    """Starts jobs and tells of them. Make it, use it and shut it down on the window's thread.

    Jobs of one lane run one after the other in the order of their start; the lanes run beside
    each other. ``active_changed`` comes when a job was started or is over.
    """

    active_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[Lane, tuple[QThread, _Worker]] = {}
        self._handles: dict[_Ticket, JobHandle[Any]] = {}
        self._closed = False
        self.collector = Collector(self)
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self._drain)

    @property
    def active(self) -> list[JobHandle[Any]]:
        """The jobs that wait or run, in the order of their start."""
        return list(self._handles.values())

    def start(self, job: Job[ResultT]) -> JobHandle[ResultT]:
        """Put ``job`` in its lane. Connect to the handle's signals before returning to Qt.

        After `shutdown` the job is cancelled at once: what ends last may still ask for more.
        """
        ticket = _Ticket(job)
        handle: JobHandle[ResultT] = JobHandle(ticket)
        if self._closed:
            handle.cancel()
            return handle
        self._handles[ticket] = handle
        handle.state_changed.connect(lambda _state: self._forget_if_over(ticket))
        self._worker(job.lane).asked.emit(ticket)
        self._timer.start()
        self.active_changed.emit()
        return handle

    def shutdown(self, timeout_ms: int) -> bool:
        """Cancel everything and wait for the threads; False when one is still busy after that."""
        self._closed = True
        for handle in self.active:
            handle.cancel()
        deadline = QDeadlineTimer(timeout_ms)
        for thread, _ in self._lanes.values():
            thread.quit()
        stopped = [thread.wait(deadline) for thread, _ in self._lanes.values()]
        # What the lanes said last is still in the post.
        QCoreApplication.sendPostedEvents(self)
        self._timer.stop()
        self.collector.stop()
        return all(stopped)

    def _worker(self, lane: Lane) -> _Worker:
        if lane not in self._lanes:
            thread = QThread(self)
            thread.setObjectName(f"lane-{lane}")
            thread.setStackSize(STACK_BYTES)
            worker = _Worker()
            worker.moveToThread(thread)
            worker.began.connect(self._on_began)
            worker.ended.connect(self._on_ended)
            thread.start()
            self._lanes[lane] = (thread, worker)
        return self._lanes[lane][1]

    @Slot(object)
    def _on_began(self, ticket: _Ticket) -> None:
        self._handles[ticket]._begin()

    @Slot(object)
    def _on_ended(self, ticket: _Ticket) -> None:
        self._handles[ticket]._finish()

    def _forget_if_over(self, ticket: _Ticket) -> None:
        if self._handles[ticket].is_over:
            del self._handles[ticket]
            self.active_changed.emit()

    def _drain(self) -> None:
        for handle in self.active:
            handle._drain()
        if not self._handles:
            self._timer.stop()
