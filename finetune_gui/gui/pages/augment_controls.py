"""The left card of the Augment page: the preset and a row for each kind of change."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.errors import RecipeError
from finetune_gui.core.recipe import (
    AugmentRecipe,
    Preset,
    get_value,
    named_preset,
    recipe_fields,
    with_values,
)
from finetune_gui.gui.follow import follow
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, hline, text_label
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.range_row import RangeLook, RangeRow

WIDTH = 380

GROUPS: dict[str, dict[str, RangeLook]] = {
    "geometry": {
        "horizontal_flip": RangeLook(on=True, off=False, quiet=True),
        "vertical_flip": RangeLook(on=True, off=False),
        "rotation": RangeLook(on=10.0, sign="±", hint_at=45.0),
        "crop_scale": RangeLook(on=0.6, off=1.0, hint_at=0.15),
    },
    "colour": {
        "brightness": RangeLook(on=0.2, sign="±", hint_at=0.6),
        "contrast": RangeLook(on=0.2, sign="±", hint_at=0.6),
        "saturation": RangeLook(on=0.2, sign="±", hint_at=0.6),
        "hue": RangeLook(on=0.02, sign="±", hint_at=0.05),
    },
    "quality": {
        "blur": RangeLook(on=0.5, hint_at=2.5),
        "erasing": RangeLook(on=0.1, hint_at=0.6),
    },
}
_NAMED: tuple[Preset, ...] = ("none", "light", "medium", "strong")


def nearest_preset(augment: AugmentRecipe) -> Preset:
    """The preset that shares the most values with ``augment``; "light" where several do."""
    values = augment.model_dump(exclude={"preset"})

    def shared(name: Preset) -> tuple[int, bool]:
        preset = AUGMENT_PRESETS[name]
        return sum(values[key] == value for key, value in preset.items()), name == "light"

    return max(_NAMED, key=shared)


class AugmentControls(Card):
    """Sets ``augment.*`` of the session's recipe and follows it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self.title.setParent(self)  # else the label that is not shown outlives the card
        self._session = session
        # What the rows are compared with: the named preset that was on last.
        self._base: Preset = nearest_preset(session.recipe.augment)
        self.setFixedWidth(WIDTH)
        self.presets = self._make_presets()
        self.rows: dict[str, RangeRow] = {}
        self.box.setContentsMargins(SPACE.l, SPACE.l, SPACE.xs, SPACE.s)
        self.box.addWidget(self._with_margin(self.presets))
        self.box.addWidget(self._make_scroller(), 1)
        follow(self, session.recipe_changed, self._refresh)
        self._refresh()

    def _make_presets(self) -> ChoiceRow:
        presets = ChoiceRow("augment-preset", "augment-preset")
        for name in (*_NAMED, "custom"):
            presets.add(name, f"choice-augment-preset-{name}")
        presets.chosen.connect(self._on_preset)
        return presets

    def _with_margin(self, widget: QWidget) -> QWidget:
        """The rows leave room for a scroll bar; what stands above them keeps their edge."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, SPACE.m, 0)
        column.addWidget(widget)
        return box

    def _make_scroller(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, SPACE.m, 0)
        column.setSpacing(SPACE.xs)
        fields = recipe_fields()
        for group, looks in GROUPS.items():
            if self.rows:
                column.addWidget(hline())
            column.addWidget(text_label(f"augment-group-{group}", "heading"))
            for name, look in looks.items():
                hint = f"augment-hint-{name}".replace("_", "-")
                row = RangeRow(fields[f"augment.{name}"], look, hint)
                row.changed.connect(self._on_changed)
                self.rows[name] = row
                column.addWidget(row)
        column.addStretch(1)
        scroller = QScrollArea()
        scroller.setObjectName("augment-scroller")
        scroller.setFrameShape(QFrame.Shape.NoFrame)
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setWidget(inside)
        return scroller

    def _on_preset(self, name: str) -> None:
        if name != "custom":
            self._session.change_recipe({"augment.preset": name})

    def _on_changed(self, key: str, value: Any) -> None:
        try:
            wanted = with_values(self._session.recipe, {key: value})
        except RecipeError as error:
            self._session.message.emit(error)
            self._refresh()
            return
        # Values that happen to be those of a preset are called by its name.
        preset = named_preset(wanted.augment)
        if preset == "custom":
            self._session.change_recipe({key: value})
        else:
            self._session.change_recipe({"augment.preset": preset})

    def _refresh(self) -> None:
        augment = self._session.recipe.augment
        preset = named_preset(augment)
        if preset != "custom":
            self._base = preset
        self.presets.segment("custom").setVisible(preset == "custom")
        self.presets.set_value(preset)
        for name, row in self.rows.items():
            value = cast("bool | float", get_value(self._session.recipe, f"augment.{name}"))
            row.show_value(value, AUGMENT_PRESETS[self._base][name], self._base)
