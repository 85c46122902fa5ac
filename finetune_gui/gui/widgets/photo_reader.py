"""Reads one photo after another beside the window, for places that show one at a time."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QImage

from finetune_gui.core.errors import PhotoError
from finetune_gui.dataset.decode import load_photo
from finetune_gui.gui.widgets.newest_first import NewestFirst
from finetune_gui.gui.widgets.photo_facts import as_qimage


class _Mail(QObject):
    """Carries word from the thread to the window. It has no parent, so it outlives both."""

    came = Signal()


class PhotoReader(QObject):
    """Reads what was wanted last. ``came`` carries the path and a QImage, or the message key of
    why the photo cannot be read.
    """

    came = Signal(object, object)

    def __init__(self, shorter_side: int, parent: QObject) -> None:
        """``shorter_side``: photos are read at least this large, in pixels, if they are."""
        super().__init__(parent)
        self._post: deque[tuple[Path, QImage | str]] = deque()
        self._wanted: Path | None = None
        post, mail = self._post, _Mail()
        mail.came.connect(self._take, Qt.ConnectionType.QueuedConnection)

        def read(path: Path) -> QImage | str:
            try:
                return as_qimage(load_photo(path, shorter_side))
            except PhotoError as error:
                return error.key

        def deliver(path: Path, result: QImage | str) -> None:
            post.append((path, result))
            mail.came.emit()

        reader = NewestFirst(read, deliver, 1)
        self._reader = reader
        self.destroyed.connect(reader.close)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(reader.close)

    def want(self, path: Path | None) -> None:
        """Read this photo next and forget the one wanted before."""
        self._wanted = path
        self._reader.want("photo", () if path is None else (path,))

    def _take(self) -> None:
        while self._post:
            path, result = self._post.popleft()
            if path == self._wanted:
                self.came.emit(path, result)
