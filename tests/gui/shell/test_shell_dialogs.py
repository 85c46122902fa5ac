"""What the window asks and is asked: help, drops, photos to open, settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import LANGUAGES, has_message, language, set_language, tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunState
from finetune_gui.dataset import photo_cache
from finetune_gui.gui import main_window
from finetune_gui.gui.dialogs import HelpDialog
from finetune_gui.gui.drops import sort_dropped
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.pages.lesson import LessonDialog
from finetune_gui.gui.rail import STEPS
from finetune_gui.gui.settings_dialog import SettingsDialog
from finetune_gui.gui.theme import DARK, current_theme
from tests.helpers import fake_training as fake
from tests.helpers.photos import save_photo

_CTRL = Qt.KeyboardModifier.ControlModifier


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
