"""Cross-validation in the window, with real, tiny trainings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language, tr
from finetune_gui.dataset.index import SkippedPhoto
from finetune_gui.engine.evaluation import Judged
from finetune_gui.gui.pages.folds_result import FoldsPlot, once_each
from finetune_gui.gui.pages.trials import TrialsPage
from finetune_gui.gui.pages.trials_folds import FoldsPanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import EmptyState
from tests.helpers.tiny import make_coloured_photos

SOON = 60_000
TINY = {
    "model.input_size": 64,
    "model.pretrained": False,
    "train.epochs": 2,
    "train.batch_size": 4,
    "train.precision": "float32",
    "train.runtime": "torch",
    "train.threads": 1,
    "train.patience": 0,
    "data.test_fraction": 0.25,
}


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> TrialsPage:
    """The page with the panel in view and nothing open."""
    session.change_recipe(TINY)
    made = TrialsPage(session)
    qtbot.addWidget(made)
    made.show()
    made.show_view("folds")
    return made


@pytest.fixture
def panel(page: TrialsPage, session: Session, qtbot: QtBot, tmp_path: Path) -> FoldsPanel:
    """The panel with photos open and the engine loaded."""
    session.load_torch()
    session.open_dataset(make_coloured_photos(tmp_path / "photos", per_class=8))
    qtbot.waitUntil(lambda: session.torch_state == "ready" and bool(session.splits), timeout=SOON)
    return page.folds


def outlook(panel: FoldsPanel, qtbot: QtBot) -> str:
    """What is expected of the settings now."""
    qtbot.waitUntil(
        lambda: panel.outlook.of(panel._looked_for()) is not None,
        timeout=SOON,
    )
    return panel.setup.outlook.text()


def begin(panel: FoldsPanel, kind: str = "baseline", folds: int = 2) -> None:
    panel.setup.kind.segment(kind).click()
    panel.setup.folds.setValue(folds)
    panel.setup.start.click()


def finish(panel: FoldsPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: (
            not panel.is_running
            and panel.opened is not None
            and panel.opened.results is not None
            and panel.opened.results.complete
        ),
        timeout=SOON,
    )


def cells(panel: FoldsPanel, column: int) -> list[str]:
    table = panel.view.models.table
    items = [table.item(row, column) for row in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def test_without_photos_it_says_what_it_is_for_and_why_it_cannot_start(page: TrialsPage) -> None:
    panel = page.folds
    assert panel.stack.currentWidget() is panel.empty
    assert not panel.setup.start.isEnabled()
    assert panel.setup.outlook.text() == tr("shell-why-no-dataset")
    assert panel.earlier.nothing.isVisible()


def test_it_says_before_what_is_to_come(panel: FoldsPanel, qtbot: QtBot) -> None:
    panel.setup.folds.setValue(3)
    text = outlook(panel, qtbot)
    assert tr("folds-outlook-photos", n=18, models=3) in text
    assert tr("folds-outlook-test", n=6) in text
    assert panel.setup.start.isEnabled()


def test_too_many_folds_are_refused_with_a_way_out(panel: FoldsPanel, qtbot: QtBot) -> None:
    panel.setup.folds.setValue(9)
    text = outlook(panel, qtbot)
    assert "9 folds" in text
    assert "6 folds or fewer" in text
    assert not panel.setup.start.isEnabled()
    panel.setup.folds.setValue(6)
    outlook(panel, qtbot)
    assert panel.setup.start.isEnabled()
    panel.setup.group_by.setCurrentIndex(panel.setup.group_by.findData("folder"))
    assert "belong to one group" in outlook(panel, qtbot)


def test_all_models_become_one_run(panel: FoldsPanel, session: Session, qtbot: QtBot) -> None:
    begin(panel)
    assert not panel.view.ensemble.isEnabled()
    finish(panel, qtbot)
    qtbot.waitUntil(panel.view.ensemble.isEnabled)
    with qtbot.waitSignal(panel.navigate, timeout=SOON) as asked:
        panel.view.ensemble.click()
        assert not panel.view.ensemble.isEnabled()
        assert panel.view.figures.doing.text() == tr("folds-job-ensemble")
    assert asked.args == ["evaluate"]
    qtbot.waitUntil(lambda: session.finished_run is not None)
    assert session.history is not None
    assert session.history.ensemble is not None
    assert session.history.ensemble.members == 2
    qtbot.waitUntil(panel.view.ensemble.isEnabled)
    # While models are trained, other photos may be opened, and what is shown stays.
    dataset = session.dataset
    assert dataset is not None
    session.dataset = replace(dataset, root=dataset.root.parent)
    panel._refresh()
    assert not panel.view.ensemble.isEnabled()


def test_from_start_to_the_mistakes(panel: FoldsPanel, session: Session, qtbot: QtBot) -> None:
    begin(panel)
    assert panel.is_running
    assert session.why_not_start() == tr("trials-why-trying")
    assert panel.setup.pause.isVisible()
    assert not panel.setup.start.isVisible()
    finish(panel, qtbot)
    qtbot.waitUntil(lambda: not session.why_not_start())
    assert cells(panel, 1) == [tr("folds-state-done")] * 2
    assert cells(panel, 3) == [tr("folds-baseline")] * 2
    assert panel.opened is not None
    pooled = panel.opened.pooled
    assert pooled is not None
    assert len(pooled.judged) == 18
    assert panel.view.figures.tiles["accuracy"].value.text().count("±") == 1
    assert tr("folds-words", right=sum(r[i] for i, r in enumerate(pooled.matrix)), n=18) in (
        panel.view.figures.words.text()
    )
    panel.view.view.segment("answers").click()
    assert len(panel.view.answers.mistakes.grid.photos) == len(pooled.mistakes())
    panel.view.answers.show_photos_of(panel.view.answers._shown)
    qtbot.waitUntil(lambda: panel.earlier.list.count() == 1)
    set_language("zh_CN")
    assert tr("folds-state-done") in cells(panel, 1) or cells(panel, 1)[0] == "完成"
    assert "。 " not in panel.view.figures.words.text()
    set_language("en")


def test_a_new_one_shows_nothing_of_the_last_one(panel: FoldsPanel, qtbot: QtBot) -> None:
    begin(panel)
    finish(panel, qtbot)
    panel.view.view.segment("answers").click()
    answers = panel.view.answers
    assert answers.matrix.isVisible()
    qtbot.waitUntil(panel.setup.start.isEnabled)
    begin(panel)
    assert not answers.matrix.isVisible()
    assert answers.findChildren(EmptyState)[0].isVisible()
    assert panel.view.models.plot is None
    assert panel.view.figures.tiles["accuracy"].value.text() == "–"
    finish(panel, qtbot)
    assert answers.matrix.isVisible()


def test_of_one_model_no_spread_is_told(panel: FoldsPanel, qtbot: QtBot) -> None:
    begin(panel)
    finish(panel, qtbot)
    opened = panel.opened
    assert opened is not None
    assert opened.results is not None
    one = replace(opened.results, folds=opened.results.folds[:1])
    panel.view.figures.show_study(replace(opened, results=one))
    tile = panel.view.figures.tiles["accuracy"]
    assert "±" not in tile.value.text()
    assert tile.hint.text() == tr("folds-one-so-far")


def test_unreadable_photos_leave_open_what_is_shown(
    panel: FoldsPanel, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    begin(panel)
    finish(panel, qtbot)
    assert session.dataset is not None
    session.mark_skipped((SkippedPhoto(session.dataset.samples[0].path, "error-photo-damaged"),))
    assert panel.stack.currentWidget() is panel.view
    session.open_dataset(make_coloured_photos(tmp_path / "others", per_class=8))
    qtbot.waitUntil(lambda: panel.stack.currentWidget() is panel.empty, timeout=SOON)


def test_what_could_not_be_foreseen_is_tried_again(panel: FoldsPanel, qtbot: QtBot) -> None:
    panel.setup.folds.setValue(9)
    assert "9 folds" in outlook(panel, qtbot)
    panel.outlook.forget_failure()
    assert panel.outlook.of(panel._looked_for()) is None
    panel.on_shown()
    assert "9 folds" in outlook(panel, qtbot)


def test_the_mean_is_of_models_that_are_over(session: Session, qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    plot = FoldsPlot(session, 3)
    for part in (plot, plot.tools):
        part.setParent(holder)
    whole = [(0, 0.5), (1, 0.6), (2, 0.8)]
    plot.show_points({1: whole, 2: whole, 3: [(0, 0.4)]}, {1: 0.8, 2: 0.8}, 2)
    assert len(plot.mean) == 3
    plot.show_points({1: [(0, 0.5)]}, {}, 2)
    assert len(plot.mean) == 0


def test_paused_it_goes_on(panel: FoldsPanel, qtbot: QtBot) -> None:
    begin(panel, "full")
    qtbot.waitUntil(lambda: bool(panel._curves), timeout=SOON)
    panel.setup.pause.click()
    assert not panel.setup.pause.isEnabled()
    qtbot.waitUntil(lambda: not panel.is_running, timeout=SOON)
    qtbot.waitUntil(lambda: panel.setup.go_on.isVisible() and panel.setup.go_on.isEnabled())
    assert tr("folds-state-waiting") in cells(panel, 1)
    # It has its photos, however those of the form are being divided now.
    panel.session.splits = ()
    panel.session.splits_changed.emit()
    assert not panel.setup.start.isEnabled()
    panel.setup.go_on.click()
    finish(panel, qtbot)
    assert not panel.setup.go_on.isVisible()
    plot = panel.view.models.plot
    assert plot is not None
    assert len(plot.mean) == 3  # the baseline and two epochs


def test_stopped_it_says_that_nothing_is_lost(panel: FoldsPanel, qtbot: QtBot) -> None:
    begin(panel, "full")
    qtbot.waitUntil(lambda: panel._live is not None, timeout=SOON)
    panel.setup.stop.click()
    qtbot.waitUntil(lambda: not panel.is_running, timeout=SOON)
    assert panel.banner.heading.text() == tr("folds-stopped")
    qtbot.waitUntil(panel.setup.go_on.isVisible)


def test_a_model_is_opened_and_an_earlier_one_as_well(
    panel: FoldsPanel, session: Session, qtbot: QtBot
) -> None:
    begin(panel)
    finish(panel, qtbot)
    assert panel.opened is not None
    study = panel.opened.study
    assert not panel.view.models.open_button.isEnabled()
    panel.view.models.table.selectRow(1)
    with qtbot.waitSignal(panel.navigate) as asked:
        panel.view.models.open_button.click()
    assert asked.args == ["evaluate"]
    qtbot.waitUntil(
        lambda: session.run is not None and session.run.path == study.fold(2).path, timeout=SOON
    )
    panel._show_nothing()
    panel._refresh()
    assert panel.stack.currentWidget() is panel.empty
    qtbot.waitUntil(lambda: panel.earlier.list.count() == 1)
    panel.earlier.list.itemActivated.emit(panel.earlier.list.item(0))
    qtbot.waitUntil(lambda: panel.opened is not None, timeout=SOON)
    assert panel.stack.currentWidget() is panel.view
    assert cells(panel, 1) == [tr("folds-state-done")] * 2


def test_with_repeats_a_photo_is_shown_once() -> None:
    a, b = Path("a.jpg"), Path("b.jpg")
    judged = [
        Judged(a, "ant", "bee", 0.6),
        Judged(a, "ant", "bee", 0.9),
        Judged(a, "ant", "ant", 0.99),
        Judged(b, "bee", "bee", 0.7),
        Judged(b, "bee", "ant", 0.8),
        Judged(b, "bee", "bee", 0.6),
    ]
    assert once_each(judged) == (judged[1], judged[3])
