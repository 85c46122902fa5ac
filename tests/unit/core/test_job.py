from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, Job, JobContext, JobControl, JobState, Lane


@dataclass(frozen=True)
class Count:
    """Counts to ``upto`` and gives what it reached."""

    upto: int
    lane: Lane = Lane.READ
    title: str = "common-working"

    def run(self, ctx: JobContext) -> int:
        for number in range(self.upto):
            ctx.check_cancelled()
            if ctx.control.pause_requested:
                return number
            ctx.progress(number + 1, self.upto, "common-working")
        return self.upto


def counted(upto: int, ctx: JobContext) -> int:
    job: Job[int] = Count(upto)
    return job.run(ctx)


def test_job_tells_how_far_it_is() -> None:
    told: list[Event] = []
    assert counted(2, JobContext(told.append)) == 2
    assert [(e.done, e.total, e.text) for e in told if isinstance(e, Progress)] == [
        (1, 2, "common-working"),
        (2, 2, "common-working"),
    ]


def test_progress_needs_no_text() -> None:
    told: list[Event] = []
    JobContext(told.append).progress(3, 0)
    assert isinstance(told[0], Progress)
    assert (told[0].done, told[0].total, told[0].text) == (3, 0, "")


def test_cancel_ends_a_job_at_its_next_look() -> None:
    control = JobControl()
    ctx = JobContext(lambda _event: control.cancel(), control)
    with pytest.raises(Cancelled):
        counted(5, ctx)


def test_nothing_is_cancelled_before_it_is_asked() -> None:
    control = JobControl()
    JobContext(lambda _event: None, control).check_cancelled()
    assert not control.cancel_requested
    assert not control.pause_requested


def test_pause_is_not_cancel() -> None:
    control = JobControl()
    control.pause()
    assert control.pause_requested
    assert not control.cancel_requested
    assert counted(5, JobContext(lambda _event: None, control)) == 0


def test_cancelled_is_not_caught_as_an_error() -> None:
    assert not issubclass(Cancelled, Exception)


def test_control_may_be_set_from_another_thread() -> None:
    control = JobControl()
    thread = threading.Thread(target=control.cancel)
    thread.start()
    thread.join()
    with pytest.raises(Cancelled):
        JobContext(lambda _event: None, control).check_cancelled()


def test_each_context_has_a_control_of_its_own() -> None:
    first, second = JobContext(lambda _event: None), JobContext(lambda _event: None)
    first.control.cancel()
    assert not second.control.cancel_requested


def test_states_are_the_promised_ones() -> None:
    assert {state.value for state in JobState} == {
        *("pending", "running", "pausing", "cancelling", "completed", "cancelled", "failed")
    }
