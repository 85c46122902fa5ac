"""A run like the one that is shown but for a few settings: said before it starts."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from finetune_gui.core.coach.findings import Remedy
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.recipe_words import change_lines
from finetune_gui.gui.dialogs import MessageDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import primary_button, secondary_button, text_label


class CloneDialog(MessageDialog):
    """Shows what would change, and starts the new run or only takes over the settings."""

    def __init__(self, session: Session, recipe: Recipe, remedy: Remedy, parent: QWidget) -> None:
        super().__init__("clone-dialog", remedy.key, "coach-clone-text", parent)
        self._session = session
        self._recipe = with_values(recipe, remedy.changes)
        self.changes = text_label(None, wrap=True)
        self.changes.setObjectName("clone-changes")
        self.changes.setText("\n".join(change_lines(recipe, self._recipe)))
        self.column.insertWidget(self.column.indexOf(self.text) + 1, self.changes)
        self.add(secondary_button("common-cancel", "clone-cancel"))
        self.keep_button = self.add(
            secondary_button("coach-clone-keep", "clone-keep"), self._take_over
        )
        self.start_button = self.add(
            primary_button("coach-clone-start", "clone-start"), self._start
        )
        self.start_button.setDefault(True)
        why = self._why_not()
        self.start_button.setEnabled(not why)
        self.start_button.setToolTip(why)
        self.start_button.setAccessibleDescription(why)
        self.why = text_label(None, "caption", wrap=True)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.column.insertWidget(self.column.indexOf(self.changes) + 1, self.why)

    def _why_not(self) -> str:
        session = self._session
        if session.training is not None:
            return tr("coach-clone-running")
        learned, opened = session.desk.run_dataset, session.dataset
        if learned and opened is not None and learned != str(opened.root):
            return tr("coach-clone-other-photos", learned=learned, opened=str(opened.root))
        return session.why_not_start(self._recipe)

    def _take_over(self) -> None:
        run = self._session.run
        self._session.use_recipe(self._recipe, taken_from="" if run is None else run.name)

    def _start(self) -> None:
        self._take_over()
        self._session.start_training()
