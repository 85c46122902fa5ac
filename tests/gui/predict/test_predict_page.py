"""The Predict page: which model is asked, its answers, the table, and what goes on meanwhile."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import events
from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import set_language
from finetune_gui.gui.models.predictions import Column, Predictions
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.probability_bars import ProbabilityBars
from tests.helpers import evaluated_run as runs
from tests.helpers.displayed import displayed
from tests.helpers.evaluated_run import CLASSES, answer, broken
from tests.helpers.page_words import words
from tests.helpers.predicting import PORTION, FakeModel, ask, photos, shown


@pytest.fixture
def bare(qtbot: QtBot, session: Session) -> PredictPage:
    """The page while there is no run."""
    made = displayed(qtbot, PredictPage(session))
    qtbot.waitUntil(lambda: made.chooser.is_ready)
    return made


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


# ---- while it asks


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
