"""The journal of a search, and who may choose the next trial."""

from __future__ import annotations

import itertools
from pathlib import Path

import optuna
import pytest
from optuna.storages.journal import JournalStorage

from finetune_gui.core.errors import RunError
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.search_space import default_space
from finetune_gui.core.study import Budget, StudyFolder, StudySpec
from finetune_gui.engine.search_storage import (
    JournalFile,
    distributions,
    open_storage,
    open_study,
    pruner_for,
    sampler_for,
    shares_lock,
)


def spec(**values: object) -> StudySpec:
    known = {
        "dataset": "",
        "data_version": "",
        "recipe": Recipe(),
        "space": default_space(Recipe()),
        "budget": Budget(trials=3),
        "place": "here",
        "name": "fruit",
    }
    return StudySpec(**{**known, **values})


def test_a_line_that_a_kill_cut_short_costs_nothing_but_itself(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    journal = JournalFile(path)
    journal.append_logs([{"n": 0}, {"n": 1}])
    whole = path.read_bytes()
    for cut in (b"{", b'{"n": 2', b'{"n": 2}', b"x" * 9000):
        path.write_bytes(whole + cut)
        assert [entry["n"] for entry in JournalFile(path).read_logs(0)] == [0, 1]
        assert list(journal.read_logs(2)) == []
        JournalFile(path).append_logs([{"n": 2}])
        assert [entry["n"] for entry in JournalFile(path).read_logs(0)] == [0, 1, 2]
        assert [entry["n"] for entry in journal.read_logs(2)] == [2]
        journal = JournalFile(path)


def test_two_that_read_and_write_in_turns_see_the_same(tmp_path: Path) -> None:
    path = tmp_path / "journal.log"
    first, second = (
        optuna.create_study(
            storage=JournalStorage(JournalFile(path)), study_name="s", load_if_exists=True
        )
        for _ in range(2)
    )
    numbers = [study.ask().number for study in (first, second, second, first)]
    assert numbers == [0, 1, 2, 3]
    first.tell(2, 0.5)
    assert [t.state.name for t in second.trials] == ["RUNNING", "RUNNING", "COMPLETE", "RUNNING"]


@pytest.mark.parametrize(
    ("url", "shared"),
    [("", True), ("journal:///tmp/x.log", True), ("x.journal", True), ("sqlite:///x.db", False)],
)
def test_a_journal_has_one_lock_for_all(url: str, shared: bool) -> None:
    assert shares_lock(url) is shared


def test_a_journal_and_a_database_are_found_by_their_url(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    open_storage(folder, f"journal://{tmp_path}/shared/fruit.log")
    assert (tmp_path / "shared" / "fruit.log").is_file()
    study = open_study(folder, spec(storage=f"sqlite:///{tmp_path}/fruit.db"))
    assert study.ask().number == 0


@pytest.mark.parametrize("url", ["nonsense", "nonsense://x/y"])
def test_a_storage_that_is_none_says_so(tmp_path: Path, url: str) -> None:
    with pytest.raises(RunError) as caught:
        open_storage(StudyFolder(tmp_path), url)
    assert url in str(caught.value)


def test_the_sampler_draws_the_same_again_and_other_values_for_each_trial() -> None:
    def drawn(trials: int, **values: object) -> dict[str, object]:
        study = optuna.create_study(sampler=sampler_for(spec(**values), trials))
        return study.ask(distributions(spec().searched)).params

    assert drawn(0) == drawn(0)
    others = [drawn(0), drawn(1), drawn(1, storage="x"), drawn(1, storage="x", place="there")]
    assert all(a != b for a, b in itertools.combinations(others, 2))


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (Budget(trials=10), "MedianPruner"),
        (Budget(minutes=20), "MedianPruner"),
        (Budget(trials=100), "HyperbandPruner"),
        (Budget(minutes=480), "HyperbandPruner"),
    ],
)
def test_hyperband_is_for_many_trials(budget: Budget, expected: str) -> None:
    assert type(pruner_for(spec(budget=budget))).__name__ == expected
