"""The Augment page: how training photos are changed at random, and what comes of it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import named_preset
from finetune_gui.gui.follow import follow
from finetune_gui.gui.pages.augment_controls import AugmentControls
from finetune_gui.gui.pages.augment_preview import AugmentPreview
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import primary_button


class AugmentPage(Page):
    """The second step: between the photos and the model."""

    key: ClassVar[str] = "augment"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._seen = False
        self.header = PageHeader("augment-title", "augment-subtitle")
        self.next_button = self.header.add_button(primary_button("augment-next", "augment-next"))
        self.next_button.clicked.connect(lambda: self.navigate.emit("model"))
        self.controls = AugmentControls(session)
        self.preview = AugmentPreview(session)
        self.preview.navigate.connect(self.navigate)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self.controls)
        row.addWidget(self.preview, 1)
        self.body.addWidget(self.header)
        self.body.addLayout(row, 1)
        for changed in (session.recipe_changed, session.dataset_changed):
            follow(self, changed, self.rail_changed.emit)

    @override
    def rail_subtitle(self) -> str:
        """The strength of the augmentation."""
        return tr(f"choice-augment-preset-{named_preset(self.session.recipe.augment)}")

    @override
    def rail_done(self) -> bool:
        """Any augmentation will do: the step is done once it was looked at with photos open."""
        return self._seen and self.session.dataset is not None

    @override
    def on_shown(self) -> None:
        """Remember that it was looked at."""
        self._seen = True
        self.rail_changed.emit()
