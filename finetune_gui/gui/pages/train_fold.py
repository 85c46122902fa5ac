"""The hyperparameters in one line: once a run is over, what came of it needs the room."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import Recipe, get_value, recipe_fields
from finetune_gui.core.recipe_words import value_text
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import ElidedLabel, small_button


class FoldedForm(QWidget):
    """What matters most, and a button that brings the form back."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("foldedForm")
        self.words = ElidedLabel("")
        self.button = small_button("train-form-change", "changeSettingsButton")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_recipe(self, recipe: Recipe) -> None:
        """Say how a next training would be."""
        fields = recipe_fields()
        said = ("train.epochs", "optim.lr")
        epochs, lr = (value_text(fields[key], get_value(recipe, key)) for key in said)
        self.words.setText(tr("train-form-folded", epochs=epochs, lr=lr))
