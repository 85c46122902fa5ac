"""The Evaluate page with real evaluations in real run folders."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from finetune_gui.core import test_looks
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.gui.models.class_scores import ClassRow, ClassScores, Column
from finetune_gui.gui.pages.evaluate import EvaluatePage
from finetune_gui.gui.pages.evaluate_figures import Shown, shortened
from finetune_gui.gui.widgets.explained_tile import PairLabel, fit_pair
from tests.helpers import evaluated_run as runs
from tests.helpers.evaluated_run import CLASSES
from tests.helpers.page_words import subtitle, words


def captions(page: EvaluatePage) -> list[tuple[str, str]]:
    return [(photo.caption, photo.note) for photo in page.result.mistakes.grid.photos]


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
