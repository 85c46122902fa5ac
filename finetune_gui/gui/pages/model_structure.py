"""The second half of the Model page: a look inside the network, and what of it learns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import ModelRecipe, Recipe, names_in
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.latest_job import LatestJob
from finetune_gui.gui.pages.model_stage import StageCard
from finetune_gui.gui.pages.model_structure_card import StructureCard
from finetune_gui.gui.pages.train_estimate import RunEstimator
from finetune_gui.gui.session import MIN_CLASSES, Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import EmptyState, text_label
from finetune_gui.jobs.describe_structure import DescribeStructure
from finetune_gui.jobs.feature_maps import FeatureMaps

if TYPE_CHECKING:
    from finetune_gui.jobs.describe_structure import Described
    from finetune_gui.jobs.feature_maps import PhotoInside


class StructurePanel(QWidget):
    """Shows the network of the session's recipe and sets which of its stages learn.

    Works only while it is in sight and torch is there.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._described: Described | None = None
        self._of: DescribeStructure | None = None
        self._maps_of: FeatureMaps | None = None
        self._own_wanted = False
        self._problem: UserError | None = None
        self.describing = LatestJob(session.runner, self)
        self.looking = LatestJob(session.runner, self)
        self.estimator = RunEstimator(session, self)
        self.card = StructureCard(session)
        self.stage = StageCard()
        self.problem = text_label(None, "muted", wrap=True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._connect()
        self._take_photos()

    def _lay_out(self) -> None:
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(SPACE.m)
        cards.addWidget(self.card, 3)
        cards.addWidget(self.stage, 2)
        self._scroller = QScrollArea()
        self._scroller.setObjectName("structure-scroller")
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.setWidgetResizable(True)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroller.setWidget(inside)
        self.waiting = EmptyState("clock", "model-structure-waiting", "model-list-waiting-text")
        self._failed = EmptyState("circle-x", "model-list-failed", "model-list-failed-text")
        self.pages = QStackedWidget()
        for page in (self.waiting, self._scroller, self._failed, self.problem):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)

    def _connect(self) -> None:
        session = self._session
        self.describing.finished.connect(self._on_described)
        self.describing.failed.connect(self._on_not_described)
        self.looking.finished.connect(self._on_looked)
        self.looking.failed.connect(lambda _job, error: self.stage.show_problem(error))
        self.card.freeze_chosen.connect(self._on_freeze)
        self.card.chosen.connect(self._show_stage)
        self.card.toggled.connect(self.toggle)
        self.card.all_wanted.connect(lambda: self._on_freeze("none"))
        self.stage.photo.picked.connect(lambda _path: self._look_through())
        self.estimator.changed.connect(self._show_time)
        for changed in (
            session.recipe_changed,
            session.torch_changed,
            session.splits_changed,
            session.run_changed,
            session.training_changed,
        ):
            follow(self, changed, self.refresh)
        follow(self, session.dataset_changed, self._take_photos)
        on_change(self, self._retranslate)

    # ---- what is known

    @property
    def described(self) -> Described | None:
        """What is known of the recipe's network; None before anything is."""
        return self._described

    @property
    def learning(self) -> tuple[str, ...]:
        """The stages that the recipe lets learn, of those that the network has."""
        model, described = self._session.recipe.model, self._described
        if described is None:
            return ()
        if model.freeze != "custom":
            return described.presets[model.freeze]
        asked = names_in(model.learning_stages)
        return tuple(name for name in described.presets["none"] if name in asked)

    def refresh(self) -> None:
        """Show what is set now; what is not known yet is found out beside the window."""
        session = self._session
        if session.torch_state == "failed":
            self.pages.setCurrentWidget(self._failed)
        if session.torch_state != "ready" or not self.isVisible():
            return
        wanted = self._wish()
        if wanted != self._of:
            self.describing.ask(wanted)
        else:
            self.describing.drop()  # what was asked for in between is not wanted any more
        if self._described is not None and not self._is_another(wanted):
            self.card.show_learning(frozenset(self.learning))
        self._look_through()
        self.estimator.look()
        self._show_time()

    def _wish(self) -> DescribeStructure:
        session = self._session
        classes = 0 if session.dataset is None else len(session.dataset.classes)
        return DescribeStructure(session.recipe, max(MIN_CLASSES, classes), session.paths)

    def _is_another(self, wanted: DescribeStructure) -> bool:
        """Whether what is shown is a network of another kind."""
        if self._of is None:
            return True
        known, model = self._of.recipe.model, wanted.recipe.model
        return (known.backbone, known.input_size) != (model.backbone, model.input_size)

    def _on_described(self, job: DescribeStructure, described: Described) -> None:
        another = self._is_another(job)
        self._of, self._described, self._problem = job, described, None
        self.pages.setCurrentWidget(self._scroller)
        self.card.show_described(described)
        self.card.show_learning(frozenset(self.learning))
        if another:
            self.card.view.set_current(0)
        self._show_stage(self.card.view.current)
        if self._own_wanted:
            self.choose_own()

    def _on_not_described(self, job: DescribeStructure, error: UserError) -> None:
        self._of, self._described, self._problem = job, None, error
        self._retranslate()
        self.pages.setCurrentWidget(self.problem)

    def _show_stage(self, number: int) -> None:
        if self._described is not None:
            self.stage.show_stage(self._described.structure, number)

    def _show_time(self) -> None:
        self.card.show_time(self.estimator.seconds)

    def _retranslate(self) -> None:
        if self._problem is not None:
            self.problem.setText(f"{self._problem.sentence}\n{self._problem.next_step}")
        self._show_photo_size()

    # ---- what learns

    def toggle(self, number: int) -> None:
        """Let a stage learn, or freeze it."""
        described = self._described
        if described is None or described.structure.stages[number].role == "head":
            return
        wanted = set(self.learning) ^ {described.structure.stages[number].name}
        names = tuple(name for name in described.presets["none"] if name in wanted)
        preset = next((what for what, those in described.presets.items() if those == names), None)
        if preset is None:
            self._choose("custom", names)
        else:
            self._choose(preset, ())

    def choose_own(self) -> None:
        """Choose by hand from now on, beginning with what learns now."""
        if self._described is None:  # as soon as it is known
            self._own_wanted = True
            return
        self._own_wanted = False
        if self._session.recipe.model.freeze != "custom":
            self._choose("custom", self.learning)

    def _on_freeze(self, what: str) -> None:
        if what == "custom":
            self.choose_own()
        else:
            self._choose(what, ())

    def _choose(self, what: str, names: tuple[str, ...]) -> None:
        stages = ", ".join(names)
        self._session.change_recipe({"model.freeze": what, "model.learning_stages": stages})

    # ---- the photo

    def _take_photos(self) -> None:
        dataset = self._session.dataset
        paths: tuple[Path, ...] = ()
        if dataset is not None:
            paths = tuple(sample.path for sample in dataset.samples)
        self.stage.photo.set_paths(paths)
        if self.stage.photo.path is None:
            self._maps_of = None
            self.looking.drop()
            self.stage.forget()
            self._show_photo_size()
        self.refresh()

    def _look_through(self) -> None:
        """Make the maps of the photo that is picked, unless that was done."""
        session, photo = self._session, self.stage.photo.path
        if photo is None or session.torch_state != "ready" or not self.isVisible():
            return
        model = session.recipe.model
        kept = ModelRecipe(
            backbone=model.backbone,
            pretrained=model.pretrained,
            weights=model.weights,
            weights_sha256=model.weights_sha256,
            input_size=model.input_size,
        )
        wanted = FeatureMaps(photo, Recipe(seed=session.recipe.seed, model=kept), session.paths)
        if wanted != self._maps_of:
            self._maps_of = wanted
            self.stage.show_waiting()
            self.looking.ask(wanted)

    def _on_looked(self, _job: FeatureMaps, inside: PhotoInside) -> None:
        self.stage.show_inside(inside)
        self._show_photo_size()

    def look_again(self) -> None:
        """Weights may have come that were not at hand when the maps were made."""
        if self.stage.is_random and self._session.recipe.model.pretrained:
            self._maps_of = None
            self._look_through()

    def _show_photo_size(self) -> None:
        picture = self.stage.photo.drop.picture
        described = self._described
        size = 0 if described is None else described.structure.input_size
        self.card.view.show_photo(picture, tr("model-photo-size", size=size) if size else "")

    # ---- Qt

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Find out what changed while it was out of sight."""
        super().showEvent(event)
        self.refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not found out."""
        self.describing.drop()
        if self.looking.is_busy:
            self.looking.drop()
            self._maps_of = None
        self.estimator.stop()
        super().hideEvent(event)
