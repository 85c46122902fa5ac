"""The plots of the learning-rate finder: the test, and three short trainings over each other."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from finetune_gui.core.events import Event, LrTrialMoved, LrTried
from finetune_gui.core.lr_curve import LrCurve, lr_text, smooth
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe_words import number_text
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.pages.train_words import loss_text
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.curve_plot import Across, CurvePlot, Scale
from finetune_gui.gui.widgets.plot_data import Floats, Series
from finetune_gui.gui.widgets.plot_legend import Curve

_LIVE_WIDTH = 1.5  # points, of the smoothing while the test goes on
_LID = 1.3  # times the first loss: where it explodes, the valley must still be seen
_TRIALS = (("lower", "muted"), ("suggested", "accent"), ("higher", "validation"))


def _decade(x: float) -> str:
    """The rate at a place on the logarithmic axis."""
    return lr_text(10.0**x)


def _rates(xs: Floats) -> Floats:
    rates: Floats = 10.0**xs
    return rates


class TestPlot(CurvePlot):
    """Loss over learning rate, the rate on a logarithmic axis."""

    # pytest looks at names that begin so.
    __test__ = False

    def __init__(self, session: Session) -> None:
        self._raw, self._smoothed = Series(), Series()
        super().__init__(
            session,
            "lrTestPlot",
            "lr-plot",
            [
                (Curve("loss", "lr-plot-raw", "accent", "thin"), self._raw),
                (Curve("smoothed", "lr-plot-loss", "accent"), self._smoothed),
            ],
            Scale(value=loss_text, least=0.02),
            Across(
                column="lr",
                heading=lambda x: tr("lr-plot-at", lr=_decade(x)),
                tick=lambda x: number_text(10.0**x),  # short: "1e-6"
                written=_rates,
                first=-6.0,
            ),
        )
        bind(self.empty, self.empty.setText, "lr-empty")
        bind(self, self.setToolTip, "lr-plot-hint")
        self.canvas.widget.setToolTip("")
        self.set_span(0.0)
        self.refresh()

    def begin(self) -> None:
        """Forget the last test."""
        self._raw.clear()
        self._smoothed.clear()
        self._annotate(None)
        self.show_all()
        self.refresh()

    def add(self, events: Iterable[Event]) -> None:
        """Draw what was measured since."""
        found = [e for e in events if isinstance(e, LrTried)]
        if not found:
            return
        self._raw.extend([math.log10(e.lr) for e in found], [e.loss for e in found])
        self._show_smoothed(smooth(np.minimum(self._raw.ys, self._top()), _LIVE_WIDTH))

    def show_curve(self, curve: LrCurve) -> None:
        """Draw the whole test with what it says."""
        self._raw.clear()
        self._raw.extend([math.log10(p.lr) for p in curve.points], [p.loss for p in curve.points])
        self._annotate(curve)
        self._show_smoothed(np.array(curve.smoothed))

    def _show_smoothed(self, ys: Floats) -> None:
        self._smoothed.clear()
        self._smoothed.extend(self._raw.xs, ys)
        self.set_lid(_LID * float(self._raw.ys[0]) if len(self._raw) else None)
        self.refresh()

    def _top(self) -> float:
        return 2 * float(self._raw.ys[0])

    def _annotate(self, curve: LrCurve | None) -> None:
        suggestion = None if curve is None else curve.suggestion
        rises = None if curve is None else curve.rises_from
        self.set_mark(None if suggestion is None else math.log10(suggestion), "lr-plot-suggested")
        self.set_region(None if rises is None else math.log10(rises), label_key="lr-plot-jitters")


class TrialsPlot(CurvePlot):
    """Three short trainings: validation loss dashed, training loss thin, a colour for each."""

    def __init__(self, session: Session) -> None:
        self._train = [Series() for _ in _TRIALS]
        self._validation = [Series() for _ in _TRIALS]
        thin = [
            (Curve(f"train_loss_{name}", f"lr-trial-{name}-step", color, "thin"), series)
            for (name, color), series in zip(_TRIALS, self._train, strict=True)
        ]
        dashed = [
            (Curve(f"val_loss_{name}", f"lr-trial-{name}", color, "dashed"), series)
            for (name, color), series in zip(_TRIALS, self._validation, strict=True)
        ]
        super().__init__(
            session,
            "lrTrialsPlot",
            "lr-plot-trials",
            [*thin, *dashed],
            Scale(value=loss_text, floor=0.0, least=0.05),
        )
        bind(self.empty, self.empty.setText, "lr-empty")
        bind(self, self.setToolTip, "lr-trials-hint")
        self.canvas.widget.setToolTip("")

    def begin(self) -> None:
        """Forget the last trials."""
        for series in (*self._train, *self._validation):
            series.clear()
        self.show_all()
        self.refresh()

    def add(self, events: Iterable[Event]) -> None:
        """Draw what happened since."""
        for event in events:
            if isinstance(event, LrTrialMoved):
                if event.val_loss is None:
                    self._train[event.trial].extend([event.epoch], [event.train_loss])
                else:
                    self._validation[event.trial].extend([event.epoch], [event.val_loss])
        self.refresh()
