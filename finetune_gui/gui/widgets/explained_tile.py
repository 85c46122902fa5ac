"""Figures and names that say what they mean when asked."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    ElidedLabel,
    StatTile,
    icon_button,
    set_role,
    text_label,
)
from finetune_gui.gui.widgets.recipe_help import HelpSheet

ARROW = " → "


class ExplainedLabel(QWidget):
    """A name with a small button beside it that opens an explanation."""

    def __init__(
        self, label_key: str, help_key: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._label_key, self._help_key = label_key, help_key
        self._more = ""
        self.button = icon_button("circle-help", help_key, f"{name}-help")
        self.button.setIconSize(QSize(13, 13))
        set_role(self.button, "compact")
        self.button.clicked.connect(self._explain)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.xs)
        row.addWidget(text_label(label_key, "muted"))
        row.addWidget(self.button)
        row.addStretch(1)

    def explain_more(self, key: str) -> None:
        """Let the explanation end with this message as well."""
        self._more = key

    def _explain(self) -> None:
        more = tr(self._more) if self._more else ""
        sheet = HelpSheet(tr(self._label_key), tr(self._help_key), more, self)
        sheet.facts.setVisible(bool(more))
        sheet.open_below(self.button)


class ExplainedTile(StatTile):
    """A `StatTile` whose name can be asked for an explanation.

    Its figure may be the name of a class, which never makes the window wider.
    """

    def __init__(
        self, label_key: str, help_key: str, name: str, value: ElidedLabel | None = None
    ) -> None:
        """``value``: the label that shows the figure, where it is not the usual one."""
        super().__init__(label_key)
        self.setObjectName(name)
        bind(self, self.setToolTip, help_key)
        self.name = ExplainedLabel(label_key, help_key, name)
        figure, hint = value or ElidedLabel(), ElidedLabel("", "caption")
        set_role(figure, "number")
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            for old, new in ((self.label, self.name), (self.value, figure), (self.hint, hint)):
                column.replaceWidget(old, new)
                old.deleteLater()
        self.value, self.hint = figure, hint


class PairLabel(ElidedLabel):
    """Two names with an arrow between them; each is cut by itself where they do not fit."""

    def __init__(self) -> None:
        super().__init__()
        self._pair = ("", "")

    def set_pair(self, first: str, second: str) -> None:
        """Show ``first → second``."""
        self._pair = (first, second)
        self.setText(first + ARROW + second)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of each name as fits; another text is drawn as usual."""
        if self.text() != ARROW.join(self._pair):
            super().paintEvent(event)
            return
        room, metrics = self.contentsRect(), QFontMetrics(self.font())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, self.alignment(), fit_pair(self._pair, metrics, room.width()))
        painter.end()


def fit_pair(pair: tuple[str, str], metrics: QFontMetrics, width: int) -> str:
    """``pair`` with an arrow, cut in the middle of its names to ``width`` pixels.

    A short name leaves its room to the long one.
    """
    whole = ARROW.join(pair)
    if metrics.horizontalAdvance(whole) <= width:
        return whole
    space = width - metrics.horizontalAdvance(ARROW)
    first, second = (metrics.horizontalAdvance(name) for name in pair)
    rooms = (max(space // 2, space - second), max(space // 2, space - first))
    cut = Qt.TextElideMode.ElideMiddle
    return ARROW.join(
        metrics.elidedText(name, cut, room) for name, room in zip(pair, rooms, strict=True)
    )
