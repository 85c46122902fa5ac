"""Runs beside each other: curves, figures, settings, the verdict, and the photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.core.run_notes import RunNotes, write_notes
from finetune_gui.gui.pages import compare
from finetune_gui.gui.pages.compare import CompareView
from finetune_gui.gui.pages.runs import RunsPage
from finetune_gui.gui.session import Session
from tests.helpers.compared_runs import entries, judge, make_run
from tests.helpers.displayed import displayed
from tests.helpers.photos import save_photo

LEFT = Qt.MouseButton.LeftButton
N = 20


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for entry in entries(N):
        if entry.split == "validation":
            save_photo(folder / entry.path)
    return folder


@pytest.fixture
def runs(paths: AppPaths, photos: Path) -> list[RunFolder]:
    """The second is right on 8 photos more than the first; nobody asked the third."""
    recipes = (
        Recipe(),
        with_values(Recipe(), {"optim.lr": 0.5}),
        with_values(Recipe(), {"seed": 9}),
    )
    made = [
        make_run(paths.runs / name, photos, samples=entries(N), recipe=recipe, age=age)
        for age, (name, recipe) in enumerate(
            zip(("first", "second", "third"), recipes, strict=True)
        )
    ]
    write_notes(made[0], RunNotes(title="The first try"))
    judge(made[0], "." * 8 + "x" * 12)
    judge(made[1], "x" * N)
    return made


@pytest.fixture
def page(session: Session, runs: list[RunFolder], qtbot: QtBot) -> RunsPage:
    made = displayed(qtbot, RunsPage(session))
    made.on_shown()
    qtbot.waitUntil(lambda: made.model.rowCount() == len(runs))
    return made


def begin(page: RunsPage, runs: list[RunFolder], qtbot: QtBot) -> CompareView:
    """Select the runs and press the button."""
    page.table.select({run.path for run in runs})
    QTest.mouseClick(page.button("compare"), LEFT)
    idle(page, qtbot)
    return page.compare_view


def idle(page: RunsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.session.runner.active)


def texts(view: CompareView) -> str:
    lines = [f"{line.heading.text()} {line.text.text()}" for line in view.verdict.lines]
    return "\n".join(lines)


def test_two_runs_are_compared(page: RunsPage, runs: list[RunFolder], qtbot: QtBot) -> None:
    view = begin(page, runs[:2], qtbot)
    assert page.is_comparing
    assert view.verdict.isVisible()
    said = texts(view)
    assert "Real: “second” is better than “The first try”" in said
    assert "“second” is right on 8 photos that “The first try” gets wrong" in said
    assert "+40.0 percentage points" in said
    assert "p = 0.008" in said
    assert "20 validation photos" in view.verdict.basis.text()


def test_the_older_one_is_what_the_other_is_compared_with(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    page.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    view = begin(page, [runs[1], runs[0]], qtbot)
    assert view.found is not None
    assert [run.title for run in view.found.runs] == ["The first try", "second"]


def test_only_settings_that_differ_are_shown(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    view = begin(page, runs[:2], qtbot)
    rows = view.recipes.facts.rows
    assert [(row.name, row.values) for row in rows] == [("Learning rate", ("0.001", "0.5"))]
    head = view.recipes.facts.headerData(1, Qt.Orientation.Horizontal)
    assert head == "The first try"


def test_figures_come_with_their_intervals(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    view = begin(page, runs[:2], qtbot)
    rows = {row.name: row for row in view.metrics.facts.rows}
    accuracy = rows["Accuracy, same photos"]
    assert accuracy.values == ("60.0 % (38–79 %)", "100.0 % (83–100 %)")
    assert accuracy.best == {1}
    assert rows["Epochs"].values == ("2, best: 2", "2, best: 2")
    assert rows["Best validation accuracy"].best == frozenset()


def test_what_may_be_chance_does_not_stand_out(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    judge(runs[1], "x" * 3 + "." * 5 + "x" * 12)
    view = begin(page, runs[:2], qtbot)
    assert "too few to tell" in texts(view)
    assert all(row.best == frozenset() for row in view.metrics.facts.rows)


def test_the_curves_lie_over_each_other(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    view = begin(page, runs[:2], qtbot)
    assert view.plots is not None
    for plot in (view.plots.accuracy, view.plots.loss):
        assert set(plot.series) == {"first", "second"}
        assert all(len(series) == 3 for series in plot.series.values())
        assert all(plot.canvas.points_drawn(name) == 3 for name in plot.series)
        assert {curve.text for curve, _ in plot.values_at(2)} == {"The first try", "second"}
        assert len({curve.color for curve, _ in plot.values_at(2)}) == 2


def test_photos_where_they_differ(page: RunsPage, runs: list[RunFolder], qtbot: QtBot) -> None:
    view = begin(page, runs[:2], qtbot)
    QTest.mouseClick(view.views.chip("photos"), LEFT)
    assert view.photos.isVisible()
    assert view.photos.second.text() == "Only “second” is right (8)"
    assert len(view.photos.grid.photos) == 8
    first = view.photos.grid.photos[0]
    assert (first.caption, first.note) == ("cat", "The other: dog")
    QTest.mouseClick(view.photos.first, LEFT)
    assert view.photos.none.isVisible()
    assert not view.photos.grid.isVisible()


def test_a_photo_can_be_looked_at(page: RunsPage, runs: list[RunFolder], qtbot: QtBot) -> None:
    view = begin(page, runs[:2], qtbot)
    QTest.mouseClick(view.views.chip("photos"), LEFT)
    view.photos.grid.set_current(2)
    QTest.keyClick(view.photos.grid, Qt.Key.Key_Return)
    shown = view.photos._view
    assert shown is not None
    assert shown.isVisible()
    assert shown.index == 2
    shown.close()


def test_disjoint_photos_are_said_plainly(
    page: RunsPage, runs: list[RunFolder], paths: AppPaths, photos: Path, qtbot: QtBot
) -> None:
    other = make_run(paths.runs / "other", photos, samples=entries(N, first=50), age=9)
    judge(other, "x" * N)
    page.reload()
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    view = begin(page, [runs[0], other], qtbot)
    assert "cannot be compared" in texts(view)
    assert "no photo that both were judged on" in texts(view)
    assert not view.verdict.basis.isVisible()
    # What does not need common photos is there all the same.
    names = [row.name for row in view.metrics.facts.rows]
    assert "Best validation accuracy" in names
    assert "Accuracy, same photos" not in names


def test_some_common_photos_are_counted(
    page: RunsPage, runs: list[RunFolder], paths: AppPaths, photos: Path, qtbot: QtBot
) -> None:
    other = make_run(paths.runs / "other", photos, samples=entries(N, first=16), age=9)
    judge(other, "x" * N)
    page.reload()
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    view = begin(page, [runs[1], other], qtbot)
    assert "Only 4 photos were judged by all, of up to 20 each." in view.verdict.basis.text()
    assert "do the same" in texts(view)


def test_three_runs_are_adjusted_and_the_reference_can_be_chosen(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    judge(runs[2], "." * 8 + "x" * 12)
    view = begin(page, runs, qtbot)
    assert len(view.verdict.lines) == 2
    assert "p = 0.016" in texts(view)
    assert "2 comparisons (Holm)" in view.verdict.basis.text()
    assert view.verdict.reference.isVisible()
    QTest.keyClick(view.verdict.reference, Qt.Key.Key_Down)
    idle(page, qtbot)
    assert view.found is not None
    assert view.found.reference == 1
    assert texts(view).count("Real: “second” is better than") == 2
    QTest.mouseClick(view.views.chip("photos"), LEFT)
    assert view.photos.pair.isVisible()
    QTest.keyClick(view.photos.pair, Qt.Key.Key_Down)
    assert view.photos.contrast is view.found.contrasts[1]


class Asked:
    """Stands in for the engine: keeps answers for the runs that have none."""

    lane = Lane.COMPUTE
    title = "runs-job-judge"
    error: UserError | None = None
    asked: list[str]

    def __init__(self, paths: tuple[Path, ...], split: str) -> None:
        self.paths, self.split = paths, split
        Asked.asked = []

    def run(self, _ctx: JobContext) -> None:
        if Asked.error is not None:
            raise Asked.error
        Asked.asked.append(self.split)
        for path in self.paths:
            run = RunFolder(path)
            if not run.predictions_file(self.split).exists():
                judge(run, "x" * N, self.split)


def ask(view: CompareView, qtbot: QtBot) -> None:
    """Press the button that asks the models."""

    def visible() -> list[QPushButton]:
        found = view.banner.findChildren(QPushButton, "compare-judge")
        return [button for button in found if button.isVisible()]

    qtbot.waitUntil(lambda: len(visible()) == 1)
    QTest.mouseClick(visible()[0], LEFT)


def test_missing_answers_can_be_asked_for(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "JudgeRuns", Asked)
    monkeypatch.setattr(Asked, "error", None)
    view = begin(page, runs[1:], qtbot)
    assert view.banner.isVisible()
    assert not view.verdict.isVisible()
    assert not view.views.chip("photos").isEnabled()
    assert view.plots is not None
    ask(view, qtbot)
    idle(page, qtbot)
    # The photos kept for the end are not touched.
    assert Asked.asked == ["validation"]
    assert not view.banner.isVisible()
    assert "do the same" in texts(view)


def test_a_failure_is_told_and_can_be_tried_again(
    page: RunsPage,
    runs: list[RunFolder],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compare, "JudgeRuns", Asked)
    monkeypatch.setattr(Asked, "error", UserError("error-nothing-to-evaluate"))
    view = begin(page, runs[1:], qtbot)
    ask(view, qtbot)
    idle(page, qtbot)
    assert view.banner.heading.text() == UserError("error-nothing-to-evaluate").sentence
    monkeypatch.setattr(Asked, "error", None)
    ask(view, qtbot)
    idle(page, qtbot)
    assert view.verdict.isVisible()


def test_a_run_without_model_is_named(page: RunsPage, runs: list[RunFolder], qtbot: QtBot) -> None:
    runs[2].model_file.unlink()
    view = begin(page, runs[1:], qtbot)
    assert "“third”" in view.banner.text.text()
    assert not [b for b in view.banner.findChildren(QPushButton, "compare-judge") if b.isVisible()]


def test_a_run_without_validation_photos_is_compared_by_test_photos_or_named(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    manifest = runs[2].read_manifest()
    joined = tuple(e for e in manifest.samples if e.split == "test")
    runs[2].write_manifest(replace(manifest, samples=joined))
    view = begin(page, runs[1:], qtbot)
    assert "“third” has no validation photos" in view.banner.text.text()
    assert not [b for b in view.banner.findChildren(QPushButton, "compare-judge") if b.isVisible()]
    for run in runs[1:]:
        judge(run, "x" * N, "test")
    page.show_list()
    view = begin(page, runs[1:], qtbot)
    qtbot.waitUntil(lambda: "20 test photos" in view.verdict.basis.text())


def test_test_photos_must_have_been_judged_before(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    view = begin(page, runs[:2], qtbot)
    choice = view.verdict.split
    assert choice.value == "validation"
    assert not choice.segment("test").isEnabled()
    for run, right in zip(runs, ("x" * N, "x" * 10 + "." * 10), strict=False):
        judge(run, right, "test")
    page.show_list()
    view = begin(page, runs[:2], qtbot)
    assert "validation" in view.verdict.basis.text()
    QTest.mouseClick(choice.segment("test"), LEFT)
    idle(page, qtbot)
    assert "20 test photos" in view.verdict.basis.text()
    assert "“The first try” is better than “second”" in texts(view)


def test_a_run_that_vanishes_meanwhile_leads_back_to_the_list(
    page: RunsPage, runs: list[RunFolder], session: Session, qtbot: QtBot
) -> None:
    page.table.select({run.path for run in runs[:2]})
    runs[0].recipe_file.unlink()
    with qtbot.waitSignal(session.message) as told:
        QTest.mouseClick(page.button("compare"), LEFT)
    assert isinstance(told.args[0], UserError)
    assert not page.is_comparing


@pytest.mark.parametrize("by", ["button", "key"])
def test_back_to_the_list(page: RunsPage, runs: list[RunFolder], qtbot: QtBot, by: str) -> None:
    view = begin(page, runs[:2], qtbot)
    if by == "button":
        QTest.mouseClick(view.back, LEFT)
    else:
        QTest.keyClick(view.back, Qt.Key.Key_Escape)
    assert not page.is_comparing
    assert {run.name for run in page.table.selected} == {"first", "second"}


def test_speaks_the_language_that_is_set(
    page: RunsPage, runs: list[RunFolder], qtbot: QtBot
) -> None:
    view = begin(page, runs[:2], qtbot)
    set_language("zh_CN")
    assert "“second”比“The first try”好" in texts(view)
    assert view.recipes.facts.rows[0].name == "学习率"
    assert "只有“second”答对" in view.photos.second.text()


@pytest.mark.parametrize(("count", "may"), [(1, False), (2, True), (3, True)])
def test_two_at_least(page: RunsPage, runs: list[RunFolder], count: int, may: bool) -> None:
    page.table.select({run.path for run in runs[:count]})
    assert page.button("compare").isEnabled() is may
