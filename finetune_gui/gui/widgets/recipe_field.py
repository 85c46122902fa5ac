"""One field of the recipe: its name, whether it was changed, its help, and the input for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from finetune_gui.core.errors import RecipeError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import Recipe, get_value, recipe_fields
from finetune_gui.core.recipe_words import Value, range_text, value_text
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import set_icon
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import set_property, text_label
from finetune_gui.gui.widgets.recipe_editors import (
    ChoiceEditor,
    NumberEditor,
    SwitchEditor,
    make_editor,
)
from finetune_gui.gui.widgets.recipe_help import HelpSheet

EDITOR_WIDTH = 128
CHOICE_WIDTH = 156


class RecipeFieldRow(QWidget):
    """A field that edits ``session.recipe`` and follows it.

    ``editor`` is the input (objectName ``field-KEY``), ``mark`` says Default or Modified,
    ``help_button`` (``help-KEY``) opens the explanation, ``reset_button`` (``reset-KEY``) is
    visible only for a modified field.

    Raises:
        KeyError: the recipe has no field ``key``.
    """

    def __init__(self, session: Session, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._fixed: Recipe | None = None
        self.field = recipe_fields()[key]
        self.setObjectName(f"row-{key}")
        self.editor = make_editor(self.field, self)
        self.label = text_label(self.field.message, wrap=True)
        self.mark = text_label("recipe-form-default", "caption")
        self.problem = text_label(None, "caption", wrap=True)
        self.problem.setProperty("tone", "danger")
        self.help_button = self._tiny_button("circle-help", f"help-{key}")
        self.reset_button = self._tiny_button("rotate-ccw", f"reset-{key}")
        self._lay_out()
        self._connect()
        self._retranslate()
        self._refresh()

    def _tiny_button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("role", "compact")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(button, icon, color="muted", size=12)
        button.setFixedSize(QSize(18, 18))
        return button

    def _lay_out(self) -> None:
        self.label.setBuddy(self.editor)
        self._below = below = QHBoxLayout()
        below.setSpacing(2)
        for widget in (self.mark, self.help_button, self.reset_button):
            below.addWidget(widget)
        below.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.label)
        words.addLayout(below)
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        row.addLayout(words, 1)
        row.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignVCenter)
        if not isinstance(self.editor, SwitchEditor):
            choice = isinstance(self.editor, ChoiceEditor)
            self.editor.setFixedWidth(CHOICE_WIDTH if choice else EDITOR_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem, 0, Qt.AlignmentFlag.AlignRight)
        self.problem.hide()

    def add_tool(self, widget: QWidget) -> None:
        """Put something that helps with this field below its name."""
        self._below.insertWidget(self._below.count() - 1, widget)

    def _connect(self) -> None:
        follow(self, self._session.recipe_changed, self._refresh)
        on_change(self, self._retranslate)
        self.editor.committed.connect(self._commit)
        self.help_button.clicked.connect(self.show_help)
        self.reset_button.clicked.connect(self._reset)
        if isinstance(self.editor, NumberEditor):
            self.editor.validity_changed.connect(self._on_validity)

    @property
    def is_modified(self) -> bool:
        """Whether the shown value is not the default."""
        return self.value != self.field.default

    @property
    def value(self) -> Value:
        """The value that is shown, as the recipe keeps it."""
        return get_value(self._fixed or self._session.recipe, self.field.key)

    def show_recipe(self, recipe: Recipe | None) -> None:
        """Show the value of ``recipe`` read-only; None: that of the session, to be edited."""
        self._fixed = recipe
        self.editor.setEnabled(recipe is None)
        self._refresh()

    def show_help(self) -> HelpSheet:
        """Open the explanation beside the field, with its default and its range."""
        message = self.field.message
        default = value_text(self.field, self.field.default)
        facts = (tr("recipe-form-default-is", value=default), range_text(self.field))
        sheet = HelpSheet(
            tr(message), tr(f"{message}.help"), " · ".join(f for f in facts if f), self
        )
        sheet.open_below(self.help_button)
        return sheet

    def _commit(self, value: Value) -> None:
        try:
            self._session.change_recipe({self.field.key: value})
        except RecipeError as error:
            self._say(str(error))
            self.editor.show_value(self.value)
        else:
            self._say("")

    def _reset(self) -> None:
        self._commit(self.field.default)
        # The button hides itself: the keyboard goes on from the field.
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_validity(self, valid: bool) -> None:
        self._say("" if valid else range_text(self.field))

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _refresh(self) -> None:
        self.editor.show_value(self.value)
        modified = self.is_modified
        key = "recipe-form-modified" if modified else "recipe-form-default"
        bind(self.mark, self.mark.setText, key)
        set_property(self.mark, "tone", "info" if modified else "")
        self.reset_button.setVisible(modified and self._fixed is None)

    def _retranslate(self) -> None:
        label = tr(self.field.message)
        default = value_text(self.field, self.field.default)
        for button, text in (
            (self.help_button, tr("recipe-form-help", field=label)),
            (self.reset_button, tr("recipe-form-reset", value=default)),
        ):
            button.setToolTip(text)
            button.setAccessibleName(f"{label}: {text}")
        self.editor.setAccessibleName(label)
        self.editor.setAccessibleDescription(tr(f"{self.field.message}.help"))
        self._say("")
        if isinstance(self.editor, NumberEditor):
            self.editor.setToolTip(range_text(self.field))
