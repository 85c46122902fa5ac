"""Draws the cells of the list of runs: two lines of text, a star, a small curve."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.models.runs import RUN_ROLE, SECOND_ROLE, Column
from finetune_gui.gui.theme import SPACE, TYPE, current_theme, font
from finetune_gui.jobs.runs import RunSummary

ROW_HEIGHT = 52
_LINE, _ICON = 18, 16
_CURVE = QSize(84, 32)
_LEAST_RANGE = 0.05  # of the accuracy: smaller ups and downs are not blown up
_MOST_CURVES = 512
_Index = QModelIndex | QPersistentModelIndex


class RunCell(QStyledItemDelegate):
    """One delegate for all columns; pictures of curves are kept."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._curves: OrderedDict[object, QPixmap] = OrderedDict()

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are of one height."""
        return QSize(80, ROW_HEIGHT)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """The ground as the style draws it, then what the column has."""
        self.initStyleOption(option, index)
        text, picture = option.text, QIcon(option.icon)
        option.text, option.icon = "", QIcon()
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        cell: QRect = option.rect
        inside = cell.adjusted(SPACE.s, 0, -SPACE.s, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match index.column():
            case Column.STAR:
                picture.paint(painter, cell, Qt.AlignmentFlag.AlignCenter)
            case Column.CURVE:
                self._draw_curve(painter, inside, index.data(RUN_ROLE))
            case _:
                self._draw_words(painter, inside, text, index, picture)
        painter.restore()

    def _draw_words(
        self, painter: QPainter, area: QRect, text: str, index: _Index, picture: QIcon
    ) -> None:
        second = str(index.data(SECOND_ROLE) or "")
        if not picture.isNull():
            is_name = index.column() == Column.NAME
            side = area.right() - _ICON if is_name else area.left()
            mark = QRect(side, area.center().y() - _ICON // 2, _ICON, _ICON)
            picture.paint(painter, mark)
            away = _ICON + SPACE.s
            area = area.adjusted(0 if is_name else away, 0, -away if is_name else 0, 0)
        strong = index.column() == Column.NAME
        weight = QFont.Weight.Medium if strong else QFont.Weight.Normal
        if not second:
            self._draw_line(painter, area, text, font(TYPE.body, weight), "text")
            return
        top = QRect(area.left(), area.center().y() - _LINE, area.width(), _LINE)
        self._draw_line(painter, top, text, font(TYPE.body, weight), "text")
        below = top.translated(0, _LINE)
        self._draw_line(painter, below, second, font(TYPE.caption), "muted")

    @staticmethod
    def _draw_line(painter: QPainter, area: QRect, text: str, look: QFont, color: str) -> None:
        painter.setFont(look)
        painter.setPen(current_theme().color(color))
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)

    def _draw_curve(self, painter: QPainter, area: QRect, run: RunSummary) -> None:
        if not run.curve:
            return
        ratio = painter.device().devicePixelRatioF()
        color = current_theme().color("accent").name()
        # The curve may begin with the baseline, which is epoch 0.
        best = (run.best_epoch or 0) - (run.epochs_done + 1 - len(run.curve))
        key = (run.curve, best, color, ratio)
        found = self._curves.pop(key, None) or curve_picture(run.curve, best, ratio)
        self._curves[key] = found
        if len(self._curves) > _MOST_CURVES:
            self._curves.popitem(last=False)
        painter.drawPixmap(area.left(), area.center().y() - _CURVE.height() // 2, found)

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A field for the name, across the middle of the row."""
        editor = QLineEdit(parent)
        editor.setObjectName("runs-rename-editor")
        editor.setAccessibleName(tr("runs-rename"))
        editor.setMaxLength(200)
        return editor

    @override
    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """As high as other fields are, not as the row."""
        cell: QRect = option.rect
        height = editor.sizeHint().height()
        editor.setGeometry(cell.left(), cell.center().y() - height // 2, cell.width(), height)


def curve_picture(curve: Sequence[float], best: int, ratio: float) -> QPixmap:
    """Validation accuracy over the epochs as a small picture, a dot at the place of the best."""
    picture = QPixmap(_CURVE * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    low, high = min(curve), max(curve)
    spread = max(high - low, _LEAST_RANGE)
    middle = (low + high) / 2
    width, height, edge = _CURVE.width(), _CURVE.height(), 4.0

    def place(n: int) -> QPointF:
        across = n / max(1, len(curve) - 1)
        up = 0.5 + (curve[n] - middle) / spread
        return QPointF(edge + across * (width - 2 * edge), height - edge - up * (height - 2 * edge))

    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    theme = current_theme()
    painter.setPen(QPen(theme.color("accent"), 1.5))
    painter.drawPolyline(QPolygonF([place(n) for n in range(len(curve))]))
    if 0 <= best < len(curve):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("good"))
        painter.drawEllipse(place(best), 3, 3)
    painter.end()
    return picture
