"""The Model page: starting from a file or an earlier run; what is shown before it is used."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language, tr
from finetune_gui.gui.drops import sort_dropped
from finetune_gui.gui.pages.model import ModelPage
from finetune_gui.gui.pages.model_file import FilePanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.settings_weights import WeightsCard
from finetune_gui.jobs.look_at_weights import LookAtWeights
from tests.helpers.displayed import displayed

LEFT = Qt.MouseButton.LeftButton
WAIT_MS = 120_000
SMALL = "resnet10t"
RESNET = "resnet18.a1_in1k"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``small.pt`` is clear, ``best.pt`` fits two networks, ``own.pt`` fits none."""
    import timm

    folder = tmp_path_factory.mktemp("files")
    torch.save(timm.create_model(SMALL, num_classes=7).state_dict(), folder / "small.pt")
    torch.save(timm.create_model("resnet18").state_dict(), folder / "best.pt")
    torch.save({f"l{n}.weight": torch.ones(2) for n in range(3)}, folder / "own.pt")
    (folder / "broken.safetensors").write_bytes(b"nothing")
    return folder


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> FilePanel:
    """The panel of a page once torch is there."""
    page = displayed(qtbot, ModelPage(session))
    session.load_torch()
    qtbot.waitUntil(lambda: bool(page.list.cards), timeout=WAIT_MS)
    assert not page.list.file.isVisible()
    return page.list.file


def look(qtbot: QtBot, panel: FilePanel, path: Path) -> None:
    panel.look_at(path)
    assert path.name in panel.banner.heading.text()
    qtbot.waitUntil(lambda: panel.found is not None or panel.error is not None, timeout=WAIT_MS)


def button(qtbot: QtBot, panel: QWidget, name: str) -> QPushButton:
    """The button, once Qt shows it; one that it replaced may go a turn of the loop later."""

    def shown() -> list[QPushButton]:
        return [b for b in panel.findChildren(QPushButton, name) if b.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


def test_a_file_is_shown_before_it_is_used(
    qtbot: QtBot, panel: FilePanel, session: Session, files: Path
) -> None:
    before = session.recipe
    look(qtbot, panel, files / "small.pt")
    assert panel.banner.heading.text() == "small.pt is resnet10t"
    assert panel.banner.text.text() == "fits: 70 of 70 tensors · 7 classes"
    assert session.recipe == before
    with qtbot.waitSignal(panel.used):
        qtbot.mouseClick(button(qtbot, panel, "model-file-use"), LEFT)
    assert session.recipe.model.backbone == SMALL
    assert session.recipe.model.weights == str(files / "small.pt")
    assert len(session.recipe.model.weights_sha256) == 64
    assert panel.banner.heading.text() == "Starts from small.pt"
    assert session.why_not_start() != tr("model-why-no-weights")
    qtbot.mouseClick(button(qtbot, panel, "model-file-back"), LEFT)
    assert session.recipe.model.weights == session.recipe.model.weights_sha256 == ""
    assert not panel.isVisible()


def test_a_look_that_is_stopped_elsewhere_waits_no_more(
    qtbot: QtBot, panel: FilePanel, session: Session, files: Path
) -> None:
    panel.look_at(files / "small.pt")
    assert panel.isVisible()
    looks = [h for h in session.runner.active if isinstance(h.job, LookAtWeights)]
    assert len(looks) == 1
    looks[0].cancel()
    qtbot.waitUntil(lambda: not panel.isVisible())
    look(qtbot, panel, files / "small.pt")


def test_where_it_is_ambiguous_the_user_chooses(
    qtbot: QtBot, panel: FilePanel, session: Session, files: Path
) -> None:
    look(qtbot, panel, files / "best.pt")
    assert panel.banner.heading.text() == "best.pt fits several networks"
    assert panel.choice.isVisible()
    assert not button(qtbot, panel, "model-file-use").isEnabled()
    row = panel.choice.findText("torchvision/resnet18")
    panel.choice.setCurrentIndex(row)
    panel.choice.activated.emit(row)
    qtbot.waitUntil(lambda: button(qtbot, panel, "model-file-use").isEnabled())
    qtbot.mouseClick(button(qtbot, panel, "model-file-use"), LEFT)
    assert session.recipe.model.backbone == "torchvision/resnet18"


def test_what_does_not_fit_is_told_and_cannot_be_used(
    qtbot: QtBot, panel: FilePanel, files: Path
) -> None:
    look(qtbot, panel, files / "own.pt")
    assert "3 tensors of an unknown network" in panel.banner.heading.text()
    qtbot.waitUntil(lambda: panel.choice.count() > 1000)
    panel.choice.setCurrentText(SMALL)
    panel.choice.activated.emit(panel.choice.findText(SMALL))
    qtbot.waitUntil(lambda: "does not fit" in panel.banner.heading.text(), timeout=WAIT_MS)
    assert panel.banner.text.text() == "fits: 0 of 70 tensors · 70 missing · 3 left over"
    assert not button(qtbot, panel, "model-file-use").isEnabled()
    qtbot.mouseClick(button(qtbot, panel, "model-file-show-details"), LEFT)
    assert "conv1.0.weight: missing" in panel.details.toPlainText()
    qtbot.mouseClick(button(qtbot, panel, "model-file-copy"), LEFT)
    assert QGuiApplication.clipboard().text() == panel.details.toPlainText()


def test_a_broken_file_is_a_sentence_with_details(
    qtbot: QtBot, panel: FilePanel, session: Session, files: Path
) -> None:
    look(qtbot, panel, files / "broken.safetensors")
    assert "cannot be read" in panel.banner.heading.text()
    assert not panel.details.isVisible()
    qtbot.mouseClick(button(qtbot, panel, "model-file-show-details"), LEFT)
    assert str(files / "broken.safetensors") in panel.details.toPlainText()
    set_language("zh_CN")
    assert "无法读取权重" in panel.banner.heading.text()
    panel.banner.dismiss()
    assert not panel.isVisible()
    assert session.recipe.model.weights == ""


def test_choosing_a_backbone_takes_its_published_weights(
    qtbot: QtBot, panel: FilePanel, session: Session, files: Path
) -> None:
    session.change_recipe({"model.backbone": SMALL, "model.weights": str(files / "small.pt")})
    page = panel.window()
    assert isinstance(page, ModelPage)
    page.list.cards[RESNET].radio.click()
    model = session.recipe.model
    assert (model.backbone, model.weights) == (RESNET, "")
    qtbot.waitUntil(lambda: not panel.isVisible())


def test_the_button_asks_for_a_file(qtbot: QtBot, panel: FilePanel, files: Path) -> None:
    page = panel.window()
    qtbot.mouseClick(button(qtbot, page, "model-file-choose"), LEFT)
    dialog = panel.findChild(QFileDialog, "model-file-dialog")
    assert dialog is not None
    assert "*.safetensors" in dialog.nameFilters()[0]
    assert "*.keras" in dialog.nameFilters()[0]
    dialog.fileSelected.emit(str(files / "small.pt"))
    dialog.close()
    qtbot.waitUntil(lambda: panel.found is not None, timeout=WAIT_MS)


def test_what_is_dropped_is_sorted(tmp_path: Path) -> None:
    run, photos, weights = tmp_path / "run", tmp_path / "photos", tmp_path / "w.PT"
    run.mkdir()
    photos.mkdir()
    (run / "recipe.toml").touch()
    dropped = sort_dropped([run, photos, weights, tmp_path / "a.jpg"])
    assert dropped.weights == (run, weights)
    assert dropped.datasets == (photos,)
    assert dropped.photos == (tmp_path / "a.jpg",)


def test_shared_folders_and_a_mirror_can_be_set(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    card = WeightsCard(session)
    qtbot.addWidget(card)
    card.show()
    with qtbot.waitSignal(session.weights_places_changed):
        card.add(tmp_path)
    card.add(tmp_path)  # once is enough
    assert session.settings.weights_folders == [str(tmp_path)]
    card.mirror.setText("hub.example")
    card.mirror.editingFinished.emit()
    assert card.problem.isVisible()
    assert session.settings.weights_mirror == ""
    card.mirror.setText("https://hub.example")
    with qtbot.waitSignal(session.weights_places_changed):
        card.mirror.editingFinished.emit()
    assert not card.problem.isVisible()
    assert "https://hub.example" in session.paths.settings_file.read_text()
    remove = card.findChild(QWidget, "settings-weights-remove-0")
    assert str(tmp_path) in remove.accessibleName()
    with qtbot.waitSignal(session.weights_places_changed):
        qtbot.mouseClick(remove, LEFT)
    assert session.settings.weights_folders == []
