"""The photo that the preview starts from, its caption, and the way to other photos."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.messages import tr
from finetune_gui.dataset.index import Sample
from finetune_gui.gui.i18n import bind, on_change, unbind
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    ElidedLabel,
    icon_button,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.preview_grid import PreviewGrid

_SIDE_ABOVE = 136


class PhotoPanel(QWidget):
    """``picture`` with its caption and the buttons to other photos; it knows no dataset."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.picture = PreviewGrid("augment-original")
        self.title = text_label("augment-original", "caption")
        self.file = ElidedLabel("", "heading")
        self.label = ElidedLabel("", "muted")
        self.number = text_label(None, "caption")
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.previous_button = icon_button("chevron-left", "augment-previous", "augment-previous")
        self.next_button = icon_button("chevron-right", "augment-next-photo", "augment-next-photo")
        self.random_button = small_button("augment-random", "augment-random")
        self.choose_button = small_button("augment-choose", "augment-choose")
        self._lay_out()
        on_change(self, self._retranslate)

    def _lay_out(self) -> None:
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        for widget in (self.title, self.file, self.label):
            words.addWidget(widget)
        words.addSpacing(SPACE.xs)
        steps = QHBoxLayout()
        steps.setSpacing(SPACE.xs)
        steps.addWidget(self.previous_button)
        steps.addWidget(self.number, 1)
        steps.addWidget(self.next_button)
        words.addLayout(steps)
        others = QHBoxLayout()
        others.setSpacing(SPACE.s)
        others.addWidget(self.random_button, 1)
        others.addWidget(self.choose_button, 1)
        words.addLayout(others)
        words.addStretch(1)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE.s)
        self._box.addWidget(self.picture)
        self._box.addWidget(self._words, 1)

    @property
    def words_height(self) -> int:
        """What the words need below the picture, in pixels."""
        return self._words.minimumSizeHint().height() + SPACE.s

    def stand_beside(self, side: int) -> None:
        """Be a column with a picture of ``side`` pixels."""
        self._box.setDirection(QBoxLayout.Direction.TopToBottom)
        self.picture.setFixedSize(side, side)

    def stand_above(self) -> int:
        """Be a row: a small picture, and the words beside it. Returns its height in pixels."""
        self._box.setDirection(QBoxLayout.Direction.LeftToRight)
        self.picture.setFixedSize(_SIDE_ABOVE, _SIDE_ABOVE)
        return max(_SIDE_ABOVE, self.words_height)

    def show_sample(self, sample: Sample, number: int, total: int) -> None:
        """Name a photo, the ``number``-th of ``total``; its picture comes with `show_picture`."""
        self.path = sample.path
        self.file.setText(sample.path.name)
        self.label.setText(sample.label)
        bind(self.number, self.number.setText, "augment-photo-of", number=number, total=total)
        for button in (self.previous_button, self.next_button, self.random_button):
            button.setEnabled(total > 1)

    def show_picture(self, picture: QImage | None) -> None:
        """Show the photo as validation sees it; None: nothing can be shown."""
        self.picture.show_pictures([] if picture is None else [picture])
        self._retranslate()

    def clear(self) -> None:
        """Show no photo."""
        self.path = None
        self.picture.clear()
        self.file.setText("")
        self.label.setText("")
        unbind(self.number, self.number.setText)
        self.number.setText("")

    def _retranslate(self) -> None:
        if self.picture.pictures:
            size = self.picture.pictures[0].width()
            self.picture.setAccessibleName(tr("augment-original-name", size=size))
