"""The Evaluate page with real evaluations in real run folders."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import events, test_looks
from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.gui.models.class_scores import ClassRow, ClassScores, Column
from finetune_gui.gui.pages.evaluate import EvaluatePage
from finetune_gui.gui.pages.evaluate_figures import Shown, shortened
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.explained_tile import PairLabel, fit_pair
from finetune_gui.jobs.evaluate import Evaluate
from finetune_gui.jobs.load_torch import LoadTorch
from tests.helpers import evaluated_run as runs
from tests.helpers.evaluated_run import CLASSES

LONG_MS = 60_000


@pytest.fixture
def ready(qtbot: QtBot, session: Session) -> Session:
    """A session whose engine is loaded."""
    session.load_torch()
    qtbot.waitUntil(lambda: session.torch_state == "ready", timeout=LONG_MS)
    return session


@pytest.fixture
def page(qtbot: QtBot, ready: Session) -> EvaluatePage:
    made = EvaluatePage(ready)
    qtbot.addWidget(made)
    made.resize(1072, 772)
    made.show()
    return made


@pytest.fixture
def show(qtbot: QtBot, page: EvaluatePage) -> Callable[[RunFolder], None]:
    """Open a run and wait until the page has settled."""

    def open_run(run: RunFolder) -> None:
        session = page.session
        session.open_run(run.path)
        qtbot.waitUntil(lambda: session.run is not None and session.run.path == run.path)
        qtbot.waitUntil(lambda: page.view != "busy")

    return open_run


class FakeEvaluate:
    """Stands in for the judging itself: writes what is prepared for a split."""

    made: ClassVar[dict[str | None, runs.Evaluation]] = {}
    asked: ClassVar[list[str | None]] = []
    way: ClassVar[threading.Event] = threading.Event()
    error: ClassVar[RunError | None] = None

    @classmethod
    def run(cls, job: Evaluate, ctx: JobContext) -> runs.Evaluation:
        cls.asked.append(job.split)
        ctx.progress(3, 10, "train-progress-evaluating")
        while not cls.way.wait(0.005):
            ctx.check_cancelled()
        if cls.error is not None:
            raise cls.error
        found = cls.made[job.split]
        runs.evaluation.write_evaluation(RunFolder(job.run_path), found)
        return found


def _judge(job: Evaluate, ctx: JobContext) -> runs.Evaluation:
    return FakeEvaluate.run(job, ctx)


@pytest.fixture
def judging(monkeypatch: pytest.MonkeyPatch) -> type[FakeEvaluate]:
    FakeEvaluate.made, FakeEvaluate.asked, FakeEvaluate.error = {}, [], None
    FakeEvaluate.way = threading.Event()
    FakeEvaluate.way.set()
    monkeypatch.setattr(Evaluate, "run", _judge)
    return FakeEvaluate


def subtitle(page: EvaluatePage) -> str:
    return page.header.subtitle.text()


def captions(page: EvaluatePage) -> list[tuple[str, str]]:
    return [(photo.caption, photo.note) for photo in page.result.mistakes.grid.photos]


def words(page: EvaluatePage) -> str:
    """All that can be read on the page now."""
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def click_cell(qtbot: QtBot, page: EvaluatePage, truth: str, guess: str) -> None:
    matrix = page.result.matrix.matrix
    cell = CLASSES.index(truth), CLASSES.index(guess)
    spot = matrix.cell_rect(cell).center()
    qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=spot)


# ---- what it says


def test_the_figures_are_those_of_the_evaluation(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    run = runs.make_finished_run(tmp_path / "Run 5", runs.make_evaluation(tmp_path / "in"))
    show(run)
    assert page.view == "result"
    assert subtitle(page) == "Run 5 on 10 test photos it has never seen"
    figures = page.result.figures
    assert (figures.accuracy.value.text(), figures.accuracy.hint.text()) == (
        "70.0 %",
        "7 of 10 right",
    )
    # F1: avocado 2·2/(4+3), kiwi 2·3/(3+5), lemon 2·2/(3+2); their mean.
    assert figures.macro_f1.value.text() == "0.707"
    assert figures.weakest.value.text() == "avocado"
    assert figures.weakest.hint.text() == "50.0 % found"
    assert figures.confused.value.text() == "avocado → kiwi"
    assert figures.confused.hint.text() == "2 photos"
    assert page.rail_done()
    assert page.rail_subtitle() == "70.0 % right"


def test_looks_at_the_test_photos_are_told(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    run = runs.make_finished_run(tmp_path / "Run 5", runs.make_evaluation(tmp_path / "in"))
    photo = ManifestEntry("kiwi/1.jpg", "kiwi", "test", "12-3")
    run.write_manifest(Manifest(str(tmp_path), ("kiwi", "lemon"), (photo,)))
    version = test_looks.version_in(run.read_manifest())
    for n in range(3):
        test_looks.add(page.session.paths, version, f"run {n}")
    show(run)
    assert subtitle(page) == "Run 5 on 10 test photos it has never seen · looked at 3 times"


def test_validation_photos_are_called_what_they_are(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    found = runs.make_evaluation(tmp_path / "in", split="validation")
    show(runs.make_finished_run(tmp_path / "Run 5", found, n_test=0))
    assert "10 validation photos" in subtitle(page)
    assert "used to choose" in subtitle(page)
    assert "never seen" not in subtitle(page)
    assert not page.result.figures.choice.isVisible()


def test_a_perfect_model_has_no_weakest_class_and_no_mistakes(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    found = runs.make_evaluation(tmp_path / "in", story=[(c, c, 0.9) for c in CLASSES])
    show(runs.make_finished_run(tmp_path / "run", found))
    figures = page.result.figures
    assert figures.accuracy.value.text() == "100.0 %"
    assert figures.weakest.value.text() == figures.confused.value.text() == "–"
    assert "No mistakes: all 3 photos are right." in words(page)


def test_photos_that_could_not_be_read_are_told(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    found = runs.make_evaluation(tmp_path / "in", unreadable=2)
    show(runs.make_finished_run(tmp_path / "run", found))
    assert "2 photos could not be read and were not judged." in words(page)
    assert "broken0.jpg" in page.result.mistakes.unreadable.toolTip()


def test_everything_follows_the_language(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    set_language("zh_CN")
    assert subtitle(page) == "run · 10 张从未见过的测试照片"
    assert page.result.figures.accuracy.hint.text() == "10 张中答对 7 张"
    assert captions(page)[0] == ("kiwi · 91%", "实为 avocado")
    headers = page.result.matrix.table.model()
    assert headers.headerData(Column.PRECISION, Qt.Orientation.Horizontal) == "精确率"
    set_language("en")
    assert captions(page)[0] == ("kiwi · 91 %", "is avocado")


def test_metrics_are_explained_when_asked(
    qtbot: QtBot, page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    found = runs.make_evaluation(tmp_path / "in", split="validation")
    show(runs.make_finished_run(tmp_path / "run", found, n_test=0))
    tile = page.result.figures.accuracy
    qtbot.mouseClick(tile.name.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "named correctly" in words(page))
    assert "kept no test photos" in words(page)


# ---- photos


def test_mistakes_come_surest_first(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    assert captions(page) == [
        ("kiwi · 91 %", "is avocado"),
        ("kiwi · 74 %", "is avocado"),
        ("avocado · 55 %", "is lemon"),
    ]
    assert {photo.tone for photo in page.result.mistakes.grid.photos} == {"danger"}
    assert not page.result.mistakes.back.isVisible()


def test_a_cell_shows_exactly_its_photos_and_the_way_back(
    qtbot: QtBot, page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    mistakes = page.result.mistakes
    click_cell(qtbot, page, "avocado", "kiwi")
    assert [p.path.name for p in mistakes.grid.photos] == ["003 avocado.png", "002 avocado.png"]
    assert mistakes.heading.text() == "avocado, taken for kiwi"
    click_cell(qtbot, page, "kiwi", "kiwi")
    assert [photo.tone for photo in mistakes.grid.photos] == ["good"] * 3
    assert mistakes.heading.text() == "kiwi, recognised"
    click_cell(qtbot, page, "lemon", "kiwi")
    assert mistakes.grid.photos == ()
    assert "No photo belongs here." in words(page)
    qtbot.mouseClick(mistakes.back, Qt.MouseButton.LeftButton)
    assert len(mistakes.grid.photos) == 3
    assert mistakes.heading.text() == "Mistakes"


def test_escape_in_the_matrix_shows_all_mistakes_again(
    qtbot: QtBot, page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    matrix = page.result.matrix.matrix
    qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert page.result.shown == Shown("avocado", "avocado")
    qtbot.keyClick(matrix, Qt.Key.Key_Escape)
    assert page.result.shown == Shown()


def test_a_class_of_the_table_shows_its_mistakes(
    qtbot: QtBot, page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    card = page.result.matrix
    qtbot.mouseClick(card.views.chip("classes"), Qt.MouseButton.LeftButton)
    assert card.table.isVisible()
    assert not card.modes.isVisible()
    spot = card.table.visualRect(card.table.model().index(0, 0)).center()
    qtbot.mouseClick(card.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    # The table begins with the lowest recall.
    assert page.result.shown == Shown("avocado")
    assert captions(page) == [("kiwi · 91 %", "is avocado"), ("kiwi · 74 %", "is avocado")]


def test_a_photo_opens_large_with_truth_and_answer(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    page.result.mistakes.grid.opened.emit(2)
    dialog = page.findChild(QDialog, "photo-view")
    assert dialog.isVisible()
    said = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert "009 lemon.png" in said
    assert "The model said" in said
    assert "55 %" in said
    dialog.close()


def test_the_cells_show_what_is_chosen(
    qtbot: QtBot, page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    card = page.result.matrix
    qtbot.mouseClick(card.modes.segment("guess"), Qt.MouseButton.LeftButton)
    assert card.matrix.mode == "guess"
    assert card.matrix.sentence((0, 1)).startswith("Of 5 photos called “kiwi”, 2 are “avocado”")
    assert "each column" in card.hint.text()


# ---- what it shows when there is nothing to judge


def test_without_a_run_it_leads_to_train(qtbot: QtBot, page: EvaluatePage) -> None:
    assert page.view == "empty"
    asked = QSignalSpy(page.navigate)
    button = page.findChild(QPushButton, "evaluate-empty-train")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.at(0) == ["train"]
    assert not page.save_button.isVisible()
    assert not page.rail_done()


def test_a_failed_run_is_never_judged(
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    tmp_path: Path,
) -> None:
    failed = events.RunFailed("error-out-of-memory", time=300.0)
    found = runs.make_evaluation(tmp_path / "in")
    show(runs.make_run(tmp_path / "run", runs.started(10), runs.epoch(200.0), failed, found=found))
    assert page.view == "failed"
    assert not page.start_button.isVisible()
    assert judging.asked == []


def test_a_run_without_a_model_says_so(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_run(tmp_path / "run", runs.started(10), model=False))
    assert page.view == "no-model"


def test_a_run_that_goes_on_is_judged_when_it_is_done(
    qtbot: QtBot, page: EvaluatePage, tmp_path: Path
) -> None:
    session, found = page.session, runs.make_evaluation(tmp_path / "in")
    run = runs.make_run(tmp_path / "run", runs.started(10), runs.epoch(200.0))
    with run.locked():
        session.open_run(run.path)
        qtbot.waitUntil(lambda: page.view == "training")
        runs.evaluation.write_evaluation(run, found)
        run.append_event(runs.finished())
        run.append_event(events.Evaluated("test", 0.7, 0.7, 10, time=301.0))
    qtbot.waitUntil(lambda: page.view == "result", timeout=LONG_MS)
    assert page.rail_subtitle() == "70.0 % right"


def test_without_the_engine_it_says_so(
    qtbot: QtBot,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def fail(_job: LoadTorch, _ctx: JobContext) -> dict[str, str]:
        raise UserError("error-out-of-memory")

    monkeypatch.setattr(LoadTorch, "run", fail)
    page = EvaluatePage(session)
    qtbot.addWidget(page)
    session.load_torch()
    session.open_run(runs.make_finished_run(tmp_path / "run").path)
    qtbot.waitUntil(lambda: page.view == "no-torch")


def test_an_evaluation_older_than_the_model_is_not_shown(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    found = runs.make_evaluation(tmp_path / "in")
    run = runs.make_run(tmp_path / "run", runs.started(10), runs.epoch(200.0), found=found)
    run.append_event(runs.epoch(400.0))
    show(run)
    assert page.view == "not-yet"


def test_before_the_engine_is_loaded_it_waits(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    page = EvaluatePage(session)
    qtbot.addWidget(page)
    run = runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in"))
    session.open_run(run.path)
    qtbot.waitUntil(lambda: page.view == "busy")
    session.load_torch()
    qtbot.waitUntil(lambda: page.view == "result", timeout=LONG_MS)


def test_another_run_takes_the_place_of_the_one_before(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path
) -> None:
    show(runs.make_finished_run(tmp_path / "one", runs.make_evaluation(tmp_path / "in")))
    perfect = runs.make_evaluation(tmp_path / "in2", story=[(c, c, 0.9) for c in CLASSES])
    show(runs.make_finished_run(tmp_path / "two", perfect))
    assert subtitle(page).startswith("two on 3 test photos")
    show(runs.make_run(tmp_path / "three", runs.started(10), runs.epoch(200.0)))
    assert page.view == "not-yet"
    assert not page.save_button.isVisible()


def test_a_broken_evaluation_is_told_and_can_be_made_anew(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    tmp_path: Path,
) -> None:
    found = runs.make_evaluation(tmp_path / "in")
    run = runs.make_finished_run(tmp_path / "run", found)
    (run.evaluation / "metrics.json").write_text("{", encoding="utf-8")
    show(run)
    assert page.view == "not-yet"
    assert page.banner.isVisible()
    judging.made = {None: found}
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.view == "result")
    assert not page.banner.isVisible()


# ---- judging


@pytest.fixture
def paused(tmp_path: Path) -> RunFolder:
    """A run that was paused with a model and has no evaluation."""
    pause = events.RunPaused(5, time=210.0)
    return runs.make_run(tmp_path / "run", runs.started(10), runs.epoch(200.0), pause)


def test_a_paused_run_is_judged_when_asked(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    paused: RunFolder,
    tmp_path: Path,
) -> None:
    judging.made = {None: runs.make_evaluation(tmp_path / "in")}
    judging.way.clear()
    show(paused)
    assert page.view == "not-yet"
    assert judging.asked == []
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.busy.count.text() == "3 of 10 photos")
    judging.way.set()
    qtbot.waitUntil(lambda: page.view == "result")
    assert subtitle(page) == "run on 10 test photos it has never seen"


def test_judging_can_be_cancelled(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    paused: RunFolder,
) -> None:
    judging.way.clear()
    show(paused)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: judging.asked == [None])
    qtbot.mouseClick(page.busy.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.view == "not-yet")


def test_what_went_wrong_is_said(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    paused: RunFolder,
) -> None:
    judging.error = RunError("error-model-broken", path="model.safetensors")
    show(paused)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    assert page.view == "not-yet"
    assert "model.safetensors" in page.banner.heading.text()


def test_validation_photos_are_judged_once_and_then_kept(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    tmp_path: Path,
) -> None:
    validation = runs.make_evaluation(tmp_path / "v", split="validation", story=runs.STORY[:5])
    judging.made = {"validation": validation}
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    chips = page.result.figures.splits
    qtbot.mouseClick(chips.chip("validation"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.view == "result" and "5 validation" in subtitle(page))
    qtbot.mouseClick(chips.chip("test"), Qt.MouseButton.LeftButton)
    assert subtitle(page) == "run on 10 test photos it has never seen"
    qtbot.mouseClick(chips.chip("validation"), Qt.MouseButton.LeftButton)
    assert "5 validation" in subtitle(page)
    assert judging.asked == ["validation"]


def test_cancelling_another_split_goes_back_to_the_one_before(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    tmp_path: Path,
) -> None:
    judging.way.clear()
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    chips = page.result.figures.splits
    qtbot.mouseClick(chips.chip("validation"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: judging.asked == ["validation"])
    qtbot.mouseClick(page.busy.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.view == "result")
    assert chips.value == "test"
    assert "test photos" in subtitle(page)
    assert "cancelled" in page.banner.heading.text()


def test_opening_another_run_lets_go_of_the_judging(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    judging: type[FakeEvaluate],
    paused: RunFolder,
    tmp_path: Path,
) -> None:
    judging.way.clear()
    show(paused)
    qtbot.mouseClick(page.start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: judging.asked == [None])
    show(runs.make_finished_run(tmp_path / "other", runs.make_evaluation(tmp_path / "in")))
    qtbot.waitUntil(lambda: not page.session.runner.active)
    assert page.view == "result"
    assert subtitle(page).startswith("other on")


# ---- saving


def test_saving_writes_what_is_shown_into_a_new_folder(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    out = tmp_path / "我的 结果"
    out.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(out))
    show(runs.make_finished_run(tmp_path / "Run 5", runs.make_evaluation(tmp_path / "in")))
    for number in (1, 2):
        qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(
            lambda n=number: len(list(out.iterdir())) == n and page.save_button.isEnabled()
        )
    assert sorted(p.name for p in out.iterdir()) == ["Run 5 test", "Run 5 test 2"]
    saved = out / "Run 5 test"
    assert json.loads((saved / "metrics.json").read_text("utf-8"))["accuracy"] == 0.7
    with (saved / "predictions.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 10
    with (saved / "confusion_matrix.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ["avocado", "2", "2", "0"]
    assert str(out) in page.banner.heading.text()


def test_a_folder_that_cannot_be_written_is_told(
    qtbot: QtBot,
    page: EvaluatePage,
    show: Callable[[RunFolder], None],
    monkeypatch: pytest.MonkeyPatch,
    allow_log: Callable[[str], None],
    tmp_path: Path,
) -> None:
    allow_log("SaveEvaluation failed")
    gone = tmp_path / "gone"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(gone))
    show(runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in")))
    qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    assert str(gone) in page.banner.heading.text()
    assert page.save_button.isEnabled()


# ---- the table and small words


def names(scores: ClassScores) -> list[str]:
    return [row.name for row in scores.rows]


def test_the_table_sorts_and_puts_what_has_no_score_last() -> None:
    scores = ClassScores()
    scores.set_rows(
        [
            ClassRow("class 10", 0.5, 0.9, 0.64, 10),
            ClassRow("class 2", None, 0.0, 0.0, 7),
            ClassRow("class 1", 0.75, None, None, 0),
        ]
    )
    scores.sort(Column.NAME)
    assert names(scores) == ["class 1", "class 2", "class 10"]
    scores.sort(Column.PRECISION, Qt.SortOrder.DescendingOrder)
    assert names(scores) == ["class 1", "class 10", "class 2"]
    scores.sort(Column.RECALL)
    assert names(scores) == ["class 2", "class 10", "class 1"]
    assert scores.data(scores.index(2, Column.RECALL)) == "–"
    assert scores.data(scores.index(1, Column.RECALL)) == "90.0 %"
    horizontal = Qt.Orientation.Horizontal
    assert scores.headerData(Column.RECALL, horizontal) == "Recall ↑"
    tooltip = scores.headerData(Column.RECALL, horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "how many the model found" in str(tooltip)


def test_sorting_keeps_hold_of_the_selected_class() -> None:
    scores = ClassScores()
    scores.set_rows([ClassRow(n, s, s, s, 3) for n, s in (("a", 0.9), ("b", 0.5), ("c", 0.7))])
    kept = QPersistentModelIndex(scores.index(0, Column.RECALL))
    scores.sort(Column.RECALL)
    assert (kept.row(), kept.column()) == (2, Column.RECALL)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("avocado", "avocado"),
        ("fourteen long.", "fourteen long."),
        ("bird species number 31", "bird s…ber 31"),
        ("超级长的类别名称效果", "超级长…称效果"),
    ],
)
def test_long_names_are_cut_in_the_middle(name: str, short: str) -> None:
    assert shortened(name) == short


def test_two_names_are_cut_so_that_the_arrow_stays(qtbot: QtBot) -> None:
    label = PairLabel()
    qtbot.addWidget(label)
    metrics = QFontMetrics(label.font())
    pair = ("avocado", "Granny Smith apple from Tasmania, ripe")
    whole = metrics.horizontalAdvance("avocado → Granny Smith apple from Tasmania, ripe")
    assert fit_pair(pair, metrics, whole) == "avocado → Granny Smith apple from Tasmania, ripe"
    cut = fit_pair(pair, metrics, whole * 2 // 3)
    assert cut.startswith("avocado → Gran")
    assert "…" in cut
    assert metrics.horizontalAdvance(cut) <= whole * 2 // 3
    both = fit_pair((pair[1], pair[1]), metrics, whole // 2)
    assert both.count("…") == 2
    assert " → " in both


def test_no_folder_of_the_run_is_changed_by_looking(
    page: EvaluatePage, show: Callable[[RunFolder], None], tmp_path: Path, paths: AppPaths
) -> None:
    assert page.session.paths == paths
    run = runs.make_finished_run(tmp_path / "run", runs.make_evaluation(tmp_path / "in"))
    before = {p: p.stat().st_mtime_ns for p in run.path.rglob("*") if p.is_file()}
    show(run)
    assert before == {p: p.stat().st_mtime_ns for p in run.path.rglob("*") if p.is_file()}
