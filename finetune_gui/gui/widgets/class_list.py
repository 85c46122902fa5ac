"""The list of classes: a name, a number, and a bar for each."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.classes import ROW_ROLE, ClassModel, ClassRow, number_in_words
from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, Theme, current_theme, font
from finetune_gui.gui.widgets.split_bar import paint_bar

_BAR = 6
_ROW = 37
_ALL_ROW = 32


class ClassList(QListView):
    """All photos and each class; ``chosen`` carries the class, empty for all photos."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class-list")
        self._rows = ClassModel(self)
        theme = current_theme()
        self.setModel(self._rows)
        self.setItemDelegate(_ClassDelegate(theme, self))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Where one is is shown by the row; a frame that comes and goes would move all.
        self.setStyleSheet("QListView { border: none; }")
        bind(self, self.setAccessibleName, "data-classes")
        on_change(self, self._rows.refresh)
        follow(self, theme.changed, self.viewport().update)
        self._told = ""
        self.selectionModel().currentChanged.connect(self._tell)

    @property
    def label(self) -> str:
        """The class that is chosen, empty for all photos."""
        row = self.current_row()
        return "" if row is None else row.label

    def current_row(self) -> ClassRow | None:
        """The row that is chosen, with its numbers."""
        number = self.currentIndex().row()
        return self._rows.rows[number] if 0 <= number < len(self._rows.rows) else None

    def set_rows(self, rows: list[ClassRow]) -> None:
        """Show other numbers; the chosen class stays chosen where it is still there."""
        kept = self.label
        self._rows.set_rows(rows)
        if rows:
            row = max(0, self._rows.row_of(kept))
            self.setCurrentIndex(self._rows.index(row))

    def choose(self, label: str) -> None:
        """Choose a class, or all photos with an empty name."""
        self.setCurrentIndex(self._rows.index(self._rows.row_of(label)))

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid() and self.label != self._told:
            self._told = self.label
            self.chosen.emit(self.label)

    @override
    def sizeHint(self) -> QSize:
        """As high as its rows, so that a short list leaves the room to what is below it."""
        rows = self._rows.rowCount()
        return QSize(160, _ALL_ROW + max(0, rows - 1) * _ROW + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        """All photos and two classes."""
        return QSize(120, _ALL_ROW + 2 * _ROW)


class _ClassDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(120, _ROW if index.row() else _ALL_ROW)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: ClassRow = index.data(ROW_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_background(painter, option)
        inner = rect.adjusted(SPACE.s, 0, -SPACE.s, 0)
        line = QRect(inner.x(), inner.y() + SPACE.xs, inner.width(), _ROW - _BAR - 3 * SPACE.xs - 1)
        if not row.share:
            line = inner
        self._draw_words(painter, line, index.data(), row)
        if row.share:
            width = max(2.0, inner.width())
            bar = QRectF(inner.x(), line.bottom() + 3, width, _BAR)
            paint_bar(painter, self._theme, bar, row.counts, row.share)
        painter.restore()

    def _draw_background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if not selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.color("accent"))
        painter.setBrush(self._theme.color("accent_wash" if selected else "raised"))
        area = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, RADIUS.control, RADIUS.control)

    def _draw_words(self, painter: QPainter, line: QRect, name: str, row: ClassRow) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        number = number_in_words(row.counts.total)
        painter.setFont(font())
        painter.setPen(self._theme.color("muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, number)
        room = line.width() - painter.fontMetrics().horizontalAdvance(number) - SPACE.s
        if not row.label:
            painter.setFont(font(TYPE.body, QFont.Weight.DemiBold))
        painter.setPen(self._theme.color("text"))
        shown = QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, shown)
