"""The whole way through the real window: a folder of photos becomes an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunState
from finetune_gui.engine.augmentation import augment
from finetune_gui.engine.backbones import preprocessing_for
from finetune_gui.gui.app import build_window
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.widgets.confusion_matrix import ConfusionMatrix
from finetune_gui.gui.widgets.curve_plot import CurvePlot
from finetune_gui.jobs.preview_augmentation import PreviewAugmentation
from tests.helpers.photos import truncated_jpeg
from tests.helpers.tiny import make_coloured_photos

TINY = {
    "model.input_size": 64,
    "train.epochs": 2,
    "train.batch_size": 4,
    "train.precision": "float32",
    "train.device": "cpu",
    "augment.preset": "medium",
}
A_MINUTE = 60_000


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_coloured_photos(tmp_path / "照片 与 空格")


@pytest.fixture
def window(qtbot: QtBot, paths: AppPaths) -> Iterator[MainWindow]:
    made = build_window(paths, demo=False)
    made.resize(1280, 800)
    made.show()
    qtbot.waitUntil(lambda: made.session.torch_state == "ready", timeout=3 * A_MINUTE)
    yield made
    made.close()
    assert made.session.shutdown(A_MINUTE)
    made.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # deferred deletes


def drop(window: QWidget, path: Path) -> None:
    """Let a file or folder fall on the window, as from a file manager."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button is not None, name
    qtbot.waitUntil(button.isEnabled, timeout=A_MINUTE)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def words(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def open_folder(qtbot: QtBot, window: MainWindow, folder: Path) -> None:
    drop(window, folder)
    qtbot.waitUntil(lambda: bool(window.session.splits), timeout=A_MINUTE)


def train(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change_recipe(TINY)
    click(qtbot, window, "rail-train")
    click(qtbot, window, "startButton")
    qtbot.waitUntil(lambda: window.session.training is not None, timeout=A_MINUTE)
    qtbot.waitUntil(lambda: window.session.training is None, timeout=5 * A_MINUTE)


def test_from_a_folder_of_photos_to_an_answer(
    qtbot: QtBot, window: MainWindow, photos: Path
) -> None:
    truncated_jpeg(photos / "red" / "cut.jpg")
    session = window.session
    open_folder(qtbot, window, photos)
    qtbot.waitUntil(
        lambda: session.dataset is not None and len(session.dataset.skipped) == 1, timeout=A_MINUTE
    )
    assert "24 photos in 3 classes" in words(window)

    click(qtbot, window, "rail-augment")
    train(qtbot, window)
    assert session.run_state is RunState.FINISHED
    plot = window.findChild(CurvePlot, "lossPlot")
    assert plot is not None
    qtbot.waitUntil(lambda: len(plot.values_at(1.0)) >= 2)

    click(qtbot, window, "rail-evaluate")
    qtbot.waitUntil(
        lambda: window.findChild(ConfusionMatrix, "evaluate-matrix") is not None, timeout=A_MINUTE
    )
    matrix = window.findChild(ConfusionMatrix, "evaluate-matrix")
    assert matrix is not None
    qtbot.waitUntil(matrix.isVisible, timeout=A_MINUTE)
    with qtbot.waitSignal(matrix.cell_clicked):
        centre = matrix.cell_rect((0, 0)).center()
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=centre)

    drop(window, photos / "red" / "red0.png")
    qtbot.waitUntil(lambda: "red" in words(window) and "%" in words(window), timeout=A_MINUTE)
    qtbot.waitUntil(lambda: "red0.png" in words(window), timeout=A_MINUTE)


def test_the_preview_is_what_training_sees(qtbot: QtBot, window: MainWindow, photos: Path) -> None:
    session = window.session
    open_folder(qtbot, window, photos)
    session.change_recipe(TINY)
    assert session.dataset is not None
    sample = session.dataset.samples[3]
    job = PreviewAugmentation(sample.path, session.recipe, 3, 2)
    handle = session.runner.start(job)
    with qtbot.waitSignal(handle.finished, timeout=A_MINUTE) as told:
        pass
    preprocessing = preprocessing_for(session.recipe.model)
    photo = preprocessing.load(sample.path)
    for epoch, version in enumerate(told.args[0].versions, start=1):
        key = (session.recipe.seed, epoch, 3)
        view = augment(photo, session.recipe.augment, preprocessing, key)
        assert version.rgb == view.tobytes()


def test_stop_keeps_a_usable_model(qtbot: QtBot, window: MainWindow, photos: Path) -> None:
    session = window.session
    open_folder(qtbot, window, photos)
    session.change_recipe({**TINY, "train.epochs": 200, "train.patience": 0})
    click(qtbot, window, "rail-train")
    click(qtbot, window, "startButton")
    qtbot.waitUntil(
        lambda: session.history is not None and len(session.history.epochs) >= 1,
        timeout=3 * A_MINUTE,
    )
    click(qtbot, window, "stopButton")
    qtbot.waitUntil(lambda: session.training is None, timeout=A_MINUTE)
    assert session.finished_run is not None
    drop(window, photos / "blue" / "blue1.png")
    qtbot.waitUntil(lambda: "blue1.png" in words(window), timeout=A_MINUTE)


def test_pause_and_continue_goes_on(qtbot: QtBot, window: MainWindow, photos: Path) -> None:
    session = window.session
    open_folder(qtbot, window, photos)
    session.change_recipe({**TINY, "train.epochs": 6, "train.patience": 0})
    click(qtbot, window, "rail-train")
    click(qtbot, window, "startButton")
    qtbot.waitUntil(
        lambda: session.history is not None and len(session.history.epochs) >= 1,
        timeout=3 * A_MINUTE,
    )
    click(qtbot, window, "pauseButton")
    qtbot.waitUntil(lambda: session.training is None, timeout=A_MINUTE)
    assert session.run_state is RunState.PAUSED
    click(qtbot, window, "continueButton")
    qtbot.waitUntil(lambda: session.run_state is RunState.FINISHED, timeout=3 * A_MINUTE)
    assert session.history is not None
    assert [epoch.epoch for epoch in session.history.epochs] == [1, 2, 3, 4, 5, 6]


def test_the_language_changes_while_the_window_stands(
    qtbot: QtBot, window: MainWindow, photos: Path
) -> None:
    open_folder(qtbot, window, photos)
    english = tr("shell-page-train")
    assert english in words(window)
    window.session.set_language("zh_CN")
    assert tr("shell-page-train") != english
    qtbot.waitUntil(lambda: tr("shell-page-train") in words(window))
    assert english not in words(window).split("\n")
