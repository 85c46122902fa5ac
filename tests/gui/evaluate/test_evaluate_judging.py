"""The Evaluate page when there is nothing to judge, and while it judges."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core import events
from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.gui.pages.evaluate import EvaluatePage
from finetune_gui.gui.session import Session
from finetune_gui.jobs.evaluate import Evaluate
from finetune_gui.jobs.load_torch import LoadTorch
from tests.helpers import evaluated_run as runs
from tests.helpers.evaluated_run import CLASSES
from tests.helpers.page_words import subtitle

LONG_MS = 60_000


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
