"""Jobs run beside the window and tell of themselves on its thread."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import CheckpointSaved, Event
from finetune_gui.core.job import Job, JobContext, JobState, Lane
from finetune_gui.gui.job_runner import DRAIN_MS, STACK_BYTES, JobHandle, JobRunner


@dataclass(frozen=True)
class Call:
    """A job that runs a function."""

    function: Callable[[JobContext], Any]
    lane: Lane = Lane.READ
    title: str = "common-working"

    def run(self, ctx: JobContext) -> Any:
        return self.function(ctx)


@dataclass
class Gate:
    """A job that waits until it is let through or asked to stop."""

    lane: Lane = Lane.READ
    title: str = "common-working"
    inside: threading.Event = field(default_factory=threading.Event)
    way: threading.Event = field(default_factory=threading.Event)

    def run(self, ctx: JobContext) -> str:
        self.inside.set()
        while not self.way.wait(0.005):
            ctx.check_cancelled()
            if ctx.control.pause_requested:
                return "paused"
        return "through"


class Diary:
    """Writes down every signal of a handle, and that it came on the right thread."""

    def __init__(self, handle: JobHandle[Any]) -> None:
        self.lines: list[tuple[str, Any]] = []
        self.handle = handle
        for name in ("events", "finished", "failed", "state_changed"):
            getattr(handle, name).connect(lambda value, n=name: self._write(n, value))
        handle.progressed.connect(lambda *values: self._write("progressed", values))
        handle.cancelled.connect(lambda: self._write("cancelled", None))

    def _write(self, name: str, value: Any) -> None:
        assert QThread.currentThread().isMainThread()
        self.lines.append((name, value))

    def of(self, name: str) -> list[Any]:
        return [value for line, value in self.lines if line == name]

    @property
    def states(self) -> list[JobState]:
        return self.of("state_changed")


def start(runner: JobRunner, job: Job[Any]) -> Diary:
    return Diary(runner.start(job))


def wait_over(qtbot: QtBot, *diaries: Diary) -> None:
    qtbot.waitUntil(lambda: all(d.handle.is_over for d in diaries), timeout=10_000)


def test_a_result_comes_back(qtbot: QtBot, runner: JobRunner) -> None:
    diary = start(runner, Call(lambda _ctx: 6 * 7))
    wait_over(qtbot, diary)
    assert diary.of("finished") == [42]
    assert diary.handle.result == 42
    assert diary.states == [JobState.RUNNING, JobState.COMPLETED]
    assert runner.active == []


def test_every_event_arrives_in_order_and_before_the_end(qtbot: QtBot, runner: JobRunner) -> None:
    def work(ctx: JobContext) -> None:
        for number in range(5000):
            ctx.emit(CheckpointSaved(number))

    diary = start(runner, Call(work))
    wait_over(qtbot, diary)
    told = [event.step for batch in diary.of("events") for event in batch]
    assert told == list(range(5000))
    assert [name for name, _ in diary.lines][-2:] == ["state_changed", "finished"]


def test_events_come_in_batches_not_one_by_one(qtbot: QtBot, runner: JobRunner) -> None:
    """A redraw for each event froze a window; 2 s of events are at most 60 batches."""
    stop = threading.Event()

    def work(ctx: JobContext) -> int:
        count = 0
        while not stop.wait(0.0005):
            ctx.emit(CheckpointSaved(count))
            count += 1
        return count

    diary = start(runner, Call(work))
    qtbot.waitUntil(lambda: len(diary.of("events")) >= 10)
    stop.set()
    wait_over(qtbot, diary)
    times = [batch[-1].time - batch[0].time for batch in diary.of("events")[1:-1]]
    assert sum(len(b) for b in diary.of("events")) == diary.handle.result
    assert sum(times) / len(times) > DRAIN_MS / 1000 * 0.5


def test_progress_is_the_latest_and_no_event(qtbot: QtBot, runner: JobRunner) -> None:
    def work(ctx: JobContext) -> None:
        for done in range(100):
            ctx.progress(done + 1, 100, "common-loading")

    diary = start(runner, Call(work))
    wait_over(qtbot, diary)
    assert diary.of("progressed")[-1] == (100, 100, "common-loading")
    assert diary.of("events") == []
    assert (diary.handle.done, diary.handle.total, diary.handle.text) == (
        100,
        100,
        "common-loading",
    )


def test_a_user_error_is_passed_on_as_it_is(qtbot: QtBot, runner: JobRunner) -> None:
    problem = UserError("error-file-gone", path="x.jpg")

    def work(_ctx: JobContext) -> None:
        raise problem

    diary = start(runner, Call(work))
    wait_over(qtbot, diary)
    assert diary.of("failed") == [problem]
    assert diary.handle.error is problem
    assert diary.states[-1] is JobState.FAILED


def test_any_other_error_gets_a_sentence_and_a_traceback_in_the_log(
    qtbot: QtBot,
    runner: JobRunner,
    allow_log: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    allow_log("Call failed")

    def work(_ctx: JobContext) -> None:
        raise ZeroDivisionError("by nothing")

    diary = start(runner, Call(work))
    wait_over(qtbot, diary)
    (error,) = diary.of("failed")
    assert isinstance(error, UserError)
    assert error.key == "error-unexpected"
    assert "by nothing" in str(error)
    assert "ZeroDivisionError" in caplog.text
    assert "Traceback" in caplog.text


def test_a_job_that_calls_exit_fails_instead_of_hanging(
    qtbot: QtBot, runner: JobRunner, allow_log: Callable[[str], None]
) -> None:
    allow_log("Call failed")

    def work(_ctx: JobContext) -> None:
        raise SystemExit(3)

    diary = start(runner, Call(work))
    wait_over(qtbot, diary)
    assert diary.states[-1] is JobState.FAILED


def test_cancel_reaches_a_running_job(qtbot: QtBot, runner: JobRunner) -> None:
    gate = Gate()
    diary = start(runner, gate)
    qtbot.waitUntil(lambda: diary.handle.state is JobState.RUNNING)
    diary.handle.cancel()
    assert diary.handle.state is JobState.CANCELLING
    wait_over(qtbot, diary)
    assert diary.states == [JobState.RUNNING, JobState.CANCELLING, JobState.CANCELLED]
    assert len(diary.of("cancelled")) == 1
    assert diary.of("finished") == []


def test_cancelling_a_waiting_job_removes_it(qtbot: QtBot, runner: JobRunner) -> None:
    ran: list[str] = []
    gate = Gate()
    first = start(runner, gate)
    second = start(runner, Call(lambda _ctx: ran.append("second")))
    third = start(runner, Call(lambda _ctx: ran.append("third")))
    second.handle.cancel()
    assert second.handle.state is JobState.CANCELLED
    assert [handle.job for handle in runner.active] == [gate, third.handle.job]
    gate.way.set()
    wait_over(qtbot, first, third)
    assert ran == ["third"]
    assert second.states == [JobState.CANCELLED]


def test_a_cancel_between_start_and_its_news_is_not_forgotten(
    qtbot: QtBot, runner: JobRunner
) -> None:
    """The job already runs over there, but the window has not heard of it yet."""
    gate = Gate()
    diary = start(runner, gate)
    assert gate.inside.wait(10)
    diary.handle.cancel()
    wait_over(qtbot, diary)
    assert diary.states == [JobState.CANCELLING, JobState.CANCELLED]


def test_pause_is_asked_for_and_the_job_decides(qtbot: QtBot, runner: JobRunner) -> None:
    diary = start(runner, Gate())
    qtbot.waitUntil(lambda: diary.handle.state is JobState.RUNNING)
    diary.handle.pause()
    assert diary.handle.state is JobState.PAUSING
    wait_over(qtbot, diary)
    assert diary.of("finished") == ["paused"]
    assert diary.states == [JobState.RUNNING, JobState.PAUSING, JobState.COMPLETED]


def test_cancel_overrides_pause_and_pause_does_not_override_cancel(
    qtbot: QtBot, runner: JobRunner
) -> None:
    deaf, way = threading.Event(), threading.Event()
    diary = start(runner, Call(lambda _ctx: (deaf.set(), way.wait(10))))
    qtbot.waitUntil(lambda: diary.handle.state is JobState.RUNNING)
    for ask in (diary.handle.pause, diary.handle.cancel, diary.handle.pause, diary.handle.cancel):
        ask()
    way.set()
    wait_over(qtbot, diary)
    assert diary.states[1:3] == [JobState.PAUSING, JobState.CANCELLING]
    assert len(diary.states) == 4


def test_asking_a_job_that_is_over_does_nothing(qtbot: QtBot, runner: JobRunner) -> None:
    diary = start(runner, Call(lambda _ctx: None))
    wait_over(qtbot, diary)
    before = list(diary.lines)
    diary.handle.cancel()
    diary.handle.pause()
    assert diary.lines == before


def test_a_lane_is_serial_and_lanes_run_beside_each_other(qtbot: QtBot, runner: JobRunner) -> None:
    order: list[int] = []
    meeting = threading.Barrier(len(Lane), timeout=10)
    numbered = [start(runner, Call(lambda _ctx, n=n: order.append(n))) for n in range(20)]
    meeters = [start(runner, Call(lambda _ctx: meeting.wait(), lane=lane)) for lane in Lane]
    wait_over(qtbot, *numbered, *meeters)
    assert order == list(range(20))
    assert all(d.handle.state is JobState.COMPLETED for d in meeters)


def test_the_thread_has_the_stack_that_torch_needs(qtbot: QtBot, runner: JobRunner) -> None:
    diary = start(runner, Call(lambda _ctx: QThread.currentThread().stackSize()))
    wait_over(qtbot, diary)
    assert diary.handle.result == STACK_BYTES


def test_shutdown_cancels_everything_and_joins(qtbot: QtBot, runner: JobRunner) -> None:
    running, waiting = start(runner, Gate()), start(runner, Gate())
    qtbot.waitUntil(lambda: running.handle.state is JobState.RUNNING)
    assert runner.shutdown(10_000)
    assert running.states[-1] is JobState.CANCELLED
    assert waiting.states == [JobState.CANCELLED]


def test_what_is_started_after_shutdown_is_cancelled(runner: JobRunner) -> None:
    """The last results of other jobs may make a page ask for more."""
    assert runner.shutdown(1000)
    gate = Gate()
    handle = runner.start(gate)
    assert handle.state is JobState.CANCELLED
    assert runner.active == []
    assert not gate.inside.is_set()


def test_shutdown_says_so_when_a_job_does_not_listen(runner: JobRunner) -> None:
    inside, way = threading.Event(), threading.Event()
    runner.start(Call(lambda _ctx: (inside.set(), way.wait(30))))
    assert inside.wait(10)
    assert not runner.shutdown(50)
    way.set()


def test_the_window_hears_when_jobs_come_and_go(qtbot: QtBot, runner: JobRunner) -> None:
    counts: list[int] = []
    runner.active_changed.connect(lambda: counts.append(len(runner.active)))
    diary = start(runner, Call(lambda _ctx: None))
    wait_over(qtbot, diary)
    assert counts == [1, 0]


def test_no_timer_runs_while_nothing_does(qtbot: QtBot, runner: JobRunner) -> None:
    diary = start(runner, Call(lambda _ctx: None))
    wait_over(qtbot, diary)
    qtbot.waitUntil(lambda: not runner._timer.isActive())


def test_a_job_that_is_over_is_let_go(qtbot: QtBot, runner: JobRunner) -> None:
    class Big:
        pass

    diary = start(runner, Call(lambda _ctx: Big()))
    wait_over(qtbot, diary)
    result = weakref.ref(diary.handle.result)
    del diary
    gc.collect()
    assert result() is None


def test_widgets_never_die_on_the_thread_of_a_job(qtbot: QtBot, runner: JobRunner) -> None:
    """Python would collect a cycle with a widget in it on whichever thread allocates."""
    died_on: list[bool] = []

    class Knot(QObject):
        pass

    def tie() -> None:
        knot = Knot()
        knot.destroyed.connect(lambda: died_on.append(QThread.currentThread().isMainThread()))
        knot.self = knot

    def work(_ctx: JobContext) -> None:
        kept: list[Any] = []
        for _ in range(200_000):
            kept.append([kept])
        kept.clear()

    tie()
    diary = start(runner, Call(work))
    wait_over(qtbot, diary)
    gc.collect()
    assert died_on == [True]
    assert not gc.isenabled()


def test_collection_is_as_before_after_shutdown(qapp: object) -> None:
    assert qapp is not None
    assert gc.isenabled()
    runner = JobRunner()
    assert not gc.isenabled()
    runner.shutdown(1000)
    assert gc.isenabled()


def test_events_are_plain(qtbot: QtBot, runner: JobRunner) -> None:
    seen: list[Event] = []
    handle = runner.start(Call(lambda ctx: ctx.emit(CheckpointSaved(7))))
    handle.events.connect(seen.extend)
    qtbot.waitUntil(lambda: handle.is_over)
    assert [e.step for e in seen if isinstance(e, CheckpointSaved)] == [7]
