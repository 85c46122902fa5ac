"""The floating card of the tour, and the outline around what it speaks of."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import RADIUS, SPACE, current_theme, on_theme
from finetune_gui.gui.widgets.basic import (
    ghost_button,
    primary_button,
    secondary_button,
    set_button_text,
    set_role,
    text_label,
)

_WIDTH = 372
_PEN = 3


class TourCard(QFrame):
    """Title, two sentences, how far the tour is, and the ways on. Hidden at first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour-card")
        set_role(self, "tour")
        self.setFixedWidth(_WIDTH)
        # What lies under it must not be hit by clicks that miss a button.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.title = text_label(None, "subheading", wrap=True)
        self.text = text_label(None, wrap=True)
        self.place = text_label(None, "muted")
        self.act_button = secondary_button("tour-start", "tour-act")
        self.end_button = ghost_button("tour-end", "tour-end")
        self.back_button = secondary_button("tour-back", "tour-back")
        self.next_button = primary_button("tour-next", "tour-next")
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.m)
        self._column.setSpacing(SPACE.s)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.place, 0, Qt.AlignmentFlag.AlignTop)
        self._column.addLayout(top)
        self._column.addWidget(self.text)
        self._column.addWidget(self.act_button)
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        row.addWidget(self.end_button)
        row.addStretch(1)
        row.addWidget(self.back_button)
        row.addWidget(self.next_button)
        self._column.addLayout(row)

    def say(self, key: str, number: int, total: int) -> None:
        """Show step ``number`` of ``total``: the message ``key`` and its ``.text``."""
        bind(self.title, self.title.setText, key)
        bind(self.text, self.text.setText, f"{key}.text")
        bind(self.place, self.place.setText, "tour-place", number=number, total=total)
        bind(self, self.setAccessibleName, key)
        bind(self, self.setAccessibleDescription, f"{key}.text")
        self.back_button.setEnabled(number > 1)
        set_button_text(self.next_button, "tour-next" if number < total else "tour-finish")
        set_button_text(self.end_button, "tour-end")
        for widget in (self.place, self.back_button, self.next_button):
            widget.show()
        self._appear()

    def say_end(self, name: str) -> None:
        """Offer to open ``name`` again, which was open before."""
        bind(self.title, self.title.setText, "tour-over")
        bind(self.text, self.text.setText, "tour-over.text", name=name)
        bind(self, self.setAccessibleName, "tour-over")
        bind(self, self.setAccessibleDescription, "tour-over.text", name=name)
        self.offer("tour-go-back")
        set_button_text(self.end_button, "tour-keep-demo")
        for widget in (self.place, self.back_button, self.next_button):
            widget.hide()
        self._appear()
        self.act_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def offer(self, key: str | None, why_not: str = "") -> None:
        """Offer something to do, or nothing; ``why_not`` says why it must wait."""
        self.act_button.setVisible(key is not None)
        if key is not None:
            set_button_text(self.act_button, key)
            self.act_button.setEnabled(not why_not)
            self.act_button.setToolTip(why_not)
            self.act_button.setAccessibleDescription(why_not)
        self._fit()

    def _appear(self) -> None:
        self.show()
        self._fit()

    def _fit(self) -> None:
        """As high as its words need at its width."""
        self._column.activate()
        self.resize(_WIDTH, self._column.totalHeightForWidth(_WIDTH))


class Outline(QWidget):
    """A frame in the accent colour around something else; clicks go through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour-outline")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        on_theme(self, self.update)
        self.hide()

    def surround(self, area: QRect) -> None:
        """Appear around ``area``, in the coordinates of the parent."""
        self.setGeometry(area)
        self.show()
        self.raise_()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame alone."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(current_theme().color("accent"), _PEN))
        inside = QRectF(self.rect()).adjusted(_PEN / 2, _PEN / 2, -_PEN / 2, -_PEN / 2)
        painter.drawRoundedRect(inside, RADIUS.card, RADIUS.card)
        painter.end()
