"""How long it would take, said before the training is started."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext
from finetune_gui.gui import run_desk
from finetune_gui.gui.pages import train_estimate
from finetune_gui.gui.pages.train import TrainPage
from finetune_gui.gui.session import Session
from finetune_gui.jobs.estimate_training import EstimateTraining
from tests.helpers import fake_training as fake
from tests.helpers.displayed import displayed
from tests.helpers.photos import make_class_folders


class FakeEstimate(EstimateTraining):
    """Takes 10 s an epoch; waits for ``way`` before it says so."""

    asked: ClassVar[list[EstimateTraining]] = []
    ended: ClassVar[list[EstimateTraining]] = []
    way: ClassVar[threading.Event] = threading.Event()
    error: ClassVar[UserError | None] = None

    def run(self, ctx: JobContext) -> float:
        self.asked.append(self)
        try:
            while not self.way.wait(0.01):
                ctx.check_cancelled()
            if self.error is not None:
                raise self.error
            return 10.0 * self.recipe.train.epochs
        finally:
            self.ended.append(self)


@pytest.fixture(autouse=True)
def estimate(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeEstimate]]:
    """The fake estimate, which may go on at once."""
    for name in ("asked", "ended"):
        monkeypatch.setattr(FakeEstimate, name, [])
    monkeypatch.setattr(FakeEstimate, "way", threading.Event())
    monkeypatch.setattr(FakeEstimate, "error", None)
    monkeypatch.setattr(train_estimate, "EstimateTraining", FakeEstimate)
    FakeEstimate.way.set()
    yield FakeEstimate
    FakeEstimate.way.set()


@pytest.fixture
def page(qtbot: QtBot, session: Session, tmp_path: Path) -> TrainPage:
    """The page, shown, with photos that are split and with torch at hand."""
    photos = make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})
    session.torch_state = "ready"
    made = displayed(qtbot, TrainPage(session))
    session.open_dataset(photos)
    qtbot.waitUntil(lambda: bool(session.splits), timeout=30_000)
    return made


def says(page: TrainPage, text: str) -> Callable[[], bool]:
    """Whether the line of the page has these words."""
    return lambda: text in page.status.line.text()


def test_the_line_says_how_long_it_takes(qtbot: QtBot, session: Session, page: TrainPage) -> None:
    session.change_recipe({"train.epochs": 20})
    qtbot.waitUntil(says(page, "about 3 min 20 s"))
    session.set_language("zh_CN")
    assert "3 分 20 秒" in page.status.line.text()


def test_another_recipe_is_estimated_anew(
    qtbot: QtBot, session: Session, page: TrainPage, estimate: type[FakeEstimate]
) -> None:
    session.change_recipe({"train.epochs": 2})
    qtbot.waitUntil(says(page, "about 20 s"))
    session.change_recipe({"train.epochs": 3})
    assert "about" not in page.status.line.text()
    qtbot.waitUntil(says(page, "about 30 s"))
    assert [job.recipe.train.epochs for job in estimate.asked][-2:] == [2, 3]


def test_what_is_known_is_not_estimated_again(
    qtbot: QtBot, session: Session, page: TrainPage, estimate: type[FakeEstimate]
) -> None:
    qtbot.waitUntil(says(page, "about"))
    page.hide()
    page.show()
    page.on_shown()
    session.torch_changed.emit()
    assert says(page, "about")()
    assert len(estimate.asked) == 1


def test_nothing_is_tried_out_on_a_page_that_is_not_seen(
    qtbot: QtBot, session: Session, page: TrainPage, estimate: type[FakeEstimate]
) -> None:
    estimate.way.clear()
    session.change_recipe({"train.epochs": 2})
    qtbot.waitUntil(lambda: bool(estimate.asked))
    page.hide()
    qtbot.waitUntil(lambda: estimate.ended == estimate.asked)
    assert page.estimator.seconds is None
    estimate.way.set()
    page.show()
    page.on_shown()
    qtbot.waitUntil(says(page, "about 20 s"))


def test_start_does_not_wait_for_the_estimate(
    qtbot: QtBot,
    session: Session,
    page: TrainPage,
    estimate: type[FakeEstimate],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    estimate.way.clear()
    session.change_recipe({"train.epochs": 2})
    qtbot.waitUntil(lambda: bool(estimate.asked))
    page.start_button.click()
    assert script.inside.wait(10)
    assert estimate.ended == estimate.asked
    script.way.set()
    qtbot.waitUntil(lambda: session.training is None)


def test_an_estimate_that_fails_says_nothing_and_is_not_tried_for_ever(
    qtbot: QtBot, session: Session, page: TrainPage, estimate: type[FakeEstimate]
) -> None:
    told: list[object] = []
    session.message.connect(told.append)
    estimate.error = UserError("error-unexpected", detail="no")
    session.change_recipe({"train.epochs": 2})
    with qtbot.waitSignal(page.estimator.changed):
        pass
    tried = len(estimate.asked)
    session.torch_changed.emit()
    assert "Ready: 1" in page.status.line.text()
    assert "about" not in page.status.line.text()
    assert (told, len(estimate.asked)) == ([], tried)


def test_without_photos_there_is_nothing_to_estimate(
    qtbot: QtBot, session: Session, page: TrainPage, estimate: type[FakeEstimate]
) -> None:
    qtbot.waitUntil(says(page, "about"))
    session.close_dataset()
    assert page.estimator.seconds is None
    assert "about" not in page.status.line.text()
    assert len(estimate.asked) == 1
