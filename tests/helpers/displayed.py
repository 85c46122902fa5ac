"""Puts a widget on the screen of a test."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

WidgetT = TypeVar("WidgetT", bound=QWidget)
PAGE = (1072, 772)  # what the window of 1280 x 800 leaves for a page


def displayed(qtbot: QtBot, widget: WidgetT, size: tuple[int, int] = PAGE) -> WidgetT:
    """``widget`` itself, once it is exposed in this size; it goes when the test is over."""
    qtbot.addWidget(widget)
    widget.resize(*size)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget
