"""The grid of photos that all pages use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.models.photos import GridPhoto, PhotoModel
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.photo_cell import GAP, PhotoCell
from finetune_gui.gui.widgets.reveal import copy_path, reveal
from finetune_gui.gui.widgets.thumbnail_loader import loader_for
from finetune_gui.gui.widgets.tile_view import TileView

__all__ = ["MAX_SIZE", "MIN_SIZE", "GridPhoto", "PhotoGrid"]

MIN_SIZE = 72
MAX_SIZE = 320
_ZOOM_STEP = 16
# While a scroll bar is dragged or the size changes, only where it comes to rest is loaded.
_SETTLE_MS = 40


class PhotoGrid(TileView):
    """Shows thousands of photos; only those in sight are loaded, and never by the window.

    ``selected`` carries the number of the photo that the keyboard or mouse came to (-1: none),
    ``opened`` that of a photo that was double-clicked or entered, ``zoomed`` the size in pixels
    that the user asks for with Ctrl and the wheel or plus and minus.
    """

    selected = Signal(int)
    opened = Signal(int)
    zoomed = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo-grid")
        self._size = session.settings.thumbnail_size
        self._words_below = False
        self._photos = PhotoModel(self)
        self._loader = loader_for(session)
        self._cell = PhotoCell(self._loader, session.theme, self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._load_visible)
        self._set_up()
        self._loader.ready.connect(self._repaint_photos)
        follow(self, session.theme.changed, self.viewport().update)
        bind(self, self.setAccessibleName, "data-grid-name")
        self.setModel(self._photos)
        self.setItemDelegate(self._cell)
        self.selectionModel().currentChanged.connect(self._tell_current)

    def _set_up(self) -> None:
        self.setMouseTracking(True)
        # The ring around a photo shows the focus; a frame that comes and goes would move all.
        self.setStyleSheet("QAbstractItemView { border: none; }")
        self.verticalScrollBar().valueChanged.connect(self._settle.start)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    # ---- for pages

    def set_photos(self, photos: Sequence[GridPhoto]) -> None:
        """Show these. The current photo stays current where it is among them."""
        kept = self.current_photo()
        self._words_below = any(photo.note or photo.tone for photo in photos)
        self._photos.set_photos(photos)
        self._lay_out()
        self.updateGeometries()
        row = -1 if kept is None else self._photos.row_of(kept.path)
        if row >= 0:
            self.set_current(row)
        else:
            self.scrollToTop()
            self.selected.emit(-1)
        self._settle.start()

    @property
    def photos(self) -> tuple[GridPhoto, ...]:
        """What is shown."""
        return self._photos.photos

    def current(self) -> int:
        """The number of the current photo, -1 when there is none."""
        return self.currentIndex().row()

    def current_photo(self) -> GridPhoto | None:
        """The current photo."""
        row = self.current()
        return self._photos.photos[row] if 0 <= row < len(self._photos.photos) else None

    def set_current(self, row: int) -> None:
        """Go to a photo and bring it into sight."""
        index = self._photos.index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def set_thumbnail_size(self, px: int) -> None:
        """Show pictures of about ``px`` pixels; they grow a little to fill the width."""
        px = max(MIN_SIZE, min(MAX_SIZE, px))
        if px != self._size:
            self._size = px
            self._lay_out()
            self._settle.start()

    # ---- layout

    def _lay_out(self) -> None:
        # Measured with the scroll bar there, whether it is or not: otherwise cells that just fit
        # without it and just do not with it would swing between the two.
        room = max(1, self.width() - self.verticalScrollBar().sizeHint().width())
        width = room // max(1, room // (self._size + GAP))
        cell = QSize(width, PhotoCell.height_for(width, self._words_below))
        self._cell.set_cell(cell, self._words_below)
        self.set_tile(cell)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the cells to the width."""
        self._lay_out()
        super().resizeEvent(event)
        self._settle.start()

    # ---- loading

    def _load_visible(self) -> None:
        if not self.isVisible():
            return
        rows, photos = self.visible_rows(), self._photos.photos
        soon = range(rows.stop, min(len(photos), rows.stop + len(rows)))
        ratio = self.devicePixelRatioF()
        self._loader.want(self, [self._cell.key(photos[n], ratio) for n in (*rows, *soon)])

    def _repaint_photos(self, paths: Sequence[Path]) -> None:
        arrived, photos = set(paths), self._photos.photos
        for row in self.visible_rows():
            if photos[row].path in arrived:
                self.viewport().update(self.visualRect(self._photos.index(row)))

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
    def changeEvent(self, event: QEvent) -> None:
        """Another screen may have other pixels."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._settle.start()

    # ---- acting

    def _tell_current(self, current: QModelIndex) -> None:
        self.selected.emit(current.row())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Ctrl with plus and minus changes the size; Ctrl+C copies the path."""
        key, photo = event.key(), self.current_photo()
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and photo is not None:
            self.opened.emit(self.current())
        elif with_ctrl and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(1)
        elif with_ctrl and key == Qt.Key.Key_Minus:
            self._zoom(-1)
        elif with_ctrl and key == Qt.Key.Key_C and photo is not None:
            copy_path(photo.path)
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel changes the size."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _zoom(self, steps: int) -> None:
        self.zoomed.emit(max(MIN_SIZE, min(MAX_SIZE, self._size + steps * _ZOOM_STEP)))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with one photo."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not index.isValid():
            return
        menu = self.menu_for(index.row())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        where = event.pos() if by_mouse else self.visualRect(index).center()
        menu.popup(self.viewport().mapToGlobal(QPoint(where)))

    def menu_for(self, row: int) -> QMenu:
        """The menu of one photo."""
        path = self._photos.photos[row].path
        menu = QMenu(self)
        menu.setObjectName("photo-menu")
        for name, text, act in (
            ("photo-open", tr("data-photo-open"), lambda: self.opened.emit(row)),
            ("photo-reveal", tr("common-show-in-folder"), lambda: reveal(path)),
            ("photo-copy-path", tr("data-copy-path"), lambda: copy_path(path)),
        ):
            action = QAction(text, menu)
            action.setObjectName(name)
            action.triggered.connect(act)
            menu.addAction(action)
        return menu
