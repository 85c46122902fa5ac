"""One photo, large, with what is known of its file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.photos import GridPhoto
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ElidedLabel,
    icon_button,
    secondary_button,
    text_label,
)
from finetune_gui.gui.widgets.newest_first import Reader
from finetune_gui.gui.widgets.photo_canvas import ZOOM_STEP, PhotoCanvas
from finetune_gui.gui.widgets.photo_facts import (
    FactList,
    Facts,
    LoadedPhoto,
    facts_in_words,
    load_large,
)
from finetune_gui.gui.widgets.reveal import copy_path, reveal

# Until then the last picture stays, so that turning the pages does not flicker.
_PATIENCE_MS = 250
_FACTS_WIDTH = 240


class PhotoView(QDialog):
    """A window for one photo of many. ``moved`` carries the number of the one now shown.

    Keys: ← and → go on, + and - zoom, 0 shows all of it, 1 its real size.
    """

    moved = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo-view")
        self._theme = session.theme
        self._photos: Sequence[GridPhoto] = ()
        self._index = 0
        self._more_facts: Callable[[GridPhoto], Facts] = _about
        self._loaded: LoadedPhoto | None = None
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._reader = Reader(load_large, 1, self)
        self._reader.arrived.connect(self._take)
        self._make_widgets()
        self._lay_out()
        self._make_shortcuts()
        self._patience.timeout.connect(self._show_waiting)
        bind(self, self.setWindowTitle, "data-view-title")
        on_change(self, self._show_words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
        self.resize(1040, 720)

    # ---- for pages

    def show_photo(
        self,
        photos: Sequence[GridPhoto],
        index: int,
        facts: Callable[[GridPhoto], Facts] | None = None,
    ) -> None:
        """Show the photo with this number and come to the front.

        ``facts`` gives further (name, value) pairs for a photo; without it caption and note are
        shown.
        """
        self._photos = photos
        self._more_facts = facts or _about
        self.go_to(index)
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def photos(self) -> Sequence[GridPhoto]:
        """The photos that one can go through."""
        return self._photos

    @property
    def index(self) -> int:
        """The number of the photo that is shown."""
        return self._index

    def go_to(self, index: int) -> None:
        """Show another photo; numbers beyond the ends lead nowhere."""
        if not 0 <= index < len(self._photos):
            return
        self._index = index
        self._loaded = None
        self._patience.start()
        self._reader.want("view", [self._photos[index].path])
        self._previous.setEnabled(index > 0)
        self._next.setEnabled(index + 1 < len(self._photos))
        self._banner.hide()
        self._show_words()
        self.moved.emit(index)

    # ---- making

    def _make_widgets(self) -> None:
        self.canvas = PhotoCanvas()
        bind(self.canvas, self.canvas.setAccessibleName, "data-view-title")
        self.canvas.zoom_changed.connect(lambda _zoom: self._show_zoom())
        self._banner = Banner("photo-view-problem")
        self._banner.close_button.hide()
        self._name = ElidedLabel("", "subheading")
        self._facts = FactList()
        self._place = text_label(None, "muted")
        self._zoom_text = text_label(None, "muted")
        self._zoom_text.setMinimumWidth(52)
        self._zoom_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._previous = icon_button("chevron-left", "data-view-previous", "photo-previous")
        self._next = icon_button("chevron-right", "data-view-next", "photo-next")
        self._previous.clicked.connect(lambda: self.go_to(self._index - 1))
        self._next.clicked.connect(lambda: self.go_to(self._index + 1))
        self._reveal = secondary_button("common-show-in-folder", "photo-view-reveal")
        self._reveal.clicked.connect(lambda: reveal(self._path))
        self._copy = secondary_button("data-copy-path", "photo-view-copy-path")
        self._copy.clicked.connect(lambda: copy_path(self._path))

    def _zoom_tools(self) -> list[QWidget]:
        smaller = icon_button("zoom-out", "data-view-smaller", "photo-zoom-out")
        larger = icon_button("zoom-in", "data-view-larger", "photo-zoom-in")
        whole = icon_button("maximize", "data-view-fit", "photo-fit")
        actual = icon_button("square", "data-view-actual", "photo-actual")
        smaller.clicked.connect(lambda: self.canvas.zoom_by(1 / ZOOM_STEP))
        larger.clicked.connect(lambda: self.canvas.zoom_by(ZOOM_STEP))
        whole.clicked.connect(self.canvas.fit)
        actual.clicked.connect(lambda: self.canvas.set_zoom(1.0))
        return [smaller, self._zoom_text, larger, whole, actual]

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(SPACE.s)
        tools.addWidget(self._previous)
        tools.addWidget(self._place)
        tools.addWidget(self._next)
        tools.addStretch(1)
        for widget in self._zoom_tools():
            tools.addWidget(widget)
        left = QVBoxLayout()
        left.setSpacing(SPACE.s)
        left.addWidget(self._banner)
        left.addWidget(self.canvas, 1)
        left.addLayout(tools)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.l, SPACE.l, SPACE.l, SPACE.l)
        row.setSpacing(SPACE.l)
        row.addLayout(left, 1)
        row.addWidget(self._facts_card())

    def _facts_card(self) -> Card:
        card = Card()
        card.setFixedWidth(_FACTS_WIDTH)
        card.box.addWidget(self._name)
        card.box.addWidget(self._facts)
        card.box.addStretch(1)
        card.box.addWidget(self._reveal)
        card.box.addWidget(self._copy)
        return card

    def _make_shortcuts(self) -> None:
        for key, act in (
            (Qt.Key.Key_Left, lambda: self.go_to(self._index - 1)),
            (Qt.Key.Key_Right, lambda: self.go_to(self._index + 1)),
            (Qt.Key.Key_Home, lambda: self.go_to(0)),
            (Qt.Key.Key_End, lambda: self.go_to(len(self._photos) - 1)),
            (Qt.Key.Key_Plus, lambda: self.canvas.zoom_by(ZOOM_STEP)),
            (Qt.Key.Key_Equal, lambda: self.canvas.zoom_by(ZOOM_STEP)),
            (Qt.Key.Key_Minus, lambda: self.canvas.zoom_by(1 / ZOOM_STEP)),
            (Qt.Key.Key_0, self.canvas.fit),
            (Qt.Key.Key_1, lambda: self.canvas.set_zoom(1.0)),
        ):
            QShortcut(QKeySequence(key), self, act)

    # ---- showing

    @property
    def _path(self) -> Path:
        return self._photos[self._index].path

    def _take(self, arrived: list[tuple[Path, LoadedPhoto | str]]) -> None:
        for path, result in arrived:
            if self._photos and path == self._path:
                self._patience.stop()
                self._show(result)

    def _show(self, result: LoadedPhoto | str) -> None:
        if isinstance(result, str):
            self.canvas.clear()
            self._banner.say_error(PhotoError(result))
            self._banner.close_button.hide()
        else:
            self._loaded = result
            self.canvas.show_picture(result.picture, result.scale)
        self._show_words()

    def _show_waiting(self) -> None:
        self.canvas.clear()
        self._zoom_text.setText(tr("common-loading"))

    def _show_words(self) -> None:
        if not self._photos:
            return
        photo = self._photos[self._index]
        self._name.setText(photo.path.name)
        number, count = self._index + 1, len(self._photos)
        self._place.setText(tr("data-view-place", number=number, count=count))
        known = () if self._loaded is None else facts_in_words(self._loaded)
        folder = (tr("data-fact-folder"), str(photo.path.parent))
        self._facts.set_facts([*self._more_facts(photo), *known, folder])
        self._show_zoom()

    def _show_zoom(self) -> None:
        percent = round(self.canvas.zoom * 100)
        text = tr("common-percent", value=percent) if self.canvas.has_picture else ""
        self._zoom_text.setText(text)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Give the memory of a large picture back."""
        super().hideEvent(event)
        self._patience.stop()
        self._reader.want("view", ())
        self.canvas.clear()
        self._loaded = None


def _about(photo: GridPhoto) -> Facts:
    return [("", text) for text in (photo.caption, photo.note)]
