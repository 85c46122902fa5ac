"""The learning-rate finder's dialog and the button that opens it."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import LrTrialMoved, LrTried
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.lr_curve import LrCurve, LrPoint, lr_text, read_curve, without_curve
from finetune_gui.core.lr_trials import LrTrial, LrTrials, judge
from finetune_gui.core.messages import set_language
from finetune_gui.gui.pages import lr_finder
from finetune_gui.gui.pages.lr_finder import LrFinder, LrFinderButton
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.plot_export import table_job
from tests.helpers.photos import make_class_folders


def made_curve() -> LrCurve:
    """Falls from 1 to 0.5, and rises for good at about 0.003."""
    xs = np.linspace(-6, -1, 50)
    ys = 1 - 0.5 / (1 + np.exp(-(xs + 4.5) * 4)) + 0.01 * np.expm1(np.maximum(0, (xs + 3.2) * 6))
    found = [LrPoint(float(10**x), min(4.0, float(y))) for x, y in zip(xs, ys, strict=True)]
    return read_curve(found, diverged_at=0.11)


CURVE = made_curve()


@dataclass
class Script:
    """What a fake job does: wait for ``way``, then give ``result`` or fail with ``error``."""

    result: Any
    error: UserError | None = None
    way: threading.Event = field(default_factory=threading.Event)

    def run(self, ctx: JobContext) -> Any:
        while not self.way.wait(0.005):
            ctx.check_cancelled()
        if self.error is not None:
            raise self.error
        return self.result


@dataclass(frozen=True)
class FakeFind:
    dataset: Any
    recipe: Any
    paths: Any
    lane: Lane = Lane.COMPUTE
    title: str = "lr-job-find"
    script: ClassVar[Script]

    def run(self, ctx: JobContext) -> LrCurve:
        for point in CURVE.points[:20]:
            ctx.emit(LrTried(point.lr, point.loss))
        ctx.progress(20, 60, "lr-progress-test")
        found: LrCurve = self.script.run(ctx)
        return found


@dataclass(frozen=True)
class FakeTry:
    dataset: Any
    recipe: Any
    lr: float
    paths: Any
    lane: Lane = Lane.COMPUTE
    title: str = "lr-job-try"
    script: ClassVar[Script]

    def run(self, ctx: JobContext) -> LrTrials:
        for trial in range(3):
            ctx.emit(LrTrialMoved(trial, 0.5, 0.9))
            ctx.emit(LrTrialMoved(trial, 1.0, 0.8, 0.7 - 0.1 * trial))
        found: LrTrials = self.script.run(ctx)
        return found


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    script = Script(CURVE)
    monkeypatch.setattr(FakeFind, "script", script, raising=False)
    monkeypatch.setattr(lr_finder, "FindLr", FakeFind)
    yield script
    script.way.set()


@pytest.fixture
def attempt(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    lrs = (4.7e-4, 1.4e-3, 4.2e-3)
    ended = zip(lrs, ((0.5, 0.9), (0.4, 0.9), (0.3, 0.9)), strict=True)
    script = Script(judge(tuple(LrTrial(lr, *how) for lr, how in ended), 40))
    monkeypatch.setattr(FakeTry, "script", script, raising=False)
    monkeypatch.setattr(lr_finder, "TryLrs", FakeTry)
    yield script
    script.way.set()


@pytest.fixture
def ready(qtbot: QtBot, session: Session, tmp_path: Path) -> Session:
    """A session with photos that are split."""
    session.open_dataset(make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8}))
    qtbot.waitUntil(lambda: bool(session.splits), timeout=30_000)
    return session


@pytest.fixture
def dialog(qtbot: QtBot, ready: Session) -> Iterator[LrFinder]:
    holder = QWidget()
    qtbot.addWidget(holder)
    made = LrFinder(ready, holder)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    holder.close()


def shown(dialog: LrFinder) -> set[str]:
    """The buttons that can be seen, by the last part of their name."""
    found = dialog.findChildren(QPushButton)
    names = ("start", "try", "use", "close", "cancel")
    return {n for n in names if any(b.objectName() == f"lr-{n}" and b.isVisible() for b in found)}


def click(dialog: LrFinder, name: str) -> None:
    QTest.mouseClick(getattr(dialog, f"{name}_button"), Qt.MouseButton.LeftButton)


def run_the_test(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    find.way.set()
    click(dialog, "start")
    qtbot.waitUntil(lambda: dialog.curve is not None)


def test_begins_with_one_thing_to_do(dialog: LrFinder) -> None:
    assert shown(dialog) == {"start", "close"}
    assert dialog.start_button.hasFocus()
    assert dialog.start_button.property("role") == "primary"
    assert dialog.test_plot.empty.isVisible()
    assert not dialog.chips.isVisible()


def test_draws_while_it_tests_and_can_be_cancelled(
    qtbot: QtBot, dialog: LrFinder, find: Script
) -> None:
    click(dialog, "start")
    qtbot.waitUntil(lambda: dialog.bar.maximum() == 60)
    assert shown(dialog) == {"cancel"}
    assert len(dialog.test_plot.series["loss"]) == 20
    assert len(dialog.test_plot.series["smoothed"]) == 20
    assert dialog.doing.text() == "Testing learning rates"
    click(dialog, "cancel")
    qtbot.waitUntil(lambda: shown(dialog) == {"start", "close"})
    assert dialog.curve is None
    assert not find.way.is_set()


def test_says_what_and_why_and_uses_it(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    run_the_test(qtbot, dialog, find)
    assert CURVE.suggestion is not None
    assert shown(dialog) == {"start", "try", "use", "close"}
    assert dialog.use_button.property("role") == "primary"
    assert dialog.start_button.property("role") == "secondary"
    assert lr_text(CURVE.suggestion) in dialog.use_button.text()
    assert lr_text(CURVE.suggestion) in dialog.banner.heading.text()
    assert dialog.banner.text.text() == CURVE.reason
    with qtbot.waitSignal(dialog.accepted):
        click(dialog, "use")
    assert dialog._session.recipe.optim.lr == CURVE.suggestion


def test_speaks_the_other_language_at_once(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    run_the_test(qtbot, dialog, find)
    set_language("zh_CN")
    assert dialog.banner.text.text() == CURVE.reason
    assert dialog.banner.heading.text().startswith("建议的学习率")
    assert dialog.use_button.text().startswith("采用")


def test_says_when_it_cannot_tell(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    find.result = without_curve("few_photos")
    run_the_test(qtbot, dialog, find)
    assert shown(dialog) == {"start", "close"}
    assert dialog.banner.property("role") == "caution"
    assert dialog.banner.text.text() == find.result.reason


def test_says_what_went_wrong(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    find.error = UserError("error-out-of-memory")
    find.way.set()
    click(dialog, "start")
    qtbot.waitUntil(lambda: dialog.banner.property("role") == "danger")
    assert dialog.banner.heading.text() == find.error.sentence
    assert shown(dialog) == {"start", "close"}


def test_tries_three_and_uses_the_better(
    qtbot: QtBot, dialog: LrFinder, find: Script, attempt: Script
) -> None:
    run_the_test(qtbot, dialog, find)
    click(dialog, "try")
    qtbot.waitUntil(lambda: len(dialog.trials_plot.series["val_loss_higher"]) == 1)
    assert shown(dialog) == {"cancel"}
    assert dialog.trials_plot.isVisible()
    attempt.way.set()
    qtbot.waitUntil(lambda: dialog.trials is not None)
    assert dialog.banner.heading.text() == attempt.result.sentence
    assert "0.0042: 0.300, 90.0 %" in dialog.banner.text.text()
    assert "0.0042" in dialog.use_button.text()
    # The test can be seen again.
    QTest.mouseClick(dialog.chips.chip("test"), Qt.MouseButton.LeftButton)
    assert dialog.test_plot.isVisible()
    assert dialog.banner.text.text() == CURVE.reason
    click(dialog, "use")
    assert dialog._session.recipe.optim.lr == 4.2e-3


def test_closing_stops_what_goes_on(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    click(dialog, "start")
    qtbot.waitUntil(lambda: dialog.bar.maximum() == 60)
    session = dialog._session
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not any(isinstance(h.job, FakeFind) for h in session.runner.active))
    assert not find.way.is_set()


def test_the_plot_marks_and_saves_rates(qtbot: QtBot, dialog: LrFinder, find: Script) -> None:
    run_the_test(qtbot, dialog, find)
    plot = dialog.test_plot
    assert plot.canvas.ticks("bottom") == [-6, -5, -4, -3, -2, -1, 0]
    job = table_job(plot, dialog._session.paths.runs.parent / "lr.csv")
    job.path.parent.mkdir(parents=True, exist_ok=True)
    job.run(JobContext(lambda _event: None))
    with job.path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["lr"]) for row in rows] == pytest.approx([p.lr for p in CURVE.points])
    assert [float(row["loss"]) for row in rows] == [p.loss for p in CURVE.points]


def test_the_button_says_why_it_cannot(qtbot: QtBot, session: Session) -> None:
    made = LrFinderButton(session)
    qtbot.addWidget(made)
    assert not made.button.isEnabled()
    assert made.button.toolTip() == session.why_not_start() != ""


def test_the_button_opens_the_dialog(qtbot: QtBot, ready: Session) -> None:
    made = LrFinderButton(ready)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    assert made.button.isEnabled()
    made.button.setFocus()
    QTest.keyClick(made.button, Qt.Key.Key_Space)
    opened = made.findChild(LrFinder, "lr-finder")
    assert opened is not None
    assert opened.isVisible()
    opened.reject()
