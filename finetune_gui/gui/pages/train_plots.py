"""The plots of the Train page: loss above, accuracy or learning rate below."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.coach.findings import Span
from finetune_gui.core.history import RunHistory
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.pages.train_words import loss_text, percent, percent_tick
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, ChipGroup
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_legend import Curve

_TICK_MS = 34  # 30 a second at most
_SLOWEST_MS = 300
_SHARE = 5  # drawing may take a fifth of the time, so that training on the CPU is not slowed


def _curves(
    name: str, step: Series, mean: Series, validation: Series
) -> list[tuple[Curve, Series]]:
    thin = Curve(f"train_{name}_step", "train-plot-training-step", "accent", "thin")
    solid = Curve(
        f"train_{name}", "train-plot-training-mean", "accent", short="train-plot-training"
    )
    dashed = Curve(f"val_{name}", "train-plot-validation", "validation", "dashed")
    return [(thin, step), (solid, mean), (dashed, validation)]


def _lr_text(value: float) -> str:
    return f"{value:.3g}"


class TrainPlots(QWidget):
    """Draws a run's curves at most 30 times a second, and only while it can be seen.

    ``drawn`` comes after each redraw.
    """

    drawn = Signal()

    def __init__(self, session: Session, curves: RunCurves) -> None:
        super().__init__()
        self._data = curves
        self._session = session
        self._history: RunHistory | None = None
        self._make_plots(session, curves)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.draw_now)

    def _make_plots(self, session: Session, curves: RunCurves) -> None:
        self.loss = CurvePlot(
            session,
            "lossPlot",
            "train-plot-loss",
            _curves("loss", curves.loss_step, curves.loss_mean, curves.val_loss),
            Scale(value=loss_text, floor=0.0, least=0.05),
        )
        self.accuracy = CurvePlot(
            session,
            "accuracyPlot",
            "train-plot-accuracy",
            _curves("accuracy", curves.accuracy_step, curves.accuracy_mean, curves.val_accuracy),
            Scale(tick=percent_tick, value=percent, ceiling=1.0, rising=True, least=0.1),
        )
        self.lr = CurvePlot(
            session,
            "lrPlot",
            "train-plot-lr",
            [(Curve("lr", "train-plot-lr", "accent"), curves.lr)],
            Scale(tick=_lr_text, value=_lr_text, floor=0.0),
        )
        for plot in self.plots:
            bind(plot, plot.setToolTip, "train-plot-hint")
            plot.canvas.widget.setToolTip("")

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        """All plots, also the one that is not chosen."""
        return (self.loss, self.accuracy, self.lr)

    def _lay_out(self) -> None:
        above, below = Card("train-plot-loss"), Card()
        above.header.addWidget(self.loss.tools)
        above.box.addWidget(self.loss)
        self.chips = ChipGroup(
            "plotChips", [("accuracy", "train-plot-accuracy"), ("lr", "train-plot-lr")]
        )
        self._tools, self._stack = QStackedWidget(), QStackedWidget()
        for plot in (self.accuracy, self.lr):
            self._tools.addWidget(plot.tools)
            self._stack.addWidget(plot)
        self.chips.chosen.connect(self._choose)
        below.header.addWidget(self.chips)
        below.header.addStretch(1)
        below.header.addWidget(self._tools)
        below.box.addLayout(below.header)
        below.box.addWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.l)
        for card in (above, below):
            card.box.setSpacing(SPACE.xs)
            card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.m, SPACE.s)
            column.addWidget(card, 1)

    def _choose(self, value: str) -> None:
        index = ("accuracy", "lr").index(value)
        self._tools.setCurrentIndex(index)
        self._stack.setCurrentIndex(index)
        self.draw_now()

    def show_run(self, history: RunHistory | None) -> None:
        """Begin with another run: everything is in view again."""
        self._history = history
        of_its_own = history is None or history.ensemble is None
        nothing = "train-plot-empty" if of_its_own else "train-plot-ensemble"
        for plot in self.plots:
            bind(plot.empty, plot.empty.setText, nothing)
            plot.hide_cross()
            plot.show_all()
        self.redraw_soon()

    def show_span(self, span: Span | None) -> None:
        """Shade the part of a curve that a finding is about; None: nothing."""
        for name, plot in (("loss", self.loss), ("accuracy", self.accuracy)):
            if span is not None and span.curve == name:
                plot.set_region(span.first, span.last)
            else:
                plot.set_region(None)
        if span is not None and span.curve == "accuracy":
            self.chips.set_value("accuracy")
        self.redraw_soon()

    def redraw_soon(self) -> None:
        """Draw at the next tick; asking often costs nothing."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """What happened meanwhile is drawn at once."""
        super().showEvent(event)
        self.draw_now()

    def _planned(self) -> int:
        return self._session.recipe.train.epochs

    def draw_now(self) -> None:
        """Draw what there is, in one go for each plot that can be seen."""
        begun = time.perf_counter()
        started = None if self._history is None else self._history.started
        baseline, best = self._data.baseline, self._data.best
        for plot in (self.loss, self.accuracy if self.chips.value == "accuracy" else self.lr):
            plot.set_span(max(1, self._planned() if started is None else started.epochs))
            plot.set_mark(None if best is None else best.epoch, "train-plot-best")
        self.loss.set_level(None if baseline is None else baseline.val_loss, "train-plot-baseline")
        self.accuracy.set_level(
            None if baseline is None else baseline.val_accuracy, "train-plot-baseline"
        )
        for plot in (self.loss, self.accuracy if self.chips.value == "accuracy" else self.lr):
            plot.refresh()
        spent = 1000 * (time.perf_counter() - begun)
        self._timer.setInterval(max(_TICK_MS, min(_SLOWEST_MS, round(_SHARE * spent))))
        self.drawn.emit()
