"""A form for any part of the recipe."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.core.recipe import Recipe
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.recipe_field import RecipeFieldRow


class RecipeForm(QWidget):
    """Rows for some fields of ``session.recipe``, under each other in the order of ``keys``.

    Raises:
        KeyError: the recipe has no field of that name.
    """

    def __init__(
        self, session: Session, keys: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        self.rows = {key: RecipeFieldRow(session, key, self) for key in keys}
        for row in self.rows.values():
            column.addWidget(row)

    def modified(self) -> list[str]:
        """The keys whose shown value is not the default."""
        return [key for key, row in self.rows.items() if row.is_modified]

    def reset(self) -> None:
        """Set all of its fields back to their defaults."""
        self._session.reset_recipe(self.modified())

    def show_recipe(self, recipe: Recipe | None) -> None:
        """Show ``recipe`` read-only; None: the recipe of the session, to be edited."""
        for row in self.rows.values():
            row.show_recipe(recipe)
