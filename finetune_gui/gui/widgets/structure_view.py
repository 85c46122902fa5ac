"""A network as blocks from the photo to the head, which can be zoomed, dragged and chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsPathItem,
    QGraphicsPolygonItem,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import current_theme, on_theme
from finetune_gui.gui.widgets.structure_blocks import (
    HEIGHT,
    WIDTH,
    BlockFace,
    PhotoBlock,
    StageBlock,
)

ZOOM_STEP = 1.25
_MIN_ZOOM, _MAX_ZOOM = 0.3, 3.0
_FULL = 1.2  # a fitting view is not made larger than this
_GAP_X, _GAP_Y = 26.0, 24.0
_MARGIN = 8.0
_ARROW = 4.0
_PAN = 60  # pixels


class StructureView(QGraphicsView):
    """Shows blocks in rows, as many beside each other as makes them largest.

    ``chosen`` carries the number of a block by click or arrow keys; ``toggled`` that of a block
    whose state is to change, by a click on it, a double click on the block, or Space. Ctrl with
    the wheel, + and - zoom, 0 shows all; dragging or Ctrl with the arrows moves the view.
    """

    chosen = Signal(int)
    toggled = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        bind(self, self.setAccessibleName, "model-structure-view")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setMinimumHeight(150)
        self.viewport().setMouseTracking(True)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.blocks: list[StageBlock] = []
        self._photo = PhotoBlock()
        self._scene.addItem(self._photo)
        self._lines = QGraphicsPathItem()
        self._scene.addItem(self._lines)
        self._heads: list[QGraphicsPolygonItem] = []
        self._columns = 1
        self._current = -1
        self._fits = True
        self._pressed: QPoint | None = None
        on_theme(self, self._dress)

    # ---- what it shows

    def show_blocks(self, faces: Sequence[BlockFace]) -> None:
        """Show these; as many as before keep their place, zoom and choice."""
        if len(faces) == len(self.blocks):
            for block, face in zip(self.blocks, faces, strict=True):
                block.show_face(face)
        else:
            for block in self.blocks:
                self._scene.removeItem(block)
            self.blocks = [StageBlock(face) for face in faces]
            for block in self.blocks:
                self._scene.addItem(block)
            self._current = min(self._current, len(faces) - 1)
            self.fit()
        self._mark()

    def show_photo(self, picture: QImage | None, text: str) -> None:
        """Show what goes in, and a few words below it."""
        self._photo.show_photo(picture, text)

    @property
    def current(self) -> int:
        """The number of the block that is chosen; -1 while there is none."""
        return self._current

    def set_current(self, number: int) -> None:
        """Choose a block, and bring it into sight; tells nobody."""
        self._current = number
        self._mark()
        if 0 <= number < len(self.blocks):
            self.ensureVisible(self.blocks[number], int(_MARGIN), int(_MARGIN))

    # ---- zoom

    @property
    def zoom(self) -> float:
        """Pixels of the screen for one of the drawing."""
        return self.transform().m11()

    def fit(self) -> None:
        """Show all blocks, as large as there is room."""
        self._fits = True
        room = self.maximumViewportSize()
        sizes = {n: self._size(n) for n in range(len(self.blocks) + 1, 0, -1)}
        scales = {
            n: min(room.width() / size.x(), room.height() / size.y(), _FULL)
            for n, size in sizes.items()
        }
        self._columns = max(scales, key=lambda n: (scales[n], n))
        self._place()
        self._apply(scales[self._columns])

    @override
    def sizeHint(self) -> QSize:
        """Two rows of blocks, a little smaller than drawn; it takes what there is."""
        return QSize(640, 200)

    def zoom_by(self, factor: float) -> None:
        """Zoom around the mouse where it is over the view, else around the middle."""
        self._fits = False
        self._apply(self.zoom * factor)

    def _apply(self, zoom: float) -> None:
        zoom = max(_MIN_ZOOM, min(_MAX_ZOOM, zoom))
        self.scale(zoom / self.zoom, zoom / self.zoom)

    # ---- where things are

    def _cell(self, place: int) -> QPointF:
        """The top left corner of a place; the photo has the first one."""
        row, column = divmod(place, self._columns)
        return QPointF(column * (WIDTH + _GAP_X), row * (HEIGHT + _GAP_Y))

    def _size(self, columns: int) -> QPointF:
        n = len(self.blocks) + 1
        rows = -(-n // columns)
        wide = min(n, columns) * (WIDTH + _GAP_X) - _GAP_X
        high = rows * (HEIGHT + _GAP_Y) - _GAP_Y
        return QPointF(wide + 2 * _MARGIN, high + 2 * _MARGIN)

    def _place(self) -> None:
        size = self._size(self._columns)
        self.setSceneRect(QRectF(-_MARGIN, -_MARGIN, size.x(), size.y()))
        # At the right of its place, close to what it goes into.
        self._photo.setPos(self._cell(0) + QPointF(WIDTH - PhotoBlock.SIDE, 0))
        for number, block in enumerate(self.blocks):
            block.setPos(self._cell(number + 1))
        self._draw_lines()

    def _draw_lines(self) -> None:
        path = QPainterPath()
        for head in self._heads:
            self._scene.removeItem(head)
        self._heads = []
        for number in range(len(self.blocks)):
            start = self._cell(number) + QPointF(WIDTH, HEIGHT / 2)
            end = self._cell(number + 1) + QPointF(0, HEIGHT / 2)
            path.moveTo(start)
            if end.y() > start.y():  # on to the next row, between the two
                between = start.y() + (HEIGHT + _GAP_Y) / 2
                end = self._cell(number + 1) + QPointF(WIDTH / 2, 0)
                start = self._cell(number) + QPointF(WIDTH / 2, HEIGHT)
                path.moveTo(start)
                path.lineTo(start.x(), between)
                path.lineTo(end.x(), between)
            path.lineTo(end)
            self._heads.append(
                self._arrow_at(end, down=end.x() != start.x() and end.y() > start.y())
            )
        self._lines.setPath(path)
        self._dress()

    def _arrow_at(self, tip: QPointF, *, down: bool) -> QGraphicsPolygonItem:
        back, side = (QPointF(0, -1), QPointF(1, 0)) if down else (QPointF(-1, 0), QPointF(0, 1))
        left = tip + back * 1.6 * _ARROW + side * _ARROW
        right = tip + back * 1.6 * _ARROW - side * _ARROW
        return self._scene.addPolygon(QPolygonF([tip, left, right]))

    def _dress(self) -> None:
        color = current_theme().color("line_strong")
        self._lines.setPen(QPen(color, 1.5))
        for head in self._heads:
            head.setBrush(color)
            head.setPen(QPen(color, 1))
        self._scene.update()

    def _mark(self) -> None:
        for number, block in enumerate(self.blocks):
            block.is_current = number == self._current
            block.has_ring = block.is_current and self.hasFocus()
            block.update()
        found = 0 <= self._current < len(self.blocks)
        self.setAccessibleDescription(self.blocks[self._current].face.described if found else "")

    # ---- what the user does

    def block_at(self, place: QPoint) -> int:
        """The number of the block at a place of the viewport; -1 where there is none."""
        item = self.itemAt(place)
        return self.blocks.index(item) if isinstance(item, StageBlock) else -1

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self.blocks) and number != self._current:
            self.set_current(number)
            self.chosen.emit(number)

    def _toggle(self, number: int) -> None:
        if 0 <= number < len(self.blocks) and not self.blocks[number].face.fixed:
            self.toggled.emit(number)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag begins, or a click."""
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = event.position().toPoint() if left else None
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses a block; one on its state changes that."""
        super().mouseReleaseEvent(event)
        pressed, place = self._pressed, event.position().toPoint()
        self._pressed = None
        if pressed is None:
            return
        if (place - pressed).manhattanLength() >= QApplication.startDragDistance():
            return
        number = self.block_at(place)
        if number < 0:
            return
        self._choose(number)
        block = self.blocks[number]
        if block.pill().contains(block.mapFromScene(self.mapToScene(place))):
            self._toggle(number)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a block changes its state, one on its state twice."""
        place = event.position().toPoint()
        number = self.block_at(place)
        self._choose(number)
        self._toggle(number)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be clicked."""
        super().mouseMoveEvent(event)
        if not event.buttons():
            over = self.block_at(event.position().toPoint()) >= 0
            hand = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.OpenHandCursor
            self.viewport().setCursor(hand)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl with the wheel zooms; the wheel alone scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120))
            event.accept()
        elif self._fits:
            event.ignore()  # all is in sight: the page around it may scroll
        else:
            super().wheelEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Space changes, + - 0 zoom, Ctrl with arrows moves the view."""
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        if key in steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pan(*steps[key])
        elif key in steps:
            across, down = steps[key]
            self._choose(self._current + across + down * self._columns)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(0 if key == Qt.Key.Key_Home else len(self.blocks) - 1)
        elif key == Qt.Key.Key_Space:
            self._toggle(self._current)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _pan(self, across: int, down: int) -> None:
        for bar, by in ((self.horizontalScrollBar(), across), (self.verticalScrollBar(), down)):
            bar.setValue(bar.value() + by * _PAN)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._mark()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Look as before."""
        super().focusOutEvent(event)
        self._mark()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep showing all of it where all of it was shown."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()
