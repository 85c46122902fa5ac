"""The Train page, empty and with photos that are split."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.gui.pages.train import TrainPage
from finetune_gui.gui.session import Session
from tests.helpers.displayed import displayed
from tests.helpers.photos import make_class_folders


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> TrainPage:
    return displayed(qtbot, TrainPage(session))


@pytest.fixture
def ready(qtbot: QtBot, session: Session, page: TrainPage, tmp_path: Path) -> TrainPage:
    """The page with a dataset open and split."""
    photos = make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})
    session.open_dataset(photos)
    qtbot.waitUntil(lambda: bool(session.splits), timeout=30_000)  # sklearn may come first
    return page
