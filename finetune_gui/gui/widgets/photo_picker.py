"""A photo to look through a network with: from the open photos, dropped, or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRandomGenerator, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.drops import sort_dropped
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import RADIUS, SPACE, current_theme
from finetune_gui.gui.widgets.basic import ElidedLabel, icon_button, small_button
from finetune_gui.gui.widgets.drop_zone import DropZone

_SIDE = 132


class PhotoDrop(DropZone):
    """A drop zone that shows the photo it was given."""

    def __init__(self, name: str) -> None:
        super().__init__("image", "model-photo-drop", "model-photo-drop-text", name)
        self.box.setContentsMargins(SPACE.xs, SPACE.xs, SPACE.xs, SPACE.xs)
        self.box.setSpacing(SPACE.xs)
        self.setFixedSize(_SIDE, _SIDE)
        self._picture: QImage | None = None
        bind(self, self.setToolTip, "model-photo-drop-help")

    def show_picture(self, picture: QImage | None) -> None:
        """Show a square picture in the place of the words; None: the words."""
        self._picture = picture
        for place in range(self.box.count()):
            item = self.box.itemAt(place)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.setVisible(picture is None)
        self.update()

    @property
    def picture(self) -> QImage | None:
        """What is shown."""
        return self._picture

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo, with a ring for the focus or for what is about to be dropped."""
        if self._picture is None or self.property("hover") == "true":
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(area, RADIUS.control, RADIUS.control)
        painter.setClipPath(outline)
        painter.drawImage(area, self._picture)
        painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(current_theme().color("accent"), 2))
            painter.drawRoundedRect(area, RADIUS.control, RADIUS.control)
        painter.end()


class PhotoPicker(QWidget):
    """The photo, its name, and the way to others. ``picked`` carries the path of a new one."""

    picked = Signal(Path)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._paths: tuple[Path, ...] = ()
        self._path: Path | None = None
        self.drop = PhotoDrop(f"{name}-drop")
        self.file = ElidedLabel("", "caption")
        self.file.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.next_button = icon_button("chevron-right", "model-photo-next", f"{name}-next")
        self.random_button = small_button("model-photo-random", f"{name}-random")
        self._lay_out()
        self.drop.dropped.connect(self._on_dropped)
        self.drop.clicked.connect(self.ask_for_file)
        self.next_button.clicked.connect(self.go_on)
        self.random_button.clicked.connect(self.go_anywhere)
        self.set_paths(())

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE.xs)
        buttons.addWidget(self.random_button, 1)
        buttons.addWidget(self.next_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.xs)
        column.addWidget(self.drop)
        column.addWidget(self.file)
        column.addLayout(buttons)
        column.addStretch(1)
        self.setFixedWidth(_SIDE)

    @property
    def path(self) -> Path | None:
        """The photo that is shown; None while there is none."""
        return self._path

    def set_paths(self, paths: Sequence[Path]) -> None:
        """The photos that are open now. The first is picked where none was."""
        before, self._paths = self._paths, tuple(paths)
        for button in (self.next_button, self.random_button):
            button.setEnabled(len(self._paths) > 1)
        if self._path is None or (self._path in before and self._path not in self._paths):
            self._path = None
            self.drop.show_picture(None)
            self.file.setText("")
            if self._paths:
                self.pick(self._paths[0])

    def pick(self, path: Path) -> None:
        """Take another photo."""
        if path != self._path:
            self._path = path
            self.file.setText(path.name)
            self.picked.emit(path)

    def go_on(self) -> None:
        """Take the photo after this one, the first after the last."""
        at = self._paths.index(self._path) if self._path in self._paths else -1
        self.pick(self._paths[(at + 1) % len(self._paths)])

    def go_anywhere(self) -> None:
        """Take any other photo."""
        others = [path for path in self._paths if path != self._path]
        self.pick(others[QRandomGenerator.global_().bounded(len(others))])

    def ask_for_file(self) -> QFileDialog:
        """Let the user choose a file."""
        dialog = QFileDialog(self, tr("model-photo-drop"))
        dialog.setObjectName("model-photo-dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.pick(Path(name)))
        dialog.open()
        return dialog

    def _on_dropped(self, paths: list[Path]) -> None:
        photos = sort_dropped(paths).photos
        if photos:
            self.pick(photos[0])
