"""The Model page: which backbone a model starts from, and how much of it learns."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.gui.follow import follow
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.model_adapting import PROBLEMS, AdaptingCard
from finetune_gui.gui.pages.model_learning import DetailsCard, FreezeCard, StartCard
from finetune_gui.gui.pages.model_list import BackboneList
from finetune_gui.gui.pages.model_structure import StructurePanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import primary_button
from finetune_gui.gui.widgets.choice_row import ChoiceRow

_COLUMN_WIDTH = 392


class ModelPage(Page):
    """The third step: between augmentation and training."""

    key: ClassVar[str] = "model"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._seen = False
        self.header = PageHeader("model-title", "model-subtitle")
        self.half = ChoiceRow("model-half", "model-half")
        self.half.add("backbone", "model-half-backbone")
        self.half.add("structure", "model-half-structure")
        self.half.chosen.connect(self.show_half)
        self.header.add_widget(self.half)
        self.next_button = self.header.add_button(primary_button("model-next", "model-next"))
        self.next_button.clicked.connect(lambda: self.navigate.emit("train"))
        self.list = BackboneList(session)
        self.start = StartCard(session)
        self.freeze = FreezeCard(session)
        self.details = DetailsCard(session)
        self.adapting = AdaptingCard(session)
        self.structure = StructurePanel(session)
        choosing = QWidget()
        row = QHBoxLayout(choosing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.l)
        row.addWidget(self.list, 1)
        row.addWidget(self._make_column())
        self._halves = {"backbone": choosing, "structure": self.structure}
        self.pages = QStackedWidget()
        for widget in self._halves.values():
            self.pages.addWidget(widget)
        self.body.addWidget(self.header)
        self.body.addWidget(self.pages, 1)
        self.list.listed.connect(
            lambda: session.set_backbones(self.list.titles(), self.list.missing())
        )
        self.list.listed.connect(self._refresh)
        self.list.listed.connect(self.structure.look_again)
        self.freeze.refused.connect(self._show_problem)
        self.freeze.custom_wanted.connect(self._choose_stages)
        for changed in (session.recipe_changed, session.dataset_changed):
            follow(self, changed, self._refresh)

    def show_half(self, half: str) -> None:
        """Show the choice of a backbone ("backbone") or the inside of it ("structure")."""
        self.half.set_value(half)
        self.pages.setCurrentWidget(self._halves[half])

    def _choose_stages(self) -> None:
        self.show_half("structure")
        self.structure.choose_own()

    def _make_column(self) -> QScrollArea:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, SPACE.s, 0)
        column.setSpacing(SPACE.l)
        for card in (self.start, self.freeze, self.details, self.adapting):
            column.addWidget(card)
        column.addStretch(1)
        scroller = QScrollArea()
        scroller.setObjectName("model-column")
        scroller.setFrameShape(QFrame.Shape.NoFrame)
        scroller.setWidgetResizable(True)
        scroller.setFixedWidth(_COLUMN_WIDTH)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setWidget(inside)
        return scroller

    def _show_problem(self, error: UserError | None) -> None:
        """Say why the network cannot be built, where that can be changed."""
        elsewhere = error is not None and error.key in PROBLEMS
        self.details.show_problem(None if elsewhere else error)
        self.adapting.show_problem(error)

    def _refresh(self) -> None:
        chosen = self.list.chosen
        self.details.show_own_size(None if chosen is None else chosen.backbone.input_size)
        self.rail_changed.emit()

    @override
    def rail_subtitle(self) -> str:
        """The backbone that is chosen."""
        chosen = self.list.chosen
        return self.session.recipe.model.backbone if chosen is None else chosen.backbone.title

    @override
    def rail_done(self) -> bool:
        """Done once it was looked at with photos open, and the weights are at hand if wanted."""
        model = self.session.recipe.model
        waits = model.needs_published and model.backbone in self.list.missing()
        return self._seen and self.session.dataset is not None and not waits

    @override
    def on_shown(self) -> None:
        """Remember that it was looked at."""
        self._seen = True
        self.rail_changed.emit()
