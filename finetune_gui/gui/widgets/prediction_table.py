"""All answers in a table with small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from finetune_gui.gui import icons
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.predictions import PREDICTION_ROLE, Column, Predictions
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE, current_theme, on_theme
from finetune_gui.gui.widgets.long_list import look_like_a_long_list
from finetune_gui.gui.widgets.thumbnail_loader import (
    ThumbnailKey,
    ThumbnailLoader,
    corner_radius,
    loader_for,
)

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

_ROW_HEIGHT = 48
_PICTURE = 36
_ICON = 18
_CONFIDENCE = 116
_MOST_ANSWER = 180
_SETTLE_MS = 40


class PredictionTable(QTableView):
    """Sorts by a click on a column's name; only pictures in sight are loaded.

    ``selected`` carries the answer that the keyboard or mouse came to, ``opened`` that of a
    double click or Enter.
    """

    selected = Signal(object)
    opened = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predict-table")
        bind(self, self.setAccessibleName, "predict-answers")
        self.answers = Predictions(self)
        self._loader = loader_for(session)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self.setModel(self.answers)
        self.setItemDelegateForColumn(Column.PHOTO, _PhotoCell(self._loader, self))
        self._set_up()
        self._connect()

    def _set_up(self) -> None:
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        look_like_a_long_list(self, _ROW_HEIGHT, 48)

    def _connect(self) -> None:
        self._settle.timeout.connect(self._load_visible)
        self.verticalScrollBar().valueChanged.connect(self._settle.start)
        for changed in (
            self.answers.rowsInserted,
            self.answers.layoutChanged,
            self.answers.modelReset,
        ):
            changed.connect(self._load_soon)
        self._loader.ready.connect(self._on_pictures)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._answer(index)))
        on_change(self, self.answers.retranslate)
        on_theme(self, self.viewport().update)

    # ---- for the page

    def current_answer(self) -> Prediction | None:
        """The answer of the current row."""
        index = self.currentIndex()
        return self._answer(index) if index.isValid() else None

    def go_to(self, path: Path) -> None:
        """Select a photo and bring it into sight."""
        row = self.answers.row_of(path)
        if row >= 0:
            self.selectRow(row)
            self.scrollTo(self.answers.index(row, 0))

    def _answer(self, index: QModelIndex) -> Prediction:
        return self.answers.row_at(index.row())

    def _tell_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.selected.emit(self._answer(current))

    # ---- pictures

    def visible_rows(self) -> range:
        """The numbers of the rows in sight."""
        count = self.answers.rowCount()
        first = self.verticalScrollBar().value() // _ROW_HEIGHT
        last = first + self.viewport().height() // _ROW_HEIGHT + 2
        return range(min(first, count), min(last, count))

    def _load_soon(self) -> None:
        self._settle.start()

    def _load_visible(self) -> None:
        if self.isVisible():
            shown = [self.answers.row_at(row) for row in self.visible_rows()]
            ratio = self.devicePixelRatioF()
            self._loader.want(self, [thumbnail_key(a.path, ratio) for a in shown if not a.error])

    def _on_pictures(self, paths: Sequence[Path]) -> None:
        shown = {self.answers.row_at(row).path for row in self.visible_rows()}
        if not shown.isdisjoint(paths):
            self.viewport().update()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Begin to load."""
        super().showEvent(event)
        self._settle.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not loaded."""
        self._loader.want(self, ())
        super().hideEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns; other rows may be in sight."""
        super().resizeEvent(event)
        width, header = self.viewport().width(), self.horizontalHeader()
        answer = min(_MOST_ANSWER, (width - _CONFIDENCE) * 2 // 5)
        header.resizeSection(Column.ANSWER, answer)
        header.resizeSection(Column.CONFIDENCE, _CONFIDENCE)
        header.resizeSection(Column.PHOTO, width - answer - _CONFIDENCE)
        self._settle.start()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the photo."""
        answer = self.current_answer()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and answer is not None:
            self.opened.emit(answer)
        else:
            super().keyPressEvent(event)


def thumbnail_key(path: Path, ratio: float) -> ThumbnailKey:
    """What the loader is asked for on a screen with ``ratio`` device pixels a pixel."""
    return ThumbnailKey(path, round(_PICTURE * ratio), corner_radius(ratio) // 2)


class _PhotoCell(QStyledItemDelegate):
    """A small picture, then the name of the file."""

    def __init__(self, loader: ThumbnailLoader, parent: QWidget) -> None:
        super().__init__(parent)
        self._loader = loader

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are of one height."""
        return QSize(220, _ROW_HEIGHT)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The ground as the style draws it, then picture and name."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        cell: QRect = option.rect
        square = QRect(cell.left() + SPACE.s, 0, _PICTURE, _PICTURE)
        square.moveTop(cell.center().y() - _PICTURE // 2)
        self._draw_picture(painter, square, index.data(PREDICTION_ROLE))
        words = cell.adjusted(_PICTURE + 2 * SPACE.s + SPACE.xs, 0, -SPACE.s, 0)
        painter.setPen(current_theme().color("text"))
        painter.setFont(option.font)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_picture(self, painter: QPainter, square: QRect, answer: Prediction) -> None:
        ratio = painter.device().devicePixelRatioF()
        picture = self._loader.picture(thumbnail_key(answer.path, ratio))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if picture is not None and answer.error is None:
            painter.drawPixmap(square, picture)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(current_theme().color("raised"))
            painter.drawRoundedRect(square, SPACE.xs, SPACE.xs)
        if answer.error is not None:
            sign = icons.pixmap("image-off", "muted", _ICON, ratio)
            corner = square.center()
            painter.drawPixmap(corner.x() - _ICON // 2, corner.y() - _ICON // 2, sign)
        painter.restore()
