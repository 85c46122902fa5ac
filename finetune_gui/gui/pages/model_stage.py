"""The lower card of the structure: one stage, with its maps of a photo and its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.pages.model_words import sight_text, stage_title
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, ElidedLabel, set_property, text_label
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.layer_table import LayerTable
from finetune_gui.gui.widgets.photo_picker import PhotoPicker
from finetune_gui.gui.widgets.preview_grid import PreviewGrid, picture_from

if TYPE_CHECKING:
    from finetune_gui.engine.feature_maps import Pictures
    from finetune_gui.engine.structure import Stage, Structure
    from finetune_gui.jobs.feature_maps import PhotoInside

_MAPS = 16
_FILTERS = 32
# A map of few pixels is shown with its pixels: smooth edges would be invented.
_SHARP_SIDE = 112
_HEIGHT = 256
_TABLE_WIDTHS = (300, 460)


class _Maps(PreviewGrid):
    """Takes the height it gets: the card is as high as its photo and not as its pictures."""

    @override
    def sizeHint(self) -> QSize:
        """Two rows of small pictures."""
        return QSize(320, 140)

    @override
    def heightForWidth(self, width: int) -> int:
        """Any height does."""
        return -1


class StageCard(Card):
    """Shows one stage. ``photo`` is what the maps are of; who shows the card makes the maps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self.setMinimumHeight(_HEIGHT)
        self._structure: Structure | None = None
        self._number = 0
        self._inside: PhotoInside | None = None
        self._problem: UserError | None = None
        self._waits = False
        self.heading = text_label(None, "heading")
        self.sight = ElidedLabel("", "muted")
        self.view = ChoiceRow("structure-pictures", "model-maps")
        self.view.add("maps", "model-maps")
        self.view.add("filters", "model-filters")
        self.photo = PhotoPicker("structure-photo")
        self.grid = _Maps("structure-maps", _MAPS)
        self.message = text_label(None, "muted", wrap=True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note = text_label(None, "caption", wrap=True)
        self.layers = LayerTable("structure-layers")
        self._lay_out()
        self.view.chosen.connect(lambda _view: self._show())
        on_change(self, self._show)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE.m)
        top.addWidget(self.heading)
        top.addWidget(self.sight, 1)
        top.addWidget(self.view)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.message)
        pictures = QVBoxLayout()
        pictures.setSpacing(SPACE.xs)
        pictures.addWidget(self._pages, 1)
        pictures.addWidget(self.note)
        self.layers.setMinimumWidth(_TABLE_WIDTHS[0])
        self.layers.setMaximumWidth(_TABLE_WIDTHS[1])
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self.photo)
        row.addLayout(pictures, 1)
        row.addWidget(self.layers, 1)
        self.box.setSpacing(SPACE.s)
        self.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        self.box.addLayout(top)
        self.box.addLayout(row, 1)

    # ---- what it shows

    @property
    def stage(self) -> Stage | None:
        """The stage that is shown."""
        found = self._structure
        return None if found is None else found.stages[self._number]

    def show_stage(self, structure: Structure, number: int) -> None:
        """Show a stage of a structure by its number."""
        self._structure, self._number = structure, min(number, len(structure.stages) - 1)
        self._show()

    def show_waiting(self) -> None:
        """New pictures are being made; the ones that are shown are pale until then."""
        self._waits = True
        self._problem = None
        self._show()

    def show_inside(self, inside: PhotoInside) -> None:
        """Show what the network makes of a photo."""
        self._inside, self._waits, self._problem = inside, False, None
        photo = inside.photo
        self.photo.drop.show_picture(picture_from(photo.width, photo.height, photo.rgb))
        self._show()

    def show_problem(self, error: UserError) -> None:
        """Say why there are no pictures."""
        self._inside, self._waits, self._problem = None, False, error
        self.photo.drop.show_picture(None)
        self._show()

    def forget(self) -> None:
        """There is no photo any more."""
        self._inside, self._waits, self._problem = None, False, None
        self._show()

    @property
    def is_random(self) -> bool:
        """Whether the maps that are shown were made with random weights."""
        return self._inside is not None and not self._inside.pretrained

    def _show(self) -> None:
        structure, stage = self._structure, self.stage
        if structure is None or stage is None:
            return
        self.heading.setText(f"{stage_title(structure, self._number)} · {stage.name}")
        self.sight.setText(sight_text(stage))
        self.layers.show_layers(stage.layers, stage.name)
        filters = None if self._inside is None else self._inside.filters
        self.view.setVisible(stage.role == "stem" and filters is not None)
        if stage.role == "stem" and filters is not None and self.view.value == "filters":
            self._show_filters(filters)
        else:
            self._show_maps(stage)

    def _show_filters(self, filters: Pictures) -> None:
        shown = filters[:_FILTERS]
        self.grid.show_pictures([_colours(one) for one in shown])
        self.grid.setAccessibleName(tr("model-filters-name", n=len(shown)))
        self._pages.setCurrentWidget(self.grid)
        self._say(tr("model-filters-note", n=len(shown), all=len(filters)))

    def _show_maps(self, stage: Stage) -> None:
        maps = None if self._inside is None else self._inside.maps.get(stage.name)
        message = self._why_none(stage)
        if maps is None and message:
            self.message.setText(message)
            self._pages.setCurrentWidget(self.message)
            self._say("")
            return
        self._pages.setCurrentWidget(self.grid)
        if maps is not None:
            self.grid.show_pictures([_greys(one) for one in maps])
            self.grid.setAccessibleName(tr("model-maps-name", n=len(maps)))
            channels = stage.shape[0 if len(stage.shape) == 3 and not stage.channels_last else -1]
            self._say(tr("model-maps-note", n=len(maps), all=channels))
        else:
            self.grid.clear()
            self._say("")
        self.grid.set_stale(self._waits)

    def _why_none(self, stage: Stage) -> str:
        """Why this stage has no maps; empty while they are on their way."""
        if stage.role == "head":
            return tr("model-maps-head", n=stage.shape[-1] if stage.shape else 0)
        if self._problem is not None:
            return str(self._problem)
        if self.photo.path is None:
            return tr("model-maps-no-photo")
        return "" if self._waits or self._inside is None else tr("model-maps-none")

    def _say(self, text: str) -> None:
        random = bool(text) and self.is_random
        self.note.setText(f"{text} {tr('model-maps-random')}" if random else text)
        set_property(self.note, "tone", "caution" if random else "")


def _sharp(pixels: Pictures) -> Pictures:
    """The picture with each pixel as a square, so that it is about as large as shown."""
    times = max(1, _SHARP_SIDE // max(pixels.shape[:2]))
    return np.ascontiguousarray(pixels.repeat(times, 0).repeat(times, 1))


def _greys(pixels: Pictures) -> QImage:
    sharp = _sharp(pixels)
    high, wide = sharp.shape
    return QImage(sharp.tobytes(), wide, high, wide, QImage.Format.Format_Grayscale8).copy()


def _colours(pixels: Pictures) -> QImage:
    sharp = _sharp(pixels)
    return picture_from(sharp.shape[1], sharp.shape[0], sharp.tobytes())
