"""A grid, and photos for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.photo_grid import PhotoGrid
from tests.helpers.photos import save_photo


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [save_photo(tmp_path / "in" / f"p{n:03}.jpg", n, (64, 48)) for n in range(60)]


@pytest.fixture
def grid(qtbot: QtBot, session: Session) -> PhotoGrid:
    made = PhotoGrid(session)
    made.resize(500, 300)
    made.set_thumbnail_size(100)
    qtbot.addWidget(made)
    return made
