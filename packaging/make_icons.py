"""Draws the program's icon in all sizes and formats that systems ask for, from app.svg."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import about
from PIL import Image

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_WINDOWS = (16, 24, 32, 48, 64, 128, 256)


def make(folder: Path) -> None:
    """Write ``hicolor/SIZExSIZE/apps/NAME.png``, ``app.svg``, ``app.ico`` and ``app.icns``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    source = about.ROOT / "resources" / "icons" / "app.svg"
    drawing = QSvgRenderer(str(source))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        picture.fill(0)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.render(painter, QRectF(0, 0, size, size))
        painter.end()
        path = png(folder, size)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not picture.save(str(path)):
            raise SystemExit(f"{path} could not be written")
    shutil.copyfile(source, folder / "app.svg")
    with Image.open(png(folder, max(SIZES))) as largest:
        largest.save(folder / "app.ico", sizes=[(n, n) for n in _WINDOWS])
        largest.save(folder / "app.icns")


def png(folder: Path, size: int) -> Path:
    """The icon of one size, where icon themes have it."""
    return folder / "hicolor" / f"{size}x{size}" / "apps" / f"{about.NAME}.png"


if __name__ == "__main__":
    make(Path(sys.argv[1]))
