"""The right column of the Model page: where it starts from, what of it learns, and details."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import FREEZE_PRESETS, Freeze
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.pages.model_counting import Choice, Network, ParameterCounter
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.backbone_card import count_text
from finetune_gui.gui.widgets.basic import Card, text_label
from finetune_gui.gui.widgets.block_row import BLOCKS, BlockRow, BlockSample
from finetune_gui.gui.widgets.option_card import OptionCard
from finetune_gui.gui.widgets.recipe_field import RecipeFieldRow

FREEZES = FREEZE_PRESETS
_FROZEN_BLOCKS: dict[Freeze, int] = {
    "none": 0,
    "all_but_last_two_stages": BLOCKS - 2,
    "all_but_last_stage": BLOCKS - 1,
    "backbone": BLOCKS,
}
_FEWEST_CLASSES = 2


class StartCard(Card):
    """Sets ``model.pretrained`` and says what it means."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("model-start", parent)
        self._session = session
        self.row = RecipeFieldRow(session, "model.pretrained")
        self.text = text_label(None, "muted", wrap=True)
        self.box.addWidget(self.row)
        self.box.addWidget(self.text)
        follow(self, session.recipe_changed, self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        pretrained = self._session.recipe.model.pretrained
        key = "model-start-pretrained" if pretrained else "model-start-scratch"
        bind(self.text, self.text.setText, key)


class FreezeOption(OptionCard):
    """One way to freeze: its name, a picture of it, and how much learns then."""

    def __init__(self, freeze: Freeze, parent: QWidget | None = None) -> None:
        word = freeze.replace("_", "-")
        super().__init__(f"freeze-{word}", parent)
        self.freeze = freeze
        self.picture = BlockRow(_FROZEN_BLOCKS[freeze])
        self.learning = text_label(None, "caption")
        self.text = text_label(f"model-freeze-{word}-text", "caption")
        bind(self.radio, self.radio.setText, f"choice-model-freeze-{word}")
        bind(self.radio, self.radio.setAccessibleName, f"choice-model-freeze-{word}")
        bind(self.radio, self.radio.setAccessibleDescription, f"model-freeze-{word}-text")
        self.top.addStretch(1)
        self.top.addWidget(self.learning)
        below = QHBoxLayout()
        below.setSpacing(SPACE.s)
        below.addWidget(self.text)
        below.addStretch(1)
        below.addWidget(self.picture)
        self.box.addLayout(below)

    def show_learning(self, n: int | None) -> None:
        """Show how many parameters learn; None while it is not known."""
        self.learning.setText("" if n is None else tr("model-learning", count=count_text(n)))


class CustomOption(OptionCard):
    """Choosing stage by stage, which is done elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("freeze-custom", parent)
        self.learning = text_label(None, "caption")
        bind(self.radio, self.radio.setText, "choice-model-freeze-custom")
        bind(self.radio, self.radio.setAccessibleName, "choice-model-freeze-custom")
        bind(self.radio, self.radio.setAccessibleDescription, "model-freeze-custom-text")
        self.top.addStretch(1)
        self.top.addWidget(self.learning)
        self.box.addWidget(text_label("model-freeze-custom-text", "caption"))


class FreezeCard(Card):
    """Sets ``model.freeze``. Counts only while it is in sight and torch is there.

    ``refused`` carries a `UserError` when the network cannot be built as the recipe asks, and
    None when nothing is known against it. ``custom_wanted``: stages are to be chosen one by one.
    """

    refused = Signal(object)
    custom_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("recipe-model-freeze", parent)
        self._session = session
        self.counter = ParameterCounter(session.runner, self)
        self.options = {freeze: FreezeOption(freeze) for freeze in FREEZES}
        self.custom = CustomOption()
        self.total = text_label(None, "muted")
        self.scratch = text_label("model-freeze-scratch", wrap=True)
        self.scratch.setProperty("tone", "caution")
        self._group = QButtonGroup(self)
        self._lay_out()
        self._group.buttonClicked.connect(self._on_chosen)
        self.counter.changed.connect(self._show_counts)
        for signal in (session.recipe_changed, session.torch_changed, session.dataset_changed):
            follow(self, signal, self._refresh)
        on_change(self, self._show_counts)
        self._refresh()

    def _lay_out(self) -> None:
        self.box.addWidget(text_label("model-freeze-text", "muted", wrap=True))
        choices = QVBoxLayout()
        choices.setSpacing(SPACE.s)
        for option in (*self.options.values(), self.custom):
            self._group.addButton(option.radio)
            choices.addWidget(option)
        self.box.addLayout(choices)
        self.box.addWidget(self.scratch)
        legend = QHBoxLayout()
        legend.setSpacing(SPACE.xs)
        for sample, key in (
            (BlockSample(frozen=True), "model-legend-frozen"),
            (BlockSample(frozen=False), "model-legend-learns"),
            (BlockSample(frozen=False, head=True), "model-legend-head"),
        ):
            legend.addWidget(sample)
            legend.addWidget(text_label(key, "caption"))
            legend.addSpacing(SPACE.s)
        legend.addStretch(1)
        self.box.addLayout(legend)
        self.box.addWidget(self.total)

    @property
    def network(self) -> Network:
        """What is counted: the recipe's network for the classes of the open photos."""
        session, model = self._session, self._session.recipe.model
        classes = _FEWEST_CLASSES if session.dataset is None else len(session.dataset.classes)
        return Network(
            model.backbone,
            model.input_size,
            max(_FEWEST_CLASSES, classes),
            model.head,
            model.pooling,
            model.adapter,
            model.lora_rank,
        )

    def _on_chosen(self, button: QAbstractButton) -> None:
        if button is self.custom.radio:
            self.custom_wanted.emit()
            return
        chosen = next(o.freeze for o in self.options.values() if o.radio is button)
        self._session.change_recipe({"model.freeze": chosen, "model.learning_stages": ""})

    def _refresh(self) -> None:
        model = self._session.recipe.model
        option = self.options.get(model.freeze)
        (self.custom if option is None else option).radio.setChecked(True)
        self.scratch.setVisible(not model.pretrained and model.freeze != "none")
        self._show_counts()
        if self._session.torch_state == "ready" and self.isVisible():
            others = [Choice(freeze) for freeze in FREEZES if freeze != model.freeze]
            self.counter.count(self.network, [self._choice, *others])

    @property
    def _choice(self) -> Choice:
        model = self._session.recipe.model
        return Choice(model.freeze, model.learning_stages if model.freeze == "custom" else "")

    def _show_counts(self) -> None:
        network = self.network
        for freeze, option in self.options.items():
            found = self.counter.find(network, Choice(freeze))
            option.show_learning(None if found is None else found[1])
        problem = self.counter.problem(network, self._choice)
        self.refused.emit(problem)
        counts = self.counter.find(network, self._choice)
        own = counts is not None and self.custom.is_chosen
        learning = tr("model-learning", count=count_text(counts[1])) if counts and own else ""
        self.custom.learning.setText(learning)
        if counts is None:
            self.total.setText("" if problem else tr("model-count-waiting"))
            return
        key = "model-count-for" if self._session.dataset is None else "model-count"
        self.total.setText(tr(key, all=count_text(counts[0]), learning=count_text(counts[1])))

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


class DetailsCard(Card):
    """Sets the input size and dropout."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("model-details", parent)
        self.input_size = RecipeFieldRow(session, "model.input_size")
        self.dropout = RecipeFieldRow(session, "model.dropout")
        self.own: QLabel = text_label(None, "caption", wrap=True)
        self.problem: QLabel = text_label(None, "caption", wrap=True)
        self.problem.setObjectName("model-input-problem")
        self.problem.setProperty("tone", "danger")
        self._error: UserError | None = None
        for widget in (self.input_size, self.own, self.problem, self.dropout):
            self.box.addWidget(widget)
        self.problem.hide()
        self.own.hide()
        on_change(self, self._show_problem)

    def show_own_size(self, size: int | None) -> None:
        """Say for what input size, in pixels, the chosen backbone was made; None: not known."""
        self.own.setVisible(size is not None)
        if size is not None:
            bind(self.own, self.own.setText, "model-input-own", size=size)

    def show_problem(self, error: UserError | None) -> None:
        """Say why the network cannot be built with this input size."""
        self._error = error
        self._show_problem()

    def _show_problem(self) -> None:
        error = self._error
        self.problem.setVisible(error is not None)
        self.problem.setText("" if error is None else str(error))
