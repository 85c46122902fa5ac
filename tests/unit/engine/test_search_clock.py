"""The time of a search."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.study import Budget, StudyFolder
from finetune_gui.engine.search_clock import SearchClock


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path)


def test_trials_have_what_the_comparison_leaves(folder: StudyFolder) -> None:
    clock = SearchClock(folder, Budget(minutes=10))
    assert clock.whole == pytest.approx(390)
    assert clock.left is not None
    assert 380 < clock.left < 390
    assert not clock.is_late


def test_time_that_a_search_is_given_later_is_its_own(folder: StudyFolder) -> None:
    folder.write_state("done", 1000.0)
    clock = SearchClock(folder, Budget(minutes=10, since=1000.0))
    assert clock.left is not None
    assert 380 < clock.left < 390
    used_up = SearchClock(folder, Budget(minutes=10, since=500.0))
    assert used_up.is_late


def test_without_minutes_it_never_is_late(folder: StudyFolder) -> None:
    clock = SearchClock(folder, Budget(trials=3))
    assert (clock.whole, clock.left, clock.is_late) == (None, None, False)


def test_what_another_process_wrote_is_not_taken_back(folder: StudyFolder) -> None:
    clock = SearchClock(folder, Budget(minutes=10))
    folder.write_state("running", 200.0)
    clock.keep()
    assert folder.read_state() == ("running", 200.0)
    clock.end()
    clock.keep("paused")
    assert folder.read_state() == ("paused", 200.0)


def test_the_clock_stands_still_once_the_trials_are_over(folder: StudyFolder) -> None:
    clock = SearchClock(folder, Budget(minutes=10))
    clock.end()
    assert clock.spent == clock.spent
