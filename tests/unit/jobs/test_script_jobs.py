"""Showing and saving a run as code."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import speaking, tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.jobs.script import SaveScript, SaveText, ShowScript
from tests.helpers.evaluated_run import CLASSES, make_finished_run


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = make_finished_run(tmp_path / "run 1")
    entries = tuple(ManifestEntry(f"{c}.jpg", c, "train", "1-1") for c in CLASSES)
    made.write_manifest(Manifest(str(tmp_path), CLASSES, entries))
    return made


@pytest.fixture
def ctx() -> JobContext:
    return JobContext(lambda _event: None)


def test_comments_are_in_the_language_that_was_chosen(
    run: RunFolder, paths: AppPaths, ctx: JobContext
) -> None:
    english = ShowScript(run.path, paths).run(ctx)
    chinese = ShowScript(run.path, paths, "zh_CN").run(ctx)
    assert tr("script-build") in english
    with speaking("zh_CN"):
        assert tr("script-build") in chinese


def test_it_is_saved(run: RunFolder, paths: AppPaths, ctx: JobContext, tmp_path: Path) -> None:
    out = SaveScript(run.path, paths, tmp_path / "脚本.py").run(ctx)
    assert out.read_text(encoding="utf-8") == ShowScript(run.path, paths).run(ctx)


def test_a_run_without_a_manifest_is_named(
    paths: AppPaths, ctx: JobContext, tmp_path: Path
) -> None:
    bare = make_finished_run(tmp_path / "bare")
    with pytest.raises(RunError):
        ShowScript(bare.path, paths).run(ctx)


def test_a_text_is_not_written_over_a_folder(ctx: JobContext, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        SaveText("x", tmp_path).run(ctx)
    assert caught.value.key == "error-document-is-folder"
