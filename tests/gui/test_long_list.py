"""How tables are chosen from."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QStringListModel, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from finetune_gui.gui.widgets.long_list import OpeningTable, look_like_a_list


@pytest.fixture
def table(qtbot: QtBot) -> OpeningTable:
    table = OpeningTable()
    qtbot.addWidget(table)
    table.setModel(QStringListModel(["shoe", "dress"], table))
    look_like_a_list(table, 30, 4)
    table.show()
    return table


def test_a_double_click_opens_a_row_once(table: OpeningTable) -> None:
    opened: list[int] = []
    table.opened.connect(lambda index: opened.append(index.row()))
    place = table.visualRect(table.model().index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == []
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [1]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_row_that_is_chosen(table: OpeningTable, key: Qt.Key) -> None:
    opened: list[int] = []
    table.opened.connect(lambda index: opened.append(index.row()))
    table.setCurrentIndex(QModelIndex())
    QTest.keyClick(table, key)
    assert opened == []
    table.selectRow(0)
    QTest.keyClick(table, key)
    assert opened == [0]
