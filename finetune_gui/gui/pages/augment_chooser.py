"""A dialog to choose the photo that the preview shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.dataset.index import Sample
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import primary_button, secondary_button, text_label
from finetune_gui.gui.widgets.photo_grid import GridPhoto, PhotoGrid

_SIZE = QSize(820, 600)


class PhotoChooser(QDialog):
    """Shows training photos, all or those of one class. ``chosen`` carries the index of one.

    ``photos``: (index, sample) of each; the index is only passed back.
    """

    chosen = Signal(int)

    def __init__(
        self,
        session: Session,
        photos: Sequence[tuple[int, Sample]],
        current: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("augment-chooser")
        self.resize(_SIZE)
        bind(self, self.setWindowTitle, "augment-choose-title")
        self._photos = tuple(photos)
        self._shown = self._photos
        self.classes = QComboBox()
        self.classes.setObjectName("augment-chooser-class")
        bind(self.classes, self.classes.setAccessibleName, "augment-choose-class")
        self.grid = PhotoGrid(session, self)
        self.use_button = primary_button("augment-use-photo", "augment-chooser-use")
        self.cancel_button = secondary_button("common-cancel", "augment-chooser-cancel")
        self._lay_out()
        self._fill_classes()
        on_change(self, self._retranslate)
        self.classes.currentIndexChanged.connect(self._show_photos)
        self.grid.selected.connect(lambda row: self.use_button.setEnabled(row >= 0))
        self.grid.opened.connect(self._choose)
        self.use_button.clicked.connect(lambda: self._choose(self.grid.current()))
        self.cancel_button.clicked.connect(self.reject)
        self._show_photos()
        self._go_to(current)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE.s)
        label = text_label("augment-choose-class", "muted")
        label.setBuddy(self.classes)
        top.addWidget(label)
        top.addWidget(self.classes)
        top.addStretch(1)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE.m)
        bottom.addStretch(1)
        bottom.addWidget(self.cancel_button)
        bottom.addWidget(self.use_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        column.setSpacing(SPACE.m)
        column.addLayout(top)
        column.addWidget(self.grid, 1)
        column.addLayout(bottom)

    def _fill_classes(self) -> None:
        self.classes.addItem(tr("augment-choose-all"), "")
        for label in dict.fromkeys(sample.label for _, sample in self._photos):
            self.classes.addItem(label, label)

    def _retranslate(self) -> None:
        self.classes.setItemText(0, tr("augment-choose-all"))

    def _show_photos(self) -> None:
        wanted = self.classes.currentData()
        self._shown = tuple(p for p in self._photos if wanted in ("", p[1].label))
        self.grid.set_photos([GridPhoto(s.path, s.label) for _, s in self._shown])
        self.use_button.setEnabled(self.grid.current() >= 0)

    def _go_to(self, index: int) -> None:
        rows = [row for row, (other, _) in enumerate(self._shown) if other == index]
        if rows:
            self.grid.set_current(rows[0])

    def _choose(self, row: int) -> None:
        self.chosen.emit(self._shown[row][0])
        self.accept()
