"""The parts of the program as a table that can be searched."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from typing_extensions import override

from finetune_gui.core.licences import Part
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import natural_key
from finetune_gui.gui.models.sorted_table import LEFT, SortedTable

COLUMNS = ("name", "version", "licence")


class PartsModel(SortedTable[Part]):
    """Shows those of all ``parts`` whose name, version or licence holds what is searched for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(len(COLUMNS), parent)
        self._all: tuple[Part, ...] = ()
        self._wanted = ""

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        """Show other parts."""
        self._all = parts
        self._filter()

    def search(self, text: str) -> None:
        """Show only what holds ``text``, in capitals or not."""
        self._wanted = text.strip().casefold()
        self._filter()

    @property
    def total(self) -> int:
        """How many parts there are, shown or not."""
        return len(self._all)

    def _filter(self) -> None:
        self.set_rows([p for p in self._all if self._wanted in " ".join(_cells(p)).casefold()])

    @override
    def sort_key(self, row: Part, column: int) -> Any:
        """Versions by their numbers; what says nothing comes last."""
        return natural_key(_cells(row)[column]) or None

    @override
    def heading(self, column: int) -> str:
        """The name of a column."""
        return tr(f"about-column-{COLUMNS[column]}")

    @override
    def explanation(self, column: int) -> str:
        """They need none."""
        return ""

    @override
    def alignment(self, column: int) -> int:
        """All are texts."""
        return LEFT

    @override
    def text(self, row: Part, column: int) -> str:
        """As the part says it of itself."""
        return _cells(row)[column]

    @override
    def tooltip(self, row: Part, column: int) -> str:
        """The same: it may be cut off."""
        return _cells(row)[column]


def _cells(part: Part) -> tuple[str, str, str]:
    return part.name, part.version, part.licence
