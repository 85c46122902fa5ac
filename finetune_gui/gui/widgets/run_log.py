"""The plain log of a run: what happened and when, in the language now set."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override

from finetune_gui.core.events import Event
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.theme import current_theme, on_theme

_COLORS = {"good": "good_text", "caution": "caution_text", "error": "danger_text"}


class RunLog(QPlainTextEdit):
    """Lines made of events; it follows the end unless the user has scrolled away from it.

    ``line`` gives an event's text (empty: none), ``level`` its tone (``info``, ``good``,
    ``caution``, ``error``).
    """

    def __init__(
        self, name: str, line: Callable[[Event], str], level: Callable[[Event], str]
    ) -> None:
        super().__init__()
        self._line, self._level = line, level
        self._events: list[Event] = []
        self.setObjectName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        bind(self, self.setAccessibleName, "train-log-title")
        bind(self, self.setPlaceholderText, "train-log-empty")
        self._follows = True
        bar = self.verticalScrollBar()
        # Only what the user does counts: Qt moves the value itself when the height changes.
        bar.actionTriggered.connect(lambda _action: self._on_scrolled())
        bar.rangeChanged.connect(lambda _low, _high: self._show_end())
        on_change(self, self._rewrite)
        on_theme(self, self._rewrite)

    def set_events(self, events: Iterable[Event]) -> None:
        """Show these and nothing else."""
        self._events = list(events)
        self._follows = True
        self._rewrite()

    def add_events(self, events: Iterable[Event]) -> None:
        """Add what happened since."""
        fresh = list(events)
        self._events.extend(fresh)
        self._write(fresh)

    def copy_all(self) -> None:
        """Put the whole log on the clipboard."""
        QGuiApplication.clipboard().setText(self.toPlainText())

    @override
    def clear(self) -> None:
        """Forget everything."""
        self.set_events(())

    @override
    def sizeHint(self) -> QSize:
        """Small: it takes what others leave."""
        return QSize(200, 120)

    def _rewrite(self) -> None:
        super().clear()
        self._write(self._events)

    def _write(self, events: Iterable[Event]) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for event in events:
            self._write_line(cursor, event)
        cursor.endEditBlock()
        self._show_end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The end stays in sight."""
        super().resizeEvent(event)
        self._show_end()

    def _on_scrolled(self) -> None:
        bar = self.verticalScrollBar()
        self._follows = bar.sliderPosition() >= bar.maximum() - 1

    def _show_end(self) -> None:
        if self._follows:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _write_line(self, cursor: QTextCursor, event: Event) -> None:
        text = self._line(event)
        if not text:
            return
        if not self.document().isEmpty():
            cursor.insertBlock()
        look = QTextCharFormat()
        look.setForeground(current_theme().color("muted"))
        cursor.insertText(time.strftime("%H:%M:%S  ", time.localtime(event.time)), look)
        look.setForeground(current_theme().color(_COLORS.get(self._level(event), "text")))
        cursor.insertText(text, look)
