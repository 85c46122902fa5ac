"""The first start: hello, language, folders, and the two ways on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from finetune_gui.core import settings
from finetune_gui.core.messages import language, set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui import app
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.session import Session
from finetune_gui.gui.welcome import WelcomeDialog
from tests.helpers.tiny_pages import use_tiny_pages

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    use_tiny_pages(monkeypatch)
    monkeypatch.setattr(Session, "load_torch", lambda _self: None)
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.show()
    yield made
    qtbot.waitUntil(lambda: not session.runner.active)


@pytest.fixture
def dialog(window: MainWindow) -> WelcomeDialog:
    window.session.settings.welcome_due = True
    window.begin(demo=False)
    return find(window)


def find(window: MainWindow) -> WelcomeDialog:
    found = window.findChild(WelcomeDialog)
    assert found is not None
    assert found.isVisible()
    return found


def words(dialog: WelcomeDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def test_it_is_only_shown_when_it_is_due(window: MainWindow) -> None:
    assert not window.session.settings.welcome_due
    window.begin(demo=False)
    assert window.findChild(WelcomeDialog) is None


def test_it_waits_when_something_else_is_asked_for(window: MainWindow, tmp_path: Path) -> None:
    window.session.settings.welcome_due = True
    window.begin(demo=False, opened=[tmp_path / "gone.zip"])
    assert window.findChild(WelcomeDialog) is None
    assert window.session.settings.welcome_due


def test_it_does_not_hold_up_the_window(
    dialog: WelcomeDialog, window: MainWindow, qtbot: QtBot
) -> None:
    assert not dialog.isModal()
    qtbot.mouseClick(window.rail.button("train"), LEFT)
    assert window.current == "train"


def test_the_language_of_the_system_is_chosen_and_changes_at_once(
    window: MainWindow, qtbot: QtBot
) -> None:
    set_language("zh_CN")  # as a Chinese system does
    window.guide.show_welcome()
    dialog = find(window)
    assert dialog.language.value == "zh_CN"
    assert window.session.settings.language == ""
    qtbot.mouseClick(dialog.language.segment("en"), LEFT)
    assert language() == "en"
    assert "Everything stays on this computer" in words(dialog)
    assert window.rail.button("data").text() == "Data"
    qtbot.mouseClick(dialog.language.segment("zh_CN"), LEFT)
    assert "一切都留在这台电脑上" in words(dialog)
    assert window.session.settings.language == "zh_CN"
    assert [s.text() for s in map(dialog.language.segment, ("en", "zh_CN"))] == [
        "English",
        "简体中文",
    ]
    dialog.reject()


def test_it_says_where_things_are_kept(
    dialog: WelcomeDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, paths: AppPaths
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    for name, folder in (
        ("runs", paths.runs),
        ("weights", paths.weights),
        ("settings", paths.settings_file.parent),
    ):
        assert str(folder) in words(dialog)
        button = dialog.findChild(QAbstractButton, f"welcome-reveal-{name}")
        assert button is not None
        qtbot.mouseClick(button, LEFT)
        assert opened[-1].toLocalFile() == str(folder)


@pytest.mark.parametrize("way", ["start", "escape", "close"])
def test_closing_it_counts_as_seen(
    dialog: WelcomeDialog, window: MainWindow, qtbot: QtBot, way: str
) -> None:
    if way == "start":
        qtbot.mouseClick(dialog.start_button, LEFT)
    elif way == "escape":
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        dialog.close()
    qtbot.waitUntil(lambda: window.findChild(WelcomeDialog) is None)
    assert not window.session.settings.welcome_due
    assert not window.guide.tour.is_on


def test_enter_takes_the_tour(dialog: WelcomeDialog, window: MainWindow, qtbot: QtBot) -> None:
    assert dialog.tour_button.isDefault()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert window.guide.tour.is_on
    assert not window.session.settings.welcome_due
    qtbot.waitUntil(lambda: window.session.dataset is not None and bool(window.session.splits))
    window.guide.tour.end()


def test_every_control_has_a_handle(dialog: WelcomeDialog) -> None:
    for button in dialog.findChildren(QAbstractButton):
        assert button.objectName(), button
        assert button.accessibleName(), button.objectName()


@pytest.mark.parametrize("known", [True, False])
def test_it_is_due_where_there_are_no_settings_yet(
    monkeypatch: pytest.MonkeyPatch, paths: AppPaths, session: Session, known: bool
) -> None:
    if known:
        settings.save(settings.Settings(), paths.settings_file)
    made = MainWindow(session)
    monkeypatch.setattr(app, "build_window", lambda *_options: made)
    for name in ("start_log", "catch_errors", "heed_signals"):
        monkeypatch.setattr(app, name, lambda *_: None)
    monkeypatch.setattr(app.logging, "shutdown", lambda: None)
    monkeypatch.setattr(app.QApplication, "exec", lambda *_: 0)
    assert app.run_window(paths, False) == 0
    assert settings.load(paths.settings_file).welcome_due is not known
