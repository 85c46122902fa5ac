"""The Predict page with one finished run, whose model only pretends."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core.job import JobContext
from finetune_gui.engine.prediction import Prediction
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.gui.session import Session
from finetune_gui.jobs.predict import Predict
from tests.helpers import evaluated_run as runs
from tests.helpers.displayed import displayed
from tests.helpers.predicting import FakeModel


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
def page(qtbot: QtBot, session: Session, model: type[FakeModel]) -> PredictPage:
    """The page with one finished run."""
    assert model.asked == []
    runs.make_finished_run(session.paths.runs / "Run 5")
    made = displayed(qtbot, PredictPage(session))
    qtbot.waitUntil(lambda: made.view == "drop")
    return made
