"""What the machine tries by itself: the search for the best settings, and cross-validation."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget
from typing_extensions import override

from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.trials_folds import FoldsPanel
from finetune_gui.gui.pages.trials_search import SearchPanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.choice_row import ChoiceRow

VIEWS = ("search", "folds")


class TrialsPage(Page):
    """One panel for each kind of trials; which of both shows is chosen in the header."""

    key = "trials"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.header = PageHeader("shell-page-trials", "trials-subtitle")
        self.view = ChoiceRow("trials-view", "trials-view")
        for view in VIEWS:
            self.view.add(view, f"trials-view-{view}")
        self.header.add_widget(self.view)
        self.search = SearchPanel(session)
        self.folds = FoldsPanel(session)
        self._panels: dict[str, SearchPanel | FoldsPanel] = {
            "search": self.search,
            "folds": self.folds,
        }
        self.stack = QStackedWidget()
        for panel in self._panels.values():
            panel.navigate.connect(self.navigate)
            self.stack.addWidget(panel)
        self.view.chosen.connect(self.show_view)
        self.body.addWidget(self.header)
        self.body.addWidget(self.stack, 1)

    def show_view(self, view: str) -> None:
        """Bring one of `VIEWS` into view."""
        self.view.set_value(view)
        self.stack.setCurrentWidget(self._panels[view])
        self._panels[view].on_shown()

    @override
    def on_shown(self) -> None:
        """Let the panel that shows look again."""
        self._panels[self.view.value].on_shown()
