"""A plot of three curves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from tests.helpers.curve_data import Data


@pytest.fixture
def data() -> Data:
    return Data()


@pytest.fixture
def plot(qtbot: QtBot, session: Session, data: Data) -> Iterator[CurvePlot]:
    made = CurvePlot(
        session,
        "lossPlot",
        "train-plot-loss",
        data.curves(),
        Scale(value="{:.3f}".format, floor=0.0),
    )
    holder = QWidget()
    qtbot.addWidget(holder)
    made.setParent(holder)
    made.tools.setParent(holder)
    made.setGeometry(0, 30, 600, 240)
    made.set_span(4)
    holder.resize(600, 270)
    with qtbot.waitExposed(holder):
        holder.show()
    made.refresh()
    yield made
    holder.close()
