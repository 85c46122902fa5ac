"""A way to train small runs, and leave for them to fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine.training import train
from tests.helpers.tiny import tiny_recipe
from tests.helpers.whole_runs import Start


@pytest.fixture
def start(dataset: Dataset, paths: AppPaths, tmp_path: Path) -> Start:
    """Trains into a new folder; keywords change the tiny recipe."""

    def run(ctx: JobContext, name: str = "run", **values: object) -> RunFolder:
        return train(dataset, tiny_recipe(**values), tmp_path / name, paths, ctx)

    return run


@pytest.fixture
def allow_failed_run(allow_log: Callable[[str], None]) -> None:
    """The log says that a run failed: these tests make it fail."""
    allow_log("run .* failed")
