"""The model's answers as a table that can be sorted, and what to say of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from PySide6.QtCore import QObject, Qt
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import natural_key
from finetune_gui.gui.models.sorted_table import LEFT, RIGHT, Index, SortedTable
from finetune_gui.gui.percent import percent_text, whole_percent
from finetune_gui.gui.theme import current_theme

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

Certainty = Literal["sure", "fairly", "unsure"]

# Below this share the answer is called unsure, from the other one on it is called sure.
FAIRLY_FROM = 0.6
SURE_FROM = 0.85

PREDICTION_ROLE = int(Qt.ItemDataRole.UserRole)


class Column(IntEnum):
    """The columns from left to right."""

    PHOTO = 0
    ANSWER = 1
    CONFIDENCE = 2


def certainty(prediction: Prediction) -> Certainty:
    """How sure the model says it is, in three steps."""
    if prediction.confidence >= SURE_FROM:
        return "sure"
    return "fairly" if prediction.confidence >= FAIRLY_FROM else "unsure"


def headline(prediction: Prediction) -> str:
    """The answer as a sentence, in the language now set; the reason for an unreadable photo."""
    if prediction.error is not None:
        return tr("predict-unreadable")
    percent = percent_text(whole_percent(prediction.confidence))
    return tr(f"predict-answer-{certainty(prediction)}", label=prediction.label, percent=percent)


class Predictions(SortedTable["Prediction"]):
    """One row for each photo, in the order they were asked until it is sorted otherwise."""

    names: ClassVar[Mapping[int, str]] = {
        Column.PHOTO: "predict-column-photo",
        Column.ANSWER: "predict-column-answer",
        Column.CONFIDENCE: "predict-column-confidence",
    }

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(Column), parent)
        self._by_path: dict[Path, Prediction] = {}

    @property
    def unreadable(self) -> int:
        """How many photos could not be read."""
        return sum(1 for row in self.rows if row.error is not None)

    def put(self, answers: Sequence[Prediction]) -> None:
        """Add answers; a photo that was asked before gets the new one in its old place."""
        fresh = {a.path: a for a in answers if a.path not in self._by_path}
        again = {a.path: a for a in answers if a.path in self._by_path}
        self._by_path |= again | fresh
        if again:
            self._rows = [again.get(row.path, row) for row in self._rows]
            self.retranslate()
        self.append_rows(list(fresh.values()))

    def clear(self) -> None:
        """Forget all answers."""
        self._by_path = {}
        self.set_rows(())

    def row_of(self, path: Path) -> int:
        """The row of a photo, -1 when it is not there."""
        return next((n for n, row in enumerate(self.rows) if row.path == path), -1)

    @override
    def sort_key(self, row: Prediction, column: int) -> Any:
        """Names as people sort them; what could not be read has no answer and stands last."""
        if column == Column.PHOTO:
            return natural_key(row.path.name)
        if row.error is not None:
            return None
        return natural_key(row.label) if column == Column.ANSWER else row.confidence

    @override
    def alignment(self, column: int) -> int:
        """Per cent stand on the right."""
        return RIGHT if column == Column.CONFIDENCE else LEFT

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts as they are shown, and the answer itself for ``PREDICTION_ROLE``."""
        row = self.row_at(index.row())
        if role == PREDICTION_ROLE:
            return row
        if role == Qt.ItemDataRole.ForegroundRole:
            return _ink(row, Column(index.column()))
        return super().data(index, role)

    @override
    def text(self, row: Prediction, column: int) -> str:
        """The file's name, the answer, or how sure it is."""
        if column == Column.PHOTO:
            return row.path.name
        if row.error is not None:
            return tr("predict-unreadable") if column == Column.ANSWER else "–"
        if column == Column.ANSWER:
            return row.label
        percent = percent_text(whole_percent(row.confidence))
        return tr("predict-unsure", percent=percent) if certainty(row) == "unsure" else percent

    @override
    def tooltip(self, row: Prediction, column: int) -> str:
        """Where the file is, and the answer as a sentence."""
        if column == Column.PHOTO:
            return str(row.path)
        return headline(row) if row.error is None else str(row.error)


def _ink(row: Prediction, column: Column) -> object:
    if column is Column.PHOTO:
        return None
    if row.error is not None:
        return current_theme().color("danger_text")
    is_doubtful = column is Column.CONFIDENCE and certainty(row) == "unsure"
    return current_theme().color("caution_text") if is_doubtful else None
