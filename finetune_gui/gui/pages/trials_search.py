"""Search for the best settings."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.gui.session import Session


class SearchPanel(QWidget):
    """``navigate`` asks for another page by its key."""

    navigate = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("search-panel")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)

    def on_shown(self) -> None:
        """Called each time it comes into view."""
