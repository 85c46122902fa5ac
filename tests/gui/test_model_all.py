"""The table of all backbones on the Model page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import natural_key
from finetune_gui.engine.keras_library import has_keras
from finetune_gui.gui.models.backbones import Column
from finetune_gui.gui.pages.model import ModelPage
from finetune_gui.gui.pages.model_all import AllBackbones
from finetune_gui.gui.session import Session
from tests.helpers.displayed import displayed

LEFT = Qt.MouseButton.LeftButton
TORCH_MS = 120_000


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> ModelPage:
    made = displayed(qtbot, ModelPage(session))
    session.load_torch()
    qtbot.waitUntil(lambda: bool(made.list.cards), timeout=TORCH_MS)
    qtbot.mouseClick(made.list.view.segment("all"), LEFT)
    qtbot.waitUntil(lambda: not made.list.all.is_empty, timeout=TORCH_MS)
    return made


@pytest.fixture
def every(page: ModelPage) -> AllBackbones:
    return page.list.all


def names(every: AllBackbones) -> list[str]:
    return [status.backbone.name for status in every.model.rows]


def column(every: AllBackbones, which: Column) -> list[str]:
    return [every.model.index(row, which).data() for row in range(every.model.rowCount())]


def test_all_are_listed_the_most_accurate_first(every: AllBackbones) -> None:
    assert every.isVisible()
    assert every.model.rowCount() > 1500
    accuracies = [s.backbone.top1 for s in every.model.rows]
    known = [a for a in accuracies if a is not None]
    assert known == sorted(known, reverse=True)
    assert accuracies[: len(known)] == known  # what has none stands last
    assert every.count.text() == f"{len(accuracies):,} of {len(accuracies):,}"


def test_words_are_searched_in_names_and_families(every: AllBackbones) -> None:
    QTest.keyClicks(every.search, "TORCHVISION swin")
    assert names(every)
    assert all(n.startswith("torchvision/swin") for n in names(every))
    every.search.setText("Vision Transformer tiny")
    assert "vit_tiny_patch16_224.augreg_in21k_ft_in1k" in names(every)
    every.search.setText("no such thing")
    assert every.count.text().startswith("Nothing fits")
    assert not every.use_button.isEnabled()
    QTest.keyClick(every.search, Qt.Key.Key_Escape)
    assert len(names(every)) > 1500


def test_filters_leave_what_fits(every: AllBackbones) -> None:
    QTest.mouseClick(every.at_hand, LEFT, pos=every.at_hand.rect().center() * 0.2)
    assert set(names(every)) == {f"tf_efficientnet_lite{n}" for n in (0, 1, 2)}
    every.at_hand.setChecked(False)
    every.free.setChecked(True)
    assert {"MIT", "Apache-2.0"} <= set(column(every, Column.LICENCE))
    assert not any("NC" in licence for licence in column(every, Column.LICENCE))
    every.sizes.setCurrentIndex(1)
    assert all(0 < s.backbone.parameters <= 10_000_000 for s in every.model.rows)
    every.sizes.setCurrentIndex(3)
    assert all(s.backbone.parameters > 40_000_000 for s in every.model.rows)


def test_a_name_on_top_sorts_and_keeps_the_choice(every: AllBackbones) -> None:
    every.search.setText("resnet18")
    every.select("resnet18.a1_in1k")
    every.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
    shown = column(every, Column.NAME)
    assert shown == sorted(shown, key=natural_key)
    assert every.selected is not None
    assert every.selected.backbone.name == "resnet18.a1_in1k"


def test_what_is_used_gets_a_card_and_is_chosen(
    qtbot: QtBot, page: ModelPage, every: AllBackbones, session: Session
) -> None:
    assert not every.use_button.isEnabled()
    every.search.setText("torchvision/shufflenet_v2_x1_0")
    every.select("torchvision/shufflenet_v2_x1_0")
    qtbot.mouseClick(every.use_button, LEFT)
    name = "torchvision/shufflenet_v2_x1_0"
    assert session.recipe.model.backbone == name
    assert page.list.view.value == "recommended"
    made = page.list.cards[name]
    qtbot.waitUntil(made.isVisible)
    assert made.is_chosen
    assert made.download_button.text() == "Download 9.2 MB"
    assert made.wanted.isVisible()
    assert name in page.list.missing()
    assert page.rail_subtitle() == name


def test_enter_uses_the_current_row(page: ModelPage, every: AllBackbones, session: Session) -> None:
    every.select("regnety_032.ra_in1k")
    QTest.keyClick(every.table, Qt.Key.Key_Return)
    assert session.recipe.model.backbone == "regnety_032.ra_in1k"
    assert page.list.view.value == "recommended"


def test_without_a_known_size_the_button_says_only_what_it_does(
    qtbot: QtBot, page: ModelPage, every: AllBackbones
) -> None:
    unknown = next(s for s in every.model.rows if not s.backbone.weights_bytes and not s.weights)
    every.select(unknown.backbone.name)
    qtbot.mouseClick(every.use_button, LEFT)
    button = page.list.cards[unknown.backbone.name].download_button
    assert button.text() == "Download"
    assert button.accessibleName().endswith(unknown.backbone.title)


def test_narrow_leaves_the_family_out(page: ModelPage, every: AllBackbones) -> None:
    assert every.table.isColumnHidden(Column.FAMILY)
    page.resize(1700, 900)
    assert not every.table.isColumnHidden(Column.FAMILY)


def test_speeds_of_this_computer_can_be_sorted_by(page: ModelPage, every: AllBackbones) -> None:
    page.resize(1700, 900)
    fast, slow = (every.model.rows[n].backbone.name for n in (40, 7))
    speeds = {fast: 240.4, slow: 9.87}
    every.model.set_rows(
        [replace(s, speed=speeds.get(s.backbone.name, 0.0)) for s in every.model.rows]
    )
    every.table.sortByColumn(Column.SPEED, Qt.SortOrder.DescendingOrder)
    assert names(every)[:2] == [fast, slow]
    assert column(every, Column.SPEED)[:3] == ["240", "9.87", "–"]


def test_it_follows_the_language(every: AllBackbones) -> None:
    set_language("zh_CN")
    assert every.use_button.text() == "使用这个主干网络"
    assert every.sizes.itemText(1) == "小：不超过 10 M"
    assert every.model.headerData(Column.FAMILY, Qt.Orientation.Horizontal) == "系列"


@pytest.mark.skipif(not has_keras(), reason="Keras is not installed")
def test_a_network_of_keras_is_chosen_and_counted(
    qtbot: QtBot, page: ModelPage, every: AllBackbones, session: Session
) -> None:
    name = "keras/MobileNetV2"
    assert not every.hint.isVisible()
    QTest.keyClicks(every.search, "keras mobilenet")
    assert name in names(every)
    assert all(n.startswith("keras/MobileNet") for n in names(every))
    every.select(name)
    qtbot.mouseClick(every.use_button, LEFT)
    assert session.recipe.model.backbone == name
    card = page.list.cards[name]
    assert card.is_chosen
    assert card.download_button.text() == "Download 9.0 MB"
    qtbot.waitUntil(lambda: "2.2 M of 2.2 M parameters learn" in texts(page), timeout=TORCH_MS)


def test_without_keras_a_line_says_how_to_get_it(every: AllBackbones) -> None:
    every.set_backbones([s for s in every.model.rows if "keras/" not in s.backbone.name])
    assert every.hint.isVisible()
    assert "pip install" in every.hint.text()


def texts(page: ModelPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())
