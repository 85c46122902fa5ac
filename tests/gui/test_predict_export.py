"""The export control of the Predict page."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language
from finetune_gui.engine.keras_library import has_keras
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.gui.session import Session
from tests.helpers import evaluated_run as runs
from tests.helpers.displayed import displayed
from tests.helpers.keras_models import save, sequential

pytestmark = pytest.mark.skipif(not has_keras(), reason="Keras is not installed")
LEFT = Qt.MouseButton.LeftButton
LONG_MS = 60_000


@pytest.fixture
def page(qtbot: QtBot, session: Session, tmp_path: Path) -> PredictPage:
    """The page with a model of Keras."""
    name = save(sequential(), tmp_path / "mine.keras")
    runs.make_working_run(session.paths.runs / "Run 8", backbone=name)
    made = displayed(qtbot, PredictPage(session))
    qtbot.waitUntil(lambda: made.view == "drop")
    return made


def open_menu(qtbot: QtBot, page: PredictPage) -> QMenu:
    qtbot.mouseClick(page.export_button, LEFT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(menu: QMenu, name: str) -> None:
    entry = next(action for action in menu.actions() if action.objectName() == name)
    menu.close()
    entry.trigger()


def test_a_model_of_keras_is_written_as_a_keras_file(
    qtbot: QtBot, page: PredictPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = str(tmp_path / "我的 模型")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    menu = open_menu(qtbot, page)
    assert [a.text() for a in menu.actions()] == [
        "As a folder with safetensors…",
        "As a Keras file…",
    ]
    choose(menu, "predict-export-as-keras")
    qtbot.waitUntil(page.banner.isVisible, timeout=LONG_MS)
    assert f"{chosen}.keras" in page.banner.heading.text()
    assert "config.json" in zipfile.ZipFile(f"{chosen}.keras").namelist()
    described = json.loads(Path(f"{chosen}.json").read_text("utf-8"))
    assert described["classes"] == list(runs.CLASSES)
    qtbot.waitUntil(page.export_button.isEnabled)


def test_it_is_written_as_a_folder_too(
    qtbot: QtBot, page: PredictPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    choose(open_menu(qtbot, page), "predict-export-as-safetensors")
    qtbot.waitUntil(page.banner.isVisible, timeout=LONG_MS)
    assert (tmp_path / "Run 8 model" / "model.safetensors").is_file()


def test_a_dialog_that_is_closed_writes_nothing(
    qtbot: QtBot, page: PredictPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    choose(open_menu(qtbot, page), "predict-export-as-keras")
    assert page.export_button.isEnabled()
    assert not page.session.runner.active


def test_it_speaks_chinese(qtbot: QtBot, page: PredictPage) -> None:
    set_language("zh_CN")
    menu = open_menu(qtbot, page)
    assert [a.text() for a in menu.actions()][1] == "导出为 Keras 文件…"
    menu.close()
