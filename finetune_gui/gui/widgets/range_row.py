"""One augmentation: a switch, a slider and its value, with help, mark, reset and a gentle hint."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import RecipeField
from finetune_gui.core.recipe_words import range_text, value_text
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import IconLabel, set_icon
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import text_label
from finetune_gui.gui.widgets.recipe_editors import NumberEditor
from finetune_gui.gui.widgets.recipe_help import HelpSheet
from finetune_gui.gui.widgets.switch import Switch

_EDITOR_SIZE = QSize(80, 30)
_LINE_HEIGHT = 30
_INDENT = 46  # below the label, past the switch
_HINT_WIDTH = 270
_DECIMALS = 6

Value = bool | float


@dataclass(frozen=True)
class RangeLook:
    """What the row says beyond what the recipe knows of a field.

    ``on`` and ``off`` are the values that the switch sets; ``sign`` stands before the number.
    ``hint_at``: the value from which on, away from ``off``, the hint is shown; ``quiet`` makes
    it a remark and not a caution.
    """

    on: Value
    off: Value = 0.0
    sign: str = ""
    hint_at: Value = True
    quiet: bool = False

    @property
    def falls(self) -> bool:
        """Whether a smaller number is the stronger change."""
        return self.on < self.off

    def warns(self, value: Value) -> bool:
        """Whether ``value`` is strong enough for the hint."""
        return value <= self.hint_at if self.falls else value >= self.hint_at


class HintText(QLabel):
    """A wrapped text of a fixed width, so that its height is known before it is first shown."""

    def __init__(self, key: str, tone: str) -> None:
        super().__init__()
        self.setProperty("role", "caption")
        self.setProperty("tone", tone)
        self.setWordWrap(True)
        self.setFixedWidth(_HINT_WIDTH)
        bind(self, self.setText, key)

    @override
    def sizeHint(self) -> QSize:
        """Just the lines that it has."""
        self.ensurePolished()
        return QSize(_HINT_WIDTH, self.heightForWidth(_HINT_WIDTH))

    @override
    def minimumSizeHint(self) -> QSize:
        """No line less."""
        return self.sizeHint()


class RangeSlider(QSlider):
    """A slider that leaves the wheel to the form around it, unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turning the wheel over a form scrolls the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class RangeRow(QWidget):
    """Shows a value and tells ``changed`` (key, new value) when the user sets another.

    ``switch`` is ``switch-KEY``, ``slider`` is ``slider-KEY`` and ``editor`` is ``field-KEY``;
    the last two are None for a field that is only on or off, and hidden while it is off. The
    right end of the slider is the strongest change, its left end the weakest that does anything.
    """

    changed = Signal(str, object)

    def __init__(
        self, field: RecipeField, look: RangeLook, hint_key: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field, self.look = field, look
        self._value: Value = look.off
        self._sign = text_label(None, "muted")
        self._sign.setText(look.sign)
        self._sign.setParent(self)
        self._last_on: Value = look.on
        self._base: tuple[Value, str] = (look.off, "none")
        self.setObjectName(f"row-{field.key}")
        self.switch = Switch(self)
        self.switch.setObjectName(f"switch-{field.key}")
        self.label = text_label(field.message)
        self.label.setBuddy(self.switch)
        self.mark = text_label("recipe-form-modified", "caption")
        self.mark.setProperty("tone", "info")
        self.help_button = self._tiny_button("circle-help", f"help-{field.key}")
        self.reset_button = self._tiny_button("rotate-ccw", f"reset-{field.key}")
        is_range = field.type is not bool
        self.slider = self._make_slider() if is_range else None
        self.editor = self._make_editor() if is_range else None
        self.hint = self._make_hint(hint_key)
        self._lay_out()
        self._connect()
        self._retranslate()

    # ---- what is shown

    def show_value(self, value: Value, base: Value, base_preset: str) -> None:
        """Show ``value``; ``base`` is what the preset ``base_preset`` has for this field."""
        self._value, self._base = value, (base, base_preset)
        if value != self.look.off:
            self._last_on = value
        self.switch.setChecked(self.is_on)
        if self.slider is not None and self.editor is not None:
            self._show_number(self.slider, self.editor)
        self.mark.setVisible(self.is_modified)
        self.reset_button.setVisible(self.is_modified)
        self.hint.setVisible(self.look.warns(value))
        self._retranslate()

    @property
    def value(self) -> Value:
        """The value that is shown."""
        return self._value

    def _show_number(self, slider: RangeSlider, editor: NumberEditor) -> None:
        slider.blockSignals(True)
        slider.setValue(self._position(self._value))
        slider.blockSignals(False)
        editor.show_value(self._value)
        if not self.is_on and (slider.hasFocus() or editor.hasFocus()):
            # They are about to hide: the keyboard goes on from the switch.
            self.switch.setFocus(Qt.FocusReason.OtherFocusReason)
        for widget in (slider, self._sign, editor):
            widget.setVisible(self.is_on)

    @property
    def is_on(self) -> bool:
        """Whether the value changes anything."""
        return self._value != self.look.off

    @property
    def is_modified(self) -> bool:
        """Whether the value is not that of the preset it started from."""
        return self._value != self._base[0]

    # ---- how it is made

    def _tiny_button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("role", "compact")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(button, icon, color="muted", size=12)
        button.setFixedSize(QSize(18, 18))
        return button

    def _make_slider(self) -> RangeSlider:
        slider = RangeSlider(self)
        slider.setObjectName(f"slider-{self.field.key}")
        slider.setRange(1, self._position(self._strongest()))
        slider.setPageStep(max(1, slider.maximum() // 5))
        return slider

    def _make_editor(self) -> NumberEditor:
        editor = NumberEditor(self.field, self)
        editor.setObjectName(f"field-{self.field.key}")
        editor.setFixedSize(_EDITOR_SIZE)
        return editor

    def _make_hint(self, key: str) -> QWidget:
        quiet = self.look.quiet
        icon = IconLabel(*(("info", "muted") if quiet else ("triangle-alert", "caution_text")), 12)
        hint = QWidget(self)
        hint.setObjectName(f"hint-{self.field.key}")
        bind(hint, hint.setAccessibleName, key)
        row = QHBoxLayout(hint)
        row.setContentsMargins(_INDENT, 2, 0, SPACE.xs)
        row.setSpacing(SPACE.xs)
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(HintText(key, "" if quiet else "caution"))
        row.addStretch(1)
        hint.hide()
        return hint

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE.xs)
        top.addWidget(self.switch)
        top.addSpacing(SPACE.xs)
        top.addWidget(self.label)
        top.addWidget(self.help_button)
        top.addStretch(1)
        top.addWidget(self.mark)
        top.addWidget(self.reset_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        top.addStrut(_LINE_HEIGHT)
        if self.slider is not None and self.editor is not None:
            top.addWidget(self._sign)
            top.addWidget(self.editor)
            below = QHBoxLayout()
            below.setContentsMargins(_INDENT, 0, 0, 0)
            below.addWidget(self.slider)
            column.addLayout(below)
        column.addWidget(self.hint)

    def _connect(self) -> None:
        self.switch.clicked.connect(self._on_switched)
        self.help_button.clicked.connect(self.show_help)
        self.reset_button.clicked.connect(self._on_reset)
        on_change(self, self._retranslate)
        if self.slider is not None and self.editor is not None:
            self.slider.valueChanged.connect(self._on_slid)
            self.editor.committed.connect(self._tell)

    # ---- what the user does

    def show_help(self) -> HelpSheet:
        """Open the explanation below the help button."""
        message = self.field.message
        sheet = HelpSheet(tr(message), tr(f"{message}.help"), range_text(self.field), self)
        sheet.open_below(self.help_button)
        return sheet

    def _on_switched(self, on: bool) -> None:
        self._tell(self._last_on if on else self.look.off)

    def _on_slid(self, position: int) -> None:
        self._tell(self._value_at(position))

    def _on_reset(self) -> None:
        self._tell(self._base[0])
        # The button hides itself: the keyboard goes on from the switch.
        self.switch.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, value: Value) -> None:
        if value != self._value:
            self.changed.emit(self.field.key, value)

    # ---- numbers and places of the slider

    def _strongest(self) -> float:
        if not self.look.falls:
            return float(self.field.maximum or 0)
        # Where the smallest value itself is not allowed, one step above it is.
        step = self.field.face.step if self.field.exclusive_minimum else 0.0
        return float(self.field.minimum or 0) + step

    def _position(self, value: Value) -> int:
        return round(abs(float(value) - float(self.look.off)) / self.field.face.step)

    def _value_at(self, position: int) -> float:
        away = position * self.field.face.step
        off = float(self.look.off)
        return round(off - away if self.look.falls else off + away, _DECIMALS)

    def _retranslate(self) -> None:
        label = tr(self.field.message)
        value, preset = self._base[0], tr(f"choice-augment-preset-{self._base[1]}")
        base = value_text(self.field, value)
        self.mark.setToolTip(tr("augment-modified-from", preset=preset, value=base))
        for button, text in (
            (self.help_button, tr("recipe-form-help", field=label)),
            (self.reset_button, tr("augment-reset", preset=preset, value=base)),
        ):
            button.setToolTip(text)
            button.setAccessibleName(f"{label}: {text}")
        for widget in (self.switch, self.slider, self.editor):
            if widget is not None:
                widget.setAccessibleName(label)
                widget.setAccessibleDescription(tr(f"{self.field.message}.help"))
        if self.slider is not None:
            self.slider.setToolTip(value_text(self.field, self._value))
