"""Photos of pets, and a session in which they are open."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.gui.session import Session
from tests.helpers.opening_photos import open_and_split
from tests.helpers.photos import make_class_folders


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})


@pytest.fixture
def opened(session: Session, photos: Path, qtbot: QtBot) -> Session:
    """A session with the pets open and split."""
    open_and_split(session, photos, qtbot)
    return session
