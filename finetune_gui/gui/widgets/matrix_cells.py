"""What the cells of a confusion matrix say and how they are coloured: no widget in here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from PySide6.QtGui import QColor

from finetune_gui.core.messages import tr
from finetune_gui.gui.percent import percent_text, whole_percent
from finetune_gui.gui.theme import Tokens

Mode = Literal["counts", "truth", "guess"]
Cell = tuple[int, int]

# WCAG AA for text of this size.
LEGIBLE = 4.5


@dataclass(frozen=True)
class MatrixCells:
    """The counts with what is derived from them.

    ``counts[i][j]`` is how many photos of class i were called class j. A cell is (i, j).
    """

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @cached_property
    def of_truth(self) -> tuple[int, ...]:
        """How many photos each class has."""
        return tuple(sum(row) for row in self.counts)

    @cached_property
    def of_guess(self) -> tuple[int, ...]:
        """How many photos were called each class."""
        return tuple(sum(column) for column in zip(*self.counts, strict=True))

    def share(self, cell: Cell, mode: Mode) -> float:
        """The cell's part of its row, or of its column by guess; in [0, 1]."""
        truth, guess = cell
        whole = self.of_guess[guess] if mode == "guess" else self.of_truth[truth]
        return self.counts[truth][guess] / whole if whole else 0.0

    def text(self, cell: Cell, mode: Mode) -> str:
        """What stands in the cell; nothing where no photo is."""
        truth, guess = cell
        count = self.counts[truth][guess]
        if not count:
            return ""
        return str(count) if mode == "counts" else whole_percent(self.share(cell, mode))

    def longest_text(self, mode: Mode) -> str:
        """The widest text that any cell has."""
        if mode != "counts":
            return "100"
        return str(max((max(row, default=0) for row in self.counts), default=0))

    def sentence(self, cell: Cell, mode: Mode) -> str:
        """The cell as a sentence, in the language now set."""
        truth, guess = cell
        named = {"truth": self.classes[truth], "guess": self.classes[guess]}
        count, photos = self.counts[truth][guess], self.of_truth[truth]
        if not photos:
            return tr("evaluate-cell-no-photos", truth=named["truth"])
        if not count:
            key = "evaluate-cell-right-none" if truth == guess else "evaluate-cell-wrong-none"
            return tr(key, **named)
        if mode == "guess":
            key = "evaluate-cell-guess-right" if truth == guess else "evaluate-cell-guess-wrong"
            photos = self.of_guess[guess]
        else:
            key = "evaluate-cell-right" if truth == guess else "evaluate-cell-wrong"
        percent = percent_text(whole_percent(self.share(cell, mode)))
        return tr(key, n=count, of=photos, percent=percent, **named)


@dataclass(frozen=True)
class CellColors:
    """The area of a cell and a text colour that can be read on it."""

    area: QColor
    text: QColor


def cell_colors(tokens: Tokens, share: float, *, right: bool) -> CellColors:
    """The colours of a cell with a count; ``share`` in [0, 1] makes it stronger.

    Half-way tones on which neither a light nor a dark text can be read are passed over.
    """
    full = QColor(tokens.matrix_right if right else tokens.matrix_wrong)
    empty = QColor(tokens.matrix_empty)
    over = tokens.on_matrix_right if right else tokens.on_matrix_wrong
    inks = [QColor(over), QColor(tokens.text)]
    # Few photos in the wrong place matter most, so small shares of mistakes are lifted.
    strength = 0.3 + 0.7 * share if right else 0.5 + 0.5 * math.sqrt(min(1.0, 3 * share))
    while True:
        area = blend(empty, full, strength)
        ink = max(inks, key=lambda color: contrast(color, area))
        if strength >= 1 or contrast(ink, area) >= LEGIBLE:
            return CellColors(area, ink)
        strength = min(1.0, strength + 0.05)


def blend(start: QColor, end: QColor, amount: float) -> QColor:
    """The colour that lies ``amount`` (in [0, 1]) of the way from ``start`` to ``end``."""
    pairs: Sequence[tuple[int, int]] = (
        (start.red(), end.red()),
        (start.green(), end.green()),
        (start.blue(), end.blue()),
    )
    return QColor(*(round(a + (b - a) * amount) for a, b in pairs))


def contrast(first: QColor, second: QColor) -> float:
    """The contrast ratio of two colours after WCAG 2, from 1 (the same) to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    red, green, blue = (_linear(part) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
