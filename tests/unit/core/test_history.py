from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from finetune_gui.core.events import (
    BaselineFinished,
    CheckpointSaved,
    EpochFinished,
    Evaluated,
    Event,
    Logged,
    Progress,
    RolledBack,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StageJudged,
    StageStarted,
    StepFinished,
)
from finetune_gui.core.history import RunHistory, from_events

PER_EPOCH = 3
BASELINE = BaselineFinished(0.5, 0.8, 0.6, 0.75, 1.0)
DONE = RunFinished("done", "finetune", 2, 0.9, 0.75, 30.0)


def started(resumed_at: int | None = None) -> RunStarted:
    return RunStarted("net", ("a", "b"), 9, 3, 0, 4, PER_EPOCH, "cpu", "float32", resumed_at)


def step(number: int) -> StepFinished:
    return StepFinished(number, (number - 1) // PER_EPOCH + 1, 1 / number, 0.5, 1e-3, 10.0)


def epoch(number: int, *, best: bool = True) -> EpochFinished:
    accuracy = 0.5 + number / 100
    return EpochFinished(
        number, number * PER_EPOCH, 0.4, 0.8, 0.5, accuracy, accuracy, best, 2.0, 5.0
    )


def trained(first: int, last: int) -> list[Event]:
    """Steps ``first`` to ``last`` with the epochs that end in them."""
    told: list[Event] = []
    for number in range(first, last + 1):
        told.append(step(number))
        if number % PER_EPOCH == 0:
            told.append(epoch(number // PER_EPOCH))
    return told


def numbers(history: RunHistory) -> tuple[list[int], list[int]]:
    return [s.step for s in history.steps], [e.epoch for e in history.epochs]


def test_what_was_rolled_back_is_void() -> None:
    told = [started(), BASELINE, *trained(1, 5), RolledBack(3, 0.5), *trained(4, 6)]
    history = from_events(told)
    assert numbers(history) == ([1, 2, 3, 4, 5, 6], [1, 2])


def test_what_is_told_again_replaces_what_was_told() -> None:
    # Killed after the end of an epoch was told, resumed from a state of just before it.
    again = EpochFinished(1, PER_EPOCH, 0.1, 0.9, 0.2, 0.7, 0.7, True, 2.0, 5.0)
    history = from_events([started(), BASELINE, *trained(1, 3), started(PER_EPOCH), again])
    assert numbers(history) == ([1, 2, 3], [1])
    assert history.epochs == [again]


def test_the_next_epoch_is_the_first_that_is_not_over() -> None:
    history = from_events([started(), *trained(1, 2)])
    assert history.next_epoch is None  # there is nothing to go on from
    history.add(BASELINE)
    assert history.next_epoch == 1
    history = from_events([started(), BASELINE, *trained(1, PER_EPOCH + 1)])
    assert history.next_epoch == 2
    assert from_events([started(), BASELINE, *trained(1, 4 * PER_EPOCH)]).next_epoch is None


def stage(number: int, epoch_: int, *, kept: bool = True) -> StageJudged:
    return StageJudged(number, 1, epoch_, epoch_ * PER_EPOCH, 0.8, 0.01, kept)


def test_stages_are_told_in_order() -> None:
    told = [started(), BASELINE, *trained(1, 3), stage(1, 1), *trained(4, 6), stage(2, 2)]
    assert [s.stage for s in from_events(told).stages] == [1, 2]


def test_a_stage_of_steps_that_are_done_again_is_judged_again() -> None:
    told = [started(), BASELINE, *trained(1, 6), stage(1, 1), stage(2, 2)]
    again = [started(resumed_at=4), *trained(5, 6)]
    assert [s.stage for s in from_events([*told, *again]).stages] == [1]
    assert [s.stage for s in from_events([*told, *again, stage(2, 2)]).stages] == [1, 2]


def test_a_stage_that_was_judged_just_before_a_kill_is_there_once() -> None:
    told = [started(), BASELINE, *trained(1, 3), stage(1, 1), started(resumed_at=3)]
    history = from_events([*told, stage(1, 1, kept=False)])
    assert [s.kept for s in history.stages] == [False]


def test_empty_history() -> None:
    history = from_events([])
    assert history == RunHistory()
    assert history.best_epoch is None


def test_tells_a_whole_run() -> None:
    remark = Logged("train-log-skipped", {"path": "a.jpg"}, "caution")
    test = Evaluated("test", 0.9, 0.88, 10)
    history = from_events([started(), BASELINE, remark, *trained(1, 6), DONE, test])
    assert history.started is not None
    assert history.baseline == BASELINE
    assert numbers(history) == ([1, 2, 3, 4, 5, 6], [1, 2])
    assert history.logs == [remark]
    assert history.end == DONE
    assert history.evaluations == {"test": test}


def test_what_is_no_history_changes_nothing() -> None:
    history = from_events([Progress(1, 2), StageStarted("baseline"), CheckpointSaved(3)])
    assert history == RunHistory()


def test_resumed_run_drops_what_came_after_the_checkpoint() -> None:
    told = [started(), BASELINE, *trained(1, 8), started(resumed_at=4)]
    assert numbers(from_events(told)) == ([1, 2, 3, 4], [1])


def test_the_step_of_the_checkpoint_itself_is_kept() -> None:
    told = [started(), *trained(1, 6), started(resumed_at=6)]
    assert numbers(from_events(told)) == ([1, 2, 3, 4, 5, 6], [1, 2])


def test_run_that_was_resumed_before_its_first_step_begins_anew() -> None:
    told = [started(), BASELINE, *trained(1, 4), started(resumed_at=0)]
    history = from_events(told)
    assert numbers(history) == ([], [])
    assert history.baseline == BASELINE


def test_run_that_begins_again_from_nothing_drops_everything() -> None:
    assert numbers(from_events([started(), *trained(1, 5), started()])) == ([], [])


@given(killed=st.integers(0, 12), back=st.integers(0, 12), again=st.integers(0, 12))
def test_curves_of_a_resumed_run_are_those_of_one_never_stopped(
    killed: int, back: int, again: int
) -> None:
    """Killed after any step, resumed from any checkpoint before it, and that twice."""
    first = min(back, killed)
    second = max(first, min(again, 12))
    told = [
        *(started(), BASELINE, *trained(1, killed)),
        *(started(first), *trained(first + 1, second)),
        *(started(second), *trained(second + 1, 12)),
    ]
    whole = from_events([started(), BASELINE, *trained(1, 12)])
    history = from_events(told)
    assert numbers(history) == numbers(whole)
    assert history.best_epoch == whole.best_epoch


def test_going_on_takes_back_the_end() -> None:
    for end in (RunPaused(3), RunFailed("error-file-gone-somewhere"), DONE):
        told: list[Event] = [started(), *trained(1, 3), end]
        assert from_events(told).end == end
        assert from_events([*told, started(resumed_at=3)]).end is None


def test_the_last_evaluation_of_a_split_counts() -> None:
    early, late = Evaluated("test", 0.5, 0.5, 4), Evaluated("test", 0.9, 0.9, 4)
    other = Evaluated("validation", 0.7, 0.7, 4)
    assert from_events([early, other, late]).evaluations == {"test": late, "validation": other}


def test_best_epoch() -> None:
    history = from_events([started(), BASELINE])
    assert history.best_epoch == 0
    history.add(epoch(1, best=False))
    assert history.best_epoch == 0
    history.add(epoch(2))
    history.add(epoch(3, best=False))
    assert history.best_epoch == 2
    history.add(epoch(4))
    assert history.best_epoch == 4


def test_best_epoch_that_has_to_be_done_again_does_not_count() -> None:
    told = [started(), BASELINE, *trained(1, 6), started(resumed_at=4)]
    assert from_events(told).best_epoch == 1
