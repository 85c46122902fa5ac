"""A picture that can be zoomed and dragged."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget
from typing_extensions import override

from finetune_gui.gui.theme import current_theme, on_theme

ZOOM_STEP = 1.25
_MAX_ZOOM = 16.0
_MIN_ZOOM = 0.02


class PhotoCanvas(QGraphicsView):
    """Shows one picture. A zoom of 1 shows a pixel of the photo as one of the screen.

    ``zoom_changed`` carries the new zoom.
    """

    zoom_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("photo-canvas")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._item = QGraphicsPixmapItem()
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        scene = QGraphicsScene(self)
        scene.addItem(self._item)
        self.setScene(scene)
        self._fits = True
        self._scale = 1.0
        on_theme(self, lambda: self.setBackgroundBrush(current_theme().color("raised")))

    @property
    def zoom(self) -> float:
        """Pixels of the screen for a pixel of the photo."""
        return self.transform().m11() * self.devicePixelRatioF() * self._scale

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown."""
        return not self._item.pixmap().isNull()

    def show_picture(self, image: QImage, scale: float = 1.0) -> None:
        """Show ``image``, all of it. ``scale`` is its width divided by that of the photo."""
        self._scale = scale
        self._item.setPixmap(QPixmap.fromImage(image))
        self.setSceneRect(self._item.boundingRect())
        self.fit()

    def clear(self) -> None:
        """Show nothing."""
        self._item.setPixmap(QPixmap())

    def fit(self) -> None:
        """Show all of it, as large as there is room, but never above 100 %."""
        self._fits = True
        rect = self._item.boundingRect()
        if rect.isEmpty():
            return
        area = self.maximumViewportSize()
        factor = min(area.width() / rect.width(), area.height() / rect.height())
        self._apply(min(factor * self.devicePixelRatioF() * self._scale, 1.0))

    def set_zoom(self, zoom: float) -> None:
        """Zoom around the middle of what is seen."""
        self._fits = False
        self._apply(zoom)

    def zoom_by(self, factor: float) -> None:
        """Zoom around the mouse where it is over the picture, else around the middle."""
        self.set_zoom(self.zoom * factor)

    def _apply(self, zoom: float) -> None:
        zoom = max(_MIN_ZOOM, min(_MAX_ZOOM, zoom))
        factor = zoom / self.zoom
        self.scale(factor, factor)
        self.zoom_changed.emit(zoom)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms."""
        turns = event.angleDelta().y() / 120
        if self.has_picture and turns:
            self.zoom_by(ZOOM_STEP**turns)
        event.accept()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep showing all of it where all of it was shown."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()
