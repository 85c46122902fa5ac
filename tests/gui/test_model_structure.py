"""The structure of the network: looking at its stages, and choosing which of them learn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language, tr
from finetune_gui.gui.models.layers import Column
from finetune_gui.gui.pages.model import ModelPage
from finetune_gui.gui.pages.model_structure import StructurePanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.structure_view import StructureView
from tests.helpers.displayed import displayed
from tests.helpers.tiny import make_coloured_photos

LEFT = Qt.MouseButton.LeftButton
TORCH_MS = 120_000
RESNET = "resnet18.a1_in1k"
STAGES = ("conv1", "layer1", "layer2", "layer3", "layer4")


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> StructurePanel:
    """ResNet-18 for small photos, described."""
    session.change_recipe({"model.backbone": RESNET, "model.input_size": 64})
    made = displayed(qtbot, StructurePanel(session), (1024, 680))
    session.load_torch()
    described(qtbot, made)
    return made


@pytest.fixture
def view(panel: StructurePanel) -> StructureView:
    return panel.card.view


def described(qtbot: QtBot, panel: StructurePanel) -> None:
    """Wait until what is shown is what the recipe asks for."""
    qtbot.waitUntil(
        lambda: panel.described is not None and not panel.describing.is_busy, timeout=TORCH_MS
    )


def place(view: StructureView, number: int, *, pill: bool = False) -> QPoint:
    block = view.blocks[number]
    inside = block.pill().center() if pill else QPointF(40, block.boundingRect().height() - 20)
    return view.mapFromScene(block.mapToScene(inside))


def click(view: StructureView, number: int, *, pill: bool = False) -> None:
    QTest.mouseClick(view.viewport(), LEFT, pos=place(view, number, pill=pill))


def states(view: StructureView) -> list[bool]:
    return [block.face.frozen for block in view.blocks]


def drop(widget: QWidget, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    spot, copy, none = QPointF(20, 20), Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(spot.toPoint(), copy, mime, LEFT, none)
    QApplication.sendEvent(widget, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(spot, copy, mime, LEFT, none))


# ---- looking


def test_it_waits_for_torch(qtbot: QtBot, session: Session) -> None:
    made = StructurePanel(session)
    qtbot.addWidget(made)
    made.show()
    assert made.pages.currentWidget() is made.waiting
    assert not session.runner.active


def test_a_block_for_each_stage(panel: StructurePanel, view: StructureView) -> None:
    assert [block.face.title for block in view.blocks] == [
        *("Entry", "Stage 1", "Stage 2", "Stage 3", "Stage 4", "Head"),
    ]
    assert view.blocks[2].face.facts == "8 × 8 × 128 · 526 k"
    assert view.blocks[2].face.sight == "textures"
    assert not any(states(view))
    assert panel.card.learning.value.text() == "11.2 M of 11.2 M parameters"
    assert panel.card.memory.value.text().startswith("about ")
    assert panel.card.time.value.text() == tr("model-time-unknown")


def test_the_bars_are_the_learning_rates(
    qtbot: QtBot, view: StructureView, session: Session
) -> None:
    assert view.blocks[-1].face.bars[1].value == "× 1.00"
    assert view.blocks[4].face.bars[1].value == "× 0.80"
    session.change_recipe({"optim.layer_decay": 0.5})
    qtbot.waitUntil(lambda: view.blocks[4].face.bars[1].value == "× 0.50", timeout=TORCH_MS)
    assert view.blocks[4].face.bars[1].low == 0.25


def test_a_click_shows_the_layers_of_a_stage(panel: StructurePanel, view: StructureView) -> None:
    click(view, 1)
    assert view.current == 1
    assert panel.stage.heading.text() == "Stage 1 · layer1"
    rows = panel.stage.layers.rows
    first = [rows.index(0, column).data() for column in Column]
    assert first == ["Convolution 3×3", "16 × 16 × 64", "36.9 k", "0.conv1"]
    assert "Stage 1: edges and colours" in view.accessibleDescription()


def test_layers_can_be_sorted(panel: StructurePanel, view: StructureView) -> None:
    click(view, 1)
    panel.stage.layers.sortByColumn(Column.PARAMETERS, Qt.SortOrder.DescendingOrder)
    counts = [layer.parameters for layer in panel.stage.layers.rows.rows]
    assert counts == sorted(counts, reverse=True)


def test_keys_choose_zoom_and_move(panel: StructurePanel, view: StructureView) -> None:
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
    assert view.current == 1
    assert panel.stage.stage is not None
    assert panel.stage.stage.name == "layer1"
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.current == 5
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.current == 5
    fitting = view.zoom
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom > fitting
    bar = view.horizontalScrollBar()
    bar.setValue(bar.minimum())
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert bar.value() > bar.minimum()
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == pytest.approx(fitting)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom < fitting


def test_the_view_shows_all_of_it(view: StructureView) -> None:
    seen = view.mapToScene(view.viewport().rect()).boundingRect().adjusted(-1, -1, 1, 1)
    assert seen.contains(view.sceneRect())


# ---- choosing what learns


def test_a_click_on_its_state_freezes_a_stage(
    qtbot: QtBot, panel: StructurePanel, view: StructureView, session: Session
) -> None:
    click(view, 1, pill=True)
    model = session.recipe.model
    assert (model.freeze, model.learning_stages) == ("custom", "conv1, layer2, layer3, layer4")
    assert states(view) == [False, True, False, False, False, False]  # at once
    qtbot.waitUntil(
        lambda: panel.card.learning.value.text() == "11.0 M of 11.2 M parameters", timeout=TORCH_MS
    )
    click(view, 1, pill=True)
    assert (session.recipe.model.freeze, session.recipe.model.learning_stages) == ("none", "")


def test_space_and_double_click_do_too(view: StructureView, session: Session) -> None:
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert session.recipe.model.learning_stages == "layer1, layer2, layer3, layer4"
    QTest.mouseDClick(view.viewport(), LEFT, pos=place(view, 2))
    assert session.recipe.model.learning_stages == "layer1, layer3, layer4"
    QTest.mouseDClick(view.viewport(), LEFT, pos=place(view, 1))
    # What is the same as a preset is called so.
    assert session.recipe.model.freeze == "all_but_last_two_stages"


def test_the_head_always_learns(view: StructureView, session: Session) -> None:
    view.set_current(5)
    QTest.keyClick(view, Qt.Key.Key_Space)
    click(view, 5, pill=True)
    assert session.recipe.model.freeze == "none"


def test_a_preset_can_be_chosen_and_goes_on_by_hand(
    panel: StructurePanel, view: StructureView, session: Session
) -> None:
    panel.card.freeze.committed.emit("all_but_last_stage")
    assert states(view) == [True, True, True, True, False, False]
    panel.card.freeze.committed.emit("custom")
    model = session.recipe.model
    assert (model.freeze, model.learning_stages) == ("custom", "layer4")
    assert panel.card.freeze.field_value() == "custom"


def test_stages_of_another_network_are_named(
    qtbot: QtBot, panel: StructurePanel, session: Session
) -> None:
    session.change_recipe({"model.learning_stages": "blocks.3"})
    banner = panel.card.banner
    qtbot.waitUntil(banner.isVisible, timeout=TORCH_MS)
    assert "blocks.3" in banner.heading.text()
    assert "layer4" in banner.text.text()
    button = panel.findChild(QWidget, "structure-learn-all")
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, LEFT)
    assert session.recipe.model.freeze == "none"
    qtbot.waitUntil(lambda: not banner.isVisible(), timeout=TORCH_MS)


def test_batch_statistics_and_decay_are_set_here(panel: StructurePanel, session: Session) -> None:
    QTest.mouseClick(panel.card.batch_norm.editor, LEFT)
    assert session.recipe.train.freeze_batch_norm is False
    panel.card.decay.editor.setFocus()
    QTest.keyClick(panel.card.decay.editor, Qt.Key.Key_Down)
    assert session.recipe.optim.layer_decay == 0.75


def test_an_impossible_network_says_why(
    qtbot: QtBot, panel: StructurePanel, session: Session
) -> None:
    session.change_recipe({"model.backbone": "no-such-network"})
    qtbot.waitUntil(panel.problem.isVisible, timeout=TORCH_MS)
    assert "no-such-network" in panel.problem.text()
    session.change_recipe({"model.backbone": RESNET})
    qtbot.waitUntil(panel.card.view.isVisible, timeout=TORCH_MS)


def test_the_option_of_the_backbone_leads_here(qtbot: QtBot, session: Session) -> None:
    session.change_recipe({"model.backbone": RESNET, "model.input_size": 64})
    page = displayed(qtbot, ModelPage(session))
    session.load_torch()
    qtbot.waitUntil(lambda: session.torch_state == "ready", timeout=TORCH_MS)
    qtbot.mouseClick(page.freeze.custom, LEFT)
    assert page.half.value == "structure"
    assert page.structure.isVisible()
    qtbot.waitUntil(lambda: session.recipe.model.freeze == "custom", timeout=TORCH_MS)
    assert session.recipe.model.learning_stages == ", ".join(STAGES)
    qtbot.mouseClick(page.half.segment("backbone"), LEFT)
    assert page.freeze.custom.is_chosen
    qtbot.waitUntil(lambda: page.freeze.custom.learning.text() == "11.2 M learn", timeout=TORCH_MS)


# ---- the photo


def test_a_dropped_photo_is_seen_from_inside(
    qtbot: QtBot, panel: StructurePanel, view: StructureView, tmp_path: Path
) -> None:
    stage = panel.stage
    assert stage.message.text() == tr("model-maps-no-photo")
    photo = sorted(make_coloured_photos(tmp_path / "photos", 1).rglob("*.png"))[0]
    drop(stage.photo.drop, photo)
    qtbot.waitUntil(lambda: len(stage.grid.pictures) == 16, timeout=TORCH_MS)
    assert stage.photo.file.text() == "blue0.png"
    assert stage.photo.drop.picture is not None
    assert "random" in stage.note.text()  # the weights of this backbone are not at hand
    qtbot.mouseClick(stage.view.segment("filters"), LEFT)
    assert len(stage.grid.pictures) == 32
    assert "of 64 filters" in stage.note.text()
    click(view, 5)
    assert stage.message.text() == tr("model-maps-head", n=2)
    assert not stage.view.isVisible()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    drop(stage.photo.drop, broken)
    click(view, 1)
    qtbot.waitUntil(lambda: "broken.png" in stage.photo.file.text() and bool(stage._problem))
    assert stage.message.isVisible()


def test_photos_of_the_open_folder(
    qtbot: QtBot, panel: StructurePanel, session: Session, tmp_path: Path
) -> None:
    session.open_dataset(make_coloured_photos(tmp_path / "photos", 4))
    picker = panel.stage.photo
    qtbot.waitUntil(lambda: picker.path is not None)
    first = picker.path
    qtbot.mouseClick(picker.next_button, LEFT)
    second = picker.path
    assert second != first
    qtbot.mouseClick(picker.random_button, LEFT)
    assert picker.path != second
    qtbot.waitUntil(lambda: bool(panel.stage.grid.pictures), timeout=TORCH_MS)
    qtbot.waitUntil(lambda: panel.estimator.seconds is not None, timeout=TORCH_MS)
    assert panel.card.time.value.text().startswith("about ")
    session.close_dataset()
    assert picker.path is None
    assert panel.stage.message.text() == tr("model-maps-no-photo")


# ---- the window around


def test_it_follows_the_language(panel: StructurePanel, view: StructureView) -> None:
    set_language("zh_CN")
    assert view.blocks[1].face.title == "阶段 1"
    assert view.blocks[1].face.state == "学习"
    assert panel.stage.heading.text() == "入口 · conv1"
    assert panel.card.freeze.currentText() == "不冻结"
    rows = panel.stage.layers.rows
    assert rows.index(0, Column.KIND).data() == "卷积 7×7 / 2"
    assert view.accessibleName() == "网络的各个阶段"


def test_out_of_sight_nothing_is_found_out(
    qtbot: QtBot, panel: StructurePanel, session: Session
) -> None:
    panel.hide()
    session.change_recipe({"model.freeze": "backbone"})
    assert not session.runner.active
    panel.show()
    described(qtbot, panel)
    assert states(panel.card.view) == [True] * 5 + [False]


def test_everything_to_act_on_has_a_handle(panel: StructurePanel) -> None:
    for name in (
        *("structure-view", "structure-freeze", "structure-fit", "structure-zoom-in"),
        *("structure-zoom-out", "structure-photo-drop", "structure-photo-next"),
        *("structure-photo-random", "structure-layers"),
    ):
        widget = panel.findChild(QWidget, name)
        assert widget is not None, name
        assert widget.accessibleName(), name
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, name
