"""The list of runs, with four in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core import events
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.compared_runs import entries, make_run
from tests.helpers.displayed import displayed


@pytest.fixture
def runs(paths: AppPaths, tmp_path: Path) -> dict[str, RunFolder]:
    """The oldest first: a first try, a copy of it, one of another dataset, one that failed."""
    changed = with_values(Recipe(), {"optim.lr": 0.5, "train.epochs": 3})
    pets, zoo = tmp_path / "pets", tmp_path / "zoo"
    some, others = entries(4), entries(4, first=2)
    error = (fake.STARTED, events.RunFailed("error-out-of-memory"))
    return {
        "first": make_run(paths.runs / "first", pets, samples=some),
        "copy": make_run(
            paths.runs / "copy", pets, samples=others, recipe=changed, parent="first", age=1
        ),
        "zoo": make_run(paths.runs / "zoo run", zoo, samples=some, parent="gone", age=2),
        "failed": make_run(paths.runs / "failed", pets, told=error, age=3),
    }


@pytest.fixture
def page(session: Session, runs: dict[str, RunFolder], qtbot: QtBot) -> RunsPage:
    made = displayed(qtbot, RunsPage(session), (1060, 640))
    made.on_shown()
    qtbot.waitUntil(lambda: made.model.rowCount() == len(runs))
    return made
