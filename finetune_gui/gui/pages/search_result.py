"""A search as it goes on and what it came to: figures, trials, plots, the answer."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.messages import tr
from finetune_gui.core.study import Budget, StudyStory, TrialRow
from finetune_gui.core.study_words import budget_words, changes_of, verdict_words
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.trials import COLUMNS, TrialsModel
from finetune_gui.gui.pages.search_plots import CoursePlot, ImportancePlot, ParallelPlot
from finetune_gui.gui.pages.train_words import clock, percent
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ChipGroup,
    ElidedLabel,
    StatTile,
    ghost_button,
    primary_button,
    secondary_button,
    set_button_text,
    small_button,
)
from finetune_gui.gui.widgets.long_list import OpeningTable, look_like_a_list

_ROW_HEIGHT = 34
_TILES = ("best", "default", "trials", "time")
_VIEWS = ("history", "parallel", "importance")


class SearchResult(QWidget):
    """Shows a `StudyStory`. Its buttons are connected by the panel.

    ``run_wanted`` carries the folder of a trial's run.
    """

    run_wanted = Signal(object)
    use_wanted = Signal()
    compare_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("search-result")
        self._session = session
        self.story: StudyStory | None = None
        self.more = Budget()  # what a finished search is given when it goes on
        self._busy = False
        self._answered = ""
        self.model = TrialsModel(self)
        self.table = self._make_table()
        self.course, self.parallel = CoursePlot(session), ParallelPlot()
        self.importance = ImportancePlot()
        self.tiles = {name: StatTile(f"search-tile-{name}") for name in _TILES}
        self.banner = Banner("search-verdict")
        self.banner.close_button.hide()
        self._make_buttons()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.m)
        column.addWidget(self._make_head())
        column.addWidget(self.banner)
        column.addWidget(self._make_body(), 1)
        on_change(self, self._retranslate)

    def _make_buttons(self) -> None:
        self.pause = secondary_button("search-pause", "search-pause")
        self.stop = secondary_button("search-stop", "search-stop")
        self.go_on = primary_button("search-continue", "search-continue")
        self.new = ghost_button("search-new", "search-new")
        self.bar = QProgressBar()
        self.bar.setObjectName("search-bar")
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "search-job")
        self.line = ElidedLabel("", "muted")
        self.line.setObjectName("search-line")

    def _make_head(self) -> Card:
        card = Card()
        card.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        card.box.setSpacing(SPACE.s)
        figures = QHBoxLayout()
        figures.setSpacing(SPACE.l)
        for name, tile in self.tiles.items():
            tile.setObjectName(f"search-tile-{name}")
            figures.addWidget(tile, 1)
        card.box.addLayout(figures)
        card.box.addWidget(self.bar)
        below = QHBoxLayout()
        below.setSpacing(SPACE.s)
        below.addWidget(self.line, 1)
        for button in (self.new, self.stop, self.pause, self.go_on):
            below.addWidget(button)
        card.box.addLayout(below)
        return card

    def _make_body(self) -> QSplitter:
        trials = Card("search-table")
        trials.box.setSpacing(SPACE.s)
        trials.box.addWidget(self.table, 1)
        plots = Card()
        plots.box.setSpacing(SPACE.s)
        self.view = ChipGroup("search-view", [(view, f"search-view-{view}") for view in _VIEWS])
        self._plots, self._tools = QStackedWidget(), QStackedWidget()
        for plot in (self.course, self.parallel, self.importance):
            self._plots.addWidget(plot)
        self._tools.addWidget(self.course.tools)
        self._tools.addWidget(QWidget())
        self.view.chosen.connect(self._show_view)
        head = QHBoxLayout()
        head.addWidget(self.view)
        head.addStretch(1)
        head.addWidget(self._tools)
        plots.box.addLayout(head)
        plots.box.addWidget(self._plots, 1)
        body = QSplitter()
        body.setObjectName("search-body")
        body.setChildrenCollapsible(False)
        body.addWidget(trials)
        body.addWidget(plots)
        body.setSizes([580, 500])
        return body

    def _make_table(self) -> OpeningTable:
        table = OpeningTable()
        table.setObjectName("search-trials-table")
        bind(table, table.setAccessibleName, "search-table")
        table.setModel(self.model)
        look_like_a_list(table, _ROW_HEIGHT, 6)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        heads = table.horizontalHeader()
        heads.setSortIndicatorShown(False)
        heads.setResizeContentsPrecision(0)  # by the rows in sight: there may be thousands
        heads.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(COLUMNS.index("changes"), QHeaderView.ResizeMode.Stretch)
        table.opened.connect(self._open)
        return table

    # ---- what is shown

    def show_story(self, story: StudyStory, *, busy: bool) -> None:
        """Show how a search stands; ``busy``: this program works on it."""
        self.story, self._busy = story, busy
        chosen, rolled = self._selected(), self.table.verticalScrollBar().value()
        self.model.set_story(story)
        self._select(chosen)
        self.table.verticalScrollBar().setValue(rolled)
        self.course.set_story(story)
        self.parallel.set_story(story)
        self.importance.set_story(story)
        self._show_tiles(story)
        self._show_buttons(story)
        self._show_answer(story)

    def _show_tiles(self, story: StudyStory) -> None:
        best, default, budget = story.best, story.default, story.spec.budget
        known = None if default is None else default.accuracy
        self.tiles["best"].set_value(*_figure(best, tr("search-tile-same")))
        self.tiles["default"].set_value(
            "–" if known is None else percent(known), tr("search-tile-validation")
        )
        over = [t for t in story.own if t.state not in ("running", "unfinished")]
        hints = []
        if budget.trials is not None:
            hints.append(tr("search-tile-of", n=budget.trials))
        early = sum(t.state == "pruned" for t in over)
        if early:
            hints.append(tr("search-tile-early", n=early))
        learned = len(story.trials) - len(story.own)
        if learned:
            hints.append(tr("search-tile-learned", n=learned))
        self.tiles["trials"].set_value(str(len(over)), " · ".join(hints) or " ")
        whole = None if budget.seconds is None else budget.since + budget.seconds
        of = " " if whole is None else tr("search-tile-of-minutes", n=round(whole / 60))
        self.tiles["time"].set_value(clock(story.spent), of)

    def _show_buttons(self, story: StudyStory) -> None:
        elsewhere = story.state == "running" and not self._busy
        idle = not self._busy and not elsewhere
        self.pause.setVisible(self._busy)
        self.stop.setVisible(self._busy)
        self.new.setVisible(not self._busy)
        self.go_on.setVisible(idle)
        if story.state == "done":
            set_button_text(self.go_on, "search-more", budget=budget_words(self.more))
        else:
            set_button_text(self.go_on, "search-continue")
        why = self._session.why_not_go_on()
        self.go_on.setEnabled(not why)
        self.go_on.setToolTip(why)
        self.bar.setVisible(self._busy)
        if not self._busy:
            key = "search-elsewhere" if elsewhere else f"search-study-{story.state}"
            self.line.setText(tr(key))

    def _show_answer(self, story: StudyStory) -> None:
        """The answer once the search rests; while it goes on the figures say enough."""
        best = story.best
        if self._busy or story.state == "running" or best is None:
            self._answered = ""
            self.banner.dismiss()
            return
        words = verdict_words(story)
        changes = "" if best.is_default else "  ·  ".join(changes_of(story, best))
        text = "\n".join(part for part in (words.text, changes) if part)
        said = f"{best.folder} {words.heading} {text} {self._session.why_not_go_on()}"
        if said == self._answered:  # made anew, its buttons would lose the focus
            return
        self._answered = said
        self.banner.say_text(words.tone, words.heading, text)
        if not best.is_default and story.offered is not None:
            use = small_button("search-use", "search-use")
            self.banner.add_button(use, self.use_wanted.emit)
        if best.folder is not None:
            run = small_button("search-open-run", "search-open-run")
            folder = best.folder
            self.banner.add_button(run, lambda: self.run_wanted.emit(folder))
        answer = None if story.verdict is None else story.verdict.answer
        if not best.is_default and answer in (None, "too_short"):
            compare = small_button("search-compare", "search-compare")
            compare.setEnabled(not self._session.why_not_go_on())
            self.banner.add_button(compare, self.compare_wanted.emit)

    def show_ending(self, *, ending: bool) -> None:
        """Whether it was asked to end already: once is enough."""
        for button in (self.pause, self.stop):
            button.setEnabled(not ending)

    def say(self, text: str) -> None:
        """One line on what goes on."""
        self.line.setText(text)

    def show_progress(self, done: int, total: int) -> None:
        """How far it is; ``total`` 0: not known."""
        self.bar.setRange(0, max(0, total))
        self.bar.setValue(min(done, total))

    # ---- the table

    def _selected(self) -> int | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.row_at(rows[0].row()).number if rows else None

    def _select(self, number: int | None) -> None:
        for row, trial in enumerate(self.model.rows):
            if trial.number == number:
                self.table.selectRow(row)

    def _open(self, index: QModelIndex) -> None:
        trial = self.model.row_at(index.row())
        if trial.folder is None:
            self.line.setText(tr("search-table-away"))
        else:
            self.run_wanted.emit(trial.folder)

    def _show_view(self, view: str) -> None:
        self._plots.setCurrentIndex(_VIEWS.index(view))
        self._tools.setCurrentIndex(0 if view == "history" else 1)

    def _retranslate(self) -> None:
        if self.story is not None:
            self.show_story(self.story, busy=self._busy)


def _figure(best: TrialRow | None, same: str) -> tuple[str, str]:
    if best is None or best.accuracy is None:
        return "–", " "
    return percent(best.accuracy), same if best.is_default else tr(
        "search-tile-trial", number=best.number
    )
