"""The form of the recipe: what a person types, steps, resets and reads."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import LANGUAGES, set_language, tr
from finetune_gui.core.recipe import Recipe, recipe_fields, with_values
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.recipe_editors import NumberEditor, SwitchEditor, TextEditor
from finetune_gui.gui.widgets.recipe_field import RecipeFieldRow
from finetune_gui.gui.widgets.recipe_form import RecipeForm
from finetune_gui.gui.widgets.recipe_help import HelpSheet
from tests.helpers.displayed import displayed


@pytest.fixture
def form(qtbot: QtBot, session: Session) -> RecipeForm:
    """A form with every field of the recipe, as wide as the column of the Train page."""
    return displayed(qtbot, RecipeForm(session, list(recipe_fields())), (288, 1600))


def number(form: QWidget, key: str) -> NumberEditor:
    found = form.findChild(NumberEditor, f"field-{key}")
    assert found is not None
    return found


def type_into(editor: NumberEditor, text: str, *, then: Qt.Key = Qt.Key.Key_Return) -> None:
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), text)
    QTest.keyClick(editor, then)


def test_every_field_has_an_input_with_a_name(form: RecipeForm) -> None:
    for key, row in form.rows.items():
        editor = form.findChild(QWidget, f"field-{key}")
        assert editor is row.editor
        assert editor.accessibleName() == tr(row.field.message)
        assert len(editor.accessibleDescription()) > 20
        assert row.help_button.toolTip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_is_explained_in_both_languages(language: str) -> None:
    set_language(language)
    for key, field in recipe_fields().items():
        assert len(tr(f"{field.message}.help")) > 25, key
        for choice in field.choices:
            assert tr(f"choice-{key}-{choice}".replace(".", "-").replace("_", "-"))
        if field.face.unit:
            assert tr(field.face.unit, n=2)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("optim.lr", "0.0003", 3e-4),
        ("optim.lr", "3e-4", 3e-4),
        ("optim.lr", "0,002", 2e-3),
        ("train.epochs", "20", 20),
        ("train.batch_size", "48", 48),
        ("data.validation_fraction", "20", 0.2),
        ("augment.brightness", "35%", 0.35),
        ("augment.hue", "2.5", 0.025),
        ("schedule.warmup_epochs", "0.5", 0.5),
        ("seed", "2147483647", 2147483647),
    ],
)
def test_what_is_typed_is_committed(
    form: RecipeForm, session: Session, key: str, text: str, value: float
) -> None:
    type_into(number(form, key), text)
    section, _, name = key.rpartition(".")
    at = getattr(session.recipe, section) if section else session.recipe
    assert getattr(at, name) == pytest.approx(value)
    assert type(getattr(at, name)) is type(recipe_fields()[key].default)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("optim.lr", "0"),
        ("optim.lr", "11"),
        ("optim.lr", "-1"),
        ("optim.lr", "nan"),
        ("optim.lr", "fast"),
        ("optim.layer_decay", "0"),
        ("train.epochs", "2.5"),
        ("train.batch_size", "0"),
        ("train.batch_size", "4096"),
        ("data.validation_fraction", "99"),
    ],
)
def test_what_is_not_valid_never_reaches_the_recipe(
    form: RecipeForm, session: Session, key: str, text: str
) -> None:
    editor = number(form, key)
    shown = editor.text()
    changes: list[Recipe] = []
    session.recipe_changed.connect(lambda: changes.append(session.recipe))
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), text)
    problem = form.rows[key].problem
    assert problem.isVisible()
    assert problem.text().startswith(("From ", "Above "))
    assert editor.property("invalid") == "true"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert session.recipe == Recipe()
    assert not changes
    assert editor.text() == shown
    assert editor.property("invalid") == "false"
    assert not problem.isVisible()


@pytest.mark.parametrize(
    ("key", "english", "chinese"),
    [("model.input_size", "Automatic", "自动"), ("train.patience", "Off", "关")],
)
def test_a_zero_that_is_no_number_is_a_word(
    form: RecipeForm, session: Session, key: str, english: str, chinese: str
) -> None:
    editor = number(form, key)
    session.change_recipe({key: 0})
    assert editor.text() == english
    set_language("zh_CN")
    assert editor.text() == chinese
    section, _, name = key.partition(".")
    type_into(editor, "64")
    assert getattr(getattr(session.recipe, section), name) == 64
    editor.lineEdit().setText(chinese)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert getattr(getattr(session.recipe, section), name) == 0
    type_into(editor, "32")
    type_into(editor, "0")
    assert getattr(getattr(session.recipe, section), name) == 0


def test_leaving_a_field_commits_it(form: RecipeForm, session: Session) -> None:
    editor = number(form, "train.epochs")
    editor.setFocus()
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "3")
    assert session.recipe.train.epochs == Recipe().train.epochs
    number(form, "optim.lr").setFocus()
    assert session.recipe.train.epochs == 3


def test_two_splits_that_leave_nothing_to_learn_are_refused_with_a_sentence(
    form: RecipeForm, session: Session
) -> None:
    type_into(number(form, "data.test_fraction"), "50")
    type_into(number(form, "data.validation_fraction"), "50")
    assert session.recipe.data.validation_fraction == pytest.approx(0.15)
    row = form.rows["data.validation_fraction"]
    assert "validation_fraction" in row.problem.text()
    assert row.editor.field_value() == pytest.approx(0.15)


def test_arrows_step_as_the_field_asks(form: RecipeForm, session: Session) -> None:
    session.change_recipe({"optim.lr": 1e-3})
    lr = number(form, "optim.lr")
    seen = []
    for _ in range(4):
        QTest.keyClick(lr, Qt.Key.Key_Down)
        seen.append(session.recipe.optim.lr)
    assert seen == pytest.approx([5e-4, 2e-4, 1e-4, 5e-5])
    QTest.keyClick(lr, Qt.Key.Key_Up)
    assert session.recipe.optim.lr == pytest.approx(1e-4)
    batch = number(form, "train.batch_size")
    QTest.keyClick(batch, Qt.Key.Key_Up)
    assert session.recipe.train.batch_size == 32
    for _ in range(9):
        QTest.keyClick(batch, Qt.Key.Key_Down)
    assert session.recipe.train.batch_size == 1
    decay = number(form, "optim.layer_decay")
    for _ in range(40):
        QTest.keyClick(decay, Qt.Key.Key_Down)
    assert session.recipe.optim.layer_decay == pytest.approx(0.05)
    rate = number(form, "data.test_fraction")
    QTest.keyClick(rate, Qt.Key.Key_Up)
    assert session.recipe.data.test_fraction == pytest.approx(0.16)


def test_numbers_are_written_for_people(form: RecipeForm, session: Session) -> None:
    session.change_recipe({"optim.lr": 1e-4, "train.epochs": 1, "data.validation_fraction": 0.07})
    assert number(form, "optim.lr").text() == "0.0001"
    assert number(form, "train.epochs").text() == "1 epoch"
    assert number(form, "data.validation_fraction").text() == "7 %"
    session.change_recipe({"optim.lr": 2e-6})
    assert number(form, "optim.lr").text() == "2e-6"
    set_language("zh_CN")
    assert number(form, "train.epochs").text() == "1 轮"
    assert number(form, "data.validation_fraction").text() == "7%"


def test_a_change_from_elsewhere_is_shown_and_not_sent_back(
    form: RecipeForm, session: Session
) -> None:
    changes: list[None] = []
    session.recipe_changed.connect(lambda: changes.append(None))
    session.change_recipe(
        {"optim.lr": 0.02, "optim.optimizer": "sgd", "augment.vertical_flip": True}
    )
    assert len(changes) == 1
    assert number(form, "optim.lr").text() == "0.02"
    choice = form.findChild(QComboBox, "field-optim.optimizer")
    assert choice is not None
    assert choice.currentText() == "SGD with momentum"
    switch = form.findChild(SwitchEditor, "field-augment.vertical_flip")
    assert switch is not None
    assert switch.isChecked()


def test_what_is_being_typed_survives_a_change_of_another_field(
    form: RecipeForm, session: Session
) -> None:
    lr = number(form, "optim.lr")
    lr.setFocus()
    lr.lineEdit().selectAll()
    QTest.keyClicks(lr.lineEdit(), "0.00")
    session.change_recipe({"train.epochs": 30})
    assert lr.lineEdit().text() == "0.00"


def test_a_modified_field_says_so_and_offers_the_default(
    qtbot: QtBot, form: RecipeForm, session: Session
) -> None:
    row = form.rows["optim.weight_decay"]
    assert row.mark.text() == "Default"
    assert not row.reset_button.isVisible()
    session.change_recipe({"optim.weight_decay": 0.1})
    assert row.mark.text() == "Modified"
    assert row.reset_button.isVisible()
    assert "0.05" in row.reset_button.toolTip()
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert session.recipe.optim.weight_decay == pytest.approx(0.05)
    assert row.mark.text() == "Default"
    assert not row.reset_button.isVisible()


def test_reset_restores_only_what_the_form_shows(qtbot: QtBot, session: Session) -> None:
    part = RecipeForm(session, ("optim.lr", "train.epochs"))
    qtbot.addWidget(part)
    session.change_recipe({"optim.lr": 0.02, "train.epochs": 3, "train.patience": 0})
    assert part.modified() == ["optim.lr", "train.epochs"]
    part.reset()
    assert session.recipe.optim.lr == Recipe().optim.lr
    assert session.recipe.train.epochs == Recipe().train.epochs
    assert session.recipe.train.patience == 0


def test_a_preset_fills_the_other_fields_and_one_of_them_makes_it_custom(
    form: RecipeForm, session: Session
) -> None:
    preset = form.findChild(QComboBox, "field-augment.preset")
    assert preset is not None
    preset.setFocus()
    QTest.keyClick(preset, Qt.Key.Key_Home)
    assert session.recipe.augment.preset == "none"
    assert number(form, "augment.crop_scale").text() == "100 %"
    type_into(number(form, "augment.rotation"), "30")
    assert preset.currentText() == "Custom"


def test_a_switch_works_from_the_keyboard(form: RecipeForm, session: Session) -> None:
    switch = form.findChild(SwitchEditor, "field-train.balance_classes")
    assert switch is not None
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert session.recipe.train.balance_classes is True


def test_a_text_must_not_be_empty(form: RecipeForm, session: Session) -> None:
    text = form.findChild(TextEditor, "field-model.backbone")
    assert text is not None
    text.selectAll()
    QTest.keyClick(text, Qt.Key.Key_Delete)
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert text.text() == Recipe().model.backbone
    text.selectAll()
    QTest.keyClicks(text, "resnet18")
    QTest.keyClick(text, Qt.Key.Key_Return)
    assert session.recipe.model.backbone == "resnet18"


def test_a_recipe_that_is_only_shown_cannot_be_changed(form: RecipeForm, session: Session) -> None:
    form.show_recipe(with_values(Recipe(), {"train.epochs": 77}))
    epochs = number(form, "train.epochs")
    assert epochs.text() == "77 epochs"
    assert not epochs.isEnabled()
    assert not form.rows["train.epochs"].reset_button.isVisible()
    session.change_recipe({"train.epochs": 5})
    assert epochs.text() == "77 epochs"
    form.show_recipe(None)
    assert epochs.isEnabled()
    assert epochs.text() == "5 epochs"


def test_help_opens_beside_the_field_and_closes_with_escape(qtbot: QtBot, form: RecipeForm) -> None:
    button = form.rows["optim.lr"].help_button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    sheet = form.findChild(HelpSheet)
    assert sheet is not None
    said = " ".join(label.text() for label in sheet.findChildren(QLabel))
    assert tr("recipe-optim-lr.help") in said
    assert "Default: 0.001" in said
    assert "Above 0, up to 10" in said
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: form.findChild(HelpSheet) is None)


def test_the_wheel_over_a_field_without_focus_changes_nothing(
    form: RecipeForm, session: Session
) -> None:
    editor = number(form, "train.epochs")
    number(form, "optim.lr").setFocus()
    turn = QWheelEvent(
        QPointF(10, 10),
        QPointF(editor.mapToGlobal(QPoint(10, 10))),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor, turn)
    assert session.recipe.train.epochs == Recipe().train.epochs


def test_labels_follow_the_language(form: RecipeForm) -> None:
    row = form.rows["optim.lr"]
    set_language("zh_CN")
    assert row.label.text() == "学习率"
    assert row.mark.text() == "默认"
    assert row.editor.accessibleName() == "学习率"
    choice = form.findChild(QComboBox, "field-train.device")
    assert choice is not None
    assert choice.currentText() == "自动"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_off_in_a_narrow_column(
    qtbot: QtBot, session: Session, language: str
) -> None:
    set_language(language)
    form = displayed(qtbot, RecipeForm(session, list(recipe_fields())), (276, 1600))
    for key, row in form.rows.items():
        assert row.minimumSizeHint().width() <= 276, key
        assert row.label.width() >= row.label.minimumSizeHint().width(), key
        if isinstance(row.editor, NumberEditor):
            line = row.editor.lineEdit()
            assert line.fontMetrics().horizontalAdvance(row.editor.text()) <= line.width(), key


def test_an_unknown_key_is_a_mistake_of_the_program(session: Session) -> None:
    with pytest.raises(KeyError):
        RecipeFieldRow(session, "optim.momentum")
