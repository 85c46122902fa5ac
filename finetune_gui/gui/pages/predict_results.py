"""What the Predict page shows once there are answers: one photo large, all of them in a list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.models.photos import GridPhoto
from finetune_gui.gui.models.predictions import certainty, headline
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, ghost_button, small_button, text_label
from finetune_gui.gui.widgets.busy_view import ProgressStrip
from finetune_gui.gui.widgets.photo_view import PhotoView
from finetune_gui.gui.widgets.prediction_card import PredictionCard
from finetune_gui.gui.widgets.prediction_table import PredictionTable

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

# How the photo and the list share the width at first.
_SIDES = (505, 495)


class PredictResults(QWidget):
    """The answers. ``save_asked`` and ``clear_asked`` come from the buttons, ``cancelled`` from
    the strip that shows the progress.
    """

    save_asked = Signal()
    clear_asked = Signal()
    cancelled = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._view: PhotoView | None = None
        self.strip = ProgressStrip(
            "predict-progress", "predict-count", "predict-waiting", "predict-listing"
        )
        self.strip.cancelled.connect(self.cancelled)
        self.card = PredictionCard()
        self.table = PredictionTable(session)
        self.list = self._make_list()
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("predict-sides")
        sides.setHandleWidth(SPACE.l)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.card)
        sides.addWidget(self.list)
        sides.setSizes(list(_SIDES))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.m)
        column.addWidget(self.strip)
        column.addWidget(sides, 1)
        self.table.selected.connect(self.card.show_prediction)
        self.table.opened.connect(self._open)
        self.card.opened.connect(self._open_current)
        on_change(self, self._show_counts)

    def _make_list(self) -> Card:
        card = Card("predict-answers")
        self.count = text_label(None, "muted")
        self.unreadable = text_label(None, "danger")
        self.save_button = small_button("predict-save", "predict-save")
        self.clear_button = ghost_button("predict-clear", "predict-clear")
        self.save_button.clicked.connect(lambda _on: self.save_asked.emit())
        self.clear_button.clicked.connect(lambda _on: self.clear_asked.emit())
        card.header.insertWidget(1, self.count)
        card.header.addWidget(self.save_button)
        card.header.addWidget(self.clear_button)
        card.box.addWidget(self.table, 1)
        card.box.addWidget(self.unreadable)
        return card

    @property
    def answers(self) -> Sequence[Prediction]:
        """All answers as they are shown."""
        return self.table.answers.rows

    def put(self, answers: Sequence[Prediction]) -> None:
        """Add answers; those of photos that are there already take their place."""
        shown = self.card.prediction
        self.table.answers.put(answers)
        again = next((a for a in answers if shown is not None and a.path == shown.path), None)
        if again is not None:
            self.card.show_prediction(again)
        self._show_counts()

    def show_photo(self, path: Path) -> None:
        """Select a photo and show it large."""
        self.table.go_to(path)

    def clear(self) -> None:
        """Show nothing."""
        self.table.answers.clear()
        self.card.show_prediction(None)
        self._show_counts()

    def _show_counts(self) -> None:
        count, broken = len(self.answers), self.table.answers.unreadable
        self.count.setText(tr("predict-answers-count", n=count))
        self.unreadable.setVisible(broken > 0)
        self.unreadable.setText(tr("predict-unreadable-count", n=broken) if broken else "")

    def _open_current(self) -> None:
        if self.card.prediction is not None:
            self._open(self.card.prediction)

    def _open(self, answer: Prediction) -> None:
        if self._view is None:
            self._view = PhotoView(self._session, self)
            self._view.moved.connect(self._on_moved)
        photos = [_grid_photo(row) for row in self.answers]
        self._view.show_photo(photos, self.table.answers.row_of(answer.path))

    def _on_moved(self, row: int) -> None:
        if 0 <= row < len(self.answers):
            self.table.selectRow(row)


def _grid_photo(answer: Prediction) -> GridPhoto:
    if answer.error is not None:
        return GridPhoto(answer.path, headline(answer), tone="danger")
    is_doubtful = certainty(answer) == "unsure"
    return GridPhoto(answer.path, headline(answer), tone="caution" if is_doubtful else "")
