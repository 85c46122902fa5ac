"""Opening photos in a session."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from finetune_gui.gui.session import Session


def open_and_split(session: Session, photos: Path, qtbot: QtBot) -> None:
    session.open_dataset(photos)
    qtbot.waitUntil(lambda: session.dataset is not None and session.dataset.source == photos)
    qtbot.waitUntil(lambda: bool(session.splits))
