"""The small pieces: they speak both languages, work by keyboard and cut nothing off."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import set_language
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ChipGroup,
    ElidedLabel,
    EmptyState,
    SearchField,
    StatTile,
    Tone,
    ghost_button,
    icon_button,
    primary_button,
    secondary_button,
    set_button_text,
    set_property,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.drop_zone import DropZone

LONG = "shell-drop-no-model-text"


@pytest.fixture
def place(qtbot: QtBot) -> QWidget:
    """A shown widget with a column to put things into."""
    widget = QWidget()
    qtbot.addWidget(widget)
    QVBoxLayout(widget)
    widget.resize(300, 400)
    widget.show()
    return widget


def put(place: QWidget, widget: QWidget) -> None:
    layout = place.layout()
    assert layout is not None
    layout.addWidget(widget)


@pytest.mark.parametrize("make", [primary_button, secondary_button, ghost_button, small_button])
def test_buttons_have_handles_in_both_languages(qtbot: QtBot, make: object) -> None:
    assert callable(make)
    button = make("common-cancel", "my-button")
    qtbot.addWidget(button)
    assert button.objectName() == "my-button"
    assert (button.text(), button.accessibleName()) == ("Cancel", "Cancel")
    set_language("zh_CN")
    assert (button.text(), button.accessibleName()) == ("取消", "取消")
    set_button_text(button, "common-photos", n=2)
    assert (button.text(), button.accessibleName()) == ("2 张", "2 张")


def test_an_icon_button_says_what_it_does(qtbot: QtBot) -> None:
    button = icon_button("x", "common-dismiss", "my-cross")
    qtbot.addWidget(button)
    assert button.toolTip() == button.accessibleName() == "Dismiss"
    assert not button.icon().isNull()


def test_buttons_work_from_the_keyboard(qtbot: QtBot, place: QWidget) -> None:
    for button in (primary_button("common-open", "a"), icon_button("x", "common-dismiss", "b")):
        put(place, button)
        button.setFocus(Qt.FocusReason.TabFocusReason)
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, Qt.Key.Key_Space)


def test_a_wrapped_label_is_high_enough_at_every_width(qtbot: QtBot, place: QWidget) -> None:
    label = text_label(LONG, wrap=True)
    put(place, label)
    for width in (300, 140, 500):
        place.resize(width, 400)
        qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()) > 0)


def test_an_elided_label_keeps_the_whole_text_at_hand(place: QWidget) -> None:
    text = "/a/very/long/path/" * 10
    label = ElidedLabel(text)
    put(place, label)
    place.resize(120, 100)
    assert place.width() == 120
    assert label.text() == label.toolTip() == text


def test_a_tile_shows_figure_and_remark(qtbot: QtBot) -> None:
    tile = StatTile("evaluate-accuracy")
    qtbot.addWidget(tile)
    assert tile.value.text() == "–"
    tile.set_value("96.9 %", "94.0 – 98.5")
    assert (tile.value.text(), tile.hint.text()) == ("96.9 %", "94.0 – 98.5")
    assert not tile.hint.isHidden()
    assert tile.accessibleName() == "Accuracy"
    assert "96.9" in tile.accessibleDescription()
    tile.set_value("97.0 %")
    assert tile.hint.isHidden()


def test_a_card_has_a_title_or_no_header(qtbot: QtBot) -> None:
    named, plain = Card("train-plot-best"), Card()
    for card in (named, plain):
        qtbot.addWidget(card)
    assert named.title.text() == "Best"
    assert plain.title.isHidden()


def test_one_chip_of_a_group_is_on(qtbot: QtBot) -> None:
    group = ChipGroup("split", [("all", "common-all"), ("test", "common-split-test")])
    qtbot.addWidget(group)
    assert group.value == "all"
    with qtbot.waitSignal(group.chosen) as told:
        qtbot.mouseClick(group.chip("test"), Qt.MouseButton.LeftButton)
    assert told.args == ["test"]
    with qtbot.assertNotEmitted(group.chosen):
        group.set_value("test")
    with qtbot.waitSignal(group.chosen):
        group.set_value("all")
    assert not group.chip("test").isChecked()
    assert group.chip("test").objectName() == "split-test"


def test_escape_empties_the_search(qtbot: QtBot) -> None:
    field = SearchField("common-all", "search")
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "kiwi")
    assert field.text() == "kiwi"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert field.accessibleName() == field.placeholderText() == "All"


class TestBanner:
    def test_is_hidden_until_it_has_something_to_say(self, place: QWidget) -> None:
        banner = Banner("b")
        put(place, banner)
        assert not banner.isVisible()
        banner.say("info", "common-open")
        assert banner.isVisible()
        assert banner.text.isHidden()

    def test_never_becomes_a_window_of_its_own(self, qtbot: QtBot, place: QWidget) -> None:
        banner = Banner("b")
        qtbot.addWidget(banner)
        banner.say("info", "common-open")
        assert not banner.isVisible()
        put(place, banner)
        assert banner.isVisible()

    @pytest.mark.parametrize("tone", ["info", "good", "caution", "danger"])
    def test_has_a_tone(self, place: QWidget, tone: Tone) -> None:
        banner = Banner("b")
        put(place, banner)
        banner.say(tone, "common-open", "common-cancel")
        assert banner.property("role") == tone
        assert (banner.heading.text(), banner.text.text()) == ("Open", "Cancel")

    def test_follows_the_language(self, place: QWidget) -> None:
        banner = Banner("b")
        put(place, banner)
        banner.say("info", "common-open", "common-photos", n=2)
        set_language("zh_CN")
        assert (banner.heading.text(), banner.text.text()) == ("打开", "2 张")

    def test_an_error_says_what_to_do_in_each_language(self, place: QWidget) -> None:
        banner = Banner("b")
        put(place, banner)
        error = UserError("error-out-of-memory")
        banner.say_error(error)
        english = (banner.heading.text(), banner.text.text())
        assert english == (error.sentence, error.next_step)
        set_language("zh_CN")
        assert (banner.heading.text(), banner.text.text()) == (error.sentence, error.next_step)
        assert banner.heading.text() != english[0]

    def test_what_is_said_last_counts(self, place: QWidget) -> None:
        banner = Banner("b")
        put(place, banner)
        banner.say_error(UserError("error-out-of-memory"))
        banner.say_text("good", "Done", "All of it")
        set_language("zh_CN")
        assert (banner.heading.text(), banner.text.text()) == ("Done", "All of it")

    def test_buttons_act_and_go_with_the_next_message(self, qtbot: QtBot, place: QWidget) -> None:
        calls: list[int] = []
        banner = Banner("b")
        put(place, banner)
        banner.say("info", "common-open")
        button = banner.add_button(small_button("common-open", "again"), lambda: calls.append(1))
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert calls == [1]
        banner.say("info", "common-cancel")
        qtbot.waitUntil(lambda: banner.findChild(QPushButton, "again") is None)

    def test_can_be_dismissed(self, qtbot: QtBot, place: QWidget) -> None:
        banner = Banner("b")
        put(place, banner)
        banner.say("info", "common-open")
        with qtbot.waitSignal(banner.dismissed):
            qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
        assert not banner.isVisible()


def test_an_empty_state_offers_the_button(qtbot: QtBot, place: QWidget) -> None:
    button = primary_button("common-open", "open")
    state = EmptyState("image", "common-all", LONG, button)
    put(place, state)
    qtbot.waitUntil(button.isVisible)
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


class TestDropZone:
    @pytest.fixture
    def zone(self, place: QWidget) -> DropZone:
        made = DropZone("upload", "common-open", LONG, "zone")
        put(place, made)
        return made

    @staticmethod
    def mime(*urls: QUrl) -> QMimeData:
        data = QMimeData()
        data.setUrls(urls)
        return data

    @staticmethod
    def drag(data: QMimeData) -> QDragEnterEvent:
        return QDragEnterEvent(
            QPoint(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )

    @staticmethod
    def drop(data: QMimeData) -> QDropEvent:
        return QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )

    def test_takes_files_and_folders(self, qtbot: QtBot, zone: DropZone, tmp_path: Path) -> None:
        wanted = [tmp_path / "照片 1.jpg", tmp_path]
        data = self.mime(*(QUrl.fromLocalFile(str(p)) for p in wanted))
        zone.dragEnterEvent(self.drag(data))
        assert zone.property("hover") == "true"
        with qtbot.waitSignal(zone.dropped) as told:
            zone.dropEvent(self.drop(data))
        assert told.args == [wanted]
        assert zone.property("hover") == "false"

    def test_leaves_what_is_not_a_local_file(self, qtbot: QtBot, zone: DropZone) -> None:
        data = self.mime(QUrl("https://example.org/x.jpg"))
        event = self.drag(data)
        event.ignore()
        zone.dragEnterEvent(event)
        assert not event.isAccepted()
        with qtbot.assertNotEmitted(zone.dropped):
            zone.dropEvent(self.drop(data))

    @pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Enter])
    def test_asks_for_files_by_keyboard(self, qtbot: QtBot, zone: DropZone, key: Qt.Key) -> None:
        with qtbot.waitSignal(zone.clicked):
            qtbot.keyClick(zone, key)

    def test_asks_for_files_by_mouse(self, qtbot: QtBot, zone: DropZone) -> None:
        with qtbot.waitSignal(zone.clicked):
            qtbot.mouseClick(zone, Qt.MouseButton.LeftButton)
        with qtbot.assertNotEmitted(zone.clicked):
            qtbot.mouseClick(zone, Qt.MouseButton.RightButton)


def test_a_property_changes_the_look_at_once(qtbot: QtBot, place: QWidget) -> None:
    field = SearchField("common-all", "search")
    put(place, field)
    before = field.grab().toImage()
    set_property(field, "invalid", "true")
    qtbot.waitUntil(lambda: field.grab().toImage() != before)
