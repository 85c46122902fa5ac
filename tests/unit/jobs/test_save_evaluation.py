"""An evaluation as files that the user chose a place for."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.evaluation import read_evaluation
from finetune_gui.jobs.save_evaluation import SaveEvaluation, free_name
from tests.helpers.evaluated_run import make_evaluation

QUIET = JobContext(lambda _event: None)


def test_what_is_saved_is_what_was_judged(tmp_path: Path) -> None:
    found = make_evaluation(tmp_path / "in", unreadable=1)
    out = tmp_path / "out"
    out.mkdir()
    folder = SaveEvaluation(found, out, "evaluation").run(QUIET)
    assert folder == out / "evaluation"
    assert read_evaluation(RunFolder(out)) == found
    assert [p.name for p in out.iterdir()] == ["evaluation"]


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run test").mkdir()
    (tmp_path / "run test" / "mine.txt").write_text("mine", encoding="utf-8")
    found = make_evaluation(tmp_path / "in")
    folder = SaveEvaluation(found, tmp_path, "run test").run(QUIET)
    assert folder.name == "run test 2"
    assert [p.name for p in (tmp_path / "run test").iterdir()] == ["mine.txt"]


def test_a_place_that_is_gone_is_an_error(tmp_path: Path) -> None:
    found = make_evaluation(tmp_path / "in")
    with pytest.raises(OSError, match="gone"):
        SaveEvaluation(found, tmp_path / "gone", "run").run(QUIET)


def test_free_names_count_up(tmp_path: Path) -> None:
    for name in ("run", "run 2"):
        (tmp_path / name).touch()
    assert free_name(tmp_path, "run") == tmp_path / "run 3"
    assert free_name(tmp_path, "other") == tmp_path / "other"
