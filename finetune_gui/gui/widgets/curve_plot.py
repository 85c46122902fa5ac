"""A plot of growing curves: zoom, cross-hair with values, export; live in language and theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe_words import number_text
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import RADIUS, SPACE, current_theme, on_theme
from finetune_gui.gui.widgets.basic import icon_button, text_label
from finetune_gui.gui.widgets.plot_canvas import PlotCanvas, bounds
from finetune_gui.gui.widgets.plot_data import Floats, Series
from finetune_gui.gui.widgets.plot_export import ask_for_picture, ask_for_table
from finetune_gui.gui.widgets.plot_legend import Curve, Legend, Readout

_SAMPLE = 4000  # so many points tell where the bulk of a restless curve lies
_ZOOM = 0.8
_KEY_STEP = 0.02  # of the width that is seen
_EDGE, _AXIS = 10, 30  # pixels: beyond the highest and the lowest y, and of the axis below


@dataclass(frozen=True)
class Scale:
    """How the y of a plot is written, at its axis and as a value, and what is always in view.

    ``rising`` curves leave their free room at the bottom: the word at a mark stands there.
    ``least`` is the smallest range that is shown.
    """

    tick: Callable[[float], str] = number_text
    value: Callable[[float], str] = number_text
    floor: float | None = None
    ceiling: float | None = None
    rising: bool = False
    least: float = 1e-9


def _at_epoch(x: float) -> str:
    return tr("train-plot-at", epoch=f"{x:.2f}")


@dataclass(frozen=True)
class Across:
    """What the x of a plot is: by default the epochs of a run.

    ``column`` names it in tables, where ``written`` turns x into the number that stands there;
    ``heading`` says it above the values, ``tick`` at the axis. ``first`` is where the plot begins.
    """

    column: str = "epoch"
    heading: Callable[[float], str] = _at_epoch
    tick: Callable[[float], str] | None = None
    written: Callable[[Floats], Floats] = np.array
    first: float = 0.0


PLAIN = Scale()
EPOCHS = Across()


class CurvePlot(QWidget):
    """Draws series that grow elsewhere; call `refresh` at most 30 times a second.

    ``tools`` (legend, "show all", menu) belongs into a header of the caller's choice. The wheel
    zooms, dragging moves, a double click shows all again; ← → move the cross-hair, + − zoom,
    Home shows all, Escape hides the cross-hair.
    """

    def __init__(
        self,
        session: Session,
        name: str,
        title_key: str,
        curves: Sequence[tuple[Curve, Series]],
        scale: Scale = PLAIN,
        across: Across = EPOCHS,
    ) -> None:
        super().__init__()
        self.session = session
        self.title_key = title_key
        self.series = {curve.name: series for curve, series in curves}
        self._curves = [curve for curve, _ in curves]
        self._scale, self.across = scale, across
        self._span = across.first + 1.0
        self._lid: float | None = None
        self._follows = True
        self._cross: float | None = None
        self._level: tuple[float | None, str] = (None, "")
        self._mark: tuple[float | None, str] = (None, "")
        self.region: tuple[float, float | None] | None = None
        self._region_key = ""
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = PlotCanvas(
            f"{name}-canvas", scale.tick, x_tick=across.tick, marks_low=scale.rising
        )
        for curve in self._curves:
            self.canvas.add(curve)
        self.readout = Readout(self)
        self.tools = self._make_tools()
        self._lay_out()
        self._connect()

    def _make_tools(self) -> QWidget:
        name = self.objectName()
        self.all_button = icon_button("maximize", "train-plot-show-all", f"{name}-all")
        self.menu_button = icon_button("download", "train-plot-export", f"{name}-export")
        self.all_button.clicked.connect(self.show_all)
        self.menu_button.clicked.connect(self._open_menu)
        self.all_button.hide()
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.xs)
        row.addStretch(1)
        self.legend = Legend(self._curves)
        self.legend.setVisible(len(self._curves) > 1)
        for widget in (self.legend, self.all_button, self.menu_button):
            row.addWidget(widget)
        return tools

    def _lay_out(self) -> None:
        self.empty = text_label("train-plot-empty", "muted")
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layers = QGridLayout(self)
        layers.setContentsMargins(2, 2, 2, 2)  # for the ring that shows the focus
        layers.addWidget(self.canvas.widget, 0, 0)
        layers.addWidget(self.empty, 0, 0, Qt.AlignmentFlag.AlignCenter)
        # A click on the canvas gives the focus to the plot, which knows the keys.
        for widget in (self.canvas.widget, *self.canvas.widget.findChildren(QWidget)):
            widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The plot itself has the menu: pyqtgraph's widget would swallow the request.
        self.canvas.widget.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.canvas.widget.installEventFilter(self)
        self.setMinimumHeight(60)

    def _connect(self) -> None:
        bind(self, self.setAccessibleName, self.title_key)
        self.canvas.on_hover = self._on_hover
        self.canvas.on_moved = self._on_moved
        self.canvas.on_double_click = self.show_all
        on_change(self, self._retranslate)
        on_theme(self, self._restyle)

    # ---- what is drawn

    def set_span(self, last_x: float) -> None:
        """The plot reaches to ``last_x`` at least: the planned end of the run, in epochs."""
        self._span = max(last_x, self.across.first + 1e-6)

    def set_lid(self, y: float | None) -> None:
        """What is higher than this is out of view until the user zooms out; None: nothing."""
        self._lid = y

    def set_level(self, y: float | None, label_key: str = "") -> None:
        """A dotted horizontal line named by a message; None: none."""
        self._level = (y, label_key)
        self.canvas.set_level(y, tr(label_key) if label_key else "")

    def set_mark(self, x: float | None, label_key: str = "") -> None:
        """A dotted vertical line named by a message; None: none."""
        self._mark = (x, label_key)
        self.canvas.set_mark(x, tr(label_key) if label_key else "")

    def set_region(
        self, begin: float | None, end: float | None = None, label_key: str = ""
    ) -> None:
        """Shade all between two x (``end`` None: to the end), named by a message; None: nothing."""
        self.region, self._region_key = None if begin is None else (begin, end), label_key
        until = self._last() if end is None else end
        self.canvas.set_region(begin, until, tr(label_key) if label_key else "")

    def refresh(self) -> None:
        """Draw all series as they are now."""
        for name, series in self.series.items():
            self.canvas.draw(name, series.xs, series.ys)
        filled = any(len(series) for series in self.series.values())
        self.empty.setVisible(not filled)
        self.canvas.show_axes(filled)
        if self._follows:
            self._fit()
        if self._cross is not None:
            self._show_cross(self._cross)

    def show_all(self) -> None:
        """Show everything and follow the curves as they grow."""
        self._follows = True
        self.all_button.hide()
        self._fit()

    @property
    def follows(self) -> bool:
        """Whether everything is in view, also what is yet to come."""
        return self._follows

    def values_at(self, x: float) -> list[tuple[Curve, float]]:
        """The value of each curve at the point nearest to ``x``, where it has one."""
        found = [(curve, self.series[curve.name].at(x)) for curve in self._curves]
        return [(curve, y) for curve, y in found if y is not None]

    def _fit(self) -> None:
        first, last = self.across.first, self._last()
        beyond = 0.02 * (last - first)
        self.canvas.set_limits((first - beyond, last + beyond))
        # Room for half a point at both ends.
        half = 0.008 * (last - first)
        self.canvas.set_view((first - half, last + half), self._y_range())

    def _last(self) -> float:
        return max([self._span, *(float(s.xs[-1]) for s in self.series.values() if len(s))])

    def _y_range(self) -> tuple[float, float]:
        scale, level = self._scale, self._level[0]
        found = bounds([self._bulk(curve) for curve in self._curves])
        low, high = found or (0.0, 1.0)
        fixed = [y for y in (scale.floor, scale.ceiling, level) if y is not None]
        low, high = min([low, *fixed]), max([high, *fixed])
        if self._lid is not None:
            high = max(low, min(high, self._lid))
        if high - low < scale.least:
            low, high = (
                (high - scale.least, high) if high == scale.ceiling else (low, low + scale.least)
            )
        # Half a line of text, or the figures at the ends of the axis would be cut off.
        room = (high - low) * _EDGE / max(40, self.height() - _AXIS)
        return low - room, high + room

    def _bulk(self, curve: Curve) -> Floats:
        """The y that must be in view: of a restless curve all but its wildest 2 %."""
        ys = self.series[curve.name].ys
        if curve.look != "thin" or len(ys) == 0:
            return ys
        sample = ys[:: max(1, len(ys) // _SAMPLE)]
        quantiles: Floats = np.quantile(sample, (0.01, 0.99))
        return quantiles

    # ---- cross-hair

    def _on_hover(self, x: float | None, _pixel: int) -> None:
        if x is None:
            self.hide_cross()
        else:
            self._show_cross(x)

    def _show_cross(self, x: float) -> None:
        values = self.values_at(x)
        if not values:
            self.hide_cross()
            return
        self._cross = x
        self.canvas.set_cross(x)
        rows = [(curve, self._scale.value(y)) for curve, y in values]
        self.readout.show_values(self.across.heading(x), rows, self.canvas.pixel(x))

    def hide_cross(self) -> None:
        """Put the cross-hair away."""
        self._cross = None
        self.canvas.set_cross(None)
        self.readout.hide()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse has left the canvas: no cross-hair."""
        if event.type() == QEvent.Type.Leave:
            self.hide_cross()
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything that the mouse can do."""
        view = self.canvas.view
        here = view.center().x() if self._cross is None else self._cross
        step = _KEY_STEP * view.width()
        match event.key():
            case Qt.Key.Key_Left:
                self._show_cross(max(here - step, view.left()))
            case Qt.Key.Key_Right:
                self._show_cross(min(here + step, view.right()))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.canvas.zoom(_ZOOM, self._cross)
            case Qt.Key.Key_Minus:
                self.canvas.zoom(1 / _ZOOM, self._cross)
            case Qt.Key.Key_Home | Qt.Key.Key_0:
                self.show_all()
            case Qt.Key.Key_Escape if self._cross is not None:
                self.hide_cross()
            case _:
                super().keyPressEvent(event)

    def _on_moved(self) -> None:
        self._follows = False
        self.all_button.show()

    # ---- menu

    def make_menu(self) -> QMenu:
        """Show all, save as picture, save as table."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, key, action in (
            ("all", "train-plot-show-all", self.show_all),
            ("picture", "train-plot-save-picture", self.save_picture),
            ("table", "train-plot-save-table", self.save_table),
        ):
            entry = menu.addAction(tr(key))
            entry.setObjectName(f"{self.objectName()}-{name}")
            entry.triggered.connect(action)
        return menu

    def save_picture(self) -> None:
        """Ask where to, then save what is seen as PNG."""
        ask_for_picture(self)

    def save_table(self) -> None:
        """Ask where to, then save all points as CSV."""
        ask_for_table(self)

    def _open_menu(self) -> None:
        corner = self.menu_button.rect().bottomLeft()
        self.make_menu().popup(self.menu_button.mapToGlobal(corner))

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu as the button's."""
        self.make_menu().popup(event.globalPos())

    @override
    def event(self, event: QEvent) -> bool:
        """On a screen with another sharpness the lines keep their width."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.canvas.restyle()
        return super().event(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Put the ring away."""
        super().focusOutEvent(event)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring around the plot while it has the keyboard's focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(current_theme().color("accent"))
            inside = self.rect().adjusted(0, 0, -1, -1)
            painter.drawRoundedRect(inside, RADIUS.control, RADIUS.control)
            painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The room at the edges is a matter of pixels."""
        super().resizeEvent(event)
        if self._follows:
            self._fit()

    def _retranslate(self) -> None:
        self.set_level(*self._level)
        self.set_mark(*self._mark)
        begin, end = self.region or (None, None)
        self.set_region(begin, end, self._region_key)
        self.refresh()

    def _restyle(self) -> None:
        self.canvas.restyle()
        self.readout.update()
