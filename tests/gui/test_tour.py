"""The walk through the pages: what it opens, says, points at, and gives back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language, tr
from finetune_gui.core.paths import resource
from finetune_gui.gui import run_desk
from finetune_gui.gui.dialogs import HelpDialog, MessageDialog
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.rail import STEPS as PAGES
from finetune_gui.gui.session import Session
from finetune_gui.gui.settings_dialog import SettingsDialog
from finetune_gui.gui.tour import DEMO, STEPS, Tour
from tests.helpers import fake_training as fake
from tests.helpers.photos import make_class_folders
from tests.helpers.tiny_pages import use_tiny_pages

LEFT = Qt.MouseButton.LeftButton
DEMO_PHOTOS = resource(*DEMO)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> fake.Script:
    made = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", made)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    return made


@pytest.fixture
def window(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    use_tiny_pages(monkeypatch)
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.show()
    yield made
    session.stop_training()
    qtbot.waitUntil(lambda: not session.runner.active)
    made._closing = True


@pytest.fixture
def tour(window: MainWindow, qtbot: QtBot) -> Tour:
    """The tour at its first step, with the demo photos open."""
    window.guide.start_tour()
    qtbot.waitUntil(lambda: is_open(window.session, DEMO_PHOTOS))
    return window.guide.tour


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "宠物", {"cat": 4, "dog": 4})


def is_open(session: Session, source: Path) -> bool:
    dataset = session.dataset
    return dataset is not None and dataset.source == source and bool(session.splits)


def open_photos(window: MainWindow, source: Path, qtbot: QtBot) -> None:
    window.session.open_dataset(source)
    qtbot.waitUntil(lambda: is_open(window.session, source))


def click(qtbot: QtBot, parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None, name
    qtbot.mouseClick(button, LEFT)


def go_to(tour: Tour, page: str, qtbot: QtBot) -> None:
    while tour.step.page != page:
        qtbot.mouseClick(tour.card.next_button, LEFT)


def test_it_goes_through_all_pages_in_their_order(
    tour: Tour, window: MainWindow, qtbot: QtBot
) -> None:
    assert tuple(step.page for step in STEPS) == PAGES
    seen = []
    for number in range(1, len(STEPS) + 1):
        card = tour.card
        assert card.isVisible()
        assert card.place.text() == f"{number} of 6"
        assert card.title.text() == tr(f"tour-{window.current}")
        assert card.text.text() == tr(f"tour-{window.current}.text")
        seen.append(window.current)
        if number < len(STEPS):
            qtbot.mouseClick(card.next_button, LEFT)
    assert tuple(seen) == PAGES
    assert tour.card.next_button.text() == tr("tour-finish")
    qtbot.mouseClick(tour.card.next_button, LEFT)
    assert not tour.is_on
    assert window.session.settings.last_dataset == str(DEMO_PHOTOS)


def test_back_goes_back(tour: Tour, window: MainWindow, qtbot: QtBot) -> None:
    assert not tour.card.back_button.isEnabled()
    go_to(tour, "model", qtbot)
    qtbot.mouseClick(tour.card.back_button, LEFT)
    assert window.current == "augment"
    assert tour.card.place.text() == "2 of 6"


def test_it_goes_by_keyboard_alone(tour: Tour, window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(tour.card.next_button.hasFocus)
    qtbot.keyClick(tour.card.next_button, Qt.Key.Key_Space)
    assert window.current == "augment"
    assert tour.card.next_button.hasFocus()
    qtbot.keyClick(tour.card.next_button, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert tour.card.back_button.hasFocus()
    qtbot.keyClick(tour.card.back_button, Qt.Key.Key_Escape)
    assert not tour.is_on


def test_escape_on_the_page_ends_it(tour: Tour, window: MainWindow, qtbot: QtBot) -> None:
    page = window.page("data")
    page.setFocus()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not tour.is_on
    assert not tour.outline.isVisible()
    assert not tour._timer.isActive()


def test_the_outline_follows_what_it_points_at(
    tour: Tour, window: MainWindow, qtbot: QtBot
) -> None:
    target = QWidget()
    target.setObjectName("class-list")
    page = window.page("data")
    page.body.insertWidget(0, target, 1)

    def around() -> QRect:
        corner = target.mapTo(window, QPoint())
        return QRect(corner, target.size()).adjusted(-4, -4, 4, 4)

    qtbot.waitUntil(lambda: tour.outline.isVisible() and tour.outline.geometry() == around())
    before = tour.outline.geometry()
    window.resize(window.width() + 300, window.height() + 200)
    qtbot.waitUntil(lambda: tour.outline.geometry() == around() != before)
    assert tour.card.geometry().right() > before.right()
    window.show_page("runs")
    qtbot.waitUntil(lambda: not tour.outline.isVisible())
    window.show_page("data")
    qtbot.waitUntil(tour.outline.isVisible)
    # Clicks reach what lies under it.
    assert window.childAt(tour.outline.geometry().center()) is target


def test_the_card_keeps_out_of_the_way(tour: Tour, window: MainWindow, qtbot: QtBot) -> None:
    target = QWidget(window.page("data"))
    target.setObjectName("class-list")
    room = window.stack.size()
    target.setGeometry(room.width() - 300, room.height() - 300, 300, 300)
    target.show()
    qtbot.waitUntil(tour.outline.isVisible)
    qtbot.waitUntil(lambda: not tour.card.geometry().intersects(tour.outline.geometry()))
    assert window.rect().contains(tour.card.geometry())


def test_a_training_on_the_demo_photos(
    tour: Tour, window: MainWindow, qtbot: QtBot, script: fake.Script
) -> None:
    assert not tour.card.act_button.isVisible()
    go_to(tour, "train", qtbot)
    act = tour.card.act_button
    assert act.isVisible()
    assert act.text() == tr("tour-start")
    assert act.isEnabled()
    qtbot.mouseClick(act, LEFT)
    qtbot.waitUntil(script.inside.is_set)
    assert not act.isVisible()
    qtbot.waitUntil(lambda: tour.card.title.text() == tr("tour-train-going"))
    script.way.set()
    qtbot.waitUntil(lambda: tour.card.title.text() == tr("tour-train-done"))
    run = window.session.finished_run
    assert run is not None
    assert run.name.endswith("fashion")


def test_a_training_that_cannot_start_says_why(
    tour: Tour, window: MainWindow, qtbot: QtBot
) -> None:
    go_to(tour, "train", qtbot)
    window.session.torch_state = "failed"
    window.session.torch_changed.emit()
    assert not tour.card.act_button.isEnabled()
    assert tour.card.act_button.toolTip() == tr("shell-why-no-torch")


def test_it_asks_before_it_closes_somebodys_photos(
    window: MainWindow, pets: Path, qtbot: QtBot
) -> None:
    open_photos(window, pets, qtbot)
    window.guide.start_tour()
    dialog = window.findChild(MessageDialog, "tour-dialog")
    assert dialog is not None
    assert "宠物" in dialog.text.text()
    click(qtbot, dialog, "tour-not-now")
    assert not window.guide.tour.is_on
    assert is_open(window.session, pets)


def test_photos_that_are_just_being_opened_count(
    window: MainWindow, pets: Path, qtbot: QtBot
) -> None:
    window.session.open_dataset(pets)
    assert window.session.dataset is None
    window.guide.start_tour()
    dialog = window.findChild(MessageDialog, "tour-dialog")
    assert dialog is not None
    assert "宠物" in dialog.text.text()
    dialog.reject()
    qtbot.waitUntil(lambda: is_open(window.session, pets))


def test_it_gives_back_what_was_open(window: MainWindow, pets: Path, qtbot: QtBot) -> None:
    open_photos(window, pets, qtbot)
    recipe = window.session.recipe
    window.guide.start_tour()
    dialog = window.findChild(MessageDialog, "tour-dialog")
    assert dialog is not None
    click(qtbot, dialog, "tour-open-demo")
    qtbot.waitUntil(lambda: is_open(window.session, DEMO_PHOTOS))
    tour = window.guide.tour
    qtbot.mouseClick(tour.card.end_button, LEFT)
    assert tour.is_on
    assert "宠物" in tour.card.text.text()
    set_language("zh_CN")
    assert "宠物" in tour.card.text.text()
    assert tour.card.act_button.text() == tr("tour-go-back")
    qtbot.mouseClick(tour.card.act_button, LEFT)
    assert not tour.is_on
    assert window.current == "data"
    qtbot.waitUntil(lambda: is_open(window.session, pets))
    assert window.session.recipe == recipe


@pytest.mark.parametrize("way", ["button", "escape"])
def test_the_demo_photos_may_be_kept(
    window: MainWindow, pets: Path, qtbot: QtBot, way: str
) -> None:
    open_photos(window, pets, qtbot)
    tour = window.guide.tour
    tour._begin(pets)
    qtbot.waitUntil(lambda: is_open(window.session, DEMO_PHOTOS))
    tour.end()
    assert tour.is_on
    if way == "button":
        assert tour.card.end_button.text() == tr("tour-keep-demo")
        qtbot.mouseClick(tour.card.end_button, LEFT)
    else:
        qtbot.keyClick(tour.card.act_button, Qt.Key.Key_Escape)
    assert not tour.is_on
    assert is_open(window.session, DEMO_PHOTOS)


def test_photos_that_were_opened_meanwhile_stay(
    window: MainWindow, pets: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photos(window, pets, qtbot)
    tour = window.guide.tour
    tour._begin(pets)
    qtbot.waitUntil(lambda: is_open(window.session, DEMO_PHOTOS))
    others = make_class_folders(tmp_path / "others", {"a": 4, "b": 4})
    open_photos(window, others, qtbot)
    go_to(tour, "train", qtbot)
    assert not tour.card.act_button.isVisible()  # it is offered for the demo photos alone
    tour.end()
    assert not tour.is_on
    assert is_open(window.session, others)


def test_it_can_be_taken_again(tour: Tour, window: MainWindow, qtbot: QtBot) -> None:
    tour.end()
    window.guide.show_help()
    help_dialog = window.findChild(HelpDialog)
    assert help_dialog is not None
    click(qtbot, help_dialog, "help-tour")
    assert tour.is_on
    assert window.current == "data"
    tour.end()
    window.guide.show_settings()
    settings = window.findChild(SettingsDialog)
    assert settings is not None
    click(qtbot, settings, "settings-tour")
    assert tour.is_on
    qtbot.waitUntil(lambda: window.findChild(SettingsDialog) is None)
