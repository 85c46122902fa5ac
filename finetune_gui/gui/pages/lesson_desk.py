"""What the lesson's dialog works with: its notes, its runs, and the one that is trained now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event
from finetune_gui.core.history import RunHistory
from finetune_gui.core.job import Job, JobState
from finetune_gui.core.lesson import LessonNotes, Part
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.session import Session
from finetune_gui.jobs.lesson import (
    ForgetLesson,
    KeepLessonNotes,
    Lesson,
    LessonRun,
    OpenLesson,
    ReadLessonRun,
    TrainLesson,
)


class LessonDesk(QObject):
    """Runs the lesson's jobs.

    ``opened`` comes once it is known how far the lesson is, and when it was thrown away;
    ``changed`` when what may be done changes; ``told`` with the part that is trained and what
    happened in it; ``read`` with a part whose run was read anew; ``failed`` with a `UserError`.
    """

    opened = Signal()
    changed = Signal()
    told = Signal(str, list)
    progressed = Signal(int, int)
    read = Signal(str)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.notes = LessonNotes()
        self.runs: dict[Part, LessonRun] = {}
        self.history = RunHistory()
        self.ready = False
        self._part: Part | None = None
        self._live: JobHandle[RunFolder] | None = None
        self._waits: list[JobHandle[Any]] = []
        self._closed = False

    # ---- where it stands

    @property
    def training(self) -> Part | None:
        """The part that is trained now."""
        return None if self._live is None else self._part

    @property
    def is_ending(self) -> bool:
        """Whether what is trained was asked to pause or to stop."""
        asked = (JobState.PAUSING, JobState.CANCELLING)
        return self._live is not None and self._live.state in asked

    def is_done(self, part: Part) -> bool:
        """Whether a part was trained to an end, or left out."""
        return part in self.notes.skipped or self.over(part) is not None

    def over(self, part: Part | None) -> LessonRun | None:
        """The run of a part once it came to an end; None before."""
        run = None if part is None else self.runs.get(part)
        return run if run is not None and run.is_over else None

    def why_not_start(self) -> str:
        """Why no part can be trained now, as a sentence; empty when one can."""
        if self._session.torch_state == "failed":
            return tr("shell-why-no-torch")
        if self._session.trying is not None:
            return tr("trials-why-trying")
        return "" if self._session.training is None else tr("lesson-why-training")

    # ---- small jobs

    def open(self) -> None:
        """Read how far the lesson is."""
        self._ask_for(OpenLesson(self._session.paths), self._on_opened)

    def forget(self) -> None:
        """Throw the lesson's runs and notes away."""
        self.ready = False
        self.changed.emit()
        empty = Lesson(LessonNotes(), {})
        self._ask_for(ForgetLesson(self._session.paths), lambda _none: self._on_opened(empty))

    def note(self, notes: LessonNotes) -> None:
        """Remember a guess, or that a part is left out."""
        if notes != self.notes:
            self.notes = notes
            self._ask_for(KeepLessonNotes(notes, self._session.paths), lambda _none: None)
            self.changed.emit()

    def close(self) -> None:
        """Pause what is trained and listen to nothing any more."""
        self._closed = True
        self._waits.clear()
        handle, self._live = self._live, None
        if handle is not None:
            handle.pause()

    def _ask_for(self, job: Job[Any], then: Callable[[Any], None]) -> None:
        handle = self._session.runner.start(job)
        self._waits.append(handle)
        handle.finished.connect(lambda result: self._answer(handle, then, result))
        handle.failed.connect(lambda error: self._answer(handle, self._on_failed, error))

    def _answer(self, handle: JobHandle[Any], then: Callable[[Any], None], value: object) -> None:
        if handle in self._waits:
            self._waits.remove(handle)
            then(value)

    def _on_opened(self, lesson: Lesson) -> None:
        self.notes, self.runs = lesson.notes, lesson.runs
        self.ready = True
        self.opened.emit()

    def _on_failed(self, error: UserError) -> None:
        self.ready = True
        self.failed.emit(error)
        self.changed.emit()

    # ---- the training

    def start(self, part: Part) -> None:
        """Train a part, or go on with it where it was."""
        if self._live is not None or self.why_not_start():
            return
        before = self.runs.pop(part, None)
        self.history = RunHistory() if before is None else before.history
        self._part = part
        handle = self._session.runner.start(TrainLesson(part, self._session.paths))
        self._live = handle
        handle.events.connect(lambda events: self._on_events(handle, part, events))
        handle.progressed.connect(lambda done, total, _text: self._on_progress(handle, done, total))
        handle.failed.connect(lambda error: self._on_training_failed(handle, part, error))
        handle.finished.connect(lambda _run: self._on_over(handle, part))
        handle.cancelled.connect(lambda: self._on_over(handle, part))
        handle.state_changed.connect(lambda _state: self._on_state(handle))
        self.note(self.notes.with_skipped(part, skipped=False))
        self.changed.emit()

    def pause(self) -> None:
        """Save the state of what is trained; it can go on later."""
        if self._live is not None:
            self._live.pause()

    def stop(self) -> None:
        """End what is trained, with what came of it so far."""
        if self._live is not None:
            self._live.cancel()

    def let_go(self) -> None:
        """Pause what is trained, and read it once its state is saved."""
        handle, part = self._live, self._part
        if handle is None or part is None:
            return
        self._live = None
        handle.finished.connect(lambda _run: self._read_run(part))
        handle.cancelled.connect(lambda: self._read_run(part))
        handle.pause()
        self.changed.emit()

    def _on_events(self, handle: JobHandle[RunFolder], part: Part, events: list[Event]) -> None:
        if handle is self._live:
            for event in events:
                self.history.add(event)
            self.told.emit(part, events)

    def _on_progress(self, handle: JobHandle[RunFolder], done: int, total: int) -> None:
        if handle is self._live:
            self.progressed.emit(done, total)

    def _on_state(self, handle: JobHandle[RunFolder]) -> None:
        if handle is self._live and not handle.is_over:
            self.changed.emit()

    def _on_training_failed(
        self, handle: JobHandle[RunFolder], part: Part, error: UserError
    ) -> None:
        # A loss that became infinite is what the lesson is about, no mishap.
        if handle is self._live and error.key != "error-loss-not-finite":
            self.failed.emit(error)
        self._on_over(handle, part)

    def _on_over(self, handle: JobHandle[RunFolder], part: Part) -> None:
        if handle is self._live:
            self._live = None
            self.ready = False
            self.changed.emit()
            self._read_run(part)

    def _read_run(self, part: Part) -> None:
        """Look at a run that ended or was paused, and ask the coach."""
        if not self._closed:
            job = ReadLessonRun(part, self._session.paths)
            self._ask_for(job, lambda run: self._on_read(part, run))

    def _on_read(self, part: Part, run: LessonRun | None) -> None:
        self.ready = True
        if self.training == part:  # begun again before it was read
            return
        self.runs.pop(part, None)
        if run is not None:
            self.runs[part] = run
        self.read.emit(part)
