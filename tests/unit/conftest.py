"""What the tests of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from finetune_gui import cli, cli_commands
from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.samples import Dataset
from finetune_gui.jobs.self_test import Check
from tests.helpers.command_line import STORY, Fake, FakeJob, Start, no_window


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Puts a fake in the place of one of the jobs."""

    def put(name: str, does: Callable[[JobContext], Any]) -> FakeJob:
        job = FakeJob(does)
        monkeypatch.setattr(cli_commands, name, job)
        return job

    return put


@pytest.fixture
def start(tmp_path: Path, allow_log: Callable[[str], None]) -> Start:
    """Runs a command line and gives its exit status; everything is written under ``app``."""
    allow_log(r"^ERROR finetune_gui\.cli: \S+ failed$")

    def run(*words: object, window_checks: Callable[[], list[Check]] = no_window) -> int:
        argv = ["--basedir", str(tmp_path / "app"), *map(str, words)]
        return cli.run(cli.parse(argv), window_checks)

    return run


@pytest.fixture
def trained(fake: Fake, tmp_path: Path) -> FakeJob:
    """A `Train` that tells a story and leaves no weights; `OpenDataset` finds nothing on disk."""
    root = tmp_path / "fruit"
    fake("OpenDataset", lambda _ctx: Dataset(root, root, "fruit", ("apple", "梨"), (), ()))

    def tell(ctx: JobContext) -> RunFolder:
        for event in STORY:
            ctx.emit(event)
        return RunFolder(tmp_path / "run 1")

    return fake("Train", tell)
