"""The right card of the Augment page: a photo, and what training will see of it."""

from __future__ import annotations

import random
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import ModelRecipe, Recipe, named_preset
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import IconLabel, set_icon
from finetune_gui.gui.pages.augment_chooser import PhotoChooser
from finetune_gui.gui.pages.augment_drawing import PreviewMaker, Wish
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    ElidedLabel,
    icon_button,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.preview_grid import PreviewGrid, picture_from
from finetune_gui.jobs.preview_augmentation import Preview

COUNTS = (4, 8, 12, 16)
_ORIGINAL_WIDTH = 224


def training_photos(session: Session) -> tuple[int, ...]:
    """The places in ``dataset.samples`` of the photos that are learned from.

    Empty without a dataset and while its photos are being split.
    """
    if session.dataset is None or len(session.splits) != len(session.dataset.samples):
        return ()
    return tuple(n for n, split in enumerate(session.splits) if split == "train")


def what_matters(recipe: Recipe) -> Recipe:
    """A recipe with what the preview depends on; all else at its default."""
    model = ModelRecipe(backbone=recipe.model.backbone, input_size=recipe.model.input_size)
    return Recipe(seed=recipe.seed, augment=recipe.augment, model=model)


class AugmentPreview(Card):
    """Shows one training photo and ``count`` augmented versions of it.

    Nothing is drawn while it is out of sight.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("augment-preview", parent)
        self._session = session
        self._order: tuple[int, ...] = ()
        self._at = 0
        self._path: Path | None = None
        self.first_epoch = 1
        self._chance = random.Random()  # noqa: S311
        self.maker = PreviewMaker(session.runner, self)
        self.maker.made.connect(self._on_made)
        self.maker.failed.connect(self._on_failed)
        self.maker.slow.connect(self._on_slow)
        self._make_tools()
        self._make_body()
        for signal in (session.splits_changed, session.dataset_changed):
            follow(self, signal, self._find_photos)
        for signal in (session.recipe_changed, session.torch_changed):
            follow(self, signal, self.refresh)
        on_change(self, self.refresh)
        self._find_photos()
