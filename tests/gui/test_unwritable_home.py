"""A home that nothing can be written to: the window works, and says once what it cannot keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.session import Session
from finetune_gui.jobs.caches import SweepCaches
from finetune_gui.jobs.runs import ListRuns, SweepRuns
from tests.helpers.photos import make_class_folders


@pytest.fixture
def homeless(
    qapp: QApplication, tmp_path: Path, allow_log: Callable[[str], None]
) -> Iterator[Session]:
    """A session whose folders would lie in a file, where not even root can make one."""
    assert qapp is not None
    allow_log("the settings could not be saved|KeepSettings")
    (tmp_path / "file").touch()
    made = Session(AppPaths.under(tmp_path / "file" / "app"))
    yield made
    assert made.shutdown(20_000), "a job did not stop"


def test_photos_open_and_the_settings_are_missed_once(
    homeless: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    told: list[UserError | str] = []
    homeless.message.connect(told.append)
    root = make_class_folders(tmp_path / "photos", {"cat": 6, "dog": 6})
    homeless.open_dataset(root)
    qtbot.waitUntil(lambda: bool(homeless.splits))
    homeless.keeper.timer.setInterval(0)
    for key in ("model", "train"):
        homeless.settings.last_page = key
        with qtbot.waitSignal(homeless.runner.active_changed):
            homeless.save_settings()
        qtbot.waitUntil(lambda: not homeless.runner.active)
    assert [type(error) for error in told] == [UserError]


def test_what_the_start_looks_at_is_empty(homeless: Session, qtbot: QtBot) -> None:
    paths = homeless.paths
    for job in (SweepRuns(paths.runs), SweepCaches(paths), ListRuns(paths.runs)):
        handle = homeless.runner.start(job)
        with qtbot.waitSignal(handle.finished) as done:
            pass
        assert done.args in ([0], [()])
