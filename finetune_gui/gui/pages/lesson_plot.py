"""The plot of the lesson: the training loss of its three runs over each other, growing live."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QTimer

from finetune_gui.core.events import Event
from finetune_gui.core.history import RunHistory
from finetune_gui.core.lesson import CLASSES, PARTS, Part, recipe_for
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.pages.train_curves import RunCurves
from finetune_gui.gui.pages.train_words import loss_text
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from finetune_gui.gui.widgets.plot_legend import Curve

_COLORS: dict[Part, str] = {"high": "validation", "low": "muted", "right": "accent"}
_TICK_MS = 100  # drawing must not slow the training that it shows
# A little above guessing: beside a curve that leaves this, the others would be one flat line.
_LID = 1.3 * math.log(len(CLASSES))


class LessonPlot(CurvePlot):
    """A colour for each run: each update's loss thin, the mean over an epoch's length solid."""

    def __init__(self, session: Session) -> None:
        self._runs = {part: RunCurves() for part in PARTS}
        thin = [
            (
                Curve(f"train_loss_{part}_step", f"lesson-part-{part}", _COLORS[part], "thin"),
                self._runs[part].loss_step,
            )
            for part in PARTS
        ]
        solid = [
            (
                Curve(f"train_loss_{part}", f"lesson-part-{part}", _COLORS[part]),
                self._runs[part].loss_mean,
            )
            for part in PARTS
        ]
        super().__init__(
            session,
            "lessonPlot",
            "lesson-plot",
            [*thin, *solid],
            Scale(value=loss_text, floor=0.0, least=0.05),
        )
        bind(self.empty, self.empty.setText, "lesson-plot-empty")
        bind(self, self.setToolTip, "train-plot-hint")
        self.canvas.widget.setToolTip("")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.refresh)
        self.set_span(recipe_for("right").train.epochs)
        self.refresh()

    def load(self, part: Part, history: RunHistory | None) -> None:
        """Draw what a run tells, or nothing of it."""
        self._runs[part].load(history)
        self.refresh()

    def add(self, part: Part, events: Iterable[Event]) -> None:
        """Take in what happened in a run, and draw it soon."""
        self._runs[part].add(events)
        if not self._timer.isActive():
            self._timer.start()

    def look_at(self, part: Part | None) -> None:
        """Show all of this run's curve; None: so much that the calm ones can be compared."""
        high = part is not None and self._leaves(part)
        self.set_lid(None if high else _LID)
        self.show_all()
        self.refresh()

    def _leaves(self, part: Part) -> bool:
        """Whether a run's curve leaves the picture, or may yet."""
        ys = self._runs[part].loss_mean.ys
        return len(ys) == 0 or float(ys.max()) > _LID

    @property
    def hides_something(self) -> bool:
        """Whether a curve leaves the picture at the top."""
        return self._lid is not None and any(
            len(run.loss_mean) and float(run.loss_mean.ys.max()) > _LID
            for run in self._runs.values()
        )
