"""What the tests of the window around the pages do with it."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from finetune_gui.gui.main_window import MainWindow
from tests.helpers import fake_training as fake


def start(window: MainWindow, photos: Path, script: fake.Script, qtbot: QtBot) -> None:
    """Open the pets and train until the fake waits."""
    window.session.open_dataset(photos)
    qtbot.waitUntil(lambda: bool(window.session.splits))
    window.session.start_training()
    qtbot.waitUntil(script.inside.is_set)
