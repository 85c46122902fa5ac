"""What is known of a photo's file, read beside the window and said in words."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.messages import language, tr
from finetune_gui.dataset.decode import PhotoFacts, describe_photo, load_photo
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import ElidedLabel, text_label

Facts = Sequence[tuple[str, str]]

# Above this many pixels a photo is shown smaller than it is: the memory is better used otherwise.
MAX_PIXELS = 48_000_000
_ORIENTATION = 0x0112
# What Pillow raises on damaged EXIF blocks; the picture itself may be fine.
_BROKEN_EXIF = (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error)


@dataclass(frozen=True)
class LoadedPhoto:
    """A photo as it is shown large.

    ``scale`` is the picture's width divided by the photo's. ``turned``: the camera noted which way
    up it is, and the picture was turned accordingly.
    """

    picture: QImage
    facts: PhotoFacts
    scale: float
    turned: bool


def load_large(path: Path) -> LoadedPhoto | str:
    """The photo, or the message key of why it cannot be read. Takes long: not for the window."""
    try:
        facts = describe_photo(path)
        photo = load_photo(path, _shorter_side(facts))
    except PhotoError as error:
        return error.key
    return LoadedPhoto(as_qimage(photo), facts, photo.width / facts.width, _is_turned(path))


def as_qimage(photo: Image.Image) -> QImage:
    """An RGB picture as Qt has it."""
    data = photo.tobytes()
    image = QImage(data, photo.width, photo.height, 3 * photo.width, QImage.Format.Format_RGB888)
    return image.copy()  # the image made above only borrows the bytes


def _is_turned(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            return image.getexif().get(_ORIENTATION, 1) in range(2, 9)
    except _BROKEN_EXIF:
        return False


def _shorter_side(facts: PhotoFacts) -> int | None:
    pixels = facts.width * facts.height
    if pixels <= MAX_PIXELS:
        return None
    return round(min(facts.width, facts.height) * math.sqrt(MAX_PIXELS / pixels))


def facts_in_words(photo: LoadedPhoto) -> Facts:
    """(name, value) of each fact in the language now set."""
    facts, locale = photo.facts, QLocale(language())
    size_format = QLocale.DataSizeFormat.DataSizeTraditionalFormat
    modified = QDateTime.fromSecsSinceEpoch(int(facts.modified))
    return (
        (tr("data-fact-size"), tr("data-pixels", width=facts.width, height=facts.height)),
        (tr("data-fact-bytes"), locale.formattedDataSize(facts.bytes, 1, size_format)),
        (tr("data-fact-format"), f"{facts.format}, {facts.mode}"),
        (tr("data-fact-turned"), tr("data-turned") if photo.turned else ""),
        (tr("data-fact-modified"), locale.toString(modified, QLocale.FormatType.ShortFormat)),
    )


class FactList(QWidget):
    """Facts below one another: a small grey name, then its value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo-facts")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.m)

    def set_facts(self, facts: Facts) -> None:
        """Show these; an empty value is left out."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for name, value in facts:
            if value:
                self._column.addWidget(_fact(name, value))


def _fact(name: str, value: str) -> QWidget:
    fact = QWidget()
    column = QVBoxLayout(fact)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    caption, text = text_label(None, "caption"), ElidedLabel(value)
    caption.setText(name)
    caption.setBuddy(text)
    column.addWidget(caption)
    column.addWidget(text)
    return fact
