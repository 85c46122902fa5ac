"""The window around the pages: rail, size, banner, and the status line."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, JobState, Lane
from finetune_gui.core.messages import set_language, tr
from finetune_gui.gui import main_window
from finetune_gui.gui.main_window import MINIMUM_SIZE, MainWindow
from finetune_gui.gui.rail import STEPS
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.shell import start
from tests.helpers.tiny_pages import TinyPage

_CTRL = Qt.KeyboardModifier.ControlModifier


def tiny(window: MainWindow, key: str) -> TinyPage:
    page = window.page(key)
    assert isinstance(page, TinyPage)
    return page


class TestRail:
    def test_a_click_shows_the_page(self, window: MainWindow, qtbot: QtBot) -> None:
        assert window.current == "data"
        for key in (*STEPS, "runs"):
            qtbot.mouseClick(window.rail.button(key), Qt.MouseButton.LeftButton)
            assert window.current == key
            assert window.rail.button(key).isChecked()
            assert window.session.settings.last_page == key
        assert tiny(window, "train").shown == 1

    def test_ctrl_and_a_number_show_the_page(self, window: MainWindow, qtbot: QtBot) -> None:
        window.activateWindow()
        for number, key in enumerate(STEPS, start=1):
            qtbot.keyClick(window, getattr(Qt.Key, f"Key_{number}"), _CTRL)
            assert window.current == key

    def test_arrows_move_between_steps(self, window: MainWindow, qtbot: QtBot) -> None:
        window.activateWindow()
        window.rail.button("data").setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.keyClick(window.rail.button("data"), Qt.Key.Key_Down)
        assert window.rail.button("augment").hasFocus()
        qtbot.keyClick(window.rail.button("augment"), Qt.Key.Key_Space)
        assert window.current == "augment"

    def test_shows_what_a_page_says_of_itself(self, window: MainWindow) -> None:
        page, button = tiny(window, "model"), window.rail.button("model")
        low = button.sizeHint().height()
        page.words, page.done = "EfficientNet", True
        page.rail_changed.emit()
        assert (button.subtitle, button.done) == ("EfficientNet", True)
        assert button.sizeHint().height() > low
        assert "EfficientNet" in button.accessibleDescription()
        assert tr("shell-step-done") in button.accessibleDescription()

    def test_a_page_can_ask_for_another(self, window: MainWindow) -> None:
        window.page("data").navigate.emit("augment")
        assert window.current == "augment"

    def test_an_unknown_page_is_the_first(self, window: MainWindow) -> None:
        window.show_page("nonsense")
        assert window.current == "data"

    def test_speaks_both_languages(self, window: MainWindow) -> None:
        assert window.windowTitle() == "Data – Finetune"
        set_language("zh_CN")
        assert window.rail.button("train").text() == "训练"
        assert window.rail.button("train").accessibleName() == "训练"
        assert window.windowTitle() == "数据 – Finetune"

    def test_done_is_drawn(self, window: MainWindow) -> None:
        button = window.rail.button("model")
        before = button.grab().toImage()
        button.set_state("", done=True)
        assert button.grab().toImage() != before

    def test_the_place_of_the_keyboard_is_drawn(self, window: MainWindow) -> None:
        window.activateWindow()
        button = window.rail.button("predict")
        before = button.grab().toImage()
        button.setFocus(Qt.FocusReason.TabFocusReason)
        assert button.grab().toImage() != before


class TestWindow:
    def test_is_never_smaller_than_a_small_screen(self, window: MainWindow) -> None:
        assert (window.minimumWidth(), window.minimumHeight()) == MINIMUM_SIZE
        window.resize(100, 100)
        assert (window.width(), window.height()) == MINIMUM_SIZE

    def test_pages_are_made_when_they_are_needed(self, window: MainWindow) -> None:
        assert list(window._pages) == ["data"]
        assert window.page("train") is window.page("train")

    def test_the_others_follow_after_the_start(
        self, window: MainWindow, training: fake.Script, qtbot: QtBot
    ) -> None:
        assert training is not None
        window.begin(demo=False)
        qtbot.waitUntil(lambda: set(window._pages) == set(main_window.PAGES))
        assert window.current == "data"
        qtbot.waitUntil(lambda: not window.session.runner.active)

    def test_every_control_has_a_handle(self, window: MainWindow) -> None:
        window.banner.say("info", "common-open")
        for button in window.findChildren(QAbstractButton):
            assert button.objectName(), button
            assert button.accessibleName(), button.objectName()

    def test_a_message_becomes_a_banner(self, window: MainWindow) -> None:
        window.session.message.emit(UserError("error-out-of-memory"))
        assert window.banner.isVisible()
        assert "memory" in window.banner.heading.text()
        window.session.message.emit("All done")
        assert window.banner.heading.text() == "All done"
        assert window.banner.property("role") == "info"

    def test_the_size_is_found_again(
        self, window: MainWindow, session: Session, qtbot: QtBot
    ) -> None:
        window.resize(1024, 752)
        window.close()
        again = MainWindow(session)
        qtbot.addWidget(again)
        assert (again.width(), again.height()) == (1024, 752)

    def test_a_broken_size_is_ignored(self, session: Session, qtbot: QtBot) -> None:
        session.settings.geometry = "zz"
        session.settings.last_page = "runs"
        window = MainWindow(session)
        qtbot.addWidget(window)
        screen = window.screen().availableSize()
        usual = main_window.USUAL_SIZE
        fitting = (min(usual[0], screen.width()), min(usual[1], screen.height()))
        assert window.size() == QSize(*fitting).expandedTo(QSize(*MINIMUM_SIZE))


class TestStatusLine:
    def test_names_device_and_what_is_open(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        window.session.load_torch()
        qtbot.waitUntil(lambda: window.status.device.text() == "CPU · 2 cores")
        start(window, photos, training, qtbot)
        assert window.session.run is not None
        assert window.session.run.name.endswith("pets")
        assert window.status.open.text() == window.session.run.name
        qtbot.waitUntil(lambda: window.status.device.text() == "CPU · 2 cores · float32")

    def test_tells_how_the_training_goes(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        text = window.status.job.text
        qtbot.waitUntil(lambda: text() == "Training epoch 1 / 4 · step 1 / 8")
        assert window.status.bar.isVisible()
        assert not window.status.cancel.isVisible()
        window.session.stop_training()
        qtbot.waitUntil(lambda: not window.status.bar.isVisible())
        assert text() == "Ready"

    def test_follows_the_language(self, window: MainWindow) -> None:
        set_language("zh_CN")
        assert window.status.job.text() == "就绪"

    def test_time_left_is_the_runs_own_estimate(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        live = window.session.desk.live_history
        assert live is not None
        qtbot.waitUntil(lambda: bool(live.steps))
        live.add(fake.epoch(1, seconds_left=600.0))
        qtbot.waitUntil(lambda: window.status.left.text() == "10 min left")
        live.add(fake.epoch(2, seconds_left=30.0))
        qtbot.waitUntil(lambda: window.status.left.text().endswith("s left"))
        live.add(fake.epoch(3, seconds_left=7500.0))
        qtbot.waitUntil(lambda: window.status.left.text() == "2 h 5 min left")

    def test_another_job_can_be_cancelled_there(self, window: MainWindow, qtbot: QtBot) -> None:
        gate = Gate()
        handle = window.session.runner.start(gate)
        qtbot.waitUntil(window.status.cancel.isVisible)
        assert window.status.job.text() == tr(gate.title)
        qtbot.mouseClick(window.status.cancel, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: handle.state is JobState.CANCELLED)
        qtbot.waitUntil(lambda: not window.status.cancel.isVisible())

    def test_its_progress_and_the_time_it_takes_are_shown(
        self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("finetune_gui.gui.status_line._ESTIMATE_AFTER_S", 0.0)
        gate = Gate(done=(1, 1000))
        handle = window.session.runner.start(gate)
        qtbot.waitUntil(lambda: window.status.bar.maximum() == 1000)
        assert window.status.bar.value() == 1
        qtbot.waitUntil(lambda: window.status.left.text().endswith("left"))
        handle.cancel()
        qtbot.waitUntil(lambda: handle.is_over)

    def test_what_the_start_needs_cannot_be_cancelled(
        self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate = Gate()
        monkeypatch.setattr(
            "finetune_gui.jobs.load_torch.LoadTorch.run", lambda _job, ctx: gate.run(ctx)
        )
        window.session.load_torch()
        qtbot.waitUntil(window.status.bar.isVisible)
        assert window.status.job.text() == tr("shell-job-load-torch")
        assert not window.status.cancel.isVisible()
        window.session.runner.active[0].cancel()
        qtbot.waitUntil(lambda: not window.session.runner.active)


@dataclass
class Gate:
    """A job that waits until it is cancelled, having come as far as ``done``."""

    done: tuple[int, int] = (0, 0)
    lane: Lane = Lane.READ
    title: str = "common-working"

    def run(self, ctx: JobContext) -> None:
        ctx.progress(*self.done)
        while not ctx.control.cancel_requested:
            time.sleep(0.005)
        ctx.check_cancelled()
