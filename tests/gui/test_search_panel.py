"""The panel that searches for the best settings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import TrialMoved
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import set_language, tr
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest
from finetune_gui.core.search_space import default_space
from finetune_gui.core.study import (
    Budget,
    StudyFolder,
    StudySpec,
    StudyState,
    StudyStory,
    TrialRow,
    Verdict,
)
from finetune_gui.dataset.index import SkippedPhoto
from finetune_gui.gui.pages import trials_search
from finetune_gui.gui.pages.trials_search import SearchPanel
from finetune_gui.gui.session import Session
from tests.helpers.displayed import displayed
from tests.helpers.photos import make_class_folders
from tests.helpers.tabs import tabbed_from

VERDICT = Verdict("chance", 1, 0.91, 0.88, 0.03, -0.02, 0.08, 5, 80)


def story(
    path: Path, state: StudyState = "done", verdict: Verdict | None = VERDICT, trials: int = 3
) -> StudyStory:
    recipe = Recipe()
    spec = StudySpec("p", "v", recipe, default_space(recipe), Budget(trials=5), "here", "p")
    rows = [
        TrialRow(0, "complete", {"optim.lr": 0.001}, 0.85, 0.5, 0.845, 4.0, is_default=True),
        TrialRow(1, "complete", {"optim.lr": 0.003}, 0.9, 0.4, 0.895, 5.0, folder=path / "run"),
        TrialRow(2, "failed", {"optim.lr": 0.009}, error="error-out-of-memory"),
        *(
            TrialRow(n, "complete", {"optim.lr": 0.002 + n / 1e4}, 0.8, 0.5, 0.79 - n / 100, 4.0)
            for n in range(3, trials)
        ),
    ]
    importance = {"optim.lr": 0.7, "train.epochs": 0.3} if trials > 5 else {}
    return StudyStory(path, spec, state, tuple(rows[:trials]), importance, verdict, 65.0)


@dataclass
class Script:
    """What the fake search does: wait for ``way``, then give ``result`` or fail with ``error``."""

    way: threading.Event = field(default_factory=threading.Event)
    error: UserError | None = None
    given: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class FakeTune:
    dataset: Any
    recipe: Any
    space: Any
    budget: Any
    out: Any
    paths: Any
    lane: Lane = Lane.COMPUTE
    title: str = "search-job"
    script: ClassVar[Script]

    def run(self, ctx: JobContext) -> StudyStory:
        self.script.given.append(self)
        return _run(self.script, self.out, ctx)


@dataclass(frozen=True)
class FakeResume:
    path: Any
    paths: Any
    more: Any = None
    lane: Lane = Lane.COMPUTE
    title: str = "search-job"
    script: ClassVar[Script]

    def run(self, ctx: JobContext) -> StudyStory:
        self.script.given.append(self)
        return _run(self.script, self.path, ctx)


@dataclass(frozen=True)
class FakeRead:
    path: Path
    before: Any = None
    lane: Lane = Lane.READ
    title: str = "search-job-read"
    state: ClassVar[StudyState] = "done"

    def run(self, ctx: JobContext) -> StudyStory:
        ctx.check_cancelled()
        return story(self.path, self.state)


def _run(script: Script, path: Path, ctx: JobContext) -> StudyStory:
    ctx.progress(1, 5, "search-progress-trials")
    ctx.emit(TrialMoved(1, "running", 2, 8, 0.8))
    while not script.way.wait(0.005):
        if ctx.control.pause_requested:
            return story(path, "paused", None)
        if ctx.control.cancel_requested:
            return story(path, "stopped", None)
    if script.error is not None:
        raise script.error
    return story(path)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    made = Script()
    for name, fake in (("Tune", FakeTune), ("ResumeTune", FakeResume), ("CompareTune", FakeResume)):
        monkeypatch.setattr(fake, "script", made, raising=False)
        monkeypatch.setattr(trials_search, name, fake)
    monkeypatch.setattr(trials_search, "ReadStudy", FakeRead)
    yield made
    made.way.set()


@pytest.fixture
def panel(qtbot: QtBot, session: Session, script: Script) -> SearchPanel:
    assert script
    return displayed(qtbot, SearchPanel(session), (1000, 700))


@pytest.fixture
def ready(qtbot: QtBot, panel: SearchPanel, session: Session, tmp_path: Path) -> SearchPanel:
    session.open_dataset(make_class_folders(tmp_path / "fruit", {"apple": 9, "pear": 9}))
    qtbot.waitUntil(lambda: not session.why_not_start())
    return panel


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    def visible() -> list[QPushButton]:
        return [b for b in parent.findChildren(QPushButton, name) if b.isVisibleTo(parent)]

    qtbot.waitUntil(lambda: len(visible()) == 1)  # Qt shows what is added a moment later
    qtbot.mouseClick(visible()[0], Qt.MouseButton.LeftButton)


def started(qtbot: QtBot, panel: SearchPanel, script: Script) -> None:
    press(qtbot, panel, "search-start")
    qtbot.waitUntil(lambda: bool(script.given))


def test_without_photos_it_says_what_to_do(qtbot: QtBot, panel: SearchPanel) -> None:
    assert panel.view == "empty"
    with qtbot.waitSignal(panel.navigate) as asked:
        press(qtbot, panel, "search-empty-go")
    assert asked.args == ["data"]


def test_a_search_starts_with_what_is_chosen(
    qtbot: QtBot, ready: SearchPanel, script: Script
) -> None:
    setup = ready.setup
    setup.length.segment("trials").click()
    setup.trials.setValue(9)
    setup.fold.click()
    setup.rows.switches["train.epochs"].click()
    low = setup.rows.editors["optim.lr"].findChild(QWidget, "range-from-optim.lr")
    assert low is not None
    low.setFocus()
    low.selectAll()
    qtbot.keyClicks(low, "0.0005")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    started(qtbot, ready, script)
    asked = script.given[0]
    assert asked.budget == Budget(trials=9)
    by_key = {d.key: d for d in asked.space}
    assert by_key["optim.lr"].low == 0.0005
    assert not by_key["train.epochs"].on
    assert asked.recipe == ready.session.recipe
    assert asked.out.parent == ready.session.paths.searches


def test_an_impossible_range_keeps_it_from_starting_and_says_why(
    qtbot: QtBot, ready: SearchPanel
) -> None:
    batch = ready.setup.rows.editors["train.batch_size"]
    ready.setup.fold.click()
    batch.setFocus()
    batch.clear()
    qtbot.keyClicks(batch, "8, many")
    assert not ready.setup.start.isEnabled()
    assert ready.setup.why.text() == (
        "Batch size does not take “8, many”. "
        "Write values with commas between them, for example 8, 16, 32."
    )
    batch.clear()
    qtbot.keyClicks(batch, "8..32")
    assert "8, 16, 32" in ready.setup.why.text()
    batch.clear()
    qtbot.keyClicks(batch, " ")
    assert "no value is chosen" in ready.setup.why.text()
    ready.setup.reset.click()
    assert ready.setup.start.isEnabled()
    assert ready.setup.rows.editors["train.batch_size"].text() == "8, 16, 32"


def test_ranges_upside_down_and_empty_choices_are_said_in_plain_words(
    qtbot: QtBot, ready: SearchPanel
) -> None:
    setup = ready.setup
    setup.fold.click()
    low = setup.rows.editors["optim.lr"].findChild(QWidget, "range-from-optim.lr")
    assert low is not None
    low.setFocus()
    low.selectAll()
    qtbot.keyClicks(low, "0.9")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    assert "Learning rate: the first value is larger" in setup.why.text()
    setup.reset.click()
    for chip in setup.rows.editors["model.freeze"].findChildren(QPushButton):
        chip.setChecked(False)
    assert "no value is chosen" in setup.why.text()


def test_tab_goes_through_the_rows_as_they_are_seen(qtbot: QtBot, ready: SearchPanel) -> None:
    setup = ready.setup
    setup.fold.click()
    ready.session.change_recipe({"optim.lr": 0.01})  # which makes them anew
    qtbot.waitUntil(lambda: all(s.isVisible() for s in setup.rows.switches.values()))
    names = [widget.objectName() for widget in tabbed_from(setup.fold)]
    assert names[:3] == ["search-switch-optim.lr", "range-from-optim.lr", "range-to-optim.lr"]
    switches = [name for name in names if name.startswith("search-switch")]
    assert switches == [f"search-switch-{key}" for key in setup.rows.switches]
    assert names.index(switches[-1]) < names.index("search-start")


def test_nothing_that_may_change_is_nothing_to_search(ready: SearchPanel) -> None:
    for switch in ready.setup.rows.switches.values():
        switch.setChecked(False)
    assert not ready.setup.start.isEnabled()
    assert ready.setup.why.text()


def test_the_ranges_follow_the_form_until_they_are_edited(ready: SearchPanel) -> None:
    ready.session.change_recipe({"optim.lr": 0.01})
    assert {d.key: d.low for d in ready.setup.space()}["optim.lr"] == pytest.approx(0.001)
    ready.setup.rows.switches["train.epochs"].click()
    ready.session.change_recipe({"optim.lr": 0.1})
    assert {d.key: d.low for d in ready.setup.space()}["optim.lr"] == pytest.approx(0.001)


def test_while_it_goes_on_nothing_else_can_train(
    qtbot: QtBot, ready: SearchPanel, script: Script
) -> None:
    started(qtbot, ready, script)
    assert ready.session.why_not_start()
    assert ready.view == "result"
    qtbot.waitUntil(lambda: "2" in ready.result.line.text() and "8" in ready.result.line.text())
    script.way.set()
    qtbot.waitUntil(lambda: ready.handle is None)
    assert not ready.session.why_not_start()


def test_the_result_is_shown_with_its_answer(
    qtbot: QtBot, ready: SearchPanel, script: Script
) -> None:
    started(qtbot, ready, script)
    script.way.set()
    qtbot.waitUntil(ready.result.banner.isVisible)
    result = ready.result
    assert result.tiles["best"].value.text() == "90.0 %"
    assert result.tiles["default"].value.text() == "85.0 %"
    assert "could be chance" in result.banner.heading.text()
    assert "0.001 → 0.003" in result.banner.text.text()
    table = result.model
    assert [table.index(r, 1).data() for r in range(3)][1] == "Learning rate 0.003"
    assert "memory" in table.index(2, 3).data(Qt.ItemDataRole.ToolTipRole)
    set_language("zh_CN")
    assert "偶然" in result.banner.heading.text()


def test_the_winners_settings_go_into_the_form(
    qtbot: QtBot, ready: SearchPanel, script: Script
) -> None:
    started(qtbot, ready, script)
    script.way.set()
    qtbot.waitUntil(ready.result.banner.isVisible)
    press(qtbot, ready, "search-use")
    assert ready.session.recipe.optim.lr == 0.003
    assert "0.001 → 0.003" in ready.banner.text.text()
    press(qtbot, ready, "search-new")
    assert not ready.banner.isVisible()


def test_settings_that_are_no_better_are_not_offered(ready: SearchPanel, tmp_path: Path) -> None:
    found = replace(story(tmp_path), verdict=replace(VERDICT, answer="not_better"))
    ready.result.show_story(found, busy=False)
    assert ready.result.banner.heading.text() == tr("search-verdict-not-better")
    assert not ready.result.banner.findChildren(QPushButton, "search-use")
    assert ready.result.banner.findChildren(QPushButton, "search-open-run")
    before = ready.session.recipe
    ready.use()
    assert ready.session.recipe == before


@pytest.mark.parametrize(
    ("name", "state"), [("search-pause", "paused"), ("search-stop", "stopped")]
)
def test_a_search_can_be_paused_or_stopped_and_gone_on_with(
    qtbot: QtBot,
    ready: SearchPanel,
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    state: StudyState,
) -> None:
    monkeypatch.setattr(FakeRead, "state", state)
    started(qtbot, ready, script)
    press(qtbot, ready, name)
    qtbot.waitUntil(lambda: ready.handle is None)
    assert ready.result.story is not None
    assert ready.result.story.state == state
    qtbot.waitUntil(ready.result.banner.isVisible)
    # What is asked for in the form by now does not matter to it.
    backbone = ready.session.recipe.model.backbone
    ready.session.set_backbones({backbone: "EfficientNet"}, frozenset({backbone}))
    assert ready.session.why_not_start()
    press(qtbot, ready, "search-continue")
    qtbot.waitUntil(lambda: len(script.given) == 2)
    assert script.given[1].more is None
    assert script.given[1].path == script.given[0].out


def test_a_finished_search_goes_on_with_a_new_budget(
    qtbot: QtBot, ready: SearchPanel, script: Script, tmp_path: Path
) -> None:
    folder = StudyFolder(tmp_path / "old")
    folder.create(story(tmp_path).spec, Manifest("p", ("a",), ()))
    ready.open_study(folder.path)
    qtbot.waitUntil(lambda: ready.view == "result")
    assert ready.result.go_on.text() == "Search on for 20 minutes"
    press(qtbot, ready, "search-continue")
    qtbot.waitUntil(lambda: bool(script.given))
    assert script.given[0].more == Budget(minutes=20.0)


def test_a_new_search_shows_nothing_of_the_last_one(
    qtbot: QtBot, ready: SearchPanel, script: Script, tmp_path: Path
) -> None:
    ready.result.show_story(story(tmp_path), busy=False)
    ready.start()
    result = ready.result
    assert ready.view == "result"
    assert result.model.rowCount() == 0
    assert result.tiles["best"].value.text() == "–"
    assert not result.banner.isVisible()
    buttons = (result.new, result.go_on, result.pause, result.stop)
    assert [button.isVisible() for button in buttons] == [False, False, True, True]
    qtbot.waitUntil(lambda: bool(script.given))
    press(qtbot, ready, "search-pause")
    assert not result.stop.isEnabled()


def test_photos_that_turn_out_unreadable_leave_the_search_that_shows_open(
    qtbot: QtBot, ready: SearchPanel, tmp_path: Path
) -> None:
    folder = StudyFolder(tmp_path / "old")
    folder.create(story(tmp_path).spec, Manifest("p", ("a",), ()))
    ready.open_study(folder.path)
    qtbot.waitUntil(lambda: ready.view == "result")
    dataset = ready.session.dataset
    assert dataset is not None
    broken = SkippedPhoto(dataset.samples[0].path, "error-photo-damaged")
    ready.session.mark_skipped((broken,))
    assert ready.view == "result"
    ready.session.open_dataset(make_class_folders(tmp_path / "pets", {"cat": 9, "dog": 9}))
    qtbot.waitUntil(lambda: ready.view == "setup")


def test_the_table_stays_where_it_is_while_trials_come(
    qtbot: QtBot, ready: SearchPanel, tmp_path: Path
) -> None:
    table = ready.result.table
    ready.result.show_story(story(tmp_path, trials=60), busy=True)
    ready.stack.setCurrentWidget(ready.result)
    qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() > 0)
    table.selectRow(2)
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    at = table.verticalScrollBar().value()
    assert at > 0
    ready.result.show_story(story(tmp_path, trials=61), busy=True)
    assert table.verticalScrollBar().value() == at
    assert table.selectionModel().selectedRows()[0].row() == 2


def test_backbones_can_be_chosen_once_it_is_known_which_are_at_hand(ready: SearchPanel) -> None:
    titles = {"resnet18": "ResNet-18", "resnet50": "ResNet-50"}
    ready.session.set_backbones(titles, frozenset({"resnet50"}))
    offered = {d.key: d.choices for d in ready.setup.space()}["model.backbone"]
    assert offered == (ready.session.recipe.model.backbone, "resnet18")


def test_a_failure_is_said_and_the_panel_can_be_used_again(
    qtbot: QtBot, ready: SearchPanel, script: Script
) -> None:
    script.error = UserError("error-disk-full-somewhere")
    started(qtbot, ready, script)
    script.way.set()
    qtbot.waitUntil(lambda: ready.handle is None)
    assert "disk is full" in ready.banner.heading.text()
    assert ready.view == "setup"


def test_a_trial_opens_as_a_run(qtbot: QtBot, ready: SearchPanel, tmp_path: Path) -> None:
    ready.path = tmp_path
    ready.result.show_story(story(tmp_path), busy=False)
    opened: list[Path] = []
    ready.result.run_wanted.connect(opened.append)
    ready.result.table.doubleClicked.emit(ready.result.model.index(1, 0))
    ready.result.table.selectRow(1)
    ready.result.table.setFocus()
    qtbot.keyClick(ready.result.table, Qt.Key.Key_Return)
    assert opened == [tmp_path / "run"] * 2
    ready.result.table.doubleClicked.emit(ready.result.model.index(0, 0))
    assert "another computer" in ready.result.line.text()


def test_plots_say_so_until_there_is_enough_to_show(ready: SearchPanel, tmp_path: Path) -> None:
    result = ready.result
    result.show_story(story(tmp_path, trials=2), busy=False)
    assert result.parallel.lines == 0
    assert result.importance.shares == ()
    assert "six" in result.importance.accessibleDescription()
    result.show_story(story(tmp_path, trials=9), busy=False)
    assert result.parallel.lines == 8
    assert [share for _, share in result.importance.shares] == [0.7, 0.3]
    best = result.course.series["best_so_far"]
    assert list(best.ys)[-1] == 0.9
    assert all(a <= b for a, b in zip(best.ys, best.ys[1:], strict=False))
    for view in ("parallel", "importance", "history"):
        result.view.set_value(view)
        assert not result.grab().isNull()


def test_earlier_searches_on_the_same_photos_are_offered(
    qtbot: QtBot, ready: SearchPanel, tmp_path: Path
) -> None:
    session = ready.session
    assert session.dataset is not None
    ours = replace(story(tmp_path).spec, dataset=str(session.dataset.source))
    for name, spec in (("ours", ours), ("other", replace(ours, dataset="elsewhere"))):
        StudyFolder(session.paths.searches / name).create(spec, Manifest("p", ("a",), ()))
    ready.on_shown()
    qtbot.waitUntil(lambda: ready.setup.findChild(QPushButton, "search-open-0") is not None)
    assert ready.setup.findChild(QPushButton, "search-open-1") is None
    press(qtbot, ready.setup, "search-open-0")
    qtbot.waitUntil(lambda: ready.view == "result")
    assert ready.path == session.paths.searches / "ours"
    press(qtbot, ready, "search-new")
    assert ready.view == "setup"


def test_what_is_cut_off_at_an_axis_is_told_in_full(ready: SearchPanel, tmp_path: Path) -> None:
    plot = ready.result.parallel
    plot.resize(420, 300)
    plot.set_story(story(tmp_path, trials=9))
    assert plot.words_at(0) == "Learning rate"
    assert plot.words_at(420) == "Accuracy"
    middle = [plot.words_at(x) for x in range(0, 420, 10)]
    assert any("Augmentation\nStrong\nMedium\nLight\nNone" in words for words in middle)
