"""Where Tab goes to what was put into a window later."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.gui.widgets.basic import Banner
from tests.helpers.displayed import displayed
from tests.helpers.tabs import tabbed_from


def test_buttons_of_a_banner_come_before_what_is_below_it(qtbot: QtBot) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    above, banner, below = QPushButton(), Banner("banner"), QPushButton()
    for widget in (above, banner, below):
        column.addWidget(widget)
    displayed(qtbot, page, (400, 300))
    banner.say_text("info", "Trained")
    use = banner.add_button(QPushButton(), lambda: None)
    run = banner.add_button(QPushButton(), lambda: None)
    qtbot.waitUntil(run.isVisible)
    assert tabbed_from(above) == [banner.close_button, use, run, below]
