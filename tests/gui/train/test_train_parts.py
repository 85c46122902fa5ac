"""The parts of the Train page: its plots, its log and its form."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core import recipe
from finetune_gui.core.messages import set_language
from finetune_gui.core.recipe import Recipe, recipe_fields
from finetune_gui.gui.pages.train import TrainPage
from finetune_gui.gui.pages.train_form import advanced_groups, basic_keys
from finetune_gui.gui.widgets.recipe_editors import NumberEditor
from tests.helpers import train_story as story
from tests.helpers.train_page import button, click, half, show, whole


class TestPlots:
    def test_loss_and_accuracy_are_both_seen(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", whole())
        for name in ("lossPlot", "accuracyPlot"):
            plot = page.findChild(QWidget, name)
            assert plot is not None
            assert plot.isVisible()
            assert plot.height() >= 100
        assert not page.plots.lr.isVisible()
        page.plots.chips.set_value("lr")
        assert page.plots.lr.isVisible()
        qtbot.waitUntil(lambda: page.plots.lr.canvas.points_drawn("lr") == 40)

    def test_ten_thousand_events_in_many_batches_are_drawn_a_few_times(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", story.beginning(10, 1000))
        drawn: list[None] = []
        page.plots.drawn.connect(lambda: drawn.append(None))
        for number in range(1, 10_001):
            page.session.run_events.emit([story.step(number, 1000)])
        qtbot.waitUntil(lambda: page.plots.loss.canvas.points_drawn("train_loss_step") > 100)
        assert len(page.curves.loss_step) == 10_000
        assert len(drawn) <= 3, "a redraw for each event would freeze the window"


class TestLog:
    def test_has_a_line_for_what_matters_in_the_language_now_set(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", whole())
        lines = page.log.toPlainText().splitlines()
        assert len(lines) == 8  # start, skipped, baseline, four epochs, end
        assert "Note: apple/bad.jpg" in lines[1]
        assert "Baseline" in lines[2]
        assert "Epoch 4 of 4" in lines[6]
        assert all(len(line.split("  ")[0]) == len("12:34:56") for line in lines)
        set_language("zh_CN")
        translated = page.log.toPlainText()
        assert "第 4 / 4 轮" in translated
        assert "注意：apple/bad.jpg" in translated

    def test_follows_the_end_unless_the_user_reads_further_up(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", story.beginning(100, 10))
        bar = page.log.verticalScrollBar()
        many = [story.epoch(n, 10, epochs=100) for n in range(1, 60)]
        page.log.add_events(many)
        assert bar.maximum() > 10
        assert bar.value() == bar.maximum()
        bar.triggerAction(bar.SliderAction.SliderToMinimum)
        page.log.add_events(many[:5])
        assert bar.value() == 0

    def test_can_be_copied(self, qtbot: QtBot, page: TrainPage, tmp_path: Path) -> None:
        show(qtbot, page, tmp_path / "run", whole())
        QTest.mouseClick(page.copy_button, Qt.MouseButton.LeftButton)
        assert QApplication.clipboard().text() == page.log.toPlainText()


class TestForm:
    def test_basic_and_advanced_have_each_field_of_this_page_once(self) -> None:
        keys = [*basic_keys(), *(key for group in advanced_groups().values() for key in group)]
        assert len(keys) == len(set(keys))
        elsewhere = ("data.", "augment.", "model.")
        assert set(keys) == {k for k in recipe_fields() if not k.startswith(elsewhere)}
        assert basic_keys() == [
            "train.epochs",
            "train.batch_size",
            "optim.lr",
            "optim.weight_decay",
        ]

    def test_advanced_opens_from_the_keyboard(self, page: TrainPage) -> None:
        patience = page.findChild(NumberEditor, "field-train.patience")
        assert patience is not None
        assert not patience.isVisible()
        opener = button(page, "advancedButton")
        opener.setFocus()
        QTest.keyClick(opener, Qt.Key.Key_Space)
        assert patience.isVisible()

    def test_a_change_inside_advanced_is_told_outside(self, page: TrainPage) -> None:
        page.session.change_recipe({"train.patience": 9, "seed": 3})
        assert button(page, "advancedButton").text() == "Advanced · 2 changed"
        reset = button(page, "resetAllButton")
        assert reset.isVisible()
        page.session.change_recipe({"augment.rotation": 45.0})
        reset.click()
        assert page.session.recipe.train.patience == Recipe().train.patience
        assert page.session.recipe.augment.rotation == pytest.approx(45.0)
        assert not reset.isVisible()

    def test_other_pages_are_summed_up_with_a_way_there(
        self, qtbot: QtBot, ready: TrainPage
    ) -> None:
        ready.session.change_recipe({"augment.preset": "strong"})
        lines = ready.form.lines
        assert lines["augment"].value.text() == "Strong"
        counts = Counter(ready.session.splits)
        split = f"{counts['train']} / {counts['validation']} / {counts['test']}"
        assert lines["data"].value.text() == split
        assert lines["model"].value.text() == "tf_efficientnet_lite0 · frozen: Nothing"
        ready.session.set_backbones({"tf_efficientnet_lite0": "EfficientNet-Lite0"}, frozenset())
        assert lines["model"].value.text() == "EfficientNet-Lite0 · frozen: Nothing"
        with qtbot.waitSignal(ready.navigate) as asked:
            lines["augment"].go.click()
        assert asked.args == ["augment"]

    def test_a_recipe_file_can_be_saved_and_loaded(
        self,
        qtbot: QtBot,
        page: TrainPage,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        session = page.session
        session.change_recipe({"optim.lr": 0.02})
        path = tmp_path / "方案 1"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(path), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (f"{path}.toml", ""))
        choose(page, "saveRecipe")
        qtbot.waitUntil(page.form.banner.isVisible)
        assert recipe.load(tmp_path / "方案 1.toml") == session.recipe
        saved = session.recipe
        session.reset_recipe(["optim.lr"])
        choose(page, "loadRecipe")
        qtbot.waitUntil(lambda: session.recipe == saved)

    @pytest.mark.parametrize(
        "content", [b"[train]\nepochs = -4\n", b"epochs = = 1", b"\xff\xfe\x00x", b"[x]\ny = 1\n"]
    )
    def test_a_file_that_is_no_recipe_is_explained_in_the_card(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "bad.toml"
        path.write_bytes(content)
        page.form.load_file(path)
        qtbot.waitUntil(page.form.banner.isVisible)
        assert page.form.banner.heading.text()
        assert page.form.banner.text.text()
        assert page.session.recipe == Recipe()

    def test_the_recipe_of_a_run_can_be_taken_over(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "run", whole(), **{"optim.lr": 0.007})
        choose(page, "useRunRecipe")
        assert page.session.recipe.optim.lr == pytest.approx(0.007)


def choose(page: TrainPage, name: str) -> None:
    menu: QMenu = page.form.make_menu()
    entry = next(action for action in menu.actions() if action.objectName() == name)
    assert entry.isEnabled()
    entry.trigger()
    menu.close()
    menu.deleteLater()


class TestFoldedForm:
    """Once a run is over its settings take one line, until somebody wants to change them."""

    def test_folds_when_a_run_is_over_and_unfolds_on_demand(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        form = page.form
        assert form.basic.isVisible()
        show(qtbot, page, tmp_path / "done", whole())
        assert not form.basic.isVisible()
        assert "0.001" in form.folded.words.text()
        click(page, "changeSettingsButton")
        assert form.basic.isVisible()
        assert not form.folded.isVisible()
        page.session.change_recipe({"optim.lr": 0.003})
        assert form.basic.isVisible()  # what was asked for stays

    def test_says_the_settings_of_the_next_training(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "done", whole())
        page.session.change_recipe({"optim.lr": 0.003, "train.epochs": 30})
        words = page.form.folded.words.text()
        assert "0.003" in words
        assert "30" in words

    def test_a_run_that_can_go_on_keeps_its_form(
        self, qtbot: QtBot, page: TrainPage, tmp_path: Path
    ) -> None:
        show(qtbot, page, tmp_path / "done", whole())
        show(qtbot, page, tmp_path / "half", half())
        assert page.form.basic.isVisible()
