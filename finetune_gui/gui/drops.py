"""What is dropped on the window: a dataset to open, or pictures to ask the model about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from finetune_gui.core.run_folder import RunFolder
from finetune_gui.dataset.folders import OTHER_PICTURE_SUFFIXES, PHOTO_SUFFIXES
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import text_label

_TABLE_OR_ZIP = (".csv", ".zip")
# What networks' weights are kept in.
WEIGHTS_SUFFIXES = (".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".tar", ".pt2", ".keras")


@dataclass(frozen=True)
class Dropped:
    """The dropped paths by what they are good for; anything else is left out."""

    datasets: tuple[Path, ...]
    weights: tuple[Path, ...]
    photos: tuple[Path, ...]


def sort_dropped(paths: Sequence[Path]) -> Dropped:
    """Folders, CSV files and zips are datasets; files with a picture's suffix are pictures.

    Run folders and files of weights are what training may start from.
    Pictures that this program cannot decode count as well: the Predict page says so by name.
    """
    pictures = PHOTO_SUFFIXES | OTHER_PICTURE_SUFFIXES
    weights = tuple(p for p in paths if _is_run(p) or p.suffix.lower() in WEIGHTS_SUFFIXES)
    others = [p for p in paths if p not in weights]
    datasets = tuple(p for p in others if p.is_dir() or p.suffix.lower() in _TABLE_OR_ZIP)
    photos = tuple(p for p in others if p not in datasets and p.suffix.lower() in pictures)
    return Dropped(datasets, weights, photos)


def _is_run(path: Path) -> bool:
    recipe: Path = RunFolder(path).recipe_file
    return recipe.is_file()


class DropOverlay(QFrame):
    """Lies over the window while something is dragged over it, and says what would happen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("drop-overlay")
        self.setProperty("role", "drop")
        self.setProperty("hover", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE.s)
        column.addStretch(1)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(IconLabel("download", "accent_text", 40), 0, center)
        column.addWidget(text_label("shell-drop-here", "subheading"), 0, center)
        column.addWidget(text_label("shell-drop-here-text", "muted"), 0, center)
        column.addStretch(1)
        self.hide()

    def cover(self) -> None:
        """Appear over the whole parent."""
        parent = self.parentWidget()
        if parent is not None:
            inset = SPACE.m
            self.setGeometry(parent.rect().adjusted(inset, inset, -inset, -inset))
        self.raise_()
        self.show()
