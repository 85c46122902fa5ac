"""The rows of "What may change": a switch for each setting, and its range or choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from finetune_gui.core.errors import RecipeError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe_words import choice_message
from finetune_gui.core.search_space import Dimension, Value, checked, from_words, searched
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Chip, set_property, text_label
from finetune_gui.gui.widgets.recipe_editors import NumberEditor
from finetune_gui.gui.widgets.switch import Switch
from finetune_gui.gui.widgets.tab_order import inputs_in

_NUMBER_WIDTH = 116


class RangeEditor(QWidget):
    """The lowest and the highest value of a number."""

    changed = Signal()

    def __init__(self, dimension: Dimension) -> None:
        super().__init__()
        self._dimension = dimension
        field = dimension.field
        self.low, self.high = NumberEditor(field), NumberEditor(field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        for editor, which, value in (
            (self.low, "from", dimension.low),
            (self.high, "to", dimension.high),
        ):
            editor.setObjectName(f"range-{which}-{field.key}")
            editor.setFixedWidth(_NUMBER_WIDTH)
            editor.show_value(value)
            editor.committed.connect(lambda _value: self.changed.emit())
            row.addWidget(editor)
            if which == "from":
                row.addWidget(text_label("search-space-to-short", "muted"))
        row.addStretch(1)
        on_change(self, self._retranslate)
        self._retranslate()

    def _retranslate(self) -> None:
        name = tr(self._dimension.message)
        self.low.setAccessibleName(tr("search-space-from", field=name))
        self.high.setAccessibleName(tr("search-space-to", field=name))

    def dimension(self) -> Dimension:
        """The range as it stands; raises `RecipeError`."""
        low, high = float(self.low.field_value()), float(self.high.field_value())
        if low > high:
            raise RecipeError("error-search-order", name=tr(self._dimension.message))
        log = self._dimension.log and low > 0
        return checked(replace(self._dimension, low=low, high=high, log=log))


class ChipsEditor(QWidget):
    """Some of a few words."""

    changed = Signal()

    def __init__(self, dimension: Dimension) -> None:
        super().__init__()
        self._dimension = dimension
        field = dimension.field
        self.chips: dict[Value, Chip] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        # What is chosen by hand cannot be chosen here, unless the recipe has it.
        offered = [c for c in field.choices if c != "custom" or c in dimension.choices]
        for choice in offered:
            chip = Chip(choice_message(field, choice), f"search-choice-{field.key}-{choice}")
            chip.setChecked(choice in dimension.choices)
            chip.toggled.connect(lambda _on: self.changed.emit())
            self.chips[choice] = chip
            row.addWidget(chip)
        row.addStretch(1)

    def dimension(self) -> Dimension:
        """The chosen words; raises `RecipeError` when there is none."""
        chosen = tuple(value for value, chip in self.chips.items() if chip.isChecked())
        if not chosen:
            raise RecipeError("error-search-no-choice", name=tr(self._dimension.message))
        return checked(replace(self._dimension, choices=chosen))


class ListEditor(QLineEdit):
    """Values with commas between them."""

    changed = Signal()

    def __init__(self, dimension: Dimension) -> None:
        super().__init__()
        self._dimension = dimension
        self.setObjectName(f"search-list-{dimension.key}")
        self.setText(dimension.range_words().replace(",", ", "))
        self.textEdited.connect(lambda _text: self.changed.emit())
        if dimension.key == "model.backbone":
            bind(self, self.setToolTip, "search-space-hint-backbone")
        elif dimension.key == "model.input_size":
            bind(self, self.setToolTip, "search-space-hint-size")
        on_change(self, self._retranslate)
        self._retranslate()

    def _retranslate(self) -> None:
        name = tr(self._dimension.message)
        self.setAccessibleName(tr("search-space-choices", field=name))

    def dimension(self) -> Dimension:
        """The values as they are typed; raises `RecipeError`."""
        words = self.text().replace("，", ",").strip(" ,")
        name = tr(self._dimension.message)
        if not words:
            raise RecipeError("error-search-no-choice", name=name)
        try:
            found = from_words(self._dimension.key, words)
        except RecipeError as error:
            raise self._wrong(words, name) from error
        if found.kind != "choice":  # a range, as the terminal takes it
            raise self._wrong(words, name)
        return replace(found, on=self._dimension.on)

    def _wrong(self, words: str, name: str) -> RecipeError:
        usual = self._dimension.range_words().replace(",", ", ")
        return RecipeError("error-search-list", name=name, words=words, usual=usual)


Editor = RangeEditor | ChipsEditor | ListEditor


def _editor(dimension: Dimension) -> Editor:
    if dimension.kind != "choice":
        return RangeEditor(dimension)
    return ChipsEditor(dimension) if dimension.field.choices else ListEditor(dimension)


class SpaceRows(QWidget):
    """All rows. ``changed`` tells of every edit; `space` is what they say."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search-space-rows")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.m)
        self._grid.setVerticalSpacing(SPACE.s)
        self._grid.setColumnStretch(2, 1)
        self.switches: dict[str, Switch] = {}
        self.editors: dict[str, Editor] = {}
        self._labels: list[QLabel] = []

    def show_space(self, space: Iterable[Dimension]) -> None:
        """Make the rows anew."""
        for widget in (*self.switches.values(), *self.editors.values(), *self._labels):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.switches, self.editors, self._labels = {}, {}, []
        for line, dimension in enumerate(space):
            self._add(line, dimension)

    def _add(self, line: int, dimension: Dimension) -> None:
        switch, editor = Switch(), _editor(dimension)
        switch.setObjectName(f"search-switch-{dimension.key}")
        bind(switch, switch.setAccessibleName, dimension.message)
        switch.setChecked(dimension.on)
        editor.setEnabled(dimension.on)
        switch.toggled.connect(editor.setEnabled)
        switch.toggled.connect(lambda _on: self._on_changed())
        editor.changed.connect(self._on_changed)
        label = text_label(dimension.message)
        self._grid.addWidget(switch, line, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, line, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(editor, line, 2)
        self._labels.append(label)
        self.switches[dimension.key], self.editors[dimension.key] = switch, editor

    def _on_changed(self) -> None:
        for key, editor in self.editors.items():
            wrong = self.switches[key].isChecked() and _problem(editor) is not None
            inputs = (editor.low, editor.high) if isinstance(editor, RangeEditor) else (editor,)
            for widget in inputs:
                set_property(widget, "invalid", "true" if wrong else "false")
        self.changed.emit()

    def problem(self) -> str:
        """What is wrong with the rows that are on, as a sentence; empty when nothing is."""
        try:
            searched(self.space())
        except RecipeError as error:
            return str(error)
        return ""

    def space(self) -> tuple[Dimension, ...]:
        """What the rows say; raises `RecipeError` for the first that is on and not possible."""
        found = []
        for key, editor in self.editors.items():
            on = self.switches[key].isChecked()
            if on:
                found.append(replace(editor.dimension(), on=True))
            elif _problem(editor) is None:
                found.append(replace(editor.dimension(), on=False))
        return tuple(found)

    @property
    def inputs(self) -> list[QWidget]:
        """Where Tab stops, from the first row to the last."""
        rows = zip(self.switches.values(), self.editors.values(), strict=True)
        return [part for switch, editor in rows for part in inputs_in(switch, editor)]

    def count_on(self) -> int:
        """How many settings may change."""
        return sum(switch.isChecked() for switch in self.switches.values())


def _problem(editor: Editor) -> RecipeError | None:
    try:
        editor.dimension()
    except RecipeError as error:
        return error
    return None
