"""Plots of curves: growth, zoom, cross-hair, colours, speed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.events import Event
from finetune_gui.core.history import from_events
from finetune_gui.core.messages import set_language
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import DARK, LIGHT
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from finetune_gui.gui.widgets.plot_data import Series
from tests.helpers import train_story as story
from tests.helpers.curve_data import VAL, Data, color_seen


def viewport(plot: CurvePlot) -> QWidget:
    area = plot.canvas.widget
    assert isinstance(area, QAbstractScrollArea)
    return area.viewport()


def at(plot: CurvePlot, x: float) -> QPoint:
    return QPoint(plot.canvas.pixel(x), plot.height() // 2)


class TestView:
    def test_everything_is_in_view_and_stays_there_as_curves_grow(
        self, plot: CurvePlot, data: Data
    ) -> None:
        view = plot.canvas.view
        assert view.left() <= 0
        assert view.right() >= 4
        assert view.top() <= 0  # the floor
        assert view.bottom() >= 1.3
        data.val.extend([3.0], [2.5])
        data.step.extend([5.0], [0.1])
        plot.refresh()
        assert plot.canvas.view.bottom() >= 2.5
        assert plot.canvas.view.right() >= 5.0

    def test_one_wild_step_does_not_flatten_the_curves(self, plot: CurvePlot, data: Data) -> None:
        data.step.extend(np.linspace(2.01, 3, 300), np.full(300, 0.5))
        data.step.extend([3.01], [400.0])
        plot.refresh()
        assert plot.canvas.view.bottom() < 5

    def test_curves_that_never_change_get_a_sensible_axis(
        self, qtbot: QtBot, session: Session
    ) -> None:
        perfect = Series()
        perfect.extend([0, 1, 2], [1.0, 1.0, 1.0])
        plot = CurvePlot(
            session, "p", "train-plot-accuracy", [(VAL, perfect)], Scale(ceiling=1.0, least=0.1)
        )
        qtbot.addWidget(plot)
        qtbot.addWidget(plot.tools)
        plot.resize(600, 240)
        plot.refresh()
        assert 0.85 < plot.canvas.view.top() < 0.9
        assert 1.0 < plot.canvas.view.bottom() < 1.02

    @pytest.mark.parametrize("epochs", [2, 3, 8, 40])
    def test_only_whole_epochs_are_marked(self, plot: CurvePlot, data: Data, epochs: int) -> None:
        data.val.extend(np.arange(3.0, epochs + 1), np.ones(max(0, epochs - 2)))
        plot.refresh()
        marks = plot.canvas.ticks("bottom")
        assert len(marks) >= 2
        assert all(mark == int(mark) for mark in marks)

    def test_the_baseline_is_in_view(self, plot: CurvePlot) -> None:
        plot.set_level(3.0, "train-plot-baseline")
        plot.refresh()
        assert plot.canvas.view.bottom() > 3.0

    def test_without_curves_there_is_a_sentence_and_no_figures(
        self, plot: CurvePlot, data: Data
    ) -> None:
        assert not plot.empty.isVisible()
        for series in (data.step, data.mean, data.val):
            series.clear()
        plot.refresh()
        assert plot.empty.isVisible()
        assert plot.empty.text() == "The curves appear here during training."

    def test_the_wheel_zooms_and_a_double_click_shows_all(
        self, plot: CurvePlot, data: Data
    ) -> None:
        whole = plot.canvas.view.width()
        wheel(plot, at(plot, 1.0), 240)
        assert plot.canvas.view.width() < whole
        assert not plot.follows
        assert plot.all_button.isVisible()
        seen = plot.canvas.view
        data.step.extend([2.1], [9.0])
        plot.refresh()
        assert plot.canvas.view == seen, "new points must not move what the user looks at"
        double_click(plot, at(plot, 1.0))
        assert plot.follows
        assert not plot.all_button.isVisible()
        assert plot.canvas.view.width() == pytest.approx(whole)

    def test_dragging_moves_the_view(self, qtbot: QtBot, plot: CurvePlot) -> None:
        wheel(plot, at(plot, 2.0), 480)
        before = plot.canvas.view.left()
        drag(plot, at(plot, 2.0), 80)
        assert plot.canvas.view.left() < before
        qtbot.mouseClick(plot.all_button, Qt.MouseButton.LeftButton)
        assert plot.follows

    def test_the_keyboard_can_do_the_same(self, plot: CurvePlot) -> None:
        plot.setFocus()
        whole = plot.canvas.view.width()
        QTest.keyClick(plot, Qt.Key.Key_Plus)
        assert plot.canvas.view.width() < whole
        QTest.keyClick(plot, Qt.Key.Key_Right)
        assert plot.readout.isVisible()
        QTest.keyClick(plot, Qt.Key.Key_Escape)
        assert not plot.readout.isVisible()
        QTest.keyClick(plot, Qt.Key.Key_Home)
        assert plot.canvas.view.width() == pytest.approx(whole)


def wheel(plot: CurvePlot, where: QPoint, turn: int) -> None:
    inside = viewport(plot)
    event = QWheelEvent(
        QPointF(where),
        QPointF(inside.mapToGlobal(where)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(inside, event)


def mouse(plot: CurvePlot, kind: QEvent.Type, where: QPoint, *, held: bool) -> None:
    inside = viewport(plot)
    left = Qt.MouseButton.LeftButton
    none = Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    event = QMouseEvent(
        kind,
        QPointF(where),
        QPointF(inside.mapToGlobal(where)),
        button,
        left if held else none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(inside, event)


def double_click(plot: CurvePlot, where: QPoint) -> None:
    """As Qt sends it to a widget; QTest.mouseDClick sends nothing on the offscreen platform."""
    mouse(plot, QEvent.Type.MouseButtonPress, where, held=True)
    mouse(plot, QEvent.Type.MouseButtonRelease, where, held=False)
    mouse(plot, QEvent.Type.MouseButtonDblClick, where, held=True)
    mouse(plot, QEvent.Type.MouseButtonRelease, where, held=False)


def drag(plot: CurvePlot, start: QPoint, right: int) -> None:
    mouse(plot, QEvent.Type.MouseButtonPress, start, held=True)
    for part in (right // 2, right):
        QTest.qWait(20)  # pyqtgraph takes moves at its own pace
        mouse(plot, QEvent.Type.MouseMove, start + QPoint(part, 0), held=True)
    mouse(plot, QEvent.Type.MouseButtonRelease, start + QPoint(right, 0), held=False)


class TestCrossHair:
    def test_shows_the_value_of_every_curve_at_that_x(self, plot: CurvePlot) -> None:
        mouse(plot, QEvent.Type.MouseMove, at(plot, 1.0), held=False)
        assert plot.readout.isVisible()
        text = plot.readout.text()
        assert "Epoch 1.0" in text or "Epoch 0.99" in text
        for value in ("0.700", "0.750", "0.800"):
            assert value in text
        for name in ("Training, each step", "Training, mean of an epoch", "Validation"):
            assert name in text

    def test_stays_inside_the_plot_at_the_right_edge(self, plot: CurvePlot, data: Data) -> None:
        data.step.extend([3.9], [0.2])
        plot.refresh()
        mouse(plot, QEvent.Type.MouseMove, at(plot, 3.9), held=False)
        assert plot.readout.isVisible()
        assert plot.readout.geometry().right() <= plot.width()

    def test_goes_away_with_the_mouse(self, plot: CurvePlot) -> None:
        mouse(plot, QEvent.Type.MouseMove, at(plot, 1.0), held=False)
        QApplication.sendEvent(plot.canvas.widget, QEvent(QEvent.Type.Leave))
        assert not plot.readout.isVisible()

    def test_values_follow_the_curves_as_they_grow(self, plot: CurvePlot, data: Data) -> None:
        mouse(plot, QEvent.Type.MouseMove, at(plot, 2.1), held=False)
        data.mean.extend([2.1], [0.111])
        plot.refresh()
        assert "0.111" in plot.readout.text()


class TestLooks:
    def test_colours_follow_the_theme(self, session: Session, plot: CurvePlot) -> None:
        session.set_theme("light")
        plot.refresh()
        light = plot.grab().toImage()
        assert color_seen(light, LIGHT.validation)
        assert color_seen(light, LIGHT.surface)
        session.set_theme("dark")
        dark = plot.grab().toImage()
        assert color_seen(dark, DARK.validation)
        assert color_seen(dark, DARK.surface)
        assert not color_seen(dark, LIGHT.surface)

    def test_words_follow_the_language(self, plot: CurvePlot) -> None:
        mouse(plot, QEvent.Type.MouseMove, at(plot, 1.0), held=False)
        set_language("zh_CN")
        assert plot.accessibleName() == "损失"
        assert plot.menu_button.toolTip() == "保存曲线"
        assert "验证" in plot.readout.text()

    def test_a_right_click_offers_our_menu_and_no_other(
        self, qtbot: QtBot, plot: CurvePlot
    ) -> None:
        where = at(plot, 1.0)
        qtbot.mouseClick(viewport(plot), Qt.MouseButton.RightButton, pos=where)
        assert QApplication.activePopupWidget() is None
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, plot.mapToGlobal(where))
        QApplication.sendEvent(plot, event)
        menu = plot.findChild(QMenu)
        assert menu is not None
        assert [action.text() for action in menu.actions()] == [
            "Show everything",
            "Save as a picture (PNG)…",
            "Save as a table (CSV)…",
        ]
        menu.close()


def test_thousands_of_steps_are_drawn_as_few_lines(plot: CurvePlot, data: Data) -> None:
    events: list[Event] = [*story.beginning(50, 1000)]
    events += [story.step(number, 1000) for number in range(1, 50_001)]
    curves = RunCurves()
    curves.load(from_events(events))
    data.step.clear()
    data.step.extend(curves.loss_step.xs, curves.loss_step.ys)
    plot.set_span(50)
    plot.refresh()
    plot.grab()
    assert len(curves.loss_step) == 50_000
    assert plot.canvas.points_drawn("step") < 6 * plot.width()
    plot.canvas.set_view((10.0, 10.01), (0.0, 1.0))
    plot.grab()
    assert plot.canvas.points_drawn("step") < 40, "zoomed in, the points outside are left out"
