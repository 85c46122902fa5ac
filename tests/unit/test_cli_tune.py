"""``tune``: a search from the terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.core.events import TrialMoved
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import Manifest
from finetune_gui.core.search_space import default_space
from finetune_gui.core.study import Budget, StudyFolder, StudySpec, StudyStory, TrialRow, Verdict
from finetune_gui.core.study_words import verdict_words
from finetune_gui.dataset.samples import Dataset
from tests.helpers.command_line import Fake, FakeJob, Start


def told(tmp_path: Path) -> StudyStory:
    recipe = Recipe()
    spec = StudySpec("p", "v", recipe, default_space(recipe), Budget(trials=2), "here", "p")
    return StudyStory(
        tmp_path / "study",
        spec,
        "done",
        (
            TrialRow(0, "complete", {"optim.lr": 0.001}, 0.8, 0.5, 0.79, 3.0, is_default=True),
            TrialRow(1, "complete", {"optim.lr": 0.003}, 0.9, 0.4, 0.89, folder=tmp_path / "run"),
        ),
        verdict=Verdict("better", 1, 0.91, 0.82, 0.09, 0.02, 0.16, 5, 80),
        spent=12.0,
    )


@pytest.fixture
def tuned(fake: Fake, tmp_path: Path) -> FakeJob:
    root = tmp_path / "fruit"
    fake("OpenDataset", lambda _ctx: Dataset(root, root, "fruit", ("apple", "梨"), (), ()))

    def search(ctx: JobContext) -> StudyStory:
        ctx.emit(TrialMoved(1, "complete", 4, 4, 0.9))
        return told(tmp_path)

    return fake("Tune", search)


def test_tune_searches_for_what_was_asked(start: Start, tuned: FakeJob, tmp_path: Path) -> None:
    ranges = ["--range", "optim.lr=0.001..0.1", "--range", "train.epochs=off"]
    more = ["--set", "seed=3", "--storage", "journal:///x.log", "--out", tmp_path / "out"]
    assert start("tune", "photos", "--trials", 7, "--minutes", 2, *ranges, *more) == 0
    dataset, recipe, space, budget, out, paths, storage = tuned.given[0]
    assert dataset.name == "fruit"
    assert recipe == with_values(Recipe(), {"seed": 3})
    by_key = {d.key: d for d in space}
    assert (by_key["optim.lr"].low, by_key["optim.lr"].high) == (0.001, 0.1)
    assert not by_key["train.epochs"].on
    assert budget == Budget(7, 2.0)
    assert (out, storage) == (tmp_path / "out", "journal:///x.log")
    assert paths == AppPaths.under(tmp_path / "app")


def test_without_a_budget_it_takes_twenty_minutes(
    start: Start, tuned: FakeJob, tmp_path: Path
) -> None:
    assert start("tune", "photos") == 0
    assert tuned.given[0][3] == Budget(minutes=20.0)
    assert tuned.given[0][4].parent == AppPaths.under(tmp_path / "app").searches


def test_the_folder_of_a_search_is_gone_on_with(start: Start, fake: Fake, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "study")
    folder.create(told(tmp_path).spec, Manifest("p", ("a",), ()))
    resumed = fake("ResumeTune", lambda _ctx: told(tmp_path))
    assert start("tune", folder.path) == 0
    assert start("tune", folder.path, "--trials", 4) == 0
    assert [given[0] for given in resumed.given] == [folder.path] * 2
    assert [given[2] for given in resumed.given] == [None, Budget(4)]


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "optim.lr=1"],
        ["--range", "optim.lr=off"],
        ["--out", "new"],
        ["--storage", "a.log"],
    ],
)
def test_what_a_search_was_asked_for_stays(start: Start, tmp_path: Path, words: list[str]) -> None:
    folder = StudyFolder(tmp_path / "study")
    folder.create(told(tmp_path).spec, Manifest("p", ("a",), ()))
    with pytest.raises(SystemExit) as caught:
        start("tune", folder.path, *words)
    assert caught.value.code == 2


def test_people_read_the_answer(
    start: Start, tuned: FakeJob, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuned
    assert start("tune", "photos") == 0
    out, err = capsys.readouterr()
    assert "Better by 9.0 percentage points" in out
    assert "Learning rate: 0.001 → 0.003" in out
    assert str(tmp_path / "run") in out
    assert "Trial 1, finished: epoch 4 of 4, 90.0 %" in err


def test_where_the_winner_is_no_better_the_default_is_advised(
    start: Start, fake: Fake, tuned: FakeJob, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuned
    verdict = Verdict("not_better", 1, 0.8, 0.82, -0.02, -0.1, 0.06, 5, 80)
    fake("Tune", lambda _ctx: replace(told(tmp_path), verdict=verdict))
    assert start("tune", "photos") == 0
    out = capsys.readouterr().out
    assert tr("search-verdict-not-better") in out
    assert "0.001 → 0.003" not in out
    assert start("tune", "photos", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["best"]["number"], found["advised"]) == (1, 0)


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("too_short", 1, seconds_needed=600),
        Verdict("chance", 1, 0.84, 0.82, 0.02, -0.04, 0.08, 2, 80),
    ],
    ids=["not compared", "by chance at most"],
)
def test_a_winner_that_may_be_no_better_is_shown_but_not_advised(
    start: Start,
    fake: Fake,
    tuned: FakeJob,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    verdict: Verdict,
) -> None:
    assert tuned
    fake("Tune", lambda _ctx: replace(told(tmp_path), verdict=verdict))
    assert start("tune", "photos") == 0
    out = capsys.readouterr().out
    assert verdict_words(replace(told(tmp_path), verdict=verdict)).heading in out
    assert "0.001 → 0.003" in out
    assert start("tune", "photos", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["best"]["number"], found["advised"]) == (1, 0)


def test_scripts_get_json_alone(
    start: Start, tuned: FakeJob, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tuned
    assert start("tune", "photos", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["best"]["number"] == 1
    assert found["best"]["run"] == str(tmp_path / "run")
    assert found["default"]["accuracy"] == 0.8
    assert found["verdict"]["answer"] == "better"
    assert found["advised"] == 1
    assert [t["state"] for t in found["trials"]] == ["complete", "complete"]


@pytest.mark.parametrize(
    "words",
    [["--trials", "0"], ["--minutes", "0"], ["--minutes", "nan"], ["--range", "optim.lr"]],
)
def test_wrong_usage_is_said(start: Start, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        start("tune", "photos", *words)
    assert caught.value.code == 2


def test_an_impossible_range_is_said(
    start: Start, tuned: FakeJob, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start("tune", "photos", "--range", "optim.lr=5..1") == 1
    assert "5..1" in capsys.readouterr().err
    assert not tuned.given
