"""What the tests of the Train page do with it, and the runs that they open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.events import Event
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.gui.pages.train import TrainPage
from tests.helpers import train_story as story


def button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None, name
    return found


def click(page: QWidget, name: str) -> None:
    QTest.mouseClick(button(page, name), Qt.MouseButton.LeftButton)


def show(qtbot: QtBot, page: TrainPage, path: Path, told: list[Event], **values: Any) -> None:
    """Open a run in which ``told`` happened."""
    wanted = with_values(Recipe(), {"train.epochs": 4, **values})
    story.write_run(path, told, wanted)
    page.session.open_run(path)
    qtbot.waitUntil(lambda: page.session.run is not None and page.session.run.path == path)


def half() -> list[Event]:
    """Two of four epochs of ten steps."""
    return [*story.beginning(4, 10), *story.fine_tuning(1, 20, 10, epochs=4)]


def whole() -> list[Event]:
    return [*story.beginning(4, 10), *story.fine_tuning(1, 40, 10, epochs=4), story.FINISHED]
