"""The curves of several runs laid over each other."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.pages.compare_words import run_color
from finetune_gui.gui.pages.train_words import loss_text, percent, percent_tick
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_legend import Curve
from finetune_gui.jobs.compare import ComparedRun, Comparison

_HEIGHT = 230
_ACCURACY = Scale(tick=percent_tick, value=percent, ceiling=1.0, rising=True, least=0.1)
_LOSS = Scale(value=loss_text, floor=0.0, least=0.05)


class ComparePlots(QWidget):
    """Validation accuracy and validation loss, each with a curve for each run."""

    def __init__(self, session: Session, found: Comparison) -> None:
        super().__init__()
        self.accuracy = self._make(
            session, found, "accuracy", "runs-plot-accuracy", _ACCURACY, lambda r: r.val_accuracy
        )
        self.loss = self._make(
            session, found, "loss", "runs-plot-loss", _LOSS, lambda r: r.val_loss
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.l)
        for plot in (self.accuracy, self.loss):
            card = Card(plot.title_key)
            card.header.addWidget(plot.tools)
            card.box.setSpacing(SPACE.xs)
            card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.m, SPACE.s)
            card.box.addWidget(plot)
            card.setFixedHeight(_HEIGHT)
            row.addWidget(card, 1)

    @staticmethod
    def _make(
        session: Session,
        found: Comparison,
        name: str,
        title_key: str,
        scale: Scale,
        values: Callable[[ComparedRun], tuple[float, ...]],
    ) -> CurvePlot:
        curves = []
        for place, run in enumerate(found.runs):
            series = Series()
            series.extend([float(epoch) for epoch in run.epochs], values(run))
            # Columns of a table are told apart by the folder, which no two runs share.
            curve = Curve(run.summary.name, title_key, run_color(place), text=run.title)
            curves.append((curve, series))
        plot = CurvePlot(session, f"compare-{name}-plot", title_key, curves, scale)
        plot.legend.hide()  # one legend stands above both plots
        plot.set_span(float(max([1, *(max(run.epochs, default=0) for run in found.runs)])))
        bind(plot, plot.setToolTip, "train-plot-hint")
        plot.canvas.widget.setToolTip("")
        plot.refresh()
        return plot
