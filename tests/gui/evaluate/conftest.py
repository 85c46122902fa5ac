"""The Evaluate page with the engine loaded, and a way to open runs in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.run_folder import RunFolder
from finetune_gui.gui.pages.evaluate import EvaluatePage
from finetune_gui.gui.session import Session
from tests.helpers.displayed import displayed

LONG_MS = 60_000


@pytest.fixture
def ready(qtbot: QtBot, session: Session) -> Session:
    """A session whose engine is loaded."""
    session.load_torch()
    qtbot.waitUntil(lambda: session.torch_state == "ready", timeout=LONG_MS)
    return session


@pytest.fixture
def page(qtbot: QtBot, ready: Session) -> EvaluatePage:
    return displayed(qtbot, EvaluatePage(ready))


@pytest.fixture
def show(qtbot: QtBot, page: EvaluatePage) -> Callable[[RunFolder], None]:
    """Open a run and wait until the page has settled."""

    def open_run(run: RunFolder) -> None:
        session = page.session
        session.open_run(run.path)
        qtbot.waitUntil(lambda: session.run is not None and session.run.path == run.path)
        qtbot.waitUntil(lambda: page.view != "busy")

    return open_run
