"""The inputs of the recipe form: numbers, choices, switches and texts.

Each has ``field_value()``, ``show_value(value)`` (tells nobody) and a signal ``committed`` that
carries a valid new value and nothing else.
"""

from __future__ import annotations

import math
import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import RecipeField
from finetune_gui.core.recipe_words import (
    DECIMALS,
    Value,
    choice_message,
    number_text,
    shown_number,
    unit_suffix,
)
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.widgets.plain import set_property
from finetune_gui.gui.widgets.switch import Switch

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_SMALLEST_LOG_STEP = 1e-7
_STEPS = (1.0, 2.0, 5.0)


class NumberEditor(QDoubleSpinBox):
    """A whole or decimal number, with its unit.

    Arrow keys step as the field asks (add, double, or 1-2-5). What is typed is committed on Enter
    or when the focus leaves, and only when it is in range; else the last value comes back.
    ``validity_changed`` tells while typing whether the text would do.
    """

    committed = Signal(object)
    validity_changed = Signal(bool)

    def __init__(self, field: RecipeField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self._whole = field.type is int
        self._valid = True
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setDecimals(DECIMALS)
        low = 0.0 if field.minimum is None else shown_number(field, field.minimum)
        high = 1e9 if field.maximum is None else shown_number(field, field.maximum)
        self.setRange(low, high)
        self.setValue(shown_number(field, float(field.default)))
        self._show_unit()
        self.valueChanged.connect(self._on_value)
        self.lineEdit().textChanged.connect(self._on_text)
        # Qt puts the last value back without a word from the line edit.
        self.editingFinished.connect(self._on_text)
        on_change(self, self._show_unit)

    def field_value(self) -> Value:
        """The value as the recipe keeps it."""
        if self._whole:
            return round(self.value())
        scale = 100 if self._field.face.percent else 1
        return round(self.value() / scale, DECIMALS)

    def show_value(self, value: Value) -> None:
        """Show a value; what is being typed is only replaced when it differs from that."""
        if value == self.field_value():
            return
        self.blockSignals(True)
        self.setValue(shown_number(self._field, float(value)))
        self.blockSignals(False)
        self._show_unit()

    def _on_value(self) -> None:
        self._show_unit()
        self.committed.emit(self.field_value())

    def _show_unit(self) -> None:
        suffix = unit_suffix(self._field, self.value())
        if suffix != self.suffix():
            self.setSuffix(suffix)
        if self._field.face.zero:
            self.setSpecialValueText(tr(self._field.face.zero))

    def _on_text(self) -> None:
        valid = self.hasAcceptableInput()
        if valid is not self._valid:
            self._valid = valid
            set_property(self, "invalid", "false" if valid else "true")
            self.validity_changed.emit(valid)

    def _parsed(self, text: str) -> float | None:
        """The number in a text with or without the unit; None when there is none."""
        if text and text == self.specialValueText():
            return self.minimum()
        bare = text.removesuffix(self.suffix()).replace(",", ".").replace("。", ".")
        bare = bare.strip().removesuffix("%")
        return float(bare) if _NUMBER.fullmatch(bare) else None

    def _in_range(self, shown: float) -> bool:
        above = shown > self.minimum() if self._field.exclusive_minimum else shown >= self.minimum()
        whole = not self._whole or shown == math.floor(shown)
        return above and shown <= self.maximum() and whole

    @override
    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; only a number in range may be committed."""
        number = self._parsed(text)
        good = number is not None and self._in_range(number)
        state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
        return state, text, pos

    @override
    def valueFromText(self, text: str) -> float:
        """The number that a text says."""
        number = self._parsed(text)
        return self.value() if number is None else number

    @override
    def textFromValue(self, val: float) -> str:
        """A number without an exponent where people can read it so."""
        return number_text(val)

    @override
    def fixup(self, str: str) -> str:
        """What cannot be committed becomes the last value again."""
        return self.textFromValue(self.value()) + self.suffix()

    @override
    def stepBy(self, steps: int) -> None:
        """Step as the field asks; never out of its range."""
        value = self.value()
        for _ in range(abs(steps)):
            value = self._next(value, up=steps > 0)
        if self._in_range(value):
            self.setValue(value)
        self.selectAll()

    def _next(self, value: float, *, up: bool) -> float:
        face = self._field.face
        if face.log and self._whole:
            value = max(value * 2, 1.0) if up else value // 2
        elif face.log:
            value = _log_step(value, up=up)
        else:
            by = face.step * 100 if face.percent and face.step < 1 else face.step
            value = round(value + (by if up else -by), DECIMALS)
        return min(max(value, self.minimum()), self.maximum())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel over a form scrolls the form, unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _log_step(value: float, *, up: bool) -> float:
    """The next value of the series 1, 2, 5, 10, …; down to 1e-7."""
    exponent = math.floor(math.log10(value))
    series = [
        float(f"{digit * 10.0**power:.0e}")
        for power in range(exponent - 1, exponent + 2)
        for digit in _STEPS
    ]
    if up:
        return next(s for s in series if s > value * (1 + 1e-9))
    lower = [s for s in series if s < value * (1 - 1e-9)]
    return max(lower[-1], min(value, _SMALLEST_LOG_STEP))


class ChoiceEditor(QComboBox):
    """One of a few words."""

    committed = Signal(object)

    def __init__(self, field: RecipeField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for choice in field.choices:
            self.addItem("", choice)
        self._retranslate()
        on_change(self, self._retranslate)
        self.show_value(field.default)
        self.activated.connect(lambda _index: self.committed.emit(self.field_value()))

    def field_value(self) -> Value:
        """The word as the recipe keeps it."""
        return str(self.currentData())

    def show_value(self, value: Value) -> None:
        """Show a word."""
        self.setCurrentIndex(self.findData(value))
        self.setToolTip(self.currentText())

    def _retranslate(self) -> None:
        for index in range(self.count()):
            self.setItemText(index, tr(choice_message(self._field, str(self.itemData(index)))))
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 16)
        self.setToolTip(self.currentText())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """As for numbers: only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SwitchEditor(Switch):
    """On or off."""

    committed = Signal(object)

    def __init__(self, field: RecipeField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_value(field.default)
        self.clicked.connect(self._on_clicked)

    def field_value(self) -> Value:
        """Whether it is on."""
        return self.isChecked()

    def show_value(self, value: Value) -> None:
        """Turn it on or off."""
        self.setChecked(bool(value))

    def _on_clicked(self, on: bool) -> None:
        self.committed.emit(on)


class TextEditor(QLineEdit):
    """A short text that must not be empty."""

    committed = Signal(object)

    def __init__(self, field: RecipeField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = str(field.default)
        self.setText(self._kept)
        self.editingFinished.connect(self._on_edited)

    def field_value(self) -> Value:
        """The text that was committed last."""
        return self._kept

    def show_value(self, value: Value) -> None:
        """Show a text; what is being typed is only replaced when another was committed."""
        if value != self._kept:
            self._kept = str(value)
            self.setText(self._kept)

    def _on_edited(self) -> None:
        text = self.text().strip()
        if not text:
            self.setText(self._kept)
        elif text != self._kept:
            self._kept = text
            self.committed.emit(text)


Editor = NumberEditor | ChoiceEditor | SwitchEditor | TextEditor


def make_editor(field: RecipeField, parent: QWidget | None = None) -> Editor:
    """The input that suits the type of a field; its objectName is ``field-KEY``."""
    editor: Editor
    if field.choices:
        editor = ChoiceEditor(field, parent)
    elif field.type is bool:
        editor = SwitchEditor(field, parent)
    elif field.type is str:
        editor = TextEditor(field, parent)
    else:
        editor = NumberEditor(field, parent)
    editor.setObjectName(f"field-{field.key}")
    return editor
