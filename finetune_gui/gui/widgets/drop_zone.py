"""An area that takes files and folders dropped on it, or asks for them when clicked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.plain import set_property, text_label


def dropped_paths(mime: QMimeData) -> list[Path]:
    """The local files and folders of what is dragged; empty when there are none."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


class DropZone(QFrame):
    """Takes files, folders and pictures.

    ``dropped`` carries them as paths. ``clicked`` comes on a click, Enter or Space, so that a page
    can open the system's dialog. More goes in with `add`.
    """

    dropped = Signal(list)
    clicked = Signal()

    def __init__(
        self,
        icon_name: str,
        title_key: str,
        text_key: str,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "drop")
        self.setProperty("hover", "false")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        bind(self, self.setAccessibleName, title_key)
        center = Qt.AlignmentFlag.AlignCenter
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.xl)
        self.box.setSpacing(SPACE.s)
        title, text = text_label(title_key, "subheading"), text_label(text_key, "muted", wrap=True)
        title.setAlignment(center)
        text.setAlignment(center)
        self.box.addStretch(1)
        self.box.addWidget(IconLabel(icon_name, "muted", 32), 0, Qt.AlignmentFlag.AlignHCenter)
        self.box.addWidget(title)
        self.box.addWidget(text)
        self.box.addStretch(1)

    def add(self, widget: QWidget) -> None:
        """Put a widget, a button say, below the text."""
        self.box.insertWidget(self.box.count() - 1, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what has local files in it, and show that it would be taken."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            set_property(self, "hover", "true")

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        set_property(self, "hover", "false")
        super().dragLeaveEvent(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """Tell what was dropped."""
        set_property(self, "hover", "false")
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for files."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space ask for files too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
            return
        super().keyPressEvent(event)
