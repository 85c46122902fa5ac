"""Cross-validation: every photo is judged once by a model that has not seen it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.core.cross_validation import Study, new_study_path
from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event, FoldFinished, FoldMoved, FoldStarted
from finetune_gui.core.job import Job, JobState
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunFolder, new_run_path
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.folds_outlook import Outlook
from finetune_gui.gui.pages.folds_result import StudyView
from finetune_gui.gui.pages.folds_setup import EarlierCard, SetupCard
from finetune_gui.gui.pages.train_words import percent
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Banner, EmptyState
from finetune_gui.jobs.cross_validate import (
    CrossValidate,
    ListStudies,
    LookAhead,
    MakeEnsemble,
    OpenedStudy,
    ReadStudy,
    ResumeCrossValidation,
    StudySummary,
)


class FoldsPanel(QWidget):
    """``navigate`` asks for another page by its key."""

    navigate = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("folds-panel")
        self.opened: OpenedStudy | None = None
        self._source: Path | None = None  # of the photos that are open
        self._path: Path | None = None  # of what is shown; its plan may not be read yet
        self._job: JobHandle[Study] | None = None
        self._reading: JobHandle[OpenedStudy] | None = None
        self._listing: JobHandle[list[StudySummary]] | None = None
        self._joining: JobHandle[RunFolder] | None = None
        self._curves: dict[int, list[tuple[int, float]]] = {}
        self._accuracies: dict[int, float] = {}
        self._epochs: dict[int, int] = {}  # of the model that was kept; 0 is the baseline
        self._live: int | None = None
        self._models = 0
        self.setup, self.earlier = SetupCard(), EarlierCard()
        self.view = StudyView(session)
        self.banner = Banner("folds-banner")
        self.empty = EmptyState("layers", "folds-empty-title", "folds-empty-text")
        self._lay_out()
        self.outlook = Outlook(session.runner, self)
        self.outlook.changed.connect(self._refresh)
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE.m)
        left = QVBoxLayout()
        left.setSpacing(SPACE.l)
        left.addWidget(self.setup)
        left.addWidget(self.earlier, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.view)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addLayout(left)
        row.addWidget(self.stack, 1)
        self.column.addWidget(self.banner)
        self.column.addLayout(row, 1)

    def _connect(self) -> None:
        self.setup.start.clicked.connect(lambda _on: self.start())
        self.setup.go_on.clicked.connect(lambda _on: self.go_on())
        self.setup.pause.clicked.connect(lambda _on: self._ask("pause"))
        self.setup.stop.clicked.connect(lambda _on: self._ask("cancel"))
        self.setup.changed.connect(self._ask_outlook)
        self.earlier.chosen.connect(self.open)
        self.view.opened.connect(self._open_run)
        self.view.ensemble.clicked.connect(lambda _on: self.join_models())
        session = self.session
        follow(self, session.dataset_changed, self._on_dataset)
        for signal in (session.splits_changed, session.recipe_changed, session.torch_changed):
            follow(self, signal, self._ask_outlook)
        follow(self, session.training_changed, self._on_training)
        on_change(self, self._refresh)

    def on_shown(self) -> None:
        """Called each time it comes into view."""
        self._list()
        self.outlook.forget_failure()
        self._ask_outlook()

    # ---- what is done

    @property
    def is_running(self) -> bool:
        """Whether models are being trained."""
        return self._job is not None

    def start(self) -> None:
        """Begin a new one on the photos that are open."""
        session = self.session
        if session.dataset is None or self._why_not():
            return
        out = new_study_path(session.paths.cross_validations, session.dataset.name)
        recipe = self.setup.recipe(session.recipe)
        self._show_nothing()
        self._path, self._models = out, self.setup.asked.models
        asked = self.setup.asked
        self._begin(CrossValidate(session.dataset, recipe, asked, out, session.paths))

    def go_on(self) -> None:
        """Train what is left of the one that is shown."""
        if self._path is not None and not self.session.why_not_go_on():
            self._begin(ResumeCrossValidation(self._path, self.session.paths))

    def join_models(self) -> None:
        """Make one model of all that were trained, and open it as a run."""
        dataset, session = self.session.dataset, self.session
        if self._path is None or dataset is None or not self._may_join():
            return
        self.banner.dismiss()
        out = new_run_path(session.paths.runs, dataset.name)
        handle = session.runner.start(MakeEnsemble(self._path, dataset, out))
        self._joining = handle
        handle.finished.connect(self._on_joined)
        handle.failed.connect(self.banner.say_error)
        handle.progressed.connect(lambda *_far: self._show_progress())
        handle.state_changed.connect(lambda _state: self._on_joining(handle))
        self._refresh()

    def _on_joining(self, handle: JobHandle[RunFolder]) -> None:
        if handle.is_over and handle is self._joining:
            self._joining = None
            self._refresh()

    def _on_joined(self, run: RunFolder) -> None:
        if self.isVisible():  # elsewhere nobody waits for it: it is in the list of runs
            self.session.open_run(run.path)
            self.navigate.emit("evaluate")

    def _begin(self, job: Job[Study]) -> None:
        self.outlook.want(None)
        self.banner.dismiss()
        self._live = None
        handle = self.session.begin_trying(job)
        self._job = handle
        handle.events.connect(self._on_events)
        handle.progressed.connect(lambda *_far: self._show_progress())
        handle.failed.connect(self.banner.say_error)
        handle.state_changed.connect(lambda _state: self._on_state(handle))
        self.stack.setCurrentWidget(self.view)
        self._refresh()

    def _ask(self, what: str) -> None:
        if self._job is None:
            return
        if what == "pause":
            self._job.pause()
        else:
            self._job.cancel()
        self._refresh()

    def _on_state(self, handle: JobHandle[Study]) -> None:
        if handle.is_over and handle is self._job:
            self._job, self._live = None, None
            if handle.state is JobState.CANCELLED:
                begun = self._path is not None and Study(self._path).plan_file.is_file()
                self.banner.say("info", "folds-stopped", "folds-stopped-text" if begun else None)
            self._read()
            self._list()
            # The handle still counts as active while it tells of its end.
            QTimer.singleShot(0, self, self.session.training_changed.emit)
        self._refresh()

    def _on_events(self, events: list[Event]) -> None:
        finished = False
        for event in events:
            match event:
                case FoldStarted():
                    self._live, self._models = event.number, event.models
                    if self.opened is None:
                        finished = True  # the plan is on disk now
                case FoldMoved():
                    points = self._curves.setdefault(event.number, [])
                    kept = [(x, y) for x, y in points if x < event.epoch]
                    self._curves[event.number] = [*kept, (event.epoch, event.val_accuracy)]
                case FoldFinished():
                    self._accuracies[event.number] = event.accuracy
                    self._live = None
                    finished = True
        if finished:
            self._read()
        self._refresh_models()

    def _show_progress(self) -> None:
        figures, joining = self.view.figures, self._joining
        if self._job is not None:
            figures.show_progress(len(self._accuracies), self._models, self._doing(self._job))
        elif joining is not None:
            figures.show_progress(joining.done, joining.total, tr("folds-job-ensemble"))
        else:
            figures.show_progress(0, 1, "")

    def _doing(self, job: JobHandle[Study]) -> str:
        if job.state in (JobState.PAUSING, JobState.CANCELLING):
            return tr("folds-ending")
        number = self._live or len(self._accuracies) + 1
        doing = tr("folds-doing", number=min(number, self._models), models=self._models)
        far = f" {job.done}/{job.total}" if job.total else ""
        return f"{doing}  ·  {tr(job.text)}{far}" if job.text else doing

    # ---- what is shown

    def open(self, path: Path) -> None:
        """Show an earlier one."""
        if self.is_running or path == self._path:
            return
        self._show_nothing()
        self._path = path
        self.banner.dismiss()
        self._read()

    def _show_nothing(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self.opened, self._path = None, None
        self._curves, self._accuracies, self._epochs = {}, {}, {}
        self._live, self._models = None, 0
        self.view.models.clear()
        self.view.answers.show_pooled(None)

    def _read(self) -> None:
        """Look again at what lies in the folder."""
        if self._path is None or not Study(self._path).plan_file.is_file():
            return
        if self._reading is not None:
            self._reading.cancel()
        handle = self.session.runner.start(ReadStudy(self._path))
        self._reading = handle
        handle.finished.connect(lambda found: self._on_read(handle, found))
        handle.failed.connect(self.banner.say_error)

    def _on_read(self, handle: JobHandle[Any], found: OpenedStudy) -> None:
        if handle is not self._reading:
            return
        self._reading = None
        first = self.opened is None or self.opened.study.path != found.study.path
        self.opened, self._models = found, found.plan.asked.models
        # What is told live may be ahead of what was read.
        for number, points in found.curves.items():
            if len(points) >= len(self._curves.get(number, [])):
                self._curves[number] = points
        if found.results is not None:
            for fold in found.results.folds:
                self._accuracies[fold.number] = fold.metrics["accuracy"]
                self._epochs[fold.number] = fold.epoch
        if first:
            self.view.models.begin(found.plan)
        self.view.answers.show_pooled(found.pooled)
        self.stack.setCurrentWidget(self.view)
        self._refresh()

    def _refresh(self) -> None:
        """Show how things stand, in the language now set."""
        ending = (JobState.PAUSING, JobState.CANCELLING)
        asked_to_end = self._job is not None and self._job.state in ending
        self.setup.show_buttons(
            running=self.is_running,
            unfinished=self._is_unfinished(),
            asked_to_end=asked_to_end,
        )
        self.setup.allow(self._why_not(), self.session.why_not_go_on())
        self.earlier.list.setEnabled(not self.is_running)
        self._show_outlook()
        self.view.figures.show_study(self.opened)
        self.view.ensemble.setEnabled(self._may_join())
        self._show_progress()
        self._refresh_models()
        if self.opened is None and not self.is_running:
            self.stack.setCurrentWidget(self.empty)

    def _may_join(self) -> bool:
        dataset, opened = self.session.dataset, self.opened
        if opened is None or dataset is None or self._is_unfinished():
            return False
        # Other photos may have been opened meanwhile: their test photos are not the ones to keep.
        same = str(dataset.root) == opened.plan.dataset
        return same and not self.is_running and self._joining is None

    def _is_unfinished(self) -> bool:
        opened = self.opened
        return opened is not None and (opened.results is None or not opened.results.complete)

    def _refresh_models(self) -> None:
        rows = [self._row(number) for number in range(1, self._models + 1)]
        self.view.models.table.show_rows(rows)
        self.view.models.look()
        if self.view.models.plot is not None and self.opened is not None:
            epochs = self._epochs_asked()
            self.view.models.plot.show_points(self._curves, self._accuracies, epochs)

    def _row(self, number: int) -> tuple[str, str, str, str]:
        name = str(number)
        if self.opened is not None and self.opened.plan.asked.repeats > 1:
            repeat, fold = self.opened.plan.place(number)
            name = tr("folds-row-repeat", repeat=repeat, fold=fold)
        accuracy = self._accuracies.get(number)
        points = self._curves.get(number, [])
        if accuracy is not None:
            kept = self._epochs.get(number)
            kept_text = "" if kept is None else str(kept) if kept else tr("folds-baseline")
            return name, tr("folds-state-done"), percent(accuracy), kept_text
        far = f" {points[-1][0]}/{self._epochs_asked()}" if points else ""
        if number == self._live and self.is_running:
            return name, tr("folds-state-live") + far, "", ""
        return name, tr("folds-state-half" if points else "folds-state-waiting") + far, "", ""

    def _epochs_asked(self) -> int:
        return 0 if self.opened is None else self.opened.plan.recipe.train.epochs

    def _open_run(self, number: int) -> None:
        if self.opened is None:
            return
        run = self.opened.study.fold(number)
        if not run.manifest_file.is_file():
            self.banner.say("info", "folds-no-run-yet")
            return
        self.session.open_run(run.path)
        done = number in self._accuracies
        self.navigate.emit("evaluate" if done else "train")

    # ---- what is to be expected

    def _why_not_train(self) -> str:
        return "" if self.is_running else self.session.why_not_start()

    def _why_not(self) -> str:
        """Why a new one cannot start, as a sentence; empty when it can."""
        why = self._why_not_train()
        found = None if why else self.outlook.of(self._looked_for())
        return found.sentence if isinstance(found, UserError) else why

    def _looked_for(self) -> LookAhead | None:
        session = self.session
        if session.dataset is None or session.torch_state != "ready" or self.is_running:
            return None
        if session.why_not_start():
            return None
        recipe = self.setup.recipe(session.recipe)
        return LookAhead(session.dataset, recipe, self.setup.asked, session.paths)

    def _on_training(self) -> None:
        """What ended may have been what was in the way."""
        self.outlook.forget_failure()
        self._ask_outlook()

    def _ask_outlook(self) -> None:
        self._refresh()
        self.outlook.want(self._looked_for() if self.isVisible() else None)

    def _show_outlook(self) -> None:
        why = self._why_not_train()
        if self.is_running:
            self.setup.show_outlook(tr("folds-outlook-running"))
        elif why:
            self.setup.show_outlook(why)
        else:
            self.setup.show_outlook(self.outlook.of(self._looked_for()))

    # ---- earlier ones

    def _on_dataset(self) -> None:
        """Other photos, or the same without some that cannot be read."""
        dataset = self.session.dataset
        source = None if dataset is None else dataset.source
        if source != self._source and not self.is_running:
            self._show_nothing()
        self._source = source
        self._list()
        self._ask_outlook()

    def _list(self) -> None:
        if self._listing is not None:
            self._listing.cancel()
            self._listing = None
        if self.session.dataset is None:
            self.earlier.show_studies([], None)
            return
        root = self.session.dataset.root
        handle = self.session.runner.start(ListStudies(root, self.session.paths))
        self._listing = handle
        handle.finished.connect(lambda found: self._on_listed(handle, found))

    def _on_listed(self, handle: JobHandle[Any], found: list[StudySummary]) -> None:
        if handle is self._listing:
            self._listing = None
            self.earlier.show_studies(found, self._path)
