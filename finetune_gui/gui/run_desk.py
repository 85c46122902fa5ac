"""The run that is open and the one that is being trained: often the same, not always."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event, RunFailed, RunFinished, RunPaused
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import Job
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import RunFolder, RunState, new_run_path
from finetune_gui.dataset.index import Dataset
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.gui.run_follower import RunFollower
from finetune_gui.jobs.runs import OpenedRun, OpenRun
from finetune_gui.jobs.train import Resume, Train


class RunDesk(QObject):
    """Opens, trains, resumes and follows runs for the `Session`."""

    run_changed = Signal()
    run_events = Signal(list)
    training_changed = Signal()
    message = Signal(object)

    def __init__(self, paths: AppPaths, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._paths = paths
        self._runner = runner
        self.run: RunFolder | None = None
        self.run_recipe: Recipe | None = None
        self.history: RunHistory | None = None
        self.run_dataset = ""  # the folder of the photos that the open run learns from
        self.training: JobHandle[RunFolder] | None = None
        self._live: tuple[RunFolder, Recipe, RunHistory, str] | None = None
        self._follower: RunFollower | None = None
        self._opening: JobHandle[OpenedRun] | None = None

    @property
    def state(self) -> RunState | None:
        """Where the open run stands; None when no run is open."""
        if self.run is None or self.history is None:
            return None
        if self._follower is not None or (self._live is not None and self.run is self._live[0]):
            return RunState.RUNNING
        match self.history.end:
            case RunFinished():
                return RunState.FINISHED
            case RunPaused():
                return RunState.PAUSED
            case RunFailed():
                return RunState.FAILED
            case _:
                return RunState.INTERRUPTED

    @property
    def live_history(self) -> RunHistory | None:
        """The story of the run that is trained in this program, shown or not."""
        return None if self._live is None else self._live[2]

    @property
    def live_run(self) -> RunFolder | None:
        """The run that is trained in this program, shown or not."""
        return None if self._live is None else self._live[0]

    def train(self, dataset: Dataset, recipe: Recipe, parent: str = "") -> None:
        """Begin a new run, a changed copy of the one called ``parent``, and show it."""
        out = new_run_path(self._paths.runs, dataset.name)
        job = Train(dataset, recipe, out, self._paths, parent)
        self._begin(job, RunFolder(out), recipe, RunHistory(), str(dataset.root))

    def open(self, path: Path) -> None:
        """Show the run at ``path``."""
        self._read(path, resume=False)

    def resume(self, path: Path) -> None:
        """Show the run at ``path`` and go on with it."""
        self._read(path, resume=True)

    def close(self) -> None:
        """Show no run."""
        self._opening = None
        self._show(None, None, None, "")

    def close_quietly(self) -> None:
        """Follow nothing any more and tell nobody: the program ends."""
        self.blockSignals(True)
        self._unfollow()

    def _read(self, path: Path, *, resume: bool) -> None:
        if self._live is not None and self._live[0].path == path:
            self._show(*self._live)
            return
        if self._opening is not None:
            self._opening.cancel()
        handle = self._runner.start(OpenRun(path))
        self._opening = handle
        handle.finished.connect(lambda opened: self._on_read(handle, opened, resume=resume))
        handle.failed.connect(self.message.emit)

    def _on_read(self, handle: JobHandle[OpenedRun], opened: OpenedRun, *, resume: bool) -> None:
        if handle is not self._opening:
            return
        self._opening = None
        running = opened.state is RunState.RUNNING
        if resume and not running and self.training is None:
            job = Resume(opened.run.path, self._paths)
            self._begin(job, opened.run, opened.recipe, opened.history, opened.dataset)
            return
        self._show(opened.run, opened.recipe, opened.history, opened.dataset)
        if running:
            self._follow(opened)

    def _follow(self, opened: OpenedRun) -> None:
        follower = RunFollower(opened.run, opened.follower, self)
        self._follower = follower
        follower.events.connect(lambda events: self._tell(opened.run, opened.history, events))
        follower.ended.connect(self._unfollow)
        self.run_changed.emit()

    def _unfollow(self) -> None:
        if self._follower is not None:
            self._follower.stop()
            self._follower.deleteLater()
            self._follower = None
            self.run_changed.emit()

    def _begin(
        self,
        job: Job[RunFolder],
        run: RunFolder,
        recipe: Recipe,
        history: RunHistory,
        dataset: str,
    ) -> None:
        history.end = None
        self._live = (run, recipe, history, dataset)
        handle = self._runner.start(job)
        self.training = handle
        handle.events.connect(lambda events: self._tell(run, history, events))
        handle.state_changed.connect(lambda _state: self._on_state(handle))
        handle.failed.connect(lambda error: self._on_failed(history, error))
        self._show(run, recipe, history, dataset)
        self.training_changed.emit()

    def _on_failed(self, history: RunHistory, error: UserError) -> None:
        # A failure that the run itself tells of stands on the Train page already.
        if not isinstance(history.end, RunFailed):
            self.message.emit(error)

    def _on_state(self, handle: JobHandle[RunFolder]) -> None:
        if handle.is_over:
            live, self.training, self._live = self._live, None, None
            if live is not None and self.run is live[0] and not _has_begun(live[0], live[2]):
                self.close()
            else:
                self.run_changed.emit()
        self.training_changed.emit()

    def _tell(self, run: RunFolder, history: RunHistory, events: list[Event]) -> None:
        for event in events:
            history.add(event)
        if self.run is run:
            self.run_events.emit(events)

    def _show(
        self,
        run: RunFolder | None,
        recipe: Recipe | None,
        history: RunHistory | None,
        dataset: str,
    ) -> None:
        self._unfollow()
        self.run_dataset = dataset
        self.run, self.run_recipe, self.history = run, recipe, history
        self.run_changed.emit()


def _has_begun(run: RunFolder, history: RunHistory) -> bool:
    """Whether there is a run at all: it may have ended before anything was written."""
    return history.started is not None or history.end is not None or run.recipe_file.is_file()
