"""The list of what a person should know of a dataset."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from finetune_gui.dataset.check import Issue
from finetune_gui.gui import icons
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.issues import ISSUE_ROLE, IssueModel, IssueWords
from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, Theme, current_theme, font

_ICON = 16
_WRAP = int(Qt.TextFlag.TextWordWrap)


class IssueList(QListView):
    """Each issue with what to do about it; ``chosen`` carries its number, -1 for none."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("issue-list")
        self._rows = IssueModel(self)
        theme = current_theme()
        self.setModel(self._rows)
        self.setItemDelegate(_IssueDelegate(theme, self))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setStyleSheet("QListView { border: none; }")
        bind(self, self.setAccessibleName, "data-issues-name")
        on_change(self, self._retranslate)
        follow(self, theme.changed, self.viewport().update)
        self.selectionModel().currentChanged.connect(lambda now: self.chosen.emit(now.row()))

    @property
    def issues(self) -> list[Issue]:
        """What is listed."""
        return self._rows.issues

    def set_issues(self, issues: list[Issue]) -> None:
        """List others; what was chosen stays chosen where it is still there."""
        row = self.currentIndex().row()
        kept = self._rows.issues[row] if 0 <= row < len(self._rows.issues) else None
        if issues == self._rows.issues:
            return
        self._rows.set_issues(issues)
        if issues:
            self.setCurrentIndex(self._rows.index(issues.index(kept) if kept in issues else 0))
        else:
            self.chosen.emit(-1)

    def _retranslate(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences break elsewhere at another width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()


class _IssueDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: IssueList) -> None:
        super().__init__(parent)
        self._theme = theme
        self._list = parent

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        width = self._list.viewport().width()
        words: IssueWords = index.data(ISSUE_ROLE)
        _sentence, advice = _places(QRect(0, 0, width, 0), words)
        return QSize(width, advice.bottom() + SPACE.s)

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        words: IssueWords = index.data(ISSUE_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_background(painter, option)
        sentence, advice = _places(option.rect, words)
        icon_name = "circle-x" if words.tone == "danger" else "triangle-alert"
        device = painter.device()
        ratio = 1.0 if device is None else device.devicePixelRatioF()
        picture = icons.pixmap(icon_name, words.tone, _ICON, ratio)
        painter.drawPixmap(option.rect.x() + SPACE.s, sentence.y() + 1, picture)
        painter.setFont(_bold())
        painter.setPen(self._theme.color("text"))
        painter.drawText(sentence, _WRAP, words.sentence)
        painter.setFont(font())
        painter.setPen(self._theme.color("muted"))
        painter.drawText(advice, _WRAP, words.advice)
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


def _bold() -> QFont:
    return font(TYPE.body, QFont.Weight.Medium)


def _places(row: QRect, words: IssueWords) -> tuple[QRect, QRect]:
    """Where the sentence and the advice go in a row of this place and width."""
    left = row.x() + SPACE.s + _ICON + SPACE.s
    room = QRect(left, row.y() + SPACE.s, max(80, row.right() - SPACE.m - left), 10_000)
    sentence = QFontMetrics(_bold()).boundingRect(room, _WRAP, words.sentence)
    room.moveTop(sentence.bottom() + 3)
    advice = QFontMetrics(font()).boundingRect(room, _WRAP, words.advice)
    for place in (sentence, advice):
        place.setWidth(room.width())
    return sentence, advice
