"""Runs beside each other: curves, settings, figures, and whether a difference is real."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.dataset.samples import Split
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.base import PageHeader
from finetune_gui.gui.pages.compare_photos import DisputedPhotos
from finetune_gui.gui.pages.compare_plots import ComparePlots
from finetune_gui.gui.pages.compare_verdict import VerdictCard
from finetune_gui.gui.pages.compare_words import metric_rows, recipe_rows, run_color
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ChipGroup,
    ElidedLabel,
    secondary_button,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.busy_view import BusyView
from finetune_gui.gui.widgets.facts_table import FactsTable
from finetune_gui.gui.widgets.plot_legend import Curve, CurveSample
from finetune_gui.jobs.compare import CompareRuns, Comparison, JudgeRuns

_LEAST_NAME = 72  # pixels of a title in the legend
_SIDE_BY_SIDE = 900  # pixels that two tables need beside each other


class CompareView(QWidget):
    """``left`` comes when the user wants the list of runs again.

    Validation photos are compared unless the user chooses the test photos, which can only be
    chosen where every run was evaluated on them before: nothing here judges on test photos.
    """

    left = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("compare-view")
        self._session = session
        self._paths: tuple[Path, ...] = ()
        self._split: Split = "validation"
        self._reference = 0
        self._job: JobHandle[Any] | None = None
        self.found: Comparison | None = None
        self._make_header()
        self.banner = Banner("compare-banner")
        self.busy = BusyView("compare-busy", "evaluate-running-count")
        self.busy.cancelled.connect(self._cancel)
        self.verdict = VerdictCard()
        self.verdict.split_chosen.connect(self._use_split)
        self.verdict.reference_chosen.connect(self._use_reference)
        self.photos = DisputedPhotos(session)
        self.plots: ComparePlots | None = None
        self._stack = QStackedWidget()
        for view in (self._make_overview(), self.photos, self.busy):
            self._stack.addWidget(view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.m)
        for widget in (self.header, self.banner, self._make_bar()):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        on_change(self, lambda: self._show_found() if self._job is None else None)

    # ---- widgets

    def _make_header(self) -> None:
        self.header = PageHeader("runs-compare-title")
        self.back = self.header.add_button(secondary_button("runs-compare-back", "compare-back"))
        self.back.clicked.connect(lambda _on: self._leave())

    def _make_bar(self) -> QWidget:
        """The choice of the view, and the one legend of all curves."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.l)
        self.views = ChipGroup(
            "compare-views", [("overview", "runs-view-overview"), ("photos", "runs-view-photos")]
        )
        self.views.chosen.connect(lambda _view: self._show_view())
        row.addWidget(self.views)
        self._legend = QHBoxLayout()
        self._legend.setSpacing(SPACE.m)
        row.addLayout(self._legend, 1)
        self._bar = bar
        return bar

    def _make_overview(self) -> QScrollArea:
        self.metrics = FactsTable("compare-metrics", "runs-metrics")
        self.recipes = FactsTable("compare-recipes", "runs-differences")
        self.alike = text_label("runs-differences-none", "muted", wrap=True)
        self._tables = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tables.setSpacing(SPACE.l)
        for title, widgets in (
            ("runs-metrics", (self.metrics,)),
            ("runs-differences", (self.alike, self.recipes)),
        ):
            card = Card(title)
            card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.m, SPACE.s)
            card.box.setSpacing(SPACE.xs)
            for widget in widgets:
                card.box.addWidget(widget)
            card.box.addStretch(1)
            self._tables.addWidget(card, 1)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.l)
        self._column.addWidget(self.verdict)
        self._column.addLayout(self._tables, 1)
        area = QScrollArea()
        area.setObjectName("compare-overview")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        return area

    # ---- what is compared

    def show_runs(self, paths: tuple[Path, ...]) -> None:
        """Compare these runs, 2 to 6 of them; the others with the first."""
        self._paths, self._split, self._reference = paths, "validation", 0
        self.found = None
        self.views.set_value("overview")
        self._compare()
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_split(self, split: str) -> None:
        self._split = cast("Split", split)
        self._compare()

    def _use_reference(self, place: int) -> None:
        self._reference = place
        self._compare()

    def _compare(self) -> None:
        self._cancel()
        handle = self._session.runner.start(CompareRuns(self._paths, self._split, self._reference))
        self._job = handle
        handle.finished.connect(lambda found: self._on_found(handle, found))
        handle.failed.connect(lambda error: self._on_failed(handle, error))
        if self.found is None:
            self.banner.hide()
            self._bar.hide()
            self.header.set_subtitle("")
            self.busy.wait_for("runs-comparing")
            self._stack.setCurrentWidget(self.busy)

    def _on_found(self, handle: JobHandle[Any], found: Comparison) -> None:
        if handle is self._job:
            self._job = None
            is_new = self.found is None
            self.found = found
            # A model that was joined of folds has no validation photos; test photos that all were
            # judged by already can be looked at again.
            if is_new and found.without_photos and found.split != "test" and found.test_is_judged:
                self._use_split("test")
            if is_new:
                self._show_plots(found)
            self._show_found()

    def _on_failed(self, handle: JobHandle[Any], error: UserError) -> None:
        if handle is self._job:
            self._job = None
            if self.found is None:
                self._session.message.emit(error)
                self.left.emit()
                return
            self._show_found()
            self.banner.say_error(error)
            blocked = self.found.without_model or self.found.without_photos
            if self.found.missing and not blocked:
                self._offer_to_judge()

    # ---- judging

    def _judge(self) -> None:
        """Ask the models about their validation photos; an evaluation on test photos stays."""
        self._cancel()
        handle = self._session.runner.start(JudgeRuns(self._paths, "validation"))
        self._job = handle
        self.busy.follow(handle, "runs-judging", "evaluate-waiting")
        self._stack.setCurrentWidget(self.busy)
        self.banner.hide()
        handle.finished.connect(lambda _: self._compare() if handle is self._job else None)
        handle.failed.connect(lambda error: self._on_failed(handle, error))
        handle.cancelled.connect(lambda: self._on_cancelled(handle))

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _on_cancelled(self, handle: JobHandle[Any]) -> None:
        if handle is self._job:
            self._job = None
            self._show_found()

    # ---- what is shown

    def _show_plots(self, found: Comparison) -> None:
        if self.plots is not None:
            self._column.removeWidget(self.plots)
            self.plots.hide()
            self.plots.deleteLater()
        self.plots = ComparePlots(self._session, found)
        self._column.insertWidget(1, self.plots)

    def _show_legend(self, found: Comparison) -> None:
        while self._legend.count():
            item = self._legend.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, run in enumerate(found.runs):
            self._legend.addWidget(CurveSample(Curve("", "", run_color(place))))
            name = ElidedLabel(run.title, "muted")
            name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            name.setMinimumWidth(min(name.sizeHint().width(), _LEAST_NAME))
            self._legend.addWidget(name)
        self._legend.addStretch(1)

    def _show_found(self) -> None:
        found = self.found
        if found is None:
            return
        self._bar.show()
        self.header.set_subtitle(tr("runs-compare-subtitle", n=len(found.runs)))
        self._show_legend(found)
        self.verdict.show_found(found)
        self.verdict.setVisible(bool(found.contrasts))
        self._place_tables()
        heads = [(run.title, run_color(n)) for n, run in enumerate(found.runs)]
        self.metrics.facts.set_facts(heads, metric_rows(found))
        rows = recipe_rows(found.runs)
        self.recipes.facts.set_facts(heads, rows)
        self.recipes.setVisible(bool(rows))
        self.alike.setVisible(not rows)
        self.photos.show_found(found)
        self._say_what_is_missing(found)
        self._show_view()

    def _place_tables(self) -> None:
        """Side by side there is room for two columns of figures, not for more."""
        few = self.found is not None and len(self.found.runs) == 2
        way = QBoxLayout.Direction
        wide = few and self.width() >= _SIDE_BY_SIDE
        self._tables.setDirection(way.LeftToRight if wide else way.TopToBottom)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tables where there is room."""
        super().resizeEvent(event)
        self._place_tables()

    def _show_view(self) -> None:
        self._stack.setCurrentIndex(0 if self.views.value == "overview" else 1)

    def _say_what_is_missing(self, found: Comparison) -> None:
        self.banner.hide()
        self.views.chip("photos").setEnabled(bool(found.contrasts))
        if not found.missing:
            return
        self.views.set_value("overview")
        titles = ", ".join(f"“{found.runs[n].title}”" for n in found.without_model)
        if titles:
            self.banner.say("info", "runs-no-model", "runs-no-model-text", runs=titles)
            return
        titles = ", ".join(f"“{found.runs[n].title}”" for n in found.without_photos)
        if titles:
            self.banner.say("info", "runs-no-model", "runs-no-photos-text", runs=titles)
            return
        n = len(found.missing)
        self.banner.say("info", "runs-not-judged", "runs-not-judged-text", n=n)
        self._offer_to_judge()

    def _offer_to_judge(self) -> None:
        self.banner.add_button(small_button("runs-judge", "compare-judge"), self._judge)

    def _leave(self) -> None:
        self._cancel()
        self._job = None
        self.left.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(event)
