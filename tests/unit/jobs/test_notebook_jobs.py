"""Reading runs into the lab notebook, and saving it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from finetune_gui.core import atomic
from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.messages import speaking, tr
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.jobs.notebook import MakeNotebook, SaveHtml, SaveNotebook
from tests.helpers.notebook_runs import DATASET, HOSTILE, make_runs


@pytest.fixture
def runs(tmp_path: Path) -> dict[str, RunFolder]:
    return make_runs(tmp_path / "runs")


@pytest.fixture
def ctx() -> JobContext:
    return JobContext(lambda _event: None)


def test_it_has_the_runs_of_the_same_photos_in_order(
    runs: dict[str, RunFolder], ctx: JobContext
) -> None:
    notebook = MakeNotebook(runs["second"].path).run(ctx)
    assert notebook.dataset == DATASET
    assert [e.name for e in notebook.entries] == ["first", "second", "third", "failed"]
    first, second, third, failed = notebook.entries
    assert first.starred
    assert first.title == f"Erster {HOSTILE}"
    assert first.test is not None
    assert (second.before, second.before_is_parent) == (first.title, True)
    assert (third.before, third.before_is_parent) == ("second", False)
    assert failed.failure is not None
    assert failed.validation is None
    assert "lr_too_high" in [finding.name for finding in second.findings]


def test_chosen_runs_alone_whatever_they_learned_from(
    runs: dict[str, RunFolder], ctx: JobContext
) -> None:
    chosen = (runs["others"].path, runs["second"].path)
    notebook = MakeNotebook(runs["second"].path, chosen).run(ctx)
    assert [e.name for e in notebook.entries] == ["second", "others"]
    # Its parent is known though it is not in the notebook.
    assert notebook.entries[0].before_is_parent


def test_broken_runs_are_left_out(runs: dict[str, RunFolder], ctx: JobContext) -> None:
    runs["third"].manifest_file.write_text("{", encoding="utf-8")
    notebook = MakeNotebook(runs["first"].path).run(ctx)
    assert [e.name for e in notebook.entries] == ["first", "second", "failed"]
    with pytest.raises(RunError):
        MakeNotebook(runs["third"].path).run(ctx)


def test_it_can_be_cancelled(runs: dict[str, RunFolder], ctx: JobContext) -> None:
    ctx.control.cancel()
    with pytest.raises(Cancelled):
        MakeNotebook(runs["first"].path).run(ctx)


def test_it_is_saved_in_the_language_that_was_chosen(
    runs: dict[str, RunFolder], ctx: JobContext, tmp_path: Path
) -> None:
    notebook = MakeNotebook(runs["first"].path).run(ctx)
    out = tmp_path / "笔记.html"
    assert SaveHtml(notebook, out, "zh_CN").run(ctx) == out
    text = out.read_text(encoding="utf-8")
    with speaking("zh_CN"):
        assert tr("notebook-happened") in text
    assert tr("notebook-happened") not in text
    assert HOSTILE not in text


@pytest.mark.parametrize("place", ["folder", "missing/notebook.html"])
def test_a_place_that_is_none_is_named(
    place: str, runs: dict[str, RunFolder], ctx: JobContext, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError) as caught:
        SaveNotebook(runs["first"].path, tmp_path / place).run(ctx)
    assert str(tmp_path) in caught.value.sentence
    assert caught.value.next_step


def test_a_full_disk_leaves_what_was_there(
    runs: dict[str, RunFolder],
    ctx: JobContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "notebook.html"
    out.write_text("before", encoding="utf-8")

    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(atomic, "_fsync", full)
    with pytest.raises(OSError, match="full"):
        SaveNotebook(runs["first"].path, out).run(ctx)
    assert out.read_text(encoding="utf-8") == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notebook.html", "runs"]
