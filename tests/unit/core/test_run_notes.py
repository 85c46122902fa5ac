from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.run_notes import RunNotes, read_notes, title_of, write_notes


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "运行 1", Recipe())


def test_a_run_without_notes_has_its_folders_name(run: RunFolder) -> None:
    assert read_notes(run) == RunNotes()
    assert title_of(run, read_notes(run)) == "运行 1"


def test_notes_come_back_as_they_were_written(run: RunFolder) -> None:
    notes = RunNotes("更小的学习率", "lr / 3, as the coach said", starred=True)
    write_notes(run, notes)
    assert read_notes(run) == notes
    assert title_of(run, notes) == "更小的学习率"


@pytest.mark.parametrize("text", ["", "[]", '{"title": "a"}', "null"])
def test_a_broken_file_is_as_good_as_none(run: RunFolder, text: str) -> None:
    run.notes_file.write_text(text, encoding="utf-8")
    assert read_notes(run) == RunNotes()
