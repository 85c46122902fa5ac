"""Takes photos from the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QImage, QPainter

from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.drop_zone import dropped_paths
from finetune_gui.jobs.keep_pasted import KeepPasted
from finetune_gui.jobs.preview_augmentation import Picture


class PastedPhotos(QObject):
    """Turns what is on the clipboard into paths.

    ``pasted`` carries them. A picture without a file becomes a temporary one, which goes with
    `forget` or with the program.
    """

    pasted = Signal(list)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._folder: QTemporaryDir | None = None
        self._count = 0
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.forget)

    def take(self, mime: QMimeData) -> bool:
        """Take photos, folders or a picture; False when there is none."""
        paths = dropped_paths(mime) or _paths_in(mime.text())
        if paths:
            self.pasted.emit(paths)
            return True
        image = mime.imageData() if mime.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return False
        self._keep(image)
        return True

    def forget(self) -> None:
        """Remove the temporary files."""
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def _keep(self, image: QImage) -> None:
        self._count += 1
        out = self._make_folder() / f"pasted-{self._count}.png"
        handle = self._session.runner.start(KeepPasted(as_picture(image), out))
        handle.finished.connect(lambda path: self.pasted.emit([path]))
        handle.failed.connect(self._session.message)

    def _make_folder(self) -> Path:
        if self._folder is None:
            cache = self._session.paths.cache_root
            cache.mkdir(parents=True, exist_ok=True)
            self._folder = QTemporaryDir(str(cache / "pasted-XXXXXX"))
        return Path(self._folder.path())


def as_picture(image: QImage) -> Picture:
    """The pixels of ``image``; what is transparent becomes white, as when photos are read."""
    if image.hasAlphaChannel():
        ground = QImage(image.size(), QImage.Format.Format_RGB888)
        ground.fill(QColor("white"))
        painter = QPainter(ground)
        painter.drawImage(0, 0, image)
        painter.end()
        image = ground
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, line = plain.width(), plain.height(), plain.bytesPerLine()
    data = bytes(plain.constBits())
    # Qt fills each line up to a multiple of four bytes.
    rows = (data[y * line : y * line + 3 * width] for y in range(height))
    return Picture(width, height, b"".join(rows))


def _paths_in(text: str) -> list[Path]:
    """Lines that name existing files or folders, as file managers and terminals copy them."""
    lines = [line.strip().strip("\"'") for line in text.splitlines()[:1000]]
    found = [Path(line).expanduser() for line in lines if line]
    try:
        return [path for path in found if path.is_absolute() and path.exists()]
    except (OSError, ValueError):  # far too long, or not a name at all
        return []
