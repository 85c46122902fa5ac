"""How the model adapts: head, pooling, LoRA, and which stages learn from which epoch on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import ModelRecipe, Recipe
from finetune_gui.core.timeline import Phase, phases
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.job_runner import JobHandle, JobRunner
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import Card, set_property, text_label
from finetune_gui.gui.widgets.recipe_form import RecipeForm
from finetune_gui.gui.widgets.stage_timeline import StageTimeline
from finetune_gui.jobs.count_stages import CountStages

# What is said here and not at the input size.
PROBLEMS = ("error-backbone-pooling", "error-adapter-no-peft", "error-adapter-no-layers")
_MODEL_KEYS = ("model.head", "model.pooling", "model.adapter", "model.lora_rank")
_SCHEDULE_KEYS = (
    "schedule.head_epochs",
    "schedule.stage_epochs",
    "schedule.keep_only_gains",
)


class StageCounter(QObject):
    """Counts the stages of one network at a time; ``changed`` comes when the number is known."""

    changed = Signal()

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._known: dict[ModelRecipe, int | None] = {}
        self._job: JobHandle[int] | None = None
        self._wanted: ModelRecipe | None = None

    def find(self, model: ModelRecipe) -> int | None:
        """The number of stages; None while it is not known, or where there is no such network."""
        return self._known.get(_counted(model))

    def count(self, model: ModelRecipe) -> None:
        """Count the stages of ``model`` unless that was done; drops what was asked before."""
        wanted = _counted(model)
        going_on = self._job is not None and not self._job.is_over  # else somebody stopped it
        if wanted in self._known or (going_on and wanted == self._wanted):
            return
        self.stop()
        self._wanted = wanted
        self._job = self._runner.start(CountStages(wanted))
        self._job.finished.connect(self._on_counted)
        self._job.failed.connect(self._on_failed)

    def stop(self) -> None:
        """Count nothing any more; what a job still says is not heard."""
        if self._job is not None and not self._job.is_over:
            self._job.finished.disconnect(self._on_counted)
            self._job.failed.disconnect(self._on_failed)
            self._job.cancel()
        self._job = None

    def _on_counted(self, stages: int) -> None:
        self._note(stages)

    def _on_failed(self, _error: UserError) -> None:
        self._note(None)  # the card of what is frozen says why

    def _note(self, stages: int | None) -> None:
        self._job = None
        if self._wanted is not None:
            self._known[self._wanted] = stages
        self.changed.emit()


def _counted(model: ModelRecipe) -> ModelRecipe:
    """What the number of stages depends on: the rest is as it is at first."""
    return ModelRecipe(
        backbone=model.backbone,
        freeze=model.freeze,
        learning_stages=model.learning_stages,
        input_size=model.input_size,
        pooling=model.pooling,
        adapter=model.adapter,
    )


class AdaptingCard(Card):
    """Sets how the model adapts and draws when which part of it learns."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("model-adapting", parent)
        self._session = session
        self.counter = StageCounter(session.runner, self)
        self.form = RecipeForm(session, _MODEL_KEYS)
        self.problem: QLabel = text_label(None, "caption", wrap=True)
        self.problem.setObjectName("model-adapting-problem")
        self.problem.setProperty("tone", "danger")
        self.schedule = RecipeForm(session, _SCHEDULE_KEYS)
        self.timeline = StageTimeline()
        self.plan: QLabel = text_label(None, "caption", wrap=True)
        self.plan.setObjectName("model-timeline-plan")
        self._error: UserError | None = None
        self.box.addWidget(self.form)
        self.box.addWidget(self.problem)
        self.box.addWidget(text_label("model-timeline", "heading"))
        self.box.addWidget(self.schedule)
        self.box.addWidget(self.timeline)
        self.box.addWidget(self.plan)
        self.counter.changed.connect(self._show_timeline)
        follow(self, session.recipe_changed, self._refresh)
        follow(self, session.torch_changed, self._refresh)
        on_change(self, self._retranslate)
        self._refresh()
        self._retranslate()

    def show_problem(self, error: UserError | None) -> None:
        """Say why the network cannot be built with this pooling or adapter."""
        self._error = error if error is not None and error.key in PROBLEMS else None
        self._retranslate()

    def _retranslate(self) -> None:
        error = self._error
        self.problem.setVisible(error is not None)
        self.problem.setText("" if error is None else str(error))
        self._show_timeline()

    def _refresh(self) -> None:
        recipe = self._session.recipe
        self.form.rows["model.lora_rank"].setVisible(recipe.model.adapter != "none")
        self.schedule.rows["schedule.keep_only_gains"].setVisible(recipe.schedule.in_stages)
        if self._session.torch_state == "ready" and self.isVisible():
            self.counter.count(recipe.model)
        self._show_timeline()

    def _show_timeline(self) -> None:
        recipe = self._session.recipe
        stages = self.counter.find(recipe.model)
        drawn = stages is not None and recipe.train.epochs > 0
        self.timeline.setVisible(drawn)
        self.plan.setVisible(drawn)
        if stages is None or not drawn:
            return
        found = phases(recipe.train.epochs, recipe.schedule, stages)
        self.timeline.show_phases(found, stages)
        self.plan.setText(plan_text(recipe, found, stages))
        set_property(self.plan, "tone", "caution" if found[-1].stages < stages else "")
        self.timeline.setAccessibleName(tr("model-timeline"))
        self.timeline.setAccessibleDescription(self.plan.text())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Count what changed while it was out of sight."""
        super().showEvent(event)
        self._refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not counted."""
        self.counter.stop()
        super().hideEvent(event)


def plan_text(recipe: Recipe, found: tuple[Phase, ...], stages: int) -> str:
    """The timeline in words: a line for the head, one for the stages."""
    if not stages:
        return tr("model-timeline-frozen")
    if not recipe.schedule.in_stages:
        return tr("model-timeline-at-once")
    if found[-1].stages == 0:
        return tr("model-timeline-head-only", epochs=recipe.train.epochs)
    lines = []
    if found[0].stages == 0:
        lines.append(tr("model-timeline-head-first", epochs=found[0].last))
    first = next(phase.first for phase in found if phase.stages)
    every = recipe.schedule.stage_epochs
    if not every:
        lines.append(tr("model-timeline-then-all", epoch=first))
    else:
        lines.append(tr("model-timeline-then-stages", epoch=first, every=every))
        key = "model-timeline-reached" if found[-1].stages == stages else "model-timeline-too-short"
        lines.append(tr(key, reached=found[-1].stages, stages=stages))
    return "\n".join(lines)
