"""The Data page, and photos of fruit to open in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.gui.pages.data import DataPage
from finetune_gui.gui.session import Session
from tests.helpers.displayed import displayed
from tests.helpers.photos import make_class_folders

FRUIT = {"apple": 20, "pear": 20, "plum": 10}


@pytest.fixture
def fruit(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "fruit", FRUIT)


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> DataPage:
    return displayed(qtbot, DataPage(session))
