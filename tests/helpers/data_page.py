"""What the tests of the Data page do with it and see on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.gui.pages.data import DataPage


def opened(qtbot: QtBot, page: DataPage, path: Path) -> DataPage:
    """Open a dataset and wait until everything about it is known."""
    page.session.open_dataset(path)
    qtbot.waitUntil(lambda: page.session.opening is None and bool(page.session.splits))
    qtbot.waitUntil(lambda: not page.care.is_busy)
    return page


def button(page: QWidget, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None, name
    return found


def texts(widget: QWidget) -> list[str]:
    return [w.text() for w in widget.findChildren(QLabel) if w.isVisibleTo(widget) and w.text()]


def names(page: DataPage) -> list[str]:
    return [photo.path.name for photo in page.browser.grid.photos]
