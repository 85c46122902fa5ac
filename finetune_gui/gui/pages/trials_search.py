"""Search for the best settings: what is asked for, and what goes on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.core.errors import RecipeError, UserError
from finetune_gui.core.events import Event, TrialMoved
from finetune_gui.core.job import Job, JobState
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe_words import change_lines
from finetune_gui.core.run_folder import new_run_path
from finetune_gui.core.study import StudyFolder, StudySpec, StudyStory
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.latest_job import LatestJob
from finetune_gui.gui.pages.search_result import SearchResult
from finetune_gui.gui.pages.search_setup import SearchSetup
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import Banner, EmptyState, primary_button
from finetune_gui.jobs.studies import ListStudies, ReadStudy
from finetune_gui.jobs.tune import CompareTune, ResumeTune, Tune

_LOOK_MS = 3000  # for trials of other processes, and for the time
_VIEWS = ("empty", "setup", "result")


class SearchPanel(QWidget):
    """``navigate`` asks for another page by its key."""

    navigate = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("search-panel")
        self.handle: JobHandle[StudyStory] | None = None
        self.path: Path | None = None
        self._last: TrialMoved | None = None
        self._again = False
        self._source: Path | None = None  # of the photos that are open
        self._at_hand: tuple[str, ...] = ()
        self._reading, self._listing = (LatestJob(session.runner, self) for _ in range(2))
        self.setup, self.result = SearchSetup(session), SearchResult(session)
        self.banner = Banner("search-banner")
        self.stack = QStackedWidget()
        for view in (self._make_empty(), self.setup, self.result):
            self.stack.addWidget(view)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self.banner)
        self.column.addWidget(self.stack, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._connect()
        self._show_view()

    def _make_empty(self) -> EmptyState:
        button = primary_button("search-empty-go", "search-empty-go")
        button.clicked.connect(lambda: self.navigate.emit("data"))
        return EmptyState("search", "search-empty", "search-empty-text", button)

    def _connect(self) -> None:
        session, result = self.session, self.result
        self.setup.started.connect(self.start)
        self.setup.opened.connect(self.open_study)
        result.pause.clicked.connect(self.pause)
        result.stop.clicked.connect(self.stop)
        result.go_on.clicked.connect(self.go_on)
        result.new.clicked.connect(self.banner.dismiss)
        result.new.clicked.connect(self.close_study)
        result.use_wanted.connect(self.use)
        result.compare_wanted.connect(self.compare)
        result.run_wanted.connect(self._open_run)
        self._reading.finished.connect(self._on_story)
        self._reading.failed.connect(self._on_unreadable)
        self._listing.finished.connect(lambda _job, lines: self.setup.show_earlier(lines))
        session.dataset_changed.connect(self._on_dataset)
        session.recipe_changed.connect(self.setup.follow_recipe)
        for signal in (session.splits_changed, session.training_changed, session.torch_changed):
            signal.connect(self._refresh)
        on_change(self, self._say)

    @property
    def view(self) -> str:
        """What shows: one of "empty", "setup", "result"."""
        return _VIEWS[self.stack.currentIndex()]

    def on_shown(self) -> None:
        """Called each time it comes into view."""
        self._list()
        self._read()

    # ---- the study that shows

    def open_study(self, path: Path) -> None:
        """Show the search at ``path``."""
        self.path = path
        self.result.story = None
        self.banner.dismiss()
        self._read()

    def close_study(self) -> None:
        """Back to what a new search is asked for; the one that showed stays on disk."""
        if self.handle is None:
            self.path = None
            self.result.story = None
            self._timer.stop()
            self._list()
            self._refresh()

    def _read(self) -> None:
        """Read how the search stands; what comes meanwhile is read once more at the end."""
        if self.path is None or not self._is_on_disk():
            return
        if self._reading.is_busy:
            self._again = True
        else:
            self._reading.ask(ReadStudy(self.path, self.result.story))

    def _on_story(self, _job: object, story: StudyStory) -> None:
        if story.path != self.path:
            self._read()
            return
        self._show_story(story)
        if self._again:
            self._again = False
            self._read()

    def _show_story(self, story: StudyStory) -> None:
        self.result.more = self.setup.budget
        self.result.show_story(story, busy=self.handle is not None)
        going_on = self.handle is not None or story.state == "running"
        if going_on and not self._timer.isActive():
            self._timer.start()
        elif not going_on:
            self._timer.stop()
        self._say()
        self._show_view()

    def _on_unreadable(self, _job: object, error: UserError) -> None:
        if self.handle is None:
            self.close_study()
        self.banner.say_error(error)

    def _look(self) -> None:
        if self.isVisible():
            self._read()

    def _list(self) -> None:
        dataset = self.session.dataset
        if dataset is not None:
            self._listing.ask(ListStudies(self.session.paths.searches, str(dataset.source)))

    # ---- what the buttons do

    def start(self) -> None:
        """Begin a new search on what is open."""
        session = self.session
        if session.dataset is None or session.why_not_start():
            return
        try:
            space = self.setup.space()
        except RecipeError as error:
            self.banner.say_error(error)
            return
        out = new_run_path(session.paths.searches, session.dataset.name)
        budget = self.setup.budget
        self.path = out
        # What shows until there is something to read, which may take until another job is over.
        asked = StudySpec(str(session.dataset.source), "", session.recipe, space, budget, "", "")
        self.result.story = StudyStory(out, asked, "running")
        self._begin(Tune(session.dataset, session.recipe, space, budget, out, session.paths))

    def go_on(self) -> None:
        """Go on where the search was; a finished one gets as much again as is chosen."""
        story = self.result.story
        if story is None or self.session.why_not_go_on():
            return
        more = self.setup.budget if story.state == "done" else None
        self._begin(ResumeTune(story.path, self.session.paths, more))

    def compare(self) -> None:
        """Compare the winner with the default, however long it takes."""
        story = self.result.story
        if story is not None and not self.session.why_not_go_on():
            self._begin(CompareTune(story.path, self.session.paths))

    def pause(self) -> None:
        """Save the trial that goes on, and end."""
        if self.handle is not None:
            self.handle.pause()

    def stop(self) -> None:
        """End and keep the best."""
        if self.handle is not None:
            self.handle.cancel()

    def use(self) -> None:
        """Put the settings that the search found into the form, and say what that changed."""
        story = self.result.story
        if story is not None and story.offered is not None:
            found = story.recipe_of(story.offered)
            lines = change_lines(self.session.recipe, found)
            self.session.use_recipe(found)
            self.banner.say_text("good", tr("search-used"), "  ·  ".join(lines))

    def _open_run(self, path: Path) -> None:
        self.session.open_run(path)
        self.navigate.emit("train")

    # ---- the job

    def _begin(self, job: Job[StudyStory]) -> None:
        self.banner.dismiss()
        self._last = None
        self.handle = self.session.begin_trying(job)
        handle = self.handle
        handle.events.connect(self._on_events)
        handle.progressed.connect(self._on_progress)
        handle.failed.connect(self.banner.say_error)
        handle.finished.connect(self._show_story)
        handle.state_changed.connect(lambda _state: self._on_state(handle))
        if self.result.story is not None:
            self.result.show_story(self.result.story, busy=True)
        self.result.show_progress(0, 0)
        self._timer.start()
        self._say()
        self._read()
        self._show_view()

    def _on_events(self, events: list[Event]) -> None:
        moved = [event for event in events if isinstance(event, TrialMoved)]
        if moved:
            self._last = moved[-1]
            self._say()
            self._read()

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        self.result.show_progress(done, total)
        self._say()

    def _on_state(self, handle: JobHandle[StudyStory]) -> None:
        if handle.is_over and handle is self.handle:
            self.handle = None
            self._timer.stop()
            self._read()
            self._list()
            if handle.state is not JobState.COMPLETED and not self._is_on_disk():
                self.close_study()
        self._say()
        self._show_view()

    def _is_on_disk(self) -> bool:
        return self.path is not None and StudyFolder(self.path).spec_file.is_file()

    def _say(self) -> None:
        handle, last = self.handle, self._last
        if handle is None:
            return
        ending = handle.state in (JobState.PAUSING, JobState.CANCELLING)
        self.result.show_ending(ending=ending)
        if ending:
            text = tr("search-pausing")
        elif handle.state is JobState.PENDING:
            text = tr("search-waiting")
        elif handle.text == "search-progress-folds":
            text = tr("search-working-compare", done=handle.done + 1, total=handle.total)
        elif last is None:
            text = tr("search-working-baseline")
        else:
            figures = {"number": last.number, "epoch": last.epoch, "epochs": last.epochs}
            text = tr("search-working-trial", **figures)
        self.result.say(text)

    # ---- what shows

    def _on_dataset(self) -> None:
        """Other photos, or the same without some that cannot be read."""
        dataset = self.session.dataset
        source = None if dataset is None else dataset.source
        if source != self._source:
            self._source = source
            if self.handle is None:
                self.path = None
                self.result.story = None
            self.setup.show_earlier(())
        self._list()
        self._refresh()

    def _refresh(self) -> None:
        at_hand = self.session.backbones_at_hand()
        if at_hand != self._at_hand:
            self._at_hand = at_hand
            self.setup.follow_recipe()
        self.setup.refresh()
        self.result.more = self.setup.budget
        if self.result.story is not None:
            self.result.show_story(self.result.story, busy=self.handle is not None)
            self._say()
        self._show_view()

    def _show_view(self) -> None:
        shows_result = self.result.story is not None or self.handle is not None
        empty = self.session.dataset is None
        view = "result" if shows_result else "empty" if empty else "setup"
        self.stack.setCurrentIndex(_VIEWS.index(view))
