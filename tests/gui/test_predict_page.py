"""The Predict page: ways in, answers, ways out."""

from __future__ import annotations

import csv
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import events
from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import set_language
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.prediction import Prediction
from finetune_gui.gui.models.predictions import Column, Predictions
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.gui.pages.predict_paste import as_picture
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.probability_bars import ProbabilityBars
from finetune_gui.jobs.predict import Predict, Predicted
from tests.helpers import evaluated_run as runs
from tests.helpers.evaluated_run import CLASSES, answer, broken
from tests.helpers.photos import save_photo, truncated_jpeg

LONG_MS = 60_000
PORTION = 32


class FakeModel:
    """Stands in for the network: what it says of a photo stands in the photo's name.

    "kiwi 35.png" is a kiwi with 35 %, "broken…" cannot be read. It waits before each portion
    after the first until ``way`` is open.
    """

    asked: ClassVar[list[tuple[str, list[str]]]] = []
    way: ClassVar[threading.Event] = threading.Event()
    error: ClassVar[RunError | None] = None

    @classmethod
    def run(cls, job: Predict, ctx: JobContext) -> list[Prediction]:
        cls.asked.append((job.run_path.name, [photo.name for photo in job.photos]))
        if cls.error is not None:
            raise cls.error
        said = [cls.say(photo) for photo in job.photos]
        for start in range(0, len(said), PORTION):
            while start and not cls.way.wait(0.005):
                ctx.check_cancelled()
            ctx.emit(Predicted(tuple(said[start : start + PORTION])))
            ctx.progress(min(start + PORTION, len(said)), len(said), "predict-progress")
        return said

    @staticmethod
    def say(photo: Path) -> Prediction:
        if photo.name.startswith("broken"):
            return broken(photo)
        label, _, rest = photo.stem.partition(" ")
        if label not in CLASSES:
            return answer(photo, "kiwi", 0.97, CLASSES)
        return answer(photo, label, int(rest[:2]) / 100, CLASSES)


def _ask(job: Predict, ctx: JobContext) -> list[Prediction]:
    return FakeModel.run(job, ctx)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> type[FakeModel]:
    FakeModel.asked, FakeModel.error = [], None
    FakeModel.way = threading.Event()
    FakeModel.way.set()
    monkeypatch.setattr(Predict, "run", _ask)
    return FakeModel


@pytest.fixture
def bare(qtbot: QtBot, session: Session) -> PredictPage:
    """The page while there is no run."""
    made = PredictPage(session)
    qtbot.addWidget(made)
    made.resize(1072, 772)
    made.show()
    qtbot.waitUntil(lambda: made.chooser.is_ready)
    return made


@pytest.fixture
def page(qtbot: QtBot, session: Session, model: type[FakeModel]) -> PredictPage:
    """The page with one finished run."""
    assert model.asked == []
    runs.make_finished_run(session.paths.runs / "Run 5")
    made = PredictPage(session)
    qtbot.addWidget(made)
    made.resize(1072, 772)
    made.show()
    qtbot.waitUntil(lambda: made.view == "drop")
    return made


def photos(tmp_path: Path, *names: str) -> list[Path]:
    return [save_photo(tmp_path / "in" / name, n) for n, name in enumerate(names)]


def ask(qtbot: QtBot, page: PredictPage, paths: Sequence[Path]) -> None:
    """Ask and wait for all answers."""
    before = len(FakeModel.asked)
    page.ask(paths)
    qtbot.waitUntil(lambda: len(FakeModel.asked) > before and not page.is_asking)


def shown(page: PredictPage) -> list[str]:
    return [row.path.name for row in page.results.answers]


def words(page: PredictPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def items(page: PredictPage) -> list[str]:
    box = page.chooser.box
    return [box.itemText(row) for row in range(box.count())]


# ---- which model


def test_without_a_trained_model_it_leads_to_train(qtbot: QtBot, bare: PredictPage) -> None:
    assert bare.view == "no-model"
    asked = QSignalSpy(bare.navigate)
    button = bare.findChild(QPushButton, "predict-go-train")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.at(0) == ["train"]
    assert not bare.photos_button.isVisible()
    assert not bare.export_button.isVisible()


def test_only_finished_runs_with_a_model_are_offered(qtbot: QtBot, session: Session) -> None:
    folder = session.paths.runs
    failed = events.RunFailed("error-out-of-memory", time=300.0)
    paused = events.RunPaused(5, time=300.0)
    runs.make_run(folder / "failed", runs.started(0), runs.epoch(200.0), failed)
    runs.make_run(folder / "paused", runs.started(0), runs.epoch(200.0), paused)
    runs.make_run(folder / "interrupted", runs.started(0), runs.epoch(200.0))
    runs.make_run(folder / "empty", runs.started(0), runs.finished(), model=False)
    runs.make_finished_run(folder / "good")
    page = PredictPage(session)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.chooser.is_ready)
    assert items(page) == ["good · 90.0 % on validation"]


def test_the_run_that_is_open_is_the_one_that_answers(
    qtbot: QtBot, session: Session, page: PredictPage
) -> None:
    runs.make_finished_run(session.paths.runs / "Run 6")
    session.open_run(session.paths.runs / "Run 6")
    qtbot.waitUntil(lambda: page.chooser.run is not None and page.chooser.run.name == "Run 6")
    assert len(items(page)) == 2


def test_a_run_from_elsewhere_can_answer_too(
    qtbot: QtBot, session: Session, page: PredictPage, tmp_path: Path
) -> None:
    elsewhere = runs.make_finished_run(tmp_path / "别处" / "Run 9")
    session.open_run(elsewhere.path)
    qtbot.waitUntil(
        lambda: page.chooser.run is not None and page.chooser.run.path == elsewhere.path
    )


def test_a_failed_run_that_is_open_does_not_answer(
    qtbot: QtBot, session: Session, page: PredictPage
) -> None:
    failed = events.RunFailed("error-out-of-memory", time=300.0)
    path = session.paths.runs / "failed"
    runs.make_run(path, runs.started(0), runs.epoch(200.0), failed)
    session.open_run(path)
    qtbot.waitUntil(lambda: session.run is not None and session.run.path == path)
    qtbot.waitUntil(lambda: not session.runner.active)
    assert page.chooser.run is not None
    assert page.chooser.run.name == "Run 5"
    assert len(items(page)) == 1


def test_a_run_that_finishes_makes_the_page_usable(
    qtbot: QtBot, session: Session, bare: PredictPage
) -> None:
    run = runs.make_finished_run(session.paths.runs / "Run 1")
    session.open_run(run.path)
    qtbot.waitUntil(lambda: bare.view == "drop")


def test_another_model_is_asked_about_all_photos_again(
    qtbot: QtBot, session: Session, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    paths = photos(tmp_path, "kiwi 97.png", "lemon 80.png")
    ask(qtbot, page, paths)
    runs.make_finished_run(session.paths.runs / "Run 6")
    paths[1].unlink()
    page.on_shown()
    qtbot.waitUntil(lambda: len(items(page)) == 2)
    assert len(model.asked) == 1
    page.chooser.choose(session.paths.runs / "Run 6")
    qtbot.waitUntil(lambda: len(model.asked) == 2 and not page.is_asking)
    assert model.asked[1] == ("Run 6", ["kiwi 97.png"])
    assert shown(page) == ["kiwi 97.png"]


# ---- answers


def test_the_first_photo_is_shown_large_with_words_and_bars(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    ask(qtbot, page, photos(tmp_path, "lemon 97.png", "kiwi 80.png"))
    card = page.results.card
    assert page.view == "results"
    assert card.headline.text() == "lemon · 97 % sure"
    assert card.bars.shown[0] == ("lemon", 0.97)
    assert "knows 3 classes" in card.knows.text()
    assert not card.caution.isVisible()
    qtbot.waitUntil(lambda: card.photo.has_picture)
    assert page.rail_subtitle() == "2 answers"


def test_an_unsure_answer_says_what_the_model_cannot_know(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    ask(qtbot, page, photos(tmp_path, "kiwi 35.png", "kiwi 75.png"))
    card = page.results.card
    assert card.headline.text() == "kiwi? · only 35 % sure"
    assert card.caution.isVisible()
    assert "these 3 classes" in card.caution.text.text()
    assert page.results.table.model().index(0, Column.CONFIDENCE).data() == "not sure · 35 %"
    page.results.table.selectRow(1)
    assert card.headline.text() == "kiwi · 75 % sure, with some doubt"
    assert not card.caution.isVisible()


def test_what_cannot_be_read_is_listed_with_its_reason(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    ask(qtbot, page, photos(tmp_path, "kiwi 97.png", "broken.png"))
    assert "1 photo cannot be read" in words(page)
    assert page.results.table.model().index(1, Column.ANSWER).data() == "Cannot be read"
    page.results.table.selectRow(1)
    card = page.results.card
    assert "damaged" in card.caution.text.text()
    assert not card.bars.isVisible()
    assert not card.photo.has_picture


def test_answers_come_while_the_others_are_asked(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    model.way.clear()
    page.ask([tmp_path / f"kiwi {n % 90 + 10}.{n}.png" for n in range(100)])
    qtbot.waitUntil(lambda: len(page.results.answers) == PORTION)
    assert page.is_asking
    strip = page.results.strip
    qtbot.waitUntil(lambda: strip.text.text() == "32 of 100 photos")
    assert strip.isVisible()
    model.way.set()
    qtbot.waitUntil(lambda: not page.is_asking)
    assert len(page.results.answers) == 100
    assert not strip.isVisible()


def test_cancel_keeps_what_was_answered(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    model.way.clear()
    page.ask([tmp_path / f"kiwi {n % 90 + 10}.{n}.png" for n in range(100)])
    qtbot.waitUntil(lambda: len(page.results.answers) == PORTION)
    qtbot.mouseClick(page.results.strip.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.is_asking)
    assert len(page.results.answers) == PORTION
    assert page.banner.heading.text() == "Stopped. 32 photos were answered."


def test_photos_that_come_meanwhile_wait_for_their_turn(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    model.way.clear()
    page.ask([tmp_path / f"kiwi {n % 90 + 10}.{n}.png" for n in range(40)])
    qtbot.waitUntil(lambda: len(page.results.answers) == PORTION)
    page.ask([tmp_path / "lemon 88.png"])
    model.way.set()
    qtbot.waitUntil(lambda: len(page.results.answers) == 41)
    assert [names for _, names in model.asked][1] == ["lemon 88.png"]
    # What was asked last is what one wants to see.
    assert page.results.card.headline.text() == "lemon · 88 % sure"


def test_a_photo_asked_twice_is_listed_once(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    paths = photos(tmp_path, "kiwi 97.png", "lemon 80.png")
    ask(qtbot, page, [*paths, paths[0]])
    ask(qtbot, page, paths[:1])
    assert shown(page) == ["kiwi 97.png", "lemon 80.png"]
    assert page.results.card.headline.text() == "kiwi · 97 % sure"


def test_a_model_that_cannot_answer_says_why(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    model.error = RunError("error-model-broken", path="model.safetensors")
    ask(qtbot, page, photos(tmp_path, "kiwi 97.png"))
    assert "model.safetensors" in page.banner.heading.text()
    assert page.view == "drop"


def test_answers_stay_when_the_language_changes(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    ask(qtbot, page, photos(tmp_path, "kiwi 35.png", "broken.png"))
    set_language("zh_CN")
    assert page.results.card.headline.text() == "kiwi？· 只有 35% 的把握"
    table = page.results.table.model()
    assert table.index(0, Column.CONFIDENCE).data() == "不确定 · 35%"
    assert table.index(1, Column.ANSWER).data() == "无法读取"
    assert table.headerData(Column.CONFIDENCE, Qt.Orientation.Horizontal) == "置信度"
    assert page.results.count.text() == "2 张"
    assert items(page) == ["Run 5 · 验证集 90.0%"]


def test_a_click_on_a_row_shows_it_and_a_double_click_opens_it(
    qtbot: QtBot, page: PredictPage, tmp_path: Path
) -> None:
    ask(qtbot, page, photos(tmp_path, "lemon 97.png", "kiwi 80.png"))
    table = page.results.table
    spot = table.visualRect(table.model().index(1, Column.ANSWER)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert page.results.card.headline.text() == "kiwi · 80 % sure, with some doubt"
    qtbot.keyClick(table, Qt.Key.Key_Return)
    view = page.findChild(QDialog, "photo-view")
    assert view.isVisible()
    assert any(label.text() == "kiwi 80.png" for label in view.findChildren(QLabel))
    view.close()


def test_a_thousand_answers_are_taken_without_a_stutter(page: PredictPage, tmp_path: Path) -> None:
    said = [answer(tmp_path / f"{n}.png", CLASSES[n % 3], 0.9, CLASSES) for n in range(1000)]
    table = page.results.table
    table.sortByColumn(Column.CONFIDENCE, Qt.SortOrder.AscendingOrder)
    longest = 0.0
    for start in range(0, 1000, PORTION):
        began = time.perf_counter()
        page.results.put(said[start : start + PORTION])
        QApplication.processEvents()
        longest = max(longest, time.perf_counter() - began)
    assert len(page.results.answers) == 1000
    # Ten times what it takes; asking each row for its width would take longer than this.
    assert longest < 0.5


# ---- the table


def test_sorting_puts_the_least_sure_first_and_the_unreadable_last() -> None:
    table = Predictions()
    table.put([answer(Path("/p10.png"), "kiwi", 0.9, CLASSES), broken(Path("/p1.png"))])
    table.sort(Column.CONFIDENCE)
    table.put([answer(Path("/p2.png"), "avocado", 0.4, CLASSES)])
    assert [row.path.name for row in table.rows] == ["p2.png", "p10.png", "p1.png"]
    table.sort(Column.CONFIDENCE, Qt.SortOrder.DescendingOrder)
    assert [row.path.name for row in table.rows] == ["p10.png", "p2.png", "p1.png"]
    table.sort(Column.PHOTO)
    assert [row.path.name for row in table.rows] == ["p1.png", "p2.png", "p10.png"]
    assert table.unreadable == 1


def test_the_selected_row_stays_selected_while_others_come(
    page: PredictPage, tmp_path: Path
) -> None:
    page.results.put([answer(tmp_path / "b.png", "kiwi", 0.9, CLASSES)])
    page.results.show_photo(tmp_path / "b.png")
    page.results.table.sortByColumn(Column.PHOTO, Qt.SortOrder.AscendingOrder)
    page.results.put([answer(tmp_path / "a.png", "lemon", 0.8, CLASSES)])
    current = page.results.table.current_answer()
    assert current is not None
    assert current.path.name == "b.png"
    assert page.results.table.currentIndex().row() == 1


def test_bars_show_the_five_likeliest(qtbot: QtBot) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.set_probabilities({f"class {n}": n / 45 for n in range(10)})
    assert [name for name, _ in bars.shown] == [f"class {n}" for n in (9, 8, 7, 6, 5)]
    assert bars.accessibleDescription().startswith("class 9 20 %, class 8 18 %")
    empty = bars.sizeHint().height()
    bars.set_probabilities({})
    assert bars.sizeHint().height() < empty


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


def test_clear_while_asking_forgets_everything(
    qtbot: QtBot, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    model.way.clear()
    page.ask([tmp_path / f"kiwi {n % 90 + 10}.{n}.png" for n in range(100)])
    qtbot.waitUntil(lambda: len(page.results.answers) == PORTION)
    qtbot.mouseClick(page.results.clear_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.session.runner.active)
    assert page.view == "drop"
    assert page.results.answers == []
    assert not page.banner.isVisible()


def test_every_button_has_a_name(qtbot: QtBot, page: PredictPage, tmp_path: Path) -> None:
    ask(qtbot, page, photos(tmp_path, "lemon 97.png"))
    buttons = page.findChildren(QPushButton)
    assert len(buttons) > 5
    assert [b.text() for b in buttons if not (b.objectName() and b.accessibleName())] == []


def test_what_an_earlier_job_still_says_is_not_shown(
    qtbot: QtBot, session: Session, page: PredictPage, model: type[FakeModel], tmp_path: Path
) -> None:
    model.way.clear()
    page.ask([tmp_path / f"kiwi {n % 90 + 10}.{n}.png" for n in range(100)])
    qtbot.waitUntil(lambda: len(page.results.answers) == PORTION)
    first = session.runner.active[0]
    page.clear()
    page.ask([tmp_path / f"lemon {n % 90 + 10}.{n}.png" for n in range(50)])
    qtbot.waitUntil(lambda: first.is_over and len(page.results.answers) == PORTION)
    qtbot.waitUntil(lambda: page.results.strip.text.text() == "32 of 50 photos")
    assert page.results.strip.isVisible()
    assert {row.label for row in page.results.answers} == {"lemon"}
    model.way.set()
    qtbot.waitUntil(lambda: not page.is_asking)


def test_while_a_model_trains_photos_wait_and_the_page_says_so(
    qtbot: QtBot, session: Session, page: PredictPage, tmp_path: Path
) -> None:
    way = threading.Event()

    @dataclass(frozen=True)
    class Busy:
        lane: Lane = Lane.COMPUTE
        title: str = "train-job"

        def run(self, ctx: JobContext) -> None:
            while not way.wait(0.005):
                ctx.check_cancelled()

    session.runner.start(Busy())
    page.ask(photos(tmp_path, "kiwi 97.png"))
    assert page.view == "busy"
    assert "Waiting for the training to end…" in words(page)
    way.set()
    qtbot.waitUntil(lambda: shown(page) == ["kiwi 97.png"])
