"""The points of curves: growth, resumed runs, export."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from finetune_gui.core.events import RolledBack
from finetune_gui.core.history import from_events
from finetune_gui.core.job import JobContext
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import LIGHT
from finetune_gui.gui.widgets.curve_plot import CurvePlot
from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_export import save_picture, table_job
from tests.helpers import train_story as story
from tests.helpers.curve_data import color_seen


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
