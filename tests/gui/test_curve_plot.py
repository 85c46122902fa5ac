"""Plots and the curves in them: growth, resumed runs, zoom, cross-hair, export, speed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.events import Event, RolledBack
from finetune_gui.core.history import from_events
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import set_language
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import DARK, LIGHT
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_export import save_picture, table_job
from finetune_gui.gui.widgets.plot_legend import Curve
from tests.helpers import train_story as story

STEP = Curve("step", "train-plot-training-step", "accent", "thin")
MEAN = Curve("mean", "train-plot-training-mean", "accent")
VAL = Curve("val", "train-plot-validation", "validation", "dashed")


class Data:
    """Three series as a run of 4 epochs of 10 steps leaves them after epoch 2."""

    def __init__(self) -> None:
        self.step, self.mean, self.val = Series(), Series(), Series()
        xs = np.arange(1, 21) / 10
        self.step.extend(xs, 1.2 - xs / 2)
        self.mean.extend(xs, 1.25 - xs / 2)
        self.val.extend([0.0, 1.0, 2.0], [1.3, 0.8, 0.4])

    def curves(self) -> list[tuple[Curve, Series]]:
        return [(STEP, self.step), (MEAN, self.mean), (VAL, self.val)]


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
    holder.show()
    qtbot.waitExposed(holder)
    made.refresh()
    yield made
    holder.close()


def viewport(plot: CurvePlot) -> QWidget:
    area = plot.canvas.widget
    assert isinstance(area, QAbstractScrollArea)
    return area.viewport()


def at(plot: CurvePlot, x: float) -> QPoint:
    return QPoint(plot.canvas.pixel(x), plot.height() // 2)


def color_seen(image: QImage, color: str) -> bool:
    wanted = QImage(1, 1, image.format())
    wanted.fill(color)
    rgb = wanted.pixel(0, 0)
    return any(
        image.pixel(x, y) == rgb for x in range(image.width()) for y in range(image.height())
    )


class TestSeries:
    def test_grows_past_its_first_room(self) -> None:
        series = Series()
        for start in range(0, 5000, 100):
            series.extend(np.arange(start, start + 100), np.arange(start, start + 100) * 2.0)
        assert len(series) == 5000
        assert series.xs[-1] == 4999
        assert np.array_equal(series.ys, series.xs * 2)

    def test_cut_forgets_what_came_after(self) -> None:
        series = Series()
        series.extend([1, 2, 3, 4], [10, 20, 30, 40])
        series.cut(2.0)
        assert series.ys.tolist() == [10, 20]
        series.extend([3], [33])
        assert series.ys.tolist() == [10, 20, 33]

    @pytest.mark.parametrize(("x", "y"), [(1.4, 10), (1.6, 20), (0.5, 10), (3.4, 30), (9, None)])
    def test_at_gives_the_nearest_point(self, x: float, y: float | None) -> None:
        series = Series()
        series.extend([1, 2, 3], [10, 20, 30])
        assert series.at(x) == y

    def test_at_of_nothing_is_nothing(self) -> None:
        assert Series().at(0.0) is None


class TestRunCurves:
    def test_x_is_in_epochs_and_the_baseline_is_where_validation_begins(self) -> None:
        curves = RunCurves()
        curves.add([*story.beginning(4, 10), *story.fine_tuning(1, 20, 10, epochs=4)])
        assert curves.loss_step.xs[0] == pytest.approx(0.1)
        assert curves.loss_step.xs[-1] == pytest.approx(2.0)
        assert curves.val_accuracy.xs.tolist() == [0.0, 1.0, 2.0]
        assert curves.val_accuracy.ys[0] == story.BASELINE
        assert curves.best is not None
        assert curves.best.epoch == 2

    def test_the_thick_curve_is_the_mean_over_an_epoch(self) -> None:
        curves = RunCurves()
        curves.add([*story.beginning(4, 10), *story.fine_tuning(1, 25, 10, epochs=4)])
        raw = curves.loss_step.ys
        assert curves.loss_mean.ys[3] == pytest.approx(raw[:4].mean())
        assert curves.loss_mean.ys[19] == pytest.approx(raw[10:20].mean())
        assert curves.loss_mean.ys[24] == pytest.approx(raw[15:25].mean())

    def test_batches_of_any_size_give_the_same_curves_as_the_whole_story(self) -> None:
        told = [*story.beginning(6, 7), *story.fine_tuning(1, 42, 7, epochs=6)]
        live, later = RunCurves(), RunCurves()
        for start in range(0, len(told), 5):
            live.add(told[start : start + 5])
        later.load(from_events(told))
        for one, other in (
            (live.loss_step, later.loss_step),
            (live.loss_mean, later.loss_mean),
            (live.val_loss, later.val_loss),
            (live.accuracy_mean, later.accuracy_mean),
            (live.lr, later.lr),
        ):
            assert np.allclose(one.xs, other.xs)
            assert np.allclose(one.ys, other.ys)

    def test_a_resumed_run_looks_like_one_that_never_stopped(self) -> None:
        begun = story.beginning(4, 10)
        killed = [*begun, *story.fine_tuning(1, 27, 10, epochs=4)]
        resumed = [
            story.started(4, 10, resumed_at=20),
            *story.fine_tuning(21, 40, 10, epochs=4),
        ]
        broken, whole = RunCurves(), RunCurves()
        broken.add([*killed, *resumed])
        whole.add([*begun, *story.fine_tuning(1, 40, 10, epochs=4)])
        for one, other in ((broken.loss_mean, whole.loss_mean), (broken.val_loss, whole.val_loss)):
            assert one.xs.tolist() == other.xs.tolist()
            assert np.allclose(one.ys, other.ys)
        assert np.all(np.diff(broken.loss_step.xs) > 0)

    def test_what_was_rolled_back_is_replaced(self) -> None:
        curves, whole = RunCurves(), RunCurves()
        begun = story.beginning(4, 10)
        curves.add([*begun, *story.fine_tuning(1, 27, 10, epochs=4), RolledBack(20, 0.5)])
        assert curves.loss_step.xs[-1] == 2.0
        curves.add(story.fine_tuning(21, 40, 10, epochs=4))
        whole.add([*begun, *story.fine_tuning(1, 40, 10, epochs=4)])
        assert curves.loss_mean.xs.tolist() == whole.loss_mean.xs.tolist()
        assert np.allclose(curves.loss_mean.ys, whole.loss_mean.ys)

    def test_a_best_epoch_that_is_done_again_is_not_the_best_meanwhile(self) -> None:
        curves = RunCurves()
        curves.add([*story.beginning(4, 10), *story.fine_tuning(1, 20, 10, epochs=4)])
        curves.add([story.started(4, 10, resumed_at=15)])
        assert curves.best is not None
        assert curves.best.epoch == 1

    def test_a_run_that_begins_anew_forgets_the_old_curves(self) -> None:
        curves = RunCurves()
        curves.add([*story.beginning(4, 10), *story.fine_tuning(1, 20, 10, epochs=4)])
        curves.add(story.beginning(2, 5))
        assert len(curves.loss_step) == 0
        assert curves.val_loss.xs.tolist() == [0.0]
        assert curves.best is None

    def test_the_speed_is_that_of_the_last_steps(self) -> None:
        curves = RunCurves()
        assert curves.photos_per_second() is None
        curves.add([*story.beginning(4, 10), *story.fine_tuning(1, 30, 10, epochs=4)])
        assert curves.photos_per_second() == pytest.approx(20.0)


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


class TestExport:
    def test_the_picture_is_sharp_and_has_the_curves(
        self, session: Session, plot: CurvePlot, tmp_path: Path
    ) -> None:
        session.set_theme("light")
        path = tmp_path / "损失 1.png"
        save_picture(plot, path)
        image = QImage(str(path))
        assert image.width() >= 2 * plot.width()
        assert color_seen(image, LIGHT.validation)
        assert color_seen(image, LIGHT.accent)

    def test_the_table_has_every_point_in_order(self, plot: CurvePlot, tmp_path: Path) -> None:
        path = tmp_path / "loss.csv"
        table_job(plot, path).run(JobContext(lambda _event: None))
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert list(rows[0]) == ["epoch", "step", "mean", "val"]
        xs = [float(row["epoch"]) for row in rows]
        assert xs == sorted(xs)
        assert len(rows) == 21  # 20 steps and the start
        assert rows[0]["val"] == "1.3"
        assert rows[0]["step"] == ""
        last = rows[-1]
        assert (float(last["step"]), float(last["val"])) == pytest.approx((0.2, 0.4))

    def test_the_dialog_decides_where(
        self, qtbot: QtBot, plot: CurvePlot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = [str(tmp_path / "a"), str(tmp_path / "b.csv"), ""]
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (chosen.pop(0), ""))
        plot.save_picture()
        assert (tmp_path / "a.png").stat().st_size > 1000
        plot.save_table()
        qtbot.waitUntil((tmp_path / "b.csv").is_file)
        plot.save_picture()
        assert not chosen

    def test_a_folder_that_is_gone_is_said_in_a_sentence(
        self,
        qtbot: QtBot,
        session: Session,
        plot: CurvePlot,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        allow_log: Callable[[str], None],
    ) -> None:
        allow_log("SaveTable failed")
        gone = str(tmp_path / "gone" / "loss")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (gone, ""))
        with qtbot.waitSignal(session.message) as told:
            plot.save_picture()
        assert told.args is not None
        assert told.args[0].key == "error-file-gone"
        with qtbot.waitSignal(session.message) as told:
            plot.save_table()
        assert told.args is not None
        assert told.args[0].key == "error-file-gone"


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
