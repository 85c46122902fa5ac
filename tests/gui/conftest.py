"""What tests of the window share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.job_runner import JobRunner
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import current_theme


@pytest.fixture(autouse=True)
def _system_theme(qapp: QApplication) -> Iterator[None]:
    assert qapp is not None
    yield
    current_theme().set_mode("system")


@pytest.fixture
def session(qapp: QApplication, paths: AppPaths) -> Iterator[Session]:
    """A session in an empty home; its jobs are over when the test is."""
    assert qapp is not None
    made = Session(paths)
    yield made
    assert made.shutdown(20_000), "a job did not stop"


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[JobRunner]:
    """A runner whose threads are joined when the test is over."""
    assert qapp is not None
    made = JobRunner()
    yield made
    assert made.shutdown(20_000), "a job did not stop"
