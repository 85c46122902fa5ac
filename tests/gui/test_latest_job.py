"""One wish at a time, also after somebody else has stopped it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.gui.job_runner import JobRunner
from finetune_gui.gui.latest_job import LatestJob


@dataclass(frozen=True)
class Slow:
    """Gives its ``number`` once ``way`` is free."""

    number: int
    way: threading.Event = field(compare=False)
    lane: Lane = Lane.READ
    title: str = "search-job-read"

    def run(self, ctx: JobContext) -> int:
        while not self.way.wait(0.005):
            ctx.check_cancelled()
        return self.number


@pytest.fixture
def way() -> Iterator[threading.Event]:
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def heard() -> list[int]:
    return []


@pytest.fixture
def latest(runner: JobRunner, heard: list[int]) -> LatestJob:
    """Its results go to ``heard``."""
    made = LatestJob(runner, runner)
    made.finished.connect(lambda _job, number: heard.append(number))
    return made


def test_only_the_latest_wish_is_heard(
    qtbot: QtBot, latest: LatestJob, heard: list[int], way: threading.Event
) -> None:
    latest.ask(Slow(1, way))
    latest.ask(Slow(2, way))
    way.set()
    qtbot.waitUntil(lambda: not latest.is_busy)
    assert heard == [2]


def test_the_same_wish_is_done_anew_after_somebody_stopped_it(
    qtbot: QtBot,
    runner: JobRunner,
    latest: LatestJob,
    heard: list[int],
    way: threading.Event,
) -> None:
    latest.ask(Slow(1, way))
    for handle in runner.active:
        handle.cancel()
    qtbot.waitUntil(lambda: not latest.is_busy)
    way.set()
    latest.ask(Slow(1, way))
    qtbot.waitUntil(lambda: heard == [1])
    latest.drop()
