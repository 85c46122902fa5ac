"""How the window starts, with what was open before, and how it ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core.events import Event
from finetune_gui.core.job import JobState
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.gui.dialogs import ClosingDialog
from finetune_gui.gui.main_window import MainWindow
from tests.helpers import fake_training as fake
from tests.helpers.shell import start


def interrupted_in_epoch_3(path: Path) -> RunFolder:
    """A run that was killed when two of its four epochs were over."""
    told = [fake.step(1), fake.step(2), fake.epoch(1), fake.step(3), fake.step(4), fake.epoch(2)]
    return fake.make_run(path, fake.STARTED, fake.BASELINE, *told)


class TestStart:
    def test_opens_what_was_open(
        self,
        window: MainWindow,
        photos: Path,
        paths: AppPaths,
        training: fake.Script,
        qtbot: QtBot,
    ) -> None:
        assert training is not None
        run = fake.make_run(paths.runs / "a", fake.STARTED, fake.BASELINE, fake.finished())
        window.session.settings.last_dataset = str(photos)
        window.session.settings.last_run = str(run.path)
        window.begin(demo=False)
        qtbot.waitUntil(lambda: window.session.dataset is not None)
        qtbot.waitUntil(lambda: window.session.finished_run is not None)
        assert not window.banner.isVisible()
        qtbot.waitUntil(lambda: window.session.torch_state == "ready")

    def test_what_is_gone_is_not_missed(
        self, window: MainWindow, tmp_path: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        assert training is not None
        window.session.settings.last_dataset = str(tmp_path / "gone")
        window.session.settings.last_run = str(tmp_path / "gone too")
        window.begin(demo=False)
        qtbot.waitUntil(lambda: window.session.torch_state == "ready")
        qtbot.waitUntil(lambda: not window.session.runner.active)
        assert not window.banner.isVisible()
        assert window.session.dataset is None

    def test_the_demo_opens(self, window: MainWindow, training: fake.Script, qtbot: QtBot) -> None:
        assert training is not None
        window.begin(demo=True)
        qtbot.waitUntil(lambda: window.session.dataset is not None, timeout=10_000)
        assert window.session.dataset is not None
        assert len(window.session.dataset.samples) == 300

    def test_strays_are_swept(
        self, window: MainWindow, paths: AppPaths, training: fake.Script, qtbot: QtBot
    ) -> None:
        assert training is not None
        run = fake.make_run(paths.runs / "a", fake.STARTED)
        stray = run.path / ".model.safetensors.x1.partial"
        stray.touch()
        old = paths.thumbnails / ".x.partial"
        old.touch()
        os.utime(old, (1, 1))
        window.begin(demo=False)
        qtbot.waitUntil(lambda: not stray.exists() and not old.exists())

    def test_offers_to_go_on_with_an_interrupted_run(
        self, window: MainWindow, paths: AppPaths, training: fake.Script, qtbot: QtBot
    ) -> None:
        run = interrupted_in_epoch_3(paths.runs / "a")
        window.session.settings.last_run = str(run.path)
        window.begin(demo=False)
        qtbot.waitUntil(window.banner.isVisible)
        button = window.findChild(QPushButton, "window-continue-run")
        assert button is not None
        assert button.text() == "Continue from epoch 3"
        training.way.set()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not window.banner.isVisible()
        assert window.current == "train"
        qtbot.waitUntil(lambda: window.session.run_state is RunState.FINISHED)

    def test_not_now_is_an_answer(
        self, window: MainWindow, paths: AppPaths, training: fake.Script, qtbot: QtBot
    ) -> None:
        assert training is not None
        run = interrupted_in_epoch_3(paths.runs / "a")
        window.session.settings.last_run = str(run.path)
        window.begin(demo=False)
        qtbot.waitUntil(window.banner.isVisible)
        later = window.findChild(QPushButton, "window-continue-later")
        assert later is not None
        assert later.focusPolicy() & Qt.FocusPolicy.TabFocus
        qtbot.keyClick(later, Qt.Key.Key_Space)
        assert not window.banner.isVisible()
        # Looked at again in the same start, it is not offered a second time.
        window.session.desk.close()
        with qtbot.waitSignal(window.session.run_changed):
            window.session.open_run(run.path)
        assert window.session.run_state is RunState.INTERRUPTED
        assert not window.banner.isVisible()

    def test_the_run_that_was_trained_comes_before_one_that_was_looked_at(
        self,
        window: MainWindow,
        paths: AppPaths,
        photos: Path,
        training: fake.Script,
        qtbot: QtBot,
    ) -> None:
        seen = fake.make_run(paths.runs / "b", fake.STARTED, fake.BASELINE, fake.finished())
        start(window, photos, training, qtbot)
        live = window.session.desk.live_run
        assert live is not None
        with qtbot.waitSignal(window.session.run_changed):
            window.session.open_run(seen.path)
        kept = window.session.settings
        assert (kept.last_run, kept.unfinished_run) == (str(seen.path), str(live.path))
        training.way.set()
        qtbot.waitUntil(lambda: window.session.training is None)
        assert kept.unfinished_run == ""
        # As if the program had been killed meanwhile.
        kept.unfinished_run = str(interrupted_in_epoch_3(paths.runs / "a").path)
        window.begin(demo=False)
        qtbot.waitUntil(window.banner.isVisible)
        assert "“a”" in window.banner.text.text()

    @pytest.mark.parametrize("told", [[fake.STARTED, fake.failed()], [fake.STARTED, fake.paused()]])
    def test_only_an_interrupted_run_is_offered(
        self,
        window: MainWindow,
        paths: AppPaths,
        training: fake.Script,
        qtbot: QtBot,
        told: list[Event],
    ) -> None:
        assert training is not None
        run = fake.make_run(paths.runs / "a", *told)
        window.session.settings.last_run = str(run.path)
        window.begin(demo=False)
        qtbot.waitUntil(lambda: window.session.run is not None)
        assert not window.banner.isVisible()

    @pytest.mark.parametrize("instead", ["resume", "other"])
    def test_the_offer_goes_when_it_makes_no_sense_any_more(
        self,
        window: MainWindow,
        paths: AppPaths,
        training: fake.Script,
        qtbot: QtBot,
        instead: str,
    ) -> None:
        run = fake.make_run(paths.runs / "a", fake.STARTED, fake.BASELINE)
        other = fake.make_run(paths.runs / "b", fake.STARTED, fake.BASELINE, fake.finished())
        window.session.settings.last_run = str(run.path)
        window.begin(demo=False)
        qtbot.waitUntil(window.banner.isVisible)
        if instead == "resume":
            window.session.resume_run(run.path)
        else:
            window.session.open_run(other.path)
        qtbot.waitUntil(lambda: not window.banner.isVisible())
        training.way.set()
        qtbot.waitUntil(lambda: window.session.training is None)

    def test_a_run_interrupted_in_this_window_is_not_offered_like_that(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        training.before_baseline = True
        start(window, photos, training, qtbot)
        window.session.stop_training()
        qtbot.waitUntil(lambda: window.session.training is None)
        assert window.session.run_state is RunState.INTERRUPTED
        assert not window.banner.isVisible()


class TestClose:
    def test_closes_at_once_when_nothing_is_trained(self, window: MainWindow) -> None:
        assert window.close()
        assert window.session.settings.geometry

    def ask(self, window: MainWindow) -> ClosingDialog:
        assert not window.close()
        assert window.isVisible()
        dialog = window.findChild(ClosingDialog)
        assert dialog is not None
        assert dialog.isVisible()
        return dialog

    def press(self, dialog: ClosingDialog, name: str, qtbot: QtBot) -> None:
        button = dialog.findChild(QPushButton, name)
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def test_pause_and_close(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        dialog = self.ask(window)
        assert window.session.run is not None
        run = window.session.run
        self.press(dialog, "closing-pause", qtbot)
        assert window.banner.heading.text() == tr("shell-closing-wait")
        qtbot.waitUntil(lambda: not window.isVisible())
        assert run.state() is RunState.PAUSED

    def test_leaving_without_a_question_pauses(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        assert window.session.run is not None
        run = window.session.run
        window.leave()
        qtbot.waitUntil(lambda: not window.isVisible())
        assert run.state() is RunState.PAUSED

    def test_stop_and_close(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        dialog = self.ask(window)
        assert window.session.run is not None
        run = window.session.run
        self.press(dialog, "closing-stop", qtbot)
        qtbot.waitUntil(lambda: not window.isVisible())
        assert run.state() is RunState.FINISHED

    def test_go_on(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        self.press(self.ask(window), "closing-go-on", qtbot)
        qtbot.waitUntil(lambda: window.findChild(ClosingDialog) is None)
        assert window.session.training is not None
        assert window.isVisible()
        training.way.set()
        qtbot.waitUntil(lambda: window.session.training is None)
        assert window.isVisible()

    def test_escape_goes_on_and_enter_pauses(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        qtbot.keyClick(self.ask(window), Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(ClosingDialog) is None)
        assert window.session.training is not None
        qtbot.keyClick(self.ask(window), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not window.isVisible())

    def test_a_run_that_ends_while_it_asks(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        start(window, photos, training, qtbot)
        dialog = self.ask(window)
        training.way.set()
        qtbot.waitUntil(lambda: window.session.training is None)
        self.press(dialog, "closing-pause", qtbot)
        qtbot.waitUntil(lambda: not window.isVisible())


class TestCloseDuringTrials:
    """While a search or a cross-validation goes on."""

    def start(self, window: MainWindow, qtbot: QtBot) -> fake.Trying:
        job = fake.Trying()
        handle = window.session.begin_trying(job)
        qtbot.waitUntil(lambda: handle.state is JobState.RUNNING)
        return job

    def ask(self, window: MainWindow) -> ClosingDialog:
        assert not window.close()
        dialog = window.findChild(ClosingDialog)
        assert dialog is not None
        return dialog

    def test_asks_pauses_and_closes(self, window: MainWindow, qtbot: QtBot) -> None:
        job = self.start(window, qtbot)
        dialog = self.ask(window)
        assert dialog.windowTitle() == tr("shell-closing-trials")
        assert dialog.findChild(QPushButton, "closing-stop") is None
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not window.isVisible())
        assert job.heard == ["pause"]

    def test_may_go_on(self, window: MainWindow, qtbot: QtBot) -> None:
        job = self.start(window, qtbot)
        qtbot.keyClick(self.ask(window), Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(ClosingDialog) is None)
        assert window.session.trying is not None
        job.way.set()
        qtbot.waitUntil(lambda: window.session.trying is None)
        assert window.isVisible()
        assert not job.heard

    def test_a_run_that_waits_for_them_does_not_keep_it_open(
        self, window: MainWindow, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        assert not training.way.is_set()
        window.session.open_dataset(photos)
        qtbot.waitUntil(lambda: bool(window.session.splits))
        job = self.start(window, qtbot)
        dataset = window.session.dataset
        assert dataset is not None
        window.session.desk.train(dataset, window.session.recipe)  # behind it in the same lane
        assert window.session.training is not None
        dialog = self.ask(window)
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not window.isVisible())
        assert job.heard == ["pause"]

    def test_no_run_is_continued_meanwhile(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path
    ) -> None:
        job = self.start(window, qtbot)
        with qtbot.waitSignal(window.session.message) as told:
            window.session.resume_run(tmp_path / "run")
        assert told.args == [tr("trials-why-trying")]
        assert window.session.training is None
        job.way.set()
        qtbot.waitUntil(lambda: window.session.trying is None)

    def test_leaving_without_a_question_pauses(self, window: MainWindow, qtbot: QtBot) -> None:
        job = self.start(window, qtbot)
        window.leave()
        qtbot.waitUntil(lambda: not window.isVisible())
        assert job.heard == ["pause"]
