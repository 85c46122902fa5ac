"""One photo large, with what the model says about it in words and bars."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui import icons
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.models.predictions import certainty, headline
from finetune_gui.gui.theme import RADIUS, SPACE, current_theme, on_theme
from finetune_gui.gui.widgets.basic import Card, ElidedLabel, set_property, text_label
from finetune_gui.gui.widgets.photo_reader import PhotoReader
from finetune_gui.gui.widgets.probability_bars import ProbabilityBars

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

_READ_SIDE = 1024
_TONES = {"sure": "", "fairly": "", "unsure": "caution"}


class LargePhoto(QWidget):
    """A picture as large as there is room, with round corners. A click or Enter is ``opened``."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predict-photo")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        bind(self, self.setAccessibleName, "predict-photo-open")
        bind(self, self.setToolTip, "predict-photo-open")
        self._picture = QPixmap()
        self._scaled = QPixmap()
        self._is_broken = False
        on_theme(self, self.update)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return not self._picture.isNull()

    def show_picture(self, picture: QImage | None, *, broken: bool = False) -> None:
        """Show a picture, or nothing; ``broken`` shows that there cannot be one."""
        self._picture = QPixmap() if picture is None else QPixmap.fromImage(picture)
        self._scaled = QPixmap()
        self._is_broken = broken
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """As large as possible."""
        return QSize(420, 320)

    @override
    def minimumSizeHint(self) -> QSize:
        """Small windows still show what it is."""
        return QSize(160, 120)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture in the middle, never larger than it is on disk."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.has_picture:
            area = self._draw_picture(painter)
        else:
            self._draw_nothing(painter, area)
        if self.hasFocus():
            painter.setClipping(False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(current_theme().color("accent"), 2))
            inside = area.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inside, RADIUS.control, RADIUS.control)
        painter.end()

    def _draw_picture(self, painter: QPainter) -> QRectF:
        ratio = self.devicePixelRatioF()
        room = QSize(round(self.width() * ratio), round(self.height() * ratio))
        fits = self._picture.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if self._scaled.size() != fits:
            smooth = Qt.TransformationMode.SmoothTransformation
            keep = Qt.AspectRatioMode.IgnoreAspectRatio
            self._scaled = self._picture.scaled(fits, keep, smooth)
        width, height = fits.width() / ratio, fits.height() / ratio
        left, top = (self.width() - width) / 2, (self.height() - height) / 2
        area = QRectF(left, top, width, height)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS.control, RADIUS.control)
        painter.setClipPath(outline)
        painter.drawPixmap(area, self._scaled, QRectF(self._scaled.rect()))
        return area

    def _draw_nothing(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(current_theme().color("raised"))
        painter.drawRoundedRect(area, RADIUS.control, RADIUS.control)
        if self._is_broken:
            size = 40
            picture = icons.pixmap("image-off", "muted", size, self.devicePixelRatioF())
            corner = area.center().toPoint()
            painter.drawPixmap(corner.x() - size // 2, corner.y() - size // 2, picture)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click begins."""
        event.accept()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside and self.has_picture:
            self.opened.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open it."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys and self.has_picture:
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class PredictionCard(Card):
    """The photo, the answer with its confidence in words, the likeliest classes, and honest words
    on what the model cannot know. ``opened`` comes when the photo is clicked.
    """

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title.setParent(self)
        self.setObjectName("predict-card")
        self._prediction: Prediction | None = None
        self.photo = LargePhoto()
        self.photo.opened.connect(self.opened)
        self.name = ElidedLabel("", "muted")
        self.headline = ElidedLabel("", "number")
        self.headline.setObjectName("predict-headline")
        self.bars = ProbabilityBars()
        self.caution = _Remark()
        self.knows = text_label(None, "caption", wrap=True)
        self.box.addWidget(self.photo, 1)
        self.box.addWidget(self.name)
        self.box.addWidget(self.headline)
        self.box.addWidget(self.caution)
        self.box.addWidget(self.bars)
        self.box.addWidget(self.knows)
        self.box.setSpacing(SPACE.s)
        self._reader = PhotoReader(_READ_SIDE, self)
        self._reader.came.connect(self._on_picture)
        on_change(self, self._show_words)

    @property
    def prediction(self) -> Prediction | None:
        """What is shown."""
        return self._prediction

    def show_prediction(self, prediction: Prediction | None) -> None:
        """Show another photo; the picture follows when it is read."""
        before, self._prediction = self._prediction, prediction
        if prediction is None or prediction.error is not None:
            self.photo.show_picture(None, broken=prediction is not None)
            self._reader.want(None)
        elif before is None or before.path != prediction.path or not self.photo.has_picture:
            self._reader.want(prediction.path)
        self._show_words()

    def _on_picture(self, _path: Path, result: QImage | str) -> None:
        if isinstance(result, str):
            self.photo.show_picture(None, broken=True)
        else:
            self.photo.show_picture(result)

    def _show_words(self) -> None:
        shown = self._prediction
        self.name.setText("" if shown is None else shown.path.name)
        self.headline.setText("" if shown is None else headline(shown))
        by_class = {} if shown is None else shown.probabilities or {}
        self.bars.set_probabilities(by_class)
        self.bars.setVisible(bool(by_class))
        self.knows.setVisible(bool(by_class))
        self.knows.setText(tr("predict-knows", n=len(by_class)) if by_class else "")
        self.knows.setToolTip(", ".join(by_class))
        self._show_remark(shown, len(by_class))

    def _show_remark(self, shown: Prediction | None, classes: int) -> None:
        if shown is not None and shown.error is not None:
            self.caution.say("danger", str(shown.error))
            set_property(self.headline, "tone", "danger")
            return
        tone = "" if shown is None else _TONES[certainty(shown)]
        set_property(self.headline, "tone", tone)
        # One of the two remarks is enough.
        self.knows.setVisible(bool(classes) and not tone)
        self.caution.say(tone, tr("predict-caution", n=classes) if tone else "")


class _Remark(QFrame):
    """A sentence on a coloured ground with an icon; hidden without a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("predict-remark")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.m, SPACE.s, SPACE.m, SPACE.s)
        row.setSpacing(SPACE.s)
        self.icon = IconLabel("triangle-alert", "caution_text")
        self.text = text_label(None, wrap=True)
        # As high as its lines, which it asks for itself; a label's own guess is too high.
        self.text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)

    def say(self, tone: str, sentence: str) -> None:
        """Show ``sentence`` in "caution" or "danger"; without one the remark is hidden."""
        self.text.setText(sentence)
        self.setVisible(bool(sentence))
        if sentence:
            set_property(self, "role", tone)
            name = "triangle-alert" if tone == "caution" else "circle-x"
            self.icon.set_icon(name, f"{tone}_text")
