"""Line icons, drawn from their SVG files in the colours of the theme."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from finetune_gui.core.paths import resource
from finetune_gui.gui.follow import follow
from finetune_gui.gui.theme import Theme, current_theme


def icon(name: str, color: str = "text", size: int = 16) -> QIcon:
    """The icon ``name`` (a file of ``resources/icons``) in a token's colour of the theme now on.

    ``size`` is in device-independent pixels. It does not change with the theme by itself: use
    `set_icon` for widgets.
    """
    made = QIcon()
    for ratio in _ratios():
        normal = pixmap(name, color, size, ratio)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Active, QIcon.Mode.Selected):
            made.addPixmap(normal, mode)
        made.addPixmap(pixmap(name, "disabled", size, ratio), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, color: str = "text", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture for a screen with ``ratio`` device pixels in each pixel."""
    drawn = _image(name, current_theme().color(color).name(), round(size * ratio))
    picture = QPixmap.fromImage(drawn)
    picture.setDevicePixelRatio(ratio)
    return picture


def set_icon(
    button: QAbstractButton,
    name: str,
    theme: Theme | None = None,
    color: str = "text",
    size: int = 16,
) -> None:
    """Show an icon on ``button`` and draw it again whenever the theme changes.

    ``theme`` is the application's when left out. Calling it again replaces the icon.
    """
    button.setProperty("icon_name", name)
    button.setProperty("icon_color", color)
    button.setIconSize(QSize(size, size))
    _draw_button(button)
    if not button.property("icon_followed"):
        button.setProperty("icon_followed", True)
        follow(button, (theme or current_theme()).changed, lambda: _draw_button(button))


def _draw_button(button: QAbstractButton) -> None:
    name, color = str(button.property("icon_name")), str(button.property("icon_color"))
    button.setIcon(icon(name, color, button.iconSize().width()))


class IconLabel(QLabel):
    """An icon that stands by itself and follows the theme and the screen."""

    def __init__(
        self, name: str, color: str = "text", size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._color, self._side = name, color, size
        self.setFixedSize(size, size)
        follow(self, current_theme().changed, self._draw)
        self._draw()

    def set_icon(self, name: str, color: str = "text") -> None:
        """Show another icon."""
        self._name, self._color = name, color
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(pixmap(self._name, self._color, self._side, max(_ratios())))


# Images and not pixmaps: these may outlive the application object.
@lru_cache(maxsize=2048)
def _image(name: str, color: str, side: int) -> QImage:
    drawing = _source(name).replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(drawing.encode("utf-8")))
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return image


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def _ratios() -> list[float]:
    """The scales of the screens that are there; icons are drawn once for each."""
    return sorted({1.0, 2.0} | {s.devicePixelRatio() for s in QGuiApplication.screens()})
