"""The Train page: its buttons by state, figures, banners and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import EnsembleMade, RunFailed, RunPaused
from finetune_gui.core.history import from_events
from finetune_gui.core.job import JobState
from finetune_gui.core.messages import set_language
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui import run_desk
from finetune_gui.gui.pages.train import TrainPage
from finetune_gui.gui.pages.train_words import clock, seconds_left
from finetune_gui.gui.widgets.recipe_editors import NumberEditor
from tests.helpers import fake_training as fake
from tests.helpers import train_story as story
from tests.helpers.train_page import button, click, half, show, whole


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[fake.Script]:
    """The fake training; set ``way`` to let it end."""
    script = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(fake.FakeResume, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    monkeypatch.setattr(run_desk, "Resume", fake.FakeResume)
    yield script
    script.way.set()


def visible(page: QWidget) -> set[str]:
    """The names of the header's buttons that can be seen."""
    names = ("startButton", "pauseButton", "stopButton", "continueButton")
    return {name for name in names if button(page, name).isVisible()}


def start(qtbot: QtBot, page: TrainPage) -> None:
    """Start the fake training and wait until its first step has arrived."""
    click(page, "startButton")
    qtbot.waitUntil(lambda: len(page.curves.loss_step) == 1)


class TestStart:
    def test_says_why_it_cannot_and_offers_the_way(self, qtbot: QtBot, page: TrainPage) -> None:
        start_button = button(page, "startButton")
        assert not start_button.isEnabled()
        assert start_button.toolTip()
        assert page.status.line.text() == start_button.toolTip()
        with qtbot.waitSignal(page.navigate) as asked:
            click(page, "statusAction")
        assert asked.args == ["data"]

    def test_is_primary_and_ready_once_photos_are_split(self, ready: TrainPage) -> None:
        assert visible(ready) == {"startButton"}
        start_button = button(ready, "startButton")
        assert start_button.isEnabled()
        assert start_button.property("role") == "primary"
        assert start_button.text() == "Start training"
        assert "2 classes" in ready.status.line.text()
        assert not button(ready, "statusAction").isVisible()

    def test_the_keyboard_starts_it(
        self, qtbot: QtBot, ready: TrainPage, training: fake.Script
    ) -> None:
        start_button = button(ready, "startButton")
        start_button.setFocus()
        QTest.keyClick(start_button, Qt.Key.Key_Space)
        qtbot.waitUntil(training.inside.is_set)
        assert ready.session.run_state is RunState.RUNNING

    def test_one_combination_of_keys_starts_it_from_anywhere(
        self, qtbot: QtBot, ready: TrainPage, training: fake.Script
    ) -> None:
        set_language("zh_CN")
        ready.activateWindow()
        ready.setFocus()
        QTest.keyClick(ready, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(training.inside.is_set)
        assert ready.session.run_state is RunState.RUNNING


class TestRunning:
    @pytest.mark.usefixtures("training")
    def test_shows_pause_and_stop_alone(self, qtbot: QtBot, ready: TrainPage) -> None:
        start(qtbot, ready)
        assert visible(ready) == {"pauseButton", "stopButton"}
        assert button(ready, "stopButton").text() == "Stop and keep the best"
        assert ready.rail_subtitle() == "Epoch 1 of 4"
        assert not ready.rail_done()

    @pytest.mark.usefixtures("training")
    def test_shows_figures_and_how_far_it_is(self, qtbot: QtBot, ready: TrainPage) -> None:
        start(qtbot, ready)
        qtbot.waitUntil(lambda: "step 1 of 8" in ready.status.line.text())
        assert ready.status.tiles["baseline"].value.text() == "75.0 %"
        assert ready.status.tiles["accuracy"].value.text() == "75.0 %"
        assert ready.status.tiles["loss"].value.text() == "0.600"
        assert ready.status.tiles["speed"].value.text() == "20.0 photos/s"
        assert (ready.status.bar.value(), ready.status.bar.maximum()) == (1, 8)

    @pytest.mark.usefixtures("training")
    def test_pausing_says_so_and_ends_in_continue(self, qtbot: QtBot, ready: TrainPage) -> None:
        start(qtbot, ready)
        states: list[tuple[JobState, str, bool]] = []
        job = ready.session.training
        assert job is not None
        pause = button(ready, "pauseButton")
        ready.session.training_changed.connect(
            lambda: states.append((job.state, pause.text(), pause.isEnabled()))
        )
        click(ready, "pauseButton")
        assert (JobState.PAUSING, "Pausing…", False) in states
        qtbot.waitUntil(lambda: ready.session.run_state is RunState.PAUSED)
        assert visible(ready) == {"startButton", "continueButton"}
        go_on = button(ready, "continueButton")
        assert go_on.text() == "Continue from epoch 1"
        assert go_on.property("role") == "primary"
        assert button(ready, "startButton").property("role") == "secondary"
        assert button(ready, "startButton").text() == "Start a new run"
        assert ready.rail_subtitle() == "Paused"

    def test_continue_goes_on_with_the_same_run(
        self, qtbot: QtBot, ready: TrainPage, training: fake.Script
    ) -> None:
        start(qtbot, ready)
        click(ready, "pauseButton")
        qtbot.waitUntil(lambda: ready.session.run_state is RunState.PAUSED)
        run = ready.session.run
        assert run is not None
        training.way.set()
        click(ready, "continueButton")
        qtbot.waitUntil(lambda: ready.session.run_state is RunState.FINISHED)
        assert ready.session.run is not None
        assert ready.session.run.path == run.path

    @pytest.mark.usefixtures("training")
    def test_stopping_says_so_and_keeps_the_best(self, qtbot: QtBot, ready: TrainPage) -> None:
        start(qtbot, ready)
        seen: list[str] = []
        stop = button(ready, "stopButton")
        ready.session.training_changed.connect(
            lambda: seen.append("" if stop.isEnabled() else stop.text())
        )
        click(ready, "stopButton")
        assert "Stopping…" in seen
        qtbot.waitUntil(lambda: ready.session.run_state is RunState.FINISHED)
        assert ready.banner.isVisible()
        assert "You stopped the run" in ready.banner.text.text()
        assert visible(ready) == {"startButton"}

    def test_the_form_is_read_only_and_shows_the_recipe_of_the_run(
        self, qtbot: QtBot, ready: TrainPage, training: fake.Script
    ) -> None:
        ready.session.change_recipe({"train.epochs": 13})
        start(qtbot, ready)
        epochs = ready.findChild(NumberEditor, "field-train.epochs")
        assert epochs is not None
        assert not epochs.isEnabled()
        ready.session.change_recipe({"train.epochs": 2})
        assert epochs.text() == "13 epochs"
        training.way.set()
        qtbot.waitUntil(lambda: ready.session.run_state is RunState.FINISHED)
        assert epochs.isEnabled()
        assert epochs.text() == "2 epochs"

    @pytest.mark.usefixtures("training")
    def test_another_run_can_be_looked_at_meanwhile(
        self, qtbot: QtBot, ready: TrainPage, tmp_path: Path
    ) -> None:
        start(qtbot, ready)
        live = ready.session.run
        assert live is not None
        show(qtbot, ready, tmp_path / "old", whole())
        assert not button(ready, "startButton").isEnabled()
        assert "pauseButton" not in visible(ready)
        assert ready.status.line.text() == "Another run is being trained right now."
        click(ready, "statusAction")
        qtbot.waitUntil(lambda: visible(ready) == {"pauseButton", "stopButton"})
        assert ready.session.run is not None
        assert ready.session.run.path == live.path
        assert len(ready.curves.loss_step) == 1


class TestEnd:
    def test_a_win_of_fine_tuning_says_by_how_much_and_leads_to_evaluate(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", whole())
        assert page.banner.heading.text() == "Fine-tuning won with 97.5 %"
        assert "7.5 percentage points" in page.banner.text.text()
        assert "epoch 4" in page.banner.text.text()
        assert page.rail_done()
        with qtbot.waitSignal(page.navigate) as asked:
            click(page, "evaluateButton")
        assert asked.args == ["evaluate"]

    def test_a_baseline_that_was_not_beaten_is_no_failure(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        end = replace(
            story.FINISHED, winner="baseline", winner_epoch=0, val_accuracy=story.BASELINE
        )
        show(qtbot, page, tmp_path / "run", [*whole()[:-1], end])
        assert page.banner.heading.text() == "The baseline stays the best with 90.0 %"
        assert "evaluateButton" in {b.objectName() for b in page.banner.findChildren(QPushButton)}

    def test_a_perfect_baseline_gets_no_advice(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        end = replace(story.FINISHED, winner="baseline", winner_epoch=0, val_accuracy=1.0)
        show(qtbot, page, tmp_path / "run", [*whole()[:-1], end])
        assert page.banner.heading.text() == "The baseline stays the best with 100.0 %"
        assert "nothing left" in page.banner.text.text()

    def test_an_early_end_says_why(self, qtbot: QtBot, page: TrainPage, tmp_path: Path) -> None:
        end = replace(story.FINISHED, reason="early_stop")
        show(qtbot, page, tmp_path / "run", [*half(), end], **{"train.patience": 3})
        assert "had not improved for 3 epochs" in page.banner.text.text()

    def test_a_failure_says_what_to_do_and_offers_to_continue(
        self, qtbot: QtBot, page: TrainPage, training: fake.Script, tmp_path: Path
    ) -> None:
        told = [*half(), RunFailed("error-out-of-memory", time=story.BEGUN + 90)]
        show(qtbot, page, tmp_path / "run", told)
        error = UserError("error-out-of-memory")
        assert page.banner.heading.text() == error.sentence
        assert page.banner.text.text() == error.next_step
        assert page.rail_subtitle() == "Failed"
        training.way.set()
        click(page, "continueFailedButton")
        qtbot.waitUntil(lambda: page.session.run_state is RunState.FINISHED)

    def test_what_would_only_fail_again_cannot_be_continued(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        failed = RunFailed("error-loss-not-finite", {"step": 21, "lr": "10"})
        show(qtbot, page, tmp_path / "run", [*half(), failed])
        assert "step 21" in page.banner.heading.text()
        assert page.banner.findChild(QPushButton, "continueFailedButton") is None
        assert visible(page) == {"startButton"}

    def test_an_error_of_a_newer_version_is_still_a_sentence(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", [*half(), RunFailed("error-from-the-future")])
        assert "error-from-the-future" in page.banner.heading.text()

    def test_a_failure_while_it_trains_reaches_the_page(
        self, qtbot: QtBot, ready: TrainPage, training: fake.Script
    ) -> None:
        training.error = UserError("error-out-of-memory")
        start(qtbot, ready)
        training.way.set()
        qtbot.waitUntil(ready.banner.isVisible)
        assert ready.banner.heading.text() == training.error.sentence

    def test_a_dismissed_banner_stays_away(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", whole())
        page.banner.dismiss()
        page.session.change_recipe({"train.epochs": 3})
        assert not page.banner.isVisible()


class TestOpened:
    def test_a_run_opened_later_shows_the_same(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", [*half(), RunPaused(20, time=story.BEGUN + 40)])
        assert len(page.curves.loss_step) == 20
        assert page.status.tiles["baseline"].value.text() == "90.0 %"
        assert page.status.tiles["accuracy"].value.text() == "96.9 %"
        assert page.status.tiles["speed"].value.text() == "–"
        assert (page.status.bar.value(), page.status.bar.maximum()) == (20, 40)
        assert button(page, "continueButton").text() == "Continue from epoch 3"
        assert "apple/bad.jpg" in page.log.toPlainText()

    def test_a_model_made_of_several_says_so_and_has_no_curves(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        told = [story.beginning(4, 10)[0], EnsembleMade(5, 0.925, 40), story.FINISHED]
        show(qtbot, page, tmp_path / "run", told)
        assert page.status.tiles["accuracy"].value.text() == "92.5 %"
        assert page.status.tiles["baseline"].value.text() == "–"
        assert page.status.bar.value() == page.status.bar.maximum()
        assert "5 models" in page.banner.heading.text()
        assert page.plots.loss.empty.text().startswith("This model is made of several")
        assert page.coach.currentWidget() is page.coach.joined
        assert page.rail_subtitle() == "92.5 % accuracy"
        assert "continueButton" not in visible(page)

    def test_an_interrupted_run_says_so(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", half())
        assert "interrupted at step 20 of 40" in page.status.line.text()
        assert "continueButton" in visible(page)

    def test_a_run_that_another_program_trains_is_followed(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        path = tmp_path / "run"
        told = half()
        run = story.write_run(path, told[:10], Recipe())
        with run.locked():
            page.session.open_run(path)
            qtbot.waitUntil(lambda: page.session.run_state is RunState.RUNNING)
            assert "pauseButton" not in visible(page)
            assert "Another program" in page.status.line.text()
            for event in told[10:]:
                run.append_event(event)
            qtbot.waitUntil(lambda: len(page.curves.loss_step) == 20, timeout=5000)
            qtbot.waitUntil(lambda: "step 20 of 40" in page.status.line.text())
        qtbot.waitUntil(lambda: page.session.run_state is RunState.INTERRUPTED, timeout=5000)

    def test_another_run_replaces_everything(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "one", whole())
        show(qtbot, page, tmp_path / "two", story.beginning(4, 10))
        assert len(page.curves.loss_step) == 0
        assert page.status.tiles["accuracy"].value.text() == "90.0 %"
        assert not page.banner.isVisible()
        assert "Epoch 4" not in page.log.toPlainText()

    def test_a_hidden_page_catches_up_when_it_is_shown(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        page.hide()
        show(qtbot, page, tmp_path / "run", half())
        page.show()
        qtbot.waitUntil(lambda: page.plots.loss.canvas.points_drawn("val_loss") == 3)
        assert page.status.tiles["baseline"].value.text() == "90.0 %"


class TestWords:
    @pytest.mark.parametrize(
        ("seconds", "text"), [(0, "0:00"), (48.4, "0:48"), (61, "1:01"), (3725, "1:02:05")]
    )
    def test_times(self, seconds: float, text: str) -> None:
        assert clock(seconds) == text

    def test_time_left_comes_from_steps_and_then_from_epochs(self) -> None:
        told = [*story.beginning(4, 10), *story.fine_tuning(1, 5, 10, epochs=4)]
        assert seconds_left(from_events(told), story.BEGUN) == pytest.approx(35.0)
        told += story.fine_tuning(6, 14, 10, epochs=4)
        assert seconds_left(from_events(told), story.BEGUN) == pytest.approx(30.0 - 4.0)

    def test_time_left_of_a_run_that_went_on_forgets_the_night_between(self) -> None:
        told = [*story.beginning(4, 10), *story.fine_tuning(1, 14, 10, epochs=4)]
        history = from_events(told)
        assert history.started is not None
        morning = story.BEGUN + 36_000
        history.started = replace(
            history.started, time=morning, resumed_at_step=10, estimated_seconds=80.0
        )
        assert seconds_left(history, morning + 5) == pytest.approx(80 * 0.75 - 5)

    def test_time_left_is_at_first_that_of_the_trial(self) -> None:
        history = from_events(story.beginning(4, 10))
        assert seconds_left(history, story.BEGUN + 12) is None
        assert history.started is not None
        history.started = replace(history.started, estimated_seconds=100.0)
        assert seconds_left(history, story.BEGUN + 12) == pytest.approx(88.0)
        assert seconds_left(history, story.BEGUN + 120) is None

    def test_everything_follows_the_language(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", whole())
        set_language("zh_CN")
        assert button(page, "startButton").text() == "开始新的训练"
        assert page.banner.heading.text() == "微调胜出，准确率 97.5%"
        assert page.status.tiles["accuracy"].value.text() == "97.9%"
        assert page.rail_subtitle() == "准确率 97.9%"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_page_fits_the_smallest_window(
    qtbot: QtBot, page: TrainPage, tmp_path: Path, language: str
) -> None:
    set_language(language)
    told = [*half(), RunFailed("error-out-of-memory", time=story.BEGUN + 90)]
    show(qtbot, page, tmp_path / "run", told)
    page.form.advanced_button.setChecked(True)
    hint = page.minimumSizeHint()
    assert hint.width() <= 1024 - 208
    assert hint.height() <= 700 - 36


def test_everything_that_can_be_used_has_a_name(
    qtbot: QtBot, page: TrainPage, tmp_path: Path
) -> None:
    show(qtbot, page, tmp_path / "run", whole())
    for widget in page.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_")  # a part of a widget that has a name
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
            assert widget.objectName(), (widget, widget.parentWidget())
            assert widget.accessibleName(), widget.objectName()
