"""The window around the pages: rail, drops, banner, shortcuts, settings, start and end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event
from finetune_gui.core.job import JobContext, JobState, Lane
from finetune_gui.core.messages import LANGUAGES, has_message, language, set_language, tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset import photo_cache
from finetune_gui.gui import main_window, run_desk
from finetune_gui.gui.dialogs import ClosingDialog, HelpDialog
from finetune_gui.gui.drops import sort_dropped
from finetune_gui.gui.main_window import MINIMUM_SIZE, MainWindow
from finetune_gui.gui.pages.lesson import LessonDialog
from finetune_gui.gui.rail import STEPS
from finetune_gui.gui.session import Session
from finetune_gui.gui.settings_dialog import SettingsDialog
from finetune_gui.gui.theme import DARK, current_theme
from tests.helpers import fake_training as fake
from tests.helpers.photos import make_class_folders, save_photo
from tests.helpers.tiny_pages import TinyPage, use_tiny_pages


def interrupted_in_epoch_3(path: Path) -> RunFolder:
    """A run that was killed when two of its four epochs were over."""
    told = [fake.step(1), fake.step(2), fake.epoch(1), fake.step(3), fake.step(4), fake.epoch(2)]
    return fake.make_run(path, fake.STARTED, fake.BASELINE, *told)


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> fake.Script:
    """The fake training; set ``way`` to let it end."""
    script = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(fake.FakeResume, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    monkeypatch.setattr(run_desk, "Resume", fake.FakeResume)
    monkeypatch.setattr("finetune_gui.jobs.load_torch.LoadTorch.run", _pretend_torch)
    return script


def _pretend_torch(_job: object, _ctx: object) -> dict[str, str]:
    return {"torch": "2", "device": "cpu", "device_name": "CPU · 2"}


@pytest.fixture
def window(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window with tiny pages, shown."""
    use_tiny_pages(monkeypatch)
    made = MainWindow(session)
    qtbot.addWidget(made, before_close_func=_let_close)
    made.show()
    yield made
    if session.training is not None:
        session.stop_training()


def _let_close(window: QWidget) -> None:
    """Closing in a test asks nothing."""
    assert isinstance(window, MainWindow)
    window._closing = True


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})


def start(window: MainWindow, photos: Path, script: fake.Script, qtbot: QtBot) -> None:
    """Open the pets and train until the fake waits."""
    window.session.open_dataset(photos)
    qtbot.waitUntil(lambda: bool(window.session.splits))
    window.session.start_training()
    qtbot.waitUntil(script.inside.is_set)


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


_CTRL = Qt.KeyboardModifier.ControlModifier


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


class TestHelp:
    def test_f1_says_what_the_page_is_for(self, window: MainWindow, qtbot: QtBot) -> None:
        window.show_page("train")
        window.activateWindow()
        qtbot.keyClick(window, Qt.Key.Key_F1)
        dialog = window.findChild(HelpDialog)
        assert dialog is not None
        assert dialog.isVisible()
        assert dialog.text.text() == tr("shell-help-train")
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(HelpDialog) is None)

    @pytest.mark.parametrize("way", ["help", "page"])
    def test_leads_to_the_lesson(self, window: MainWindow, qtbot: QtBot, way: str) -> None:
        if way == "page":
            window.page("data").navigate.emit("lesson")
        else:
            window.guide.show_help()
            button = window.findChild(QPushButton, "help-lesson")
            assert button is not None
            button.click()
        lesson = window.findChild(LessonDialog)
        assert lesson is not None
        assert lesson.isVisible()
        qtbot.waitUntil(lambda: lesson.desk.ready)
        qtbot.keyClick(lesson, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(LessonDialog) is None)

    def test_a_page_may_lead_to_the_settings(self, window: MainWindow, qtbot: QtBot) -> None:
        window.page("train").navigate.emit("settings")
        found = window.findChild(SettingsDialog)
        assert found is not None
        assert window.current == STEPS[0]
        qtbot.keyClick(found, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.findChild(SettingsDialog) is None)

    def test_there_is_help_for_every_page_in_both_languages(self) -> None:
        for name in LANGUAGES:
            set_language(name)
            assert all(has_message(f"shell-help-{key}") for key in main_window.PAGES)
            assert all(has_message(f"shell-page-{key}") for key in main_window.PAGES)


class TestDrop:
    def test_sorts_by_use(self, tmp_path: Path) -> None:
        names = ("a.jpg", "b.HEIC", "c.zip", "d.csv", "e.txt")
        files = [tmp_path / name for name in names]
        for file in files:
            file.touch()
        found = sort_dropped([*files, tmp_path])
        assert [p.name for p in found.photos] == ["a.jpg", "b.HEIC"]
        assert [p.name for p in found.datasets] == ["c.zip", "d.csv", tmp_path.name]

    def test_a_folder_opens(self, window: MainWindow, photos: Path, qtbot: QtBot) -> None:
        window.show_page("train")
        event = _drag(photos)
        window.dragEnterEvent(event)
        assert event.isAccepted()
        assert window.overlay.isVisible()
        window.dropEvent(_drop(photos))
        assert not window.overlay.isVisible()
        assert window.current == "data"
        qtbot.waitUntil(lambda: window.session.dataset is not None)

    def test_pictures_without_a_run_say_what_is_missing(
        self, window: MainWindow, tmp_path: Path, qtbot: QtBot
    ) -> None:
        window.dropEvent(_drop(save_photo(tmp_path / "x.jpg")))
        assert window.banner.isVisible()
        button = window.findChild(QPushButton, "window-go-to-runs")
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert window.current == "runs"

    def test_pictures_are_predicted_when_a_finished_run_is_open(
        self, window: MainWindow, tmp_path: Path, qtbot: QtBot, paths: AppPaths
    ) -> None:
        run = fake.make_run(paths.runs / "a", fake.STARTED, fake.BASELINE, fake.finished())
        window.session.open_run(run.path)
        qtbot.waitUntil(lambda: window.session.finished_run is not None)
        picture = save_photo(tmp_path / "x.jpg")
        with qtbot.waitSignal(window.session.photos_dropped) as told:
            window.dropEvent(_drop(picture))
        assert told.args == [[picture]]
        assert window.current == "predict"

    def test_a_failed_run_is_not_asked(
        self, window: MainWindow, tmp_path: Path, qtbot: QtBot, paths: AppPaths
    ) -> None:
        failed = fake.events.RunFailed("error-out-of-memory")
        run = fake.make_run(paths.runs / "a", fake.STARTED, fake.BASELINE, failed)
        window.session.open_run(run.path)
        qtbot.waitUntil(lambda: window.session.run_state is RunState.FAILED)
        with qtbot.assertNotEmitted(window.session.photos_dropped):
            window.take([save_photo(tmp_path / "x.jpg")])
        assert window.banner.isVisible()

    def test_several_folders_and_other_files_are_refused(
        self, window: MainWindow, photos: Path, tmp_path: Path
    ) -> None:
        window.take([photos / "cat", photos / "dog"])
        assert window.banner.heading.text() == tr("shell-drop-many")
        window.take([tmp_path / "notes.txt"])
        assert window.banner.heading.text() == tr("shell-drop-unknown")
        assert window.session.opening is None

    def test_text_is_not_taken(self, window: MainWindow) -> None:
        mime = QMimeData()
        mime.setText("hello")
        event = QDragEnterEvent(QPoint(5, 5), _COPY, mime, _LEFT, _NO_KEYS)
        event.ignore()
        window.dragEnterEvent(event)
        assert not event.isAccepted()
        assert not window.overlay.isVisible()


_COPY = Qt.DropAction.CopyAction
_LEFT = Qt.MouseButton.LeftButton
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_held: list[QMimeData] = []


def _mime(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    # A drag event does not keep its data alive.
    _held[:] = [mime]
    return mime


def _drag(path: Path) -> QDragEnterEvent:
    return QDragEnterEvent(QPoint(5, 5), _COPY, _mime(path), _LEFT, _NO_KEYS)


def _drop(path: Path) -> QDropEvent:
    return QDropEvent(QPointF(5, 5), _COPY, _mime(path), _LEFT, _NO_KEYS)


class TestOpenDialog:
    def test_ctrl_o_asks_for_a_folder(self, window: MainWindow, photos: Path, qtbot: QtBot) -> None:
        window.activateWindow()
        qtbot.keyClick(window, Qt.Key.Key_O, _CTRL)
        dialog = window.findChild(QFileDialog, "open-dataset-dialog")
        assert dialog is not None
        dialog.fileSelected.emit(str(photos))
        dialog.reject()
        qtbot.waitUntil(lambda: window.session.dataset is not None)
        qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)


class TestSettings:
    @pytest.fixture
    def dialog(self, window: MainWindow, qtbot: QtBot) -> SettingsDialog:
        qtbot.mouseClick(
            window.rail.findChild(QAbstractButton, "rail-settings"), Qt.MouseButton.LeftButton
        )
        found = window.findChild(SettingsDialog)
        assert found is not None
        assert found.isVisible()
        return found

    def test_language_is_switched_live(
        self, dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
    ) -> None:
        choose(dialog.language, "zh_CN", qtbot)
        assert language() == "zh_CN"
        assert window.session.settings.language == "zh_CN"
        assert dialog.windowTitle() == "设置"
        assert window.rail.button("data").text() == "数据"
        assert dialog.language.currentData() == "zh_CN"

    def test_languages_are_named_in_themselves(self, dialog: SettingsDialog) -> None:
        texts = [dialog.language.itemText(i) for i in range(dialog.language.count())]
        assert texts[1:] == ["English", "简体中文"]

    def test_theme_is_switched_live(
        self, dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
    ) -> None:
        choose(dialog.theme, "dark", qtbot)
        assert current_theme().tokens is DARK
        assert window.session.settings.theme == "dark"

    def test_thumbnails_are_cleared(
        self, dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
    ) -> None:
        file = window.session.paths.thumbnails / "x.jpg"
        file.write_bytes(b"x" * 2_000_000)
        qtbot.mouseClick(dialog.space.clear, Qt.MouseButton.LeftButton)
        assert not dialog.space.clear.isEnabled()
        qtbot.waitUntil(lambda: dialog.space.cleared.text() == "2.0 MB freed")
        qtbot.waitUntil(dialog.space.clear.isEnabled)
        assert not file.exists()

    def test_space_for_decoded_photos_is_shown_and_bounded(
        self, dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
    ) -> None:
        space, session = dialog.space, window.session
        qtbot.waitUntil(lambda: "0.0 MB" in space.cleared.text())
        assert space.limit.value() == session.settings.photo_cache_gb == 10
        space.limit.setValue(0)
        assert space.limit.text() == "None"
        assert session.settings.photo_cache_gb == 0
        assert photo_cache.shared() is None
        space.limit.setValue(3)
        assert space.limit.text() == "3 GB"
        assert photo_cache.shared() is not None

    def test_may_be_closed_while_thumbnails_are_cleared(
        self, dialog: SettingsDialog, window: MainWindow, qtbot: QtBot
    ) -> None:
        (window.session.paths.thumbnails / "x.jpg").write_bytes(b"x")
        dialog.space.clear.click()
        dialog.accept()
        qtbot.waitUntil(lambda: window.findChild(SettingsDialog) is None)
        qtbot.waitUntil(lambda: not window.session.runner.active)

    def test_folders_can_be_shown(
        self, dialog: SettingsDialog, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
    ) -> None:
        shown: list[str] = []
        monkeypatch.setattr(
            "finetune_gui.gui.widgets.folder_rows.QDesktopServices.openUrl",
            lambda url: shown.append(Path(url.toLocalFile()).name),
        )
        names = ("runs", "searches", "cross-validations", "weights", "thumbnails", "log")
        for name in names:
            button = dialog.findChild(QAbstractButton, f"settings-reveal-{name}")
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert shown == [*names[:-1], "logs"]

    def test_folders_tell_what_they_take(self, window: MainWindow, qtbot: QtBot) -> None:
        search = window.session.paths.searches / "one"
        search.mkdir()
        with (search / "features").open("wb") as file:
            file.truncate(2_345_678_900)  # a hole: nothing is written
        (window.session.paths.runs / "log").write_bytes(b"x" * 1_234_567)
        dialog = SettingsDialog(window.session, window)
        size = dialog.findChild(QLabel, "settings-size-searches")
        qtbot.waitUntil(lambda: size.text() == "2.3 GB")
        assert dialog.findChild(QLabel, "settings-size-runs").text() == "1.2 MB"
        dialog.close()

    def test_ctrl_comma_opens_them(self, window: MainWindow, qtbot: QtBot) -> None:
        window.activateWindow()
        qtbot.keyClick(window, Qt.Key.Key_Comma, _CTRL)
        assert window.findChild(SettingsDialog) is not None


def choose(box: QComboBox, value: str, qtbot: QtBot) -> None:
    """Choose an entry as a person with a keyboard does."""
    box.setFocus()
    index = box.findData(value)
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(index):
        qtbot.keyClick(box, Qt.Key.Key_Down)


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
