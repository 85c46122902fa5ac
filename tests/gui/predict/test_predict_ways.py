"""The Predict page: ways in and ways out."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core.run_folder import RunFolder
from finetune_gui.gui.models.predictions import Column
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.gui.pages.predict_paste import as_picture
from finetune_gui.gui.session import Session
from tests.helpers import evaluated_run as runs
from tests.helpers.evaluated_run import CLASSES
from tests.helpers.photos import truncated_jpeg
from tests.helpers.predicting import FakeModel, ask, photos, shown

LONG_MS = 60_000


# ---- ways in


def drop(page: PredictPage, paths: Sequence[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    spot, copy = QPointF(50, 50), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(spot.toPoint(), copy, mime, left, none)
    QApplication.sendEvent(page.drop_zone, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(page.drop_zone, QDropEvent(spot, copy, mime, left, none))


def test_dropping_asks_at_once(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    drop(page, photos(tmp_path, "kiwi 97.png"))
    qtbot.waitUntil(lambda: shown(page) == ["kiwi 97.png"])
    assert model.asked[0][0] == "Run 5"


def test_what_is_dropped_on_the_window_is_asked(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    page.session.photos_dropped.emit(photos(tmp_path, "kiwi 97.png"))
    qtbot.waitUntil(lambda: shown(page) == ["kiwi 97.png"])


def test_photos_dropped_before_the_models_are_listed_are_not_lost(
    qtbot: QtBot, session: Session, model: type[FakeModel], tmp_path: Path
) -> None:
    runs.make_finished_run(session.paths.runs / "Run 5")
    page = PredictPage(session)
    qtbot.addWidget(page)
    assert page.view == "looking"
    session.photos_dropped.emit(photos(tmp_path, "kiwi 97.png"))
    qtbot.waitUntil(lambda: shown(page) == ["kiwi 97.png"])
    assert len(model.asked) == 1


def test_the_dialogs_lead_to_answers(
    qtbot: QtBot,
    page: PredictPage,
    model: type[FakeModel],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    paths = photos(tmp_path, "kiwi 97.png", "lemon 80.png")
    chosen = ([str(path) for path in paths], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: chosen)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(paths[0].parent))
    qtbot.mouseClick(page.photos_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.results.answers) == 2 and not page.is_asking)
    qtbot.mouseClick(page.folder_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(model.asked) == 2)
    assert model.asked[1] == ("Run 5", ["in"])
    qtbot.waitUntil(lambda: not page.is_asking)


def test_leaving_a_dialog_asks_nothing(
    qtbot: QtBot,
    page: PredictPage,
    model: type[FakeModel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    for button in (page.photos_button, page.folder_button, page.export_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert model.asked == []
    assert page.view == "drop"


def copy_image(image: QImage) -> None:
    mime = QMimeData()
    mime.setImageData(image)
    QGuiApplication.clipboard().setMimeData(mime)


def two_colours() -> QImage:
    """5×2 pixels, so that Qt fills its lines up: red, and half-transparent black."""
    image = QImage(5, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor("red"))
    image.setPixelColor(4, 1, QColor(0, 0, 0, 0))
    return image


def test_a_pasted_picture_is_asked_and_its_file_goes_with_clear(
    qtbot: QtBot, page: PredictPage
) -> None:
    copy_image(two_colours())
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(page) == ["pasted-1.png"])
    file = page.results.answers[0].path
    assert file.is_relative_to(page.session.paths.cache_root)
    kept = QImage(str(file))
    assert (kept.pixelColor(0, 0), kept.pixelColor(4, 1)) == (QColor("red"), QColor("white"))
    qtbot.waitUntil(lambda: page.results.card.photo.has_picture and not page.is_asking)
    qtbot.mouseClick(page.results.clear_button, Qt.MouseButton.LeftButton)
    assert page.view == "drop"
    assert not file.parent.exists()


def test_pasted_files_and_paths_are_asked(qtbot: QtBot, page: PredictPage, tmp_path: Path) -> None:
    first, second = photos(tmp_path, "kiwi 97.png", "我的 照片.png")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(first))])
    QGuiApplication.clipboard().setMimeData(mime)
    qtbot.mouseClick(page.paste_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(page) == [first.name] and not page.is_asking)
    QGuiApplication.clipboard().setText(f'"{second}"\nnot a file\n')
    qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown(page) == [first.name, second.name])


def test_pasting_words_says_that_there_is_no_picture(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel]
) -> None:
    QGuiApplication.clipboard().setText("good morning")
    qtbot.mouseClick(page.paste_button, Qt.MouseButton.LeftButton)
    assert "no picture" in page.banner.heading.text()
    assert model.asked == []


def test_pixels_are_taken_over_without_the_filling() -> None:
    picture = as_picture(two_colours())
    assert (picture.width, picture.height) == (5, 2)
    assert picture.rgb == b"\xff\x00\x00" * 9 + b"\xff\xff\xff"


# ---- ways out


def test_answers_are_saved_as_they_are_shown(
    qtbot: QtBot, page: PredictPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ask(qtbot, page, photos(tmp_path, "lemon 97.png", "broken.png", "香蕉.png"))
    page.results.table.sortByColumn(Column.CONFIDENCE, Qt.SortOrder.AscendingOrder)
    out = tmp_path / "结果"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    qtbot.mouseClick(page.results.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    file = out.with_name("结果.csv")
    assert str(file) in page.banner.heading.text()
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [Path(row["path"]).name for row in rows] == shown(page)
    assert [row["label"] for row in rows] == ["lemon", "kiwi", ""]
    assert rows[0]["confidence"] == rows[0]["lemon"] == "0.970000"
    assert "damaged" in rows[2]["error"]
    assert page.results.save_button.isEnabled()


def test_a_real_model_answers_and_is_exported(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = runs.make_working_run(session.paths.runs / "Run 7")
    page = PredictPage(session)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.view == "drop")
    good = photos(tmp_path, "我的 照片.png", "b.png")
    truncated_jpeg(tmp_path / "in" / "cut.jpg")
    page.ask([tmp_path / "in"])
    qtbot.waitUntil(lambda: len(page.results.answers) == 3, timeout=LONG_MS)
    found = {row.path: row for row in page.results.answers}
    assert found[tmp_path / "in" / "cut.jpg"].error is not None
    for path in good:
        shares = found[path].probabilities or {}
        assert set(shares) == set(CLASSES)
        assert sum(shares.values()) == pytest.approx(1)
    _check_export(qtbot, page, run, tmp_path / "导出", monkeypatch)


def choose_format(qtbot: QtBot, page: PredictPage, name: str) -> None:
    qtbot.mouseClick(page.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(action for action in menu.actions() if action.objectName() == name)
    menu.close()
    entry.trigger()


def _check_export(
    qtbot: QtBot, page: PredictPage, run: RunFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    choose_format(qtbot, page, "predict-export-as-safetensors")
    qtbot.waitUntil(page.banner.isVisible, timeout=LONG_MS)
    folder = out / "Run 7 model"
    assert str(folder) in page.banner.heading.text()
    assert (folder / "model.safetensors").read_bytes() == run.model_file.read_bytes()
    assert json.loads((folder / "model.json").read_text("utf-8"))["classes"] == list(CLASSES)
    assert page.export_button.isEnabled()


def test_a_broken_model_is_not_exported(
    qtbot: QtBot, page: PredictPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    choose_format(qtbot, page, "predict-export-as-safetensors")
    qtbot.waitUntil(page.banner.isVisible, timeout=LONG_MS)
    assert "damaged" in page.banner.heading.text()
    assert not (tmp_path / "Run 5 model").exists()


def test_every_button_has_a_name(qtbot: QtBot, page: PredictPage, tmp_path: Path) -> None:
    ask(qtbot, page, photos(tmp_path, "lemon 97.png"))
    buttons = page.findChildren(QPushButton)
    assert len(buttons) > 5
    assert [b.text() for b in buttons if not (b.objectName() and b.accessibleName())] == []
