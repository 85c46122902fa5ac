"""The Augment page: what a person switches and slides, and the page around."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.messages import set_language, tr
from finetune_gui.core.recipe import AugmentRecipe, named_preset, recipe_fields
from finetune_gui.gui.pages.augment import AugmentPage
from finetune_gui.gui.pages.augment_controls import nearest_preset
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.range_row import RangeRow
from tests.helpers.augment_page import click


def row(page: AugmentPage, name: str) -> RangeRow:
    return page.controls.rows[name]


# ---- the controls


def test_every_augmentation_has_a_row(page: AugmentPage) -> None:
    wanted = {k.removeprefix("augment.") for k in recipe_fields() if k.startswith("augment.")}
    assert set(page.controls.rows) == wanted - {"preset"}


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_a_preset_sets_and_shows_every_value(
    qtbot: QtBot, page: AugmentPage, session: Session, preset: str
) -> None:
    session.change_recipe({"augment.rotation": 90.0})
    click(qtbot, page, f"augment-preset-{preset}")
    assert session.recipe.augment == AugmentRecipe.model_validate(
        {"preset": preset, **AUGMENT_PRESETS[preset]}
    )
    assert {name: r.value for name, r in page.controls.rows.items()} == AUGMENT_PRESETS[preset]
    assert not any(r.mark.isVisible() for r in page.controls.rows.values())
    assert page.controls.presets.value == preset


def test_arrow_keys_move_the_preset(page: AugmentPage, session: Session) -> None:
    light = page.controls.presets.segment("light")
    light.setFocus()
    QTest.keyClick(light, Qt.Key.Key_Right)
    assert session.recipe.augment.preset == "medium"


def test_one_changed_value_makes_it_custom_and_reset_leads_back(
    qtbot: QtBot, page: AugmentPage, session: Session
) -> None:
    click(qtbot, page, "augment-preset-medium")
    custom = page.controls.presets.segment("custom")
    assert not custom.isVisible()
    click(qtbot, page, "switch-augment.vertical_flip")
    assert session.recipe.augment.vertical_flip is True
    assert session.recipe.augment.preset == "custom"
    assert custom.isVisible()
    assert custom.isChecked()
    changed = [name for name, r in page.controls.rows.items() if r.mark.isVisible()]
    assert changed == ["vertical_flip"]
    assert row(page, "vertical_flip").reset_button.toolTip() == "Back to Medium (Off)"
    click(qtbot, page, "reset-augment.vertical_flip")
    assert session.recipe.augment.preset == "medium"
    assert not custom.isVisible()


def test_values_of_a_preset_are_called_by_its_name(
    qtbot: QtBot, page: AugmentPage, session: Session
) -> None:
    click(qtbot, page, "augment-preset-none")
    click(qtbot, page, "switch-augment.horizontal_flip")
    assert session.recipe.augment.preset == "custom"
    click(qtbot, page, "switch-augment.horizontal_flip")
    assert session.recipe.augment.preset == "none"


def test_a_switch_remembers_the_value(qtbot: QtBot, page: AugmentPage, session: Session) -> None:
    session.change_recipe({"augment.rotation": 35.0})
    click(qtbot, page, "switch-augment.rotation")
    assert session.recipe.augment.rotation == 0
    assert not page.findChild(QWidget, "slider-augment.rotation").isVisible()
    click(qtbot, page, "switch-augment.rotation")
    assert session.recipe.augment.rotation == 35


def test_space_toggles_a_switch(page: AugmentPage, session: Session) -> None:
    switch = row(page, "vertical_flip").switch
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert session.recipe.augment.vertical_flip is True


def test_painted_pieces_follow_the_theme(page: AugmentPage, session: Session) -> None:
    presets = page.controls.presets
    edge = QPoint(presets.width() // 2, 1)
    for mode in ("dark", "light"):
        session.theme.set_mode(mode)
        assert presets.grab().toImage().pixelColor(edge) == session.theme.color("raised")
        switch = row(page, "horizontal_flip").switch
        groove = QPoint(switch.width() // 3, switch.height() // 2)
        assert switch.grab().toImage().pixelColor(groove) == session.theme.color("accent")


def test_a_slider_sets_the_value_by_keyboard(page: AugmentPage, session: Session) -> None:
    slider = row(page, "brightness").slider
    assert slider is not None
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert session.recipe.augment.brightness == 0.15
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert session.recipe.augment.brightness == 0.9
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert session.recipe.augment.brightness == 0.05


def test_the_right_end_of_the_crop_is_the_smallest_part(
    page: AugmentPage, session: Session
) -> None:
    slider = row(page, "crop_scale").slider
    assert slider is not None
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert session.recipe.augment.crop_scale == 0.55
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert session.recipe.augment.crop_scale == 0.05
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert session.recipe.augment.crop_scale == 0.95


def test_a_typed_value_counts_and_zero_switches_off(page: AugmentPage, session: Session) -> None:
    session.change_recipe({"augment.hue": 0.02})
    editor = row(page, "hue").editor
    assert editor is not None
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "7")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert session.recipe.augment.hue == 0.07
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "0")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert session.recipe.augment.hue == 0
    assert not row(page, "hue").switch.isChecked()
    assert row(page, "hue").switch.hasFocus()


def test_switching_on_gives_a_value_that_does_something(
    qtbot: QtBot, page: AugmentPage, session: Session
) -> None:
    click(qtbot, page, "augment-preset-none")
    for name in page.controls.rows:
        scroller = page.controls.findChild(QWidget, "augment-scroller")
        scroller.ensureWidgetVisible(row(page, name))
        click(qtbot, page, f"switch-augment.{name}")
    values = session.recipe.augment.model_dump(exclude={"preset"})
    assert all(values[name] != off for name, off in AUGMENT_PRESETS["none"].items())


@pytest.mark.parametrize(
    ("name", "harmless", "risky"),
    [
        ("vertical_flip", False, True),
        ("horizontal_flip", False, True),
        ("hue", 0.02, 0.2),
        ("rotation", 10.0, 90.0),
        ("crop_scale", 0.6, 0.1),
        ("blur", 0.5, 4.0),
    ],
)
def test_a_hint_comes_with_a_risky_value_alone(
    page: AugmentPage, session: Session, name: str, harmless: float, risky: float
) -> None:
    session.change_recipe({f"augment.{name}": harmless})
    assert not row(page, name).hint.isVisible()
    session.change_recipe({f"augment.{name}": risky})
    hint = row(page, name).hint
    assert hint.isVisible()
    assert hint.accessibleName() == tr(f"augment-hint-{name}".replace("_", "-"))


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_no_preset_but_the_strongest_raises_a_caution(
    page: AugmentPage, session: Session, preset: str
) -> None:
    session.change_recipe({"augment.preset": preset})
    cautions = [n for n, r in page.controls.rows.items() if r.hint.isVisible() and not r.look.quiet]
    assert cautions == (["hue"] if preset == "strong" else [])


def test_help_opens_beside_the_row(qtbot: QtBot, page: AugmentPage) -> None:
    sheet = row(page, "blur").show_help()
    qtbot.addWidget(sheet)
    assert sheet.text.text() == tr("recipe-augment-blur.help")
    sheet.close()


def test_what_was_custom_at_the_start_is_compared_with_the_nearest_preset() -> None:
    augment = AugmentRecipe.model_validate({**AUGMENT_PRESETS["strong"], "rotation": 3.0})
    assert nearest_preset(augment) == "strong"
    assert nearest_preset(AugmentRecipe()) == "light"


def test_everything_to_act_on_has_a_handle(page: AugmentPage) -> None:
    for name, r in page.controls.rows.items():
        for widget in (r.switch, r.slider, r.editor, r.help_button, r.reset_button):
            if widget is not None:
                assert widget.objectName().endswith(f"augment.{name}")
                assert widget.accessibleName()


# ---- the page around


def test_without_photos_it_leads_to_the_data_page(qtbot: QtBot, page: AugmentPage) -> None:
    assert page.preview.state == "empty"
    with qtbot.waitSignal(page.navigate) as asked:
        click(qtbot, page, "augment-open-data")
    assert asked.args == ["data"]


def test_the_primary_button_leads_on(qtbot: QtBot, page: AugmentPage) -> None:
    with qtbot.waitSignal(page.navigate) as asked:
        click(qtbot, page, "augment-next")
    assert asked.args == ["model"]


def test_before_torch_is_there_it_says_what_it_waits_for(
    page: AugmentPage, open_photos: Callable[[], None]
) -> None:
    open_photos()
    assert page.preview.state == "waiting"
    words = [label.text() for label in page.preview.pages.currentWidget().findChildren(QLabel)]
    assert tr("augment-waiting-text") in words
    assert page.preview.maker.is_idle
    assert not page.findChild(QWidget, "augment-shuffle").isVisible()


def test_the_rail_tells_the_strength(qtbot: QtBot, page: AugmentPage, session: Session) -> None:
    with qtbot.waitSignal(page.rail_changed):
        session.change_recipe({"augment.preset": "strong"})
    assert page.rail_subtitle() == "Strong"
    assert not page.rail_done()


def test_it_follows_the_language(page: AugmentPage, session: Session) -> None:
    session.change_recipe({"augment.vertical_flip": True})
    set_language("zh_CN")
    assert page.header.title.text() == "数据增强"
    assert row(page, "vertical_flip").mark.text() == "已修改"
    assert page.controls.presets.segment("custom").text() == "自定义"
    assert row(page, "vertical_flip").reset_button.toolTip() == "恢复为“轻微”的 关"


# ---- layout


def test_a_light_preset_needs_no_scrolling_in_the_smallest_usual_window(
    page: AugmentPage,
) -> None:
    assert named_preset(page.session.recipe.augment) == "light"
    scroller = page.controls.findChild(QWidget, "augment-scroller")
    assert not scroller.verticalScrollBar().isVisible()
