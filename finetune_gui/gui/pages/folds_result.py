"""What came of a cross-validation: figures, the folds with their curves, and the answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.cross_validation import Estimate, Metric, StudyPlan
from finetune_gui.core.messages import sentences, tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.pages.evaluate_figures import Shown
from finetune_gui.gui.pages.evaluate_result import MatrixCard, MistakesCard
from finetune_gui.gui.pages.train_words import percent, percent_tick
from finetune_gui.gui.percent import fine_percent, percent_text
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, ElidedLabel, EmptyState, small_button, text_label
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.curve_plot import CurvePlot, Scale
from finetune_gui.gui.widgets.explained_tile import ExplainedTile
from finetune_gui.gui.widgets.long_list import look_like_a_list
from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_legend import Curve
from finetune_gui.jobs.cross_validate import OpenedStudy

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation, Judged

VIEWS = ("models", "answers")
METRICS: tuple[Metric, ...] = ("accuracy", "macro_f1", "macro_precision", "macro_recall")
_MOST_CURVES = 20
_COLUMNS = ("model", "state", "accuracy", "epoch")
_ROW_HEIGHT = 30
_MOST_TABLE = 380
_SIDES = (400, 400)  # how the matrix and the photos share the width at first
_THUMBNAIL = 108


class FoldFiguresCard(Card):
    """Mean, spread and interval of each metric, and what they mean in words."""

    def __init__(self) -> None:
        super().__init__()
        self.title.setParent(self)
        self.tiles = {
            metric: ExplainedTile(
                f"folds-metric-{metric.replace('_', '-')}",
                "folds-interval-help",
                f"fold-tile-{metric}",
            )
            for metric in METRICS
        }
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        for tile in self.tiles.values():
            row.addWidget(tile, 1)
        self.words = text_label(None, wrap=True)
        self.words.setObjectName("folds-words")
        self.bar = QProgressBar()
        self.bar.setObjectName("folds-progress")
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "folds-job")
        self.doing = ElidedLabel("", "muted")
        self.box.setSpacing(SPACE.s)
        self.box.addLayout(row)
        self.box.addWidget(self.words)
        self.box.addWidget(self.bar)
        self.box.addWidget(self.doing)

    def show_study(self, opened: OpenedStudy | None) -> None:
        """Fill the tiles, in the language now set."""
        results = None if opened is None else opened.results
        for metric, tile in self.tiles.items():
            found = None if results is None else results.estimates[metric]
            if results is None or found is None:
                tile.set_value("–")
            elif len(results.folds) == 1:
                tile.set_value(percent_text(fine_percent(found.mean)), tr("folds-one-so-far"))
            else:
                tile.set_value(_mean(found), _interval(found))
        words = "" if opened is None or results is None else _in_words(opened)
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def show_progress(self, done: int, total: int, text: str) -> None:
        """How far all models together are; an empty text hides it."""
        for widget in (self.bar, self.doing):
            widget.setVisible(bool(text))
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.doing.setText(text)


class FoldsTable(QTableWidget):
    """A row for each model. ``opened`` carries the number of one whose run is asked for."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__(0, len(_COLUMNS))
        self.setObjectName("folds-table")
        bind(self, self.setAccessibleName, "folds-view-models")
        look_like_a_list(self, _ROW_HEIGHT, 4)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row() + 1))

    def show_rows(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """The texts of each model, in the language now set."""
        self.setHorizontalHeaderLabels([tr(f"folds-column-{c}") for c in _COLUMNS])
        self.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    self.setItem(row, column, item)
                item.setText(text)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what a double click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.number is not None:
            self.opened.emit(self.number)
            return
        super().keyPressEvent(event)

    @property
    def number(self) -> int | None:
        """The model that is chosen, from 1."""
        row = self.currentRow()
        return row + 1 if row >= 0 else None


class FoldsPlot(CurvePlot):
    """The accuracy of each model on the photos that choose its epoch, and their mean."""

    def __init__(self, session: Session, models: int) -> None:
        self.of_model = {n: Series() for n in range(1, models + 1)}
        self.mean = Series()
        shown = [n for n in self.of_model if n <= _MOST_CURVES]
        super().__init__(
            session,
            "folds-plot",
            "folds-plot",
            [
                *(
                    (Curve(f"model_{n}", "folds-plot-model", "accent", "thin"), self.of_model[n])
                    for n in shown
                ),
                (Curve("mean", "folds-plot-mean", "accent"), self.mean),
            ],
            Scale(tick=percent_tick, value=percent, ceiling=1.0, rising=True, least=0.1),
        )

    @override
    def values_at(self, x: float) -> list[tuple[Curve, float]]:
        """The mean alone: twenty lines of the same name would say nothing."""
        return [(curve, y) for curve, y in super().values_at(x) if curve.name == "mean"]

    def show_points(
        self, curves: dict[int, list[tuple[int, float]]], done: Collection[int], epochs: int
    ) -> None:
        """Draw (epoch, accuracy) of each model, and the mean of those that are ``done``."""
        for number, series in self.of_model.items():
            points = curves.get(number, [])
            series.clear()
            series.extend([float(x) for x, _ in points], [y for _, y in points])
        at: dict[int, list[float]] = {}
        over = [points for number, points in curves.items() if number in done]
        for points in over:
            for x, y in points:
                at.setdefault(x, []).append(y)
        # Where some have ended before, the mean of the others would jump.
        whole = sorted(x for x, ys in at.items() if len(ys) == len(over))
        self.mean.clear()
        self.mean.extend([float(x) for x in whole], [float(np.mean(at[x])) for x in whole])
        self.set_span(float(max(1, epochs)))
        self.refresh()


class ModelsCard(Card):
    """Each model with its state, and their curves over each other.

    ``opened`` carries the number of one whose run is asked for.
    """

    opened = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.title.setParent(self)
        self._session = session
        self.table = FoldsTable()
        self.table.setMaximumWidth(_MOST_TABLE)
        self.open_button = small_button("folds-open", "folds-open")
        self.plot: FoldsPlot | None = None
        self._plot_side = QWidget()
        self._column = QVBoxLayout(self._plot_side)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.xs)
        self._head = QHBoxLayout()
        self._head.addWidget(text_label("folds-plot", "muted", wrap=True), 1)
        self._column.addLayout(self._head)
        left = QVBoxLayout()
        left.addWidget(self.table, 1)
        left.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addLayout(left, 2)
        row.addWidget(self._plot_side, 3)
        self.box.addLayout(row, 1)
        self.open_button.clicked.connect(self._open)
        self.table.opened.connect(self.opened)
        self.table.itemSelectionChanged.connect(self.look)
        self.look()

    def clear(self) -> None:
        """Show no models."""
        if self.plot is not None:
            for old in (self.plot.tools, self.plot):
                old.hide()
                for layout in (self._head, self._column):
                    layout.removeWidget(old)
                old.deleteLater()
        self.plot = None
        self.table.clearSelection()
        self.table.setCurrentCell(-1, -1)

    def begin(self, plan: StudyPlan) -> None:
        """Make room for the curves of other models."""
        self.clear()
        self.plot = FoldsPlot(self._session, plan.asked.models)
        self._head.addWidget(self.plot.tools)
        self._column.addWidget(self.plot, 1)
        # One point a model is no curve.
        self._plot_side.setVisible(not plan.baseline_only)
        self.table.setMaximumWidth(16777215 if plan.baseline_only else _MOST_TABLE)

    def look(self) -> None:
        """Offer to open the model that is chosen."""
        self.open_button.setEnabled(self.table.number is not None)

    def _open(self) -> None:
        if self.table.number is not None:
            self.opened.emit(self.table.number)


class AnswersView(QWidget):
    """The matrix over all folds beside the photos that were taken for something else."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._pooled: Evaluation | None = None
        self._unique: Evaluation | None = None
        self._shown = Shown()
        self.matrix = MatrixCard()
        self.mistakes = MistakesCard(session)
        self.hint = text_label("folds-labels-hint", "caption", wrap=True)
        self.mistakes.box.addWidget(self.hint)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("folds-sides")
        sides.setHandleWidth(SPACE.l)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.matrix)
        sides.addWidget(self.mistakes)
        sides.setSizes(list(_SIDES))
        self.mistakes.grid.set_thumbnail_size(_THUMBNAIL)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState("layers", "folds-none-done", "folds-none-done-text"))
        self._stack.addWidget(sides)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._stack)
        for part in self.findChildren(QWidget):
            if part.objectName().startswith("evaluate-"):  # the Evaluate page has the same parts
                part.setObjectName("folds-" + part.objectName().removeprefix("evaluate-"))
        self.matrix.chosen.connect(self.show_photos_of)
        for asked in (self.matrix.left, self.mistakes.left):
            asked.connect(lambda: self.show_photos_of(Shown()))
        on_change(self, lambda: self.show_photos_of(self._shown))

    def show_pooled(self, pooled: Evaluation | None) -> None:
        """Show the answers over all folds that are done; None while none is."""
        self._stack.setCurrentIndex(0 if pooled is None else 1)
        if pooled is None:
            self._pooled = self._unique = None
            return
        if pooled == self._pooled:
            return
        self._pooled, self._unique = pooled, replace(pooled, judged=once_each(pooled.judged))
        self.matrix.show_evaluation(pooled)
        self.show_photos_of(Shown())

    def show_photos_of(self, shown: Shown) -> None:
        """Show the photos of a cell, of a class, or all mistakes."""
        if self._unique is not None:
            self._shown = shown
            self.matrix.mark(shown)
            self.mistakes.show_photos(self._unique, shown)


def once_each(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """One answer a photo: with repeats, the surest of the commoner kind, wrong or right."""
    of_photo: dict[object, list[Judged]] = {}
    for found in judged:
        of_photo.setdefault(found.path, []).append(found)
    chosen = []
    for answers in of_photo.values():
        wrong = [a for a in answers if a.truth != a.label]
        kind = wrong if 2 * len(wrong) >= len(answers) else [a for a in answers if a not in wrong]
        chosen.append(max(kind, key=lambda a: a.confidence))
    return tuple(chosen)


class StudyView(QWidget):
    """All that is shown of a cross-validation. ``opened`` as `ModelsCard`."""

    opened = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.figures = FoldFiguresCard()
        self.models = ModelsCard(session)
        self.answers = AnswersView(session)
        self.view = ChoiceRow("folds-view", "folds-view")
        for view in VIEWS:
            self.view.add(view, f"folds-view-{view}")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.models)
        self._stack.addWidget(self.answers)
        choice = QHBoxLayout()
        choice.addWidget(self.view)
        choice.addStretch(1)
        self.ensemble = small_button("folds-ensemble", "folds-ensemble")
        bind(self.ensemble, self.ensemble.setToolTip, "folds-ensemble-tip")
        self.ensemble.setEnabled(False)
        choice.addWidget(self.ensemble)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.m)
        column.addWidget(self.figures)
        column.addLayout(choice)
        column.addWidget(self._stack, 1)
        self.view.chosen.connect(self.show_view)
        self.models.opened.connect(self.opened)

    def show_view(self, view: str) -> None:
        """Bring one of `VIEWS` into view."""
        self.view.set_value(view)
        self._stack.setCurrentIndex(VIEWS.index(view))


def _mean(found: Estimate) -> str:
    return tr("folds-mean", mean=fine_percent(found.mean), sd=f"{100 * found.sd:.1f}")


def _interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return tr("folds-no-interval")
    return f"{fine_percent(found.low)} – {percent_text(fine_percent(found.high))}"


def _in_words(opened: OpenedStudy) -> str:
    results, pooled = opened.results, opened.pooled
    if results is None or pooled is None:
        return ""
    found = results.estimates["accuracy"]
    right = sum(row[i] for i, row in enumerate(pooled.matrix))
    asked = opened.plan.asked
    key = "folds-words-repeats" if asked.repeats > 1 else "folds-words"
    words = [tr(key, right=right, n=len(pooled.judged))]
    if found.low is not None and found.high is not None:
        low, high = fine_percent(found.low), percent_text(fine_percent(found.high))
        words.append(tr("folds-words-interval", low=low, high=high))
    if not results.complete:
        words.insert(0, tr("folds-words-part", done=len(results.folds), models=asked.models))
    return sentences(*words)
