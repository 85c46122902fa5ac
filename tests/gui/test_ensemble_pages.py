"""What Train and Evaluate say of a run whose model is all models of a cross-validation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core.events import EnsembleMade
from finetune_gui.core.messages import tr
from finetune_gui.gui.pages.evaluate import EvaluatePage
from finetune_gui.gui.pages.train_result import ResultBanner
from finetune_gui.gui.session import Session
from tests.helpers import evaluated_run as runs

Show = Callable[[int], None]


@pytest.fixture
def show(qtbot: QtBot, session: Session, tmp_path: Path) -> Show:
    """Open such a run with so many test photos."""

    def open_run(n_test: int) -> None:
        made = EnsembleMade(5, 0.9, 20)
        run = runs.make_run(tmp_path / "run", runs.started(n_test), made, runs.finished())
        session.open_run(run.path)
        qtbot.waitUntil(lambda: session.finished_run is not None)

    return open_run


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> EvaluatePage:
    session.torch_state = "ready"
    made = EvaluatePage(session)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def banner(qtbot: QtBot, session: Session) -> ResultBanner:
    made = ResultBanner(session, lambda: None, lambda: None)
    qtbot.addWidget(made)
    session.run_changed.connect(made.refresh)
    return made


def test_without_test_photos_nothing_is_offered_to_judge_it_by(
    page: EvaluatePage, banner: ResultBanner, show: Show, qtbot: QtBot
) -> None:
    show(0)
    qtbot.waitUntil(lambda: page.view == "no-photos")
    banner.refresh()
    assert banner.findChild(QPushButton, "evaluateButton") is None
    assert tr("train-result-ensemble-unjudged").strip() in banner.text.text()
    button = next(b for b in page.findChildren(QPushButton, "evaluate-go-predict") if b.isVisible())
    with qtbot.waitSignal(page.navigate) as asked:
        button.click()
    assert asked.args == ["predict"]


def test_with_test_photos_it_can_be_judged(
    page: EvaluatePage, banner: ResultBanner, show: Show, qtbot: QtBot
) -> None:
    show(4)
    qtbot.waitUntil(lambda: page.view == "not-yet")
    assert page.start_button.isVisible()
    banner.refresh()
    assert banner.findChild(QPushButton, "evaluateButton") is not None
    assert tr("train-result-ensemble-judge").strip() in banner.text.text()
