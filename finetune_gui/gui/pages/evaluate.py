"""The Evaluate page: how good the model of the open run is, and what it gets wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedWidget, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Evaluated, Event
from finetune_gui.core.job import Job
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.evaluate_figures import is_outdated
from finetune_gui.gui.pages.evaluate_result import EvaluateResult
from finetune_gui.gui.percent import fine_percent, percent_text
from finetune_gui.gui.script_dialog import ScriptDialog
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import (
    Banner,
    EmptyState,
    primary_button,
    secondary_button,
    small_button,
)
from finetune_gui.gui.widgets.busy_view import BusyView
from finetune_gui.gui.widgets.reveal import reveal
from finetune_gui.jobs.evaluate import Evaluate, ReadEvaluation
from finetune_gui.jobs.save_evaluation import SaveEvaluation

if TYPE_CHECKING:
    from finetune_gui.dataset.samples import Split
    from finetune_gui.engine.evaluation import Evaluation

View = Literal[
    "empty", "training", "failed", "no-model", "no-photos", "no-torch", "not-yet", "busy", "result"
]


class EvaluatePage(Page):
    """Shows the evaluation that the open run keeps, or offers to make one."""

    key = "evaluate"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._path: Path | None = None
        self._found: dict[str, Evaluation] = {}
        self._job: JobHandle[Any] | None = None
        self._view: View = "empty"
        self.header = PageHeader("evaluate-title", "evaluate-subtitle-start")
        self.code_button = self.header.add_button(
            secondary_button("script-show", "evaluate-show-code")
        )
        bind(self.code_button, self.code_button.setToolTip, "script-show-help")
        self.save_button = self.header.add_button(
            secondary_button("evaluate-save", "evaluate-save")
        )
        self.next_button = self.header.add_button(primary_button("evaluate-next", "evaluate-next"))
        self.banner = Banner("evaluate-banner")
        self.result = EvaluateResult(session)
        self.busy = BusyView("evaluate-busy", "evaluate-running-count")
        self.start_button = primary_button("evaluate-start", "evaluate-start")
        self._stack = QStackedWidget()
        self._views: dict[View, QWidget] = self._make_views()
        for view in self._views.values():
            self._stack.addWidget(view)
        self.body.addWidget(self.header)
        self.body.addWidget(self.banner)
        self.body.addWidget(self._stack, 1)
        self._connect()
        self._look()

    def _make_views(self) -> dict[View, QWidget]:
        return {
            "empty": EmptyState(
                "grid-3x3",
                "evaluate-empty-title",
                "evaluate-empty-text",
                self._train_button("empty", primary=True),
            ),
            "training": EmptyState(
                "activity",
                "evaluate-training-title",
                "evaluate-training-text",
                self._train_button("training"),
            ),
            "failed": EmptyState(
                "circle-x",
                "evaluate-failed-title",
                "evaluate-failed-text",
                self._train_button("failed"),
            ),
            "no-model": EmptyState(
                "box",
                "evaluate-no-model-title",
                "evaluate-no-model-text",
                self._train_button("no-model"),
            ),
            "no-photos": EmptyState(
                "layers",
                "evaluate-no-photos-title",
                "evaluate-no-photos-text",
                self._predict_button(),
            ),
            "no-torch": EmptyState(
                "triangle-alert", "evaluate-no-torch-title", "evaluate-no-torch-text"
            ),
            "not-yet": EmptyState(
                "target", "evaluate-not-yet-title", "evaluate-not-yet-text", self.start_button
            ),
            "busy": self.busy,
            "result": self.result,
        }

    def _train_button(self, view: str, *, primary: bool = False) -> QPushButton:
        make = primary_button if primary else secondary_button
        button = make("evaluate-go-train", f"evaluate-{view}-train")
        button.clicked.connect(lambda _on: self.navigate.emit("train"))
        return button

    def _predict_button(self) -> QPushButton:
        button = secondary_button("evaluate-go-predict", "evaluate-go-predict")
        button.clicked.connect(lambda _on: self.navigate.emit("predict"))
        return button

    def _connect(self) -> None:
        self.code_button.clicked.connect(lambda _on: self._show_code())
        self.save_button.clicked.connect(lambda _on: self._save())
        self.next_button.clicked.connect(lambda _on: self.navigate.emit("predict"))
        self.start_button.clicked.connect(lambda _on: self._evaluate(None))
        self.busy.cancelled.connect(self._cancel)
        self.result.split_chosen.connect(self._use_split)
        self.session.run_changed.connect(self._look)
        self.session.torch_changed.connect(self._look)
        self.session.run_events.connect(self._on_events)

    # ---- the rail

    @override
    def rail_subtitle(self) -> str:
        """How many photos the model names correctly."""
        last = self._last_evaluated()
        if last is None:
            return ""
        percent = percent_text(fine_percent(last.accuracy))
        return tr("evaluate-rail-percent", percent=percent)

    @override
    def rail_done(self) -> bool:
        """Whether the open run was evaluated."""
        return self._last_evaluated() is not None

    def _last_evaluated(self) -> Evaluated | None:
        history = self.session.history
        if history is None or self.session.finished_run is None:
            return None
        return max(history.evaluations.values(), key=lambda e: e.time, default=None)

    # ---- what to show

    @property
    def view(self) -> View:
        """What the page shows now."""
        return self._view

    def _look(self) -> None:
        """Show what there is of the run that is open now."""
        run = self.session.run
        if (None if run is None else run.path) != self._path:
            self._path = None if run is None else run.path
            self._forget()
        if self.session.run_state is RunState.RUNNING:
            self._forget()
        nothing = self._why_nothing()
        if nothing is not None:
            self._show(nothing)
        elif self._job is None:
            self._show_or_read()
        self.rail_changed.emit()

    def _forget(self) -> None:
        """Let go of what belongs to a run that is not open, or is not over, any more."""
        self._found = {}
        self.banner.hide()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _why_nothing(self) -> View | None:
        run, state = self.session.run, self.session.run_state
        if run is None:
            return "empty"
        if state is RunState.RUNNING:
            return "training"
        if state is RunState.FAILED:
            return "failed"
        if not run.model_file.is_file():
            return "no-model"
        history = self.session.history
        if history is not None and history.has_learned_all:
            return "no-photos"
        return self._why_no_engine()

    def _why_no_engine(self) -> View | None:
        if self.session.torch_state == "failed":
            return "no-torch"
        if self.session.torch_state == "ready":
            return None
        self.busy.wait_for("evaluate-reading")
        return "busy"

    def _show_or_read(self) -> None:
        history = self.session.history
        if self._found:
            self._show_result(next(reversed(self._found.values())))
        elif history is not None and is_outdated(history):
            self._show("not-yet")
        elif self._path is not None:
            self.busy.wait_for("evaluate-reading")
            self._begin(ReadEvaluation(self._path, self.session.paths))

    def _show(self, view: View) -> None:
        self._view = view
        self._stack.setCurrentWidget(self._views[view])
        for button in (self.code_button, self.save_button, self.next_button):
            button.setVisible(view == "result")
        if view != "result":
            self.header.set_subtitle_key("evaluate-subtitle-start")

    def _show_result(self, evaluation: Evaluation) -> None:
        history = self.session.history
        started = None if history is None else history.started
        has_test = evaluation.split == "test" or (started is not None and started.n_test > 0)
        # The models of a cross-validation have learned from all photos but those for the test.
        may_choose = has_test and (history is None or history.ensemble is None)
        if evaluation is not self.result.evaluation:
            self.result.show_evaluation(evaluation, may_choose=may_choose)
        else:
            self.result.figures.set_split(evaluation.split, may_choose=may_choose)
        self._show("result")
        run, n = self.session.run, len(evaluation.judged)
        name = "" if run is None else run.name
        if evaluation.split == "test":
            looks = evaluation.test_looks
            self.header.set_subtitle_key("evaluate-subtitle-test", run=name, n=n, looks=looks)
        else:
            self.header.set_subtitle_key("evaluate-subtitle-validation", run=name, n=n)
        self._explain_accuracy(evaluation.split, has_test=has_test)

    def _explain_accuracy(self, split: str, *, has_test: bool) -> None:
        why = "evaluate-test-why" if split == "test" else "evaluate-validation-why"
        self.result.figures.accuracy.name.explain_more(
            why if has_test else "evaluate-validation-only"
        )

    # ---- jobs

    def _on_events(self, events: list[Event]) -> None:
        if any(isinstance(event, Evaluated) for event in events):
            self.rail_changed.emit()

    def _use_split(self, split: str) -> None:
        if split in self._found:
            # The one used last is the one to come back to.
            self._found[split] = self._found.pop(split)
            self._show_result(self._found[split])
        else:
            self._evaluate(cast("Split", split))

    def _evaluate(self, split: Split | None) -> None:
        if self._path is None or self._why_nothing() is not None:
            return
        self.banner.hide()
        handle = self._begin(Evaluate(self._path, split, self.session.paths))
        self.busy.follow(handle, "evaluate-running", "evaluate-waiting")

    def _begin(self, job: Job[Evaluation] | Job[Evaluation | None]) -> JobHandle[Any]:
        handle: JobHandle[Any] = self.session.runner.start(job)
        self._job = handle
        handle.finished.connect(lambda found: self._on_found(handle, found))
        handle.failed.connect(lambda error: self._on_failed(handle, error))
        handle.cancelled.connect(lambda: self._on_cancelled(handle))
        self._show("busy")
        return handle

    def _on_found(self, handle: JobHandle[Any], found: Evaluation | None) -> None:
        if handle is not self._job:
            return
        self._job = None
        if found is None:
            self._show("not-yet")
        else:
            self._found.pop(found.split, None)
            self._found[found.split] = found
            self._show_result(found)

    def _on_failed(self, handle: JobHandle[Any], error: UserError) -> None:
        if handle is self._job:
            self._job = None
            self._show_last_or("not-yet")
            self.banner.say_error(error)

    def _on_cancelled(self, handle: JobHandle[Any]) -> None:
        if handle is self._job:
            self._job = None
            if self._show_last_or("not-yet"):
                self.banner.say("info", "evaluate-cancelled")

    def _show_last_or(self, view: View) -> bool:
        """Show what was judged before; False when there is nothing and ``view`` is shown."""
        if not self._found:
            self._show(view)
            return False
        self._show_result(next(reversed(self._found.values())))
        return True

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    # ---- taking along

    def _show_code(self) -> None:
        if self._path is not None:
            ScriptDialog(self.session, self._path, self).open()

    def _save(self) -> None:
        evaluation = self.result.evaluation
        if evaluation is None or self._path is None:
            return
        folder = QFileDialog.getExistingDirectory(self, tr("evaluate-save-choose"))
        if not folder:
            return
        name = f"{self._path.name} {evaluation.split}"
        self.save_button.setEnabled(False)
        handle = self.session.runner.start(SaveEvaluation(evaluation, Path(folder), name))
        handle.finished.connect(self._on_saved)
        handle.failed.connect(self.banner.say_error)
        handle.state_changed.connect(lambda _state: self.save_button.setEnabled(handle.is_over))

    def _on_saved(self, folder: Path) -> None:
        self.banner.say("good", "evaluate-saved", "evaluate-saved-text", path=str(folder))
        button = small_button("common-show-in-folder", "evaluate-saved-show")
        self.banner.add_button(button, lambda: reveal(folder))
