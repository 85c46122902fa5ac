"""A figure that says what it means when asked."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import StatTile, icon_button, set_role
from finetune_gui.gui.widgets.recipe_help import HelpSheet


class ExplainedTile(StatTile):
    """A `StatTile` with a small button beside its name that opens an explanation."""

    def __init__(
        self, label_key: str, help_key: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(label_key, parent)
        self.setObjectName(name)
        self._label_key, self._help_key = label_key, help_key
        self._more = ""
        self.help_button = icon_button("circle-help", help_key, f"{name}-help")
        self.help_button.setIconSize(QSize(13, 13))
        set_role(self.help_button, "tiny")
        self.help_button.clicked.connect(self._explain)
        bind(self, self.setToolTip, help_key)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            row = QHBoxLayout()
            row.setSpacing(SPACE.xs)
            row.addWidget(self.label)
            row.addWidget(self.help_button)
            row.addStretch(1)
            column.insertLayout(0, row)

    def explain_more(self, key: str) -> None:
        """Let the explanation end with this message as well."""
        self._more = key

    def _explain(self) -> None:
        more = tr(self._more) if self._more else ""
        sheet = HelpSheet(tr(self._label_key), tr(self._help_key), more, self)
        sheet.facts.setVisible(bool(more))
        sheet.open_below(self.help_button)
