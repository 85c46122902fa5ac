"""The area of a plot: axes, curves, lines. A thin layer over pyqtgraph in the program's looks.

pyqtgraph has no type hints: what comes from it stays inside this file. Nothing of it is
subclassed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pyqtgraph as _pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from finetune_gui.gui.theme import TYPE, current_theme, font
from finetune_gui.gui.widgets.plot_data import Floats
from finetune_gui.gui.widgets.plot_legend import Curve, curve_pen

_qtgraph: Any = _pyqtgraph

_LEFT_WIDTH = 46
_CLOSE_LOOK = 1.5  # epochs in view from which on only whole ones are marked
_TEXT_HEIGHT = 20  # pixels, with its margins
_POINTS_SHOWN = 60  # more points on a dashed curve would hide the dashes


class PlotCanvas:
    """Draws `Curve`s and tells where the mouse is.

    ``on_hover`` gets x in data and in pixels, or None when the mouse leaves; ``on_moved`` is
    called when the user zoomed or dragged; ``on_double_click`` speaks for itself.
    """

    def __init__(
        self,
        name: str,
        tick: Callable[[float], str],
        *,
        x_tick: Callable[[float], str] | None = None,
        marks_low: bool = False,
    ) -> None:
        self._marks_low = marks_low
        current_theme().style_plots()
        self.widget: QWidget = _qtgraph.GraphicsLayoutWidget()
        self.widget.setObjectName(name)
        self.on_hover: Callable[[float | None, int], None] = lambda _x, _pixel: None
        self.on_moved: Callable[[], None] = lambda: None
        self.on_double_click: Callable[[], None] = lambda: None
        # Not pyqtgraph's PlotItem: it makes seven menus in English that outlive it, and undoes
        # the thinning of its curves.
        self._box: Any = _qtgraph.ViewBox(enableMenu=False, defaultPadding=0.0)
        self._axes: dict[str, Any] = {
            side: _qtgraph.AxisItem(side, linkView=self._box) for side in ("left", "bottom")
        }
        self._curves: dict[str, tuple[Curve, Any]] = {}
        self._lay_out()
        self._set_up_axes(tick, x_tick)
        self._set_up_mouse()
        self._cross = self._line(angle=90)
        self._level = self._line(angle=0)
        self._mark = self._line(angle=90)
        self._level_text, self._mark_text = self._text((0, 1)), self._text((0, 0))
        self._region, self._region_text = self._make_region(), self._text((0, 1))
        self._region_from: float | None = None
        self._level_y: float | None = None
        self._mark_x: float | None = None

    def _lay_out(self) -> None:
        layout: Any = cast("Any", self.widget).ci
        layout.setContentsMargins(0, 6, 16, 0)
        layout.setSpacing(0)
        layout.addItem(self._axes["left"], 0, 0)
        layout.addItem(self._box, 0, 1)
        layout.addItem(self._axes["bottom"], 1, 1)
        for axis in self._axes.values():
            axis.setZValue(self._box.zValue() - 1)  # the grid lies under the curves
        self._box.setBackgroundColor(None)

    def _set_up_axes(
        self, tick: Callable[[float], str], x_tick: Callable[[float], str] | None
    ) -> None:
        for axis in self._axes.values():
            axis.enableAutoSIPrefix(False)
            axis.setStyle(
                tickFont=font(TYPE.caption),
                tickLength=0,
                tickTextOffset=8,
                maxTickLevel=0,
                maxTextLevel=0,
                tickAlpha=0,
                hideOverlappingLabels=False,
            )
        left = self._axes["left"]
        left.setWidth(_LEFT_WIDTH)
        left.setGrid(255)
        left.tickStrings = lambda values, _scale, _spacing: [tick(v) for v in values]
        bottom = self._axes["bottom"]
        bottom.tickSpacing = _whole_numbers(bottom.tickSpacing)
        if x_tick is not None:
            bottom.tickStrings = lambda values, _scale, _spacing: [x_tick(v) for v in values]

    def _set_up_mouse(self) -> None:
        self._box.sigRangeChangedManually.connect(lambda _axes: self.on_moved())
        self._box.sigRangeChanged.connect(lambda *_args: self._place_texts())
        scene: Any = cast("Any", self.widget).scene()
        scene.sigMouseMoved.connect(self._hover)
        scene.sigMouseClicked.connect(self._clicked)

    def _line(self, angle: int) -> Any:
        line = _qtgraph.InfiniteLine(angle=angle, movable=False)
        line.hide()
        self._box.addItem(line, ignoreBounds=True)
        return line

    def _make_region(self) -> Any:
        region = _qtgraph.LinearRegionItem(movable=False)
        region.setZValue(-10)  # the curves lie over it
        region.hide()
        self._box.addItem(region, ignoreBounds=True)
        return region

    def _text(self, anchor: tuple[float, float]) -> Any:
        text = _qtgraph.TextItem(anchor=anchor)
        text.setFont(font(TYPE.caption))
        text.hide()
        self._box.addItem(text, ignoreBounds=True)
        return text

    def add(self, curve: Curve) -> None:
        """Make room for a curve; later ones lie over earlier ones."""
        item: Any = _qtgraph.PlotDataItem(antialias=curve.look != "thin", autoDownsampleFactor=1.0)
        item.setClipToView(True)
        item.setDownsampling(auto=True, method="peak")
        item.setSkipFiniteCheck(True)
        self._box.addItem(item, ignoreBounds=True)
        self._curves[curve.name] = (curve, item)

    def draw(self, name: str, xs: Floats, ys: Floats) -> None:
        """Draw a curve anew: x rising, no NaN."""
        curve, item = self._curves[name]
        marked = curve.look == "dashed" and len(xs) <= _POINTS_SHOWN
        item.setSymbol("o" if marked or curve.look == "points" else None)
        item.setData(xs, ys)

    def points_drawn(self, name: str) -> int:
        """How many points of a curve are painted now: those in view, thinned to the pixels."""
        xs, _ = self._curves[name][1].curve.getData()
        return 0 if xs is None else len(xs)

    def ticks(self, side: str) -> list[float]:
        """The numbers that are marked on an axis (``left`` or ``bottom``)."""
        axis = self._axes[side]
        low, high = axis.range
        pixels = axis.width() if side == "bottom" else axis.height()
        levels: list[tuple[float, list[float]]] = axis.tickValues(low, high, pixels)
        return sorted(levels[0][1]) if levels else []

    def restyle(self, ratio: float | None = None) -> None:
        """Take the colours of the theme now on.

        ``ratio`` is how many device pixels a pixel has; None: as many as the screen's.
        """
        theme = current_theme()
        ratio = self.widget.devicePixelRatioF() if ratio is None else ratio
        widget: Any = self.widget
        widget.setBackground(theme.color("surface"))
        for side, line in (("left", "surface"), ("bottom", "surface")):
            axis = self._axes[side]
            axis.setPen(theme.color(line))
            axis.setTickPen(theme.color("line"))
            axis.setTextPen(theme.color("muted"))
        for curve, item in self._curves.values():
            item.setPen(None if curve.look == "points" else _steady(curve_pen(curve), ratio))
            item.setSymbolSize(8 if curve.look == "points" else 6)
            item.setSymbolPen(None)
            item.setSymbolBrush(theme.color(curve.color))
        for line_item, color, style in (
            (self._cross, "muted", Qt.PenStyle.SolidLine),
            (self._level, "muted", Qt.PenStyle.DotLine),
            (self._mark, "good", Qt.PenStyle.DotLine),
        ):
            line_item.setPen(_steady(QPen(theme.color(color), 1.0, style), ratio))
        self._region.setBrush(QBrush(theme.color("caution_wash")))
        for edge in self._region.lines:
            edge.setPen(_steady(QPen(theme.color("caution_text"), 1.0, Qt.PenStyle.DotLine), ratio))
        self._region_text.setColor(theme.color("caution_text"))
        for text, color in ((self._level_text, "muted"), (self._mark_text, "good_text")):
            text.setColor(theme.color(color))
            text.fill = QBrush(theme.color("surface"))  # so that no grid line strikes it out

    def show_axes(self, shown: bool) -> None:
        """Show or hide figures and grid: without curves they would say nothing."""
        for side, axis in self._axes.items():
            alpha = 255 if shown and side == "left" else 0
            axis.setStyle(showValues=shown, tickAlpha=alpha)

    # ---- lines

    def set_level(self, y: float | None, text: str) -> None:
        """A dotted horizontal line with a word at its left end; None: none."""
        self._level_y = y
        self._level.setVisible(y is not None)
        self._level_text.setVisible(y is not None)
        self._level_text.setText(text)
        if y is not None:
            self._level.setValue(y)
        self._place_texts()

    def set_mark(self, x: float | None, text: str) -> None:
        """A dotted vertical line with a word at its top; None: none."""
        self._mark_x = x
        self._mark.setVisible(x is not None)
        self._mark_text.setVisible(x is not None)
        self._mark_text.setText(text)
        if x is not None:
            self._mark.setValue(x)
        self._place_texts()

    def set_region(self, begin: float | None, end: float, text: str) -> None:
        """A shaded area between two x with a word at its foot; ``begin`` None: none."""
        self._region_from = begin
        self._region.setVisible(begin is not None)
        self._region_text.setVisible(begin is not None)
        self._region_text.setText(text)
        if begin is not None:
            self._region.setRegion((begin, end))
        self._place_texts()

    def set_cross(self, x: float | None) -> None:
        """The line of the cross-hair; None hides it."""
        self._cross.setVisible(x is not None)
        if x is not None:
            self._cross.setValue(x)

    def _place_texts(self) -> None:
        view = self.view
        if self._mark_x is not None:
            end = view.right() if self._region_from is None else self._region_from
            right = self._mark_x > end - 0.15 * view.width()  # no room for the word beyond it
            self._mark_text.setAnchor((float(right), float(self._marks_low)))
            y = view.top() if self._marks_low else view.bottom()
            self._mark_text.setPos(self._mark_x, y)
        if self._region_from is not None:
            self._region_text.setPos(self._region_from, view.top())
        if self._level_y is not None:
            height = max(1.0, float(self._box.height()))
            above = (view.bottom() - self._level_y) / view.height() * height > _TEXT_HEIGHT
            self._level_text.setAnchor((1.0, 1.0 if above else 0.0))
            self._level_text.setPos(view.right(), self._level_y)

    # ---- what is seen

    @property
    def view(self) -> QRectF:
        """What is seen, in data: ``top()`` is the lowest y and ``bottom()`` the highest."""
        seen: QRectF = self._box.viewRect()
        return seen

    def set_view(self, xs: tuple[float, float], ys: tuple[float, float]) -> None:
        """Show these ranges."""
        self._box.setRange(xRange=xs, yRange=ys, padding=0, disableAutoRange=True)
        self._place_texts()

    def set_limits(self, xs: tuple[float, float]) -> None:
        """How far the user may drag to the left and to the right."""
        self._box.setLimits(xMin=xs[0], xMax=xs[1])

    def zoom(self, factor: float, x: float | None) -> None:
        """Show ``factor`` times the width around ``x`` (None: the middle), as the wheel does."""
        self._box.scaleBy((factor, 1), center=None if x is None else (x, self.view.center().y()))
        self._place_texts()
        self.on_moved()

    def pixel(self, x: float) -> int:
        """Where ``x`` lies on the widget, in pixels from its left edge."""
        scene: QPointF = self._box.mapViewToScene(QPointF(x, 0))
        return round(scene.x())

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Draw what is seen into ``area``."""
        self.restyle(painter.device().devicePixelRatio())
        cast("Any", self.widget).render(painter, area)
        self.restyle()

    def _hover(self, position: QPointF) -> None:
        if self._box.sceneBoundingRect().contains(position):
            self.on_hover(float(self._box.mapSceneToView(position).x()), round(position.x()))
        else:
            self.on_hover(None, 0)

    def _clicked(self, event: Any) -> None:
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            self.on_double_click()


def _steady(pen: QPen, ratio: float) -> QPen:
    """A pen whose width does not grow with the zoom; Qt counts it in device pixels then."""
    pen.setCosmetic(True)
    pen.setWidthF(pen.widthF() * ratio)
    return pen


def _whole_numbers(spacing: Callable[..., Any]) -> Callable[..., Any]:
    """pyqtgraph's choice of ticks, but none between two epochs unless the user zoomed in there."""

    def spaced(low: float, high: float, pixels: float) -> list[tuple[float, float]]:
        levels: list[tuple[float, float]] = spacing(low, high, pixels)
        if high - low < _CLOSE_LOOK:
            return levels
        return [(max(1.0, step), offset) for step, offset in levels]

    return spaced


def bounds(ys: Sequence[Floats]) -> tuple[float, float] | None:
    """The lowest and highest of some arrays; None when all are empty."""
    filled = [y for y in ys if len(y)]
    if not filled:
        return None
    return min(float(y.min()) for y in filled), max(float(y.max()) for y in filled)
