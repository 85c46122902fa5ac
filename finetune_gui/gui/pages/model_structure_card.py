"""The upper card of the structure: the blocks, what decides on them, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from finetune_gui.core.durations import rough
from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import recipe_fields
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.pages.model_words import block_face, memory_text
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.backbone_card import count_text
from finetune_gui.gui.widgets.basic import Banner, Card, icon_button, small_button, text_label
from finetune_gui.gui.widgets.recipe_editors import ChoiceEditor, make_editor
from finetune_gui.gui.widgets.recipe_field import RecipeFieldRow
from finetune_gui.gui.widgets.structure_view import ZOOM_STEP, StructureView

if TYPE_CHECKING:
    from finetune_gui.engine.structure import Structure
    from finetune_gui.jobs.describe_structure import Described

_CHOICE_WIDTH = 210
_FIELD_WIDTH = 300


class _Fact(QWidget):
    """A figure behind an icon and its name."""

    def __init__(self, icon: str, key: str, name: str) -> None:
        super().__init__()
        self.value = QLabel("–")
        self.value.setObjectName(name)
        bind(self.value, self.value.setAccessibleName, key)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.xs + 2)
        row.addWidget(IconLabel(icon, "muted", 14))
        row.addWidget(text_label(key, "muted"))
        row.addWidget(self.value)


class StructureCard(Card):
    """Shows a structure. ``freeze_chosen`` carries a way to freeze, "custom" among them.

    ``chosen`` and ``toggled`` are those of the view. ``all_wanted``: everything is to learn.
    """

    freeze_chosen = Signal(str)
    chosen = Signal(int)
    toggled = Signal(int)
    all_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._session = session
        self._described: Described | None = None
        self._wanted: frozenset[str] = frozenset()
        self._seconds: float | None = None
        self._said: UserError | None = None
        self.view = StructureView("structure-view")
        self.freeze: ChoiceEditor = self._make_freeze()
        self.batch_norm = RecipeFieldRow(session, "train.freeze_batch_norm")
        self.decay = RecipeFieldRow(session, "optim.layer_decay")
        self.banner = Banner("structure-problem")
        self.banner.close_button.hide()
        self.note = text_label(None, "caption", wrap=True)
        self.learning = _Fact("graduation-cap", "model-fact-learning", "structure-learning")
        self.memory = _Fact("cpu", "model-fact-memory", "structure-memory")
        self.time = _Fact("clock", "model-fact-time", "structure-time")
        self._make_tools()
        self._lay_out()
        self.view.chosen.connect(self.chosen)
        self.view.toggled.connect(self.toggled)
        on_change(self, self._show)

    def _make_freeze(self) -> ChoiceEditor:
        editor = make_editor(recipe_fields()["model.freeze"], self)
        if not isinstance(editor, ChoiceEditor):
            raise TypeError(type(editor))
        editor.setObjectName("structure-freeze")
        editor.setMinimumWidth(_CHOICE_WIDTH)
        bind(editor, editor.setAccessibleName, "recipe-model-freeze")
        editor.committed.connect(lambda what: self.freeze_chosen.emit(str(what)))
        return editor

    def _make_tools(self) -> None:
        self._tools = QHBoxLayout()
        self._tools.setSpacing(0)
        for icon, key, name, act in (
            ("zoom-out", "data-view-smaller", "zoom-out", lambda: self.view.zoom_by(1 / ZOOM_STEP)),
            ("zoom-in", "data-view-larger", "zoom-in", lambda: self.view.zoom_by(ZOOM_STEP)),
            ("maximize", "data-view-fit", "fit", self.view.fit),
        ):
            button = icon_button(icon, key, f"structure-{name}")
            button.clicked.connect(lambda _on=False, act=act: act())
            self._tools.addWidget(button)

    def _lay_out(self) -> None:
        label = text_label("recipe-model-freeze")
        label.setBuddy(self.freeze)
        choice = QVBoxLayout()
        choice.setSpacing(2)
        choice.addWidget(label)
        choice.addWidget(self.freeze)
        strip = QHBoxLayout()
        strip.setSpacing(SPACE.xl)
        strip.addLayout(choice)
        for field in (self.batch_norm, self.decay):
            field.setMaximumWidth(_FIELD_WIDTH)
            strip.addWidget(field, 1)
        strip.addStretch()
        strip.addLayout(self._tools)
        facts = QHBoxLayout()
        facts.setSpacing(SPACE.xl)
        for fact in (self.learning, self.memory, self.time):
            facts.addWidget(fact)
        facts.addStretch(1)
        self.box.setSpacing(SPACE.s)
        self.box.setContentsMargins(SPACE.l, SPACE.m, SPACE.l, SPACE.m)
        self.box.addLayout(strip)
        self.box.addWidget(self.banner)
        self.box.addWidget(self.view, 1)
        self.box.addWidget(self.note)
        self.box.addLayout(facts)

    # ---- what it shows

    @property
    def structure(self) -> Structure | None:
        """What is drawn; None before there is anything."""
        return None if self._described is None else self._described.structure

    def show_described(self, described: Described) -> None:
        """Show what is known of a network; stale until `show_learning` says what is wanted."""
        self._described = described
        self._show()

    def show_learning(self, stages: frozenset[str]) -> None:
        """Draw these stages as learning at once; rates and figures follow when counted."""
        self._wanted = stages
        self.freeze.show_value(self._session.recipe.model.freeze)
        self._show()

    def show_time(self, seconds: float | None) -> None:
        """How long a training would take; None while it is not known."""
        self._seconds = seconds
        self._show_facts()

    def _show(self) -> None:
        described = self._described
        if described is None:
            return
        structure = described.structure
        heads = [s.role == "head" for s in structure.stages]
        frozen = [s.name not in self._wanted for s in structure.stages]
        faces = [
            block_face(structure, n, frozen=frozen[n] and not heads[n])
            for n in range(len(structure.stages))
        ]
        self.view.show_blocks(faces)
        self.note.setText(tr("model-note-attends" if structure.attends else "model-note-convolves"))
        self._show_problem(described.problem)
        self._show_facts()

    def _show_problem(self, problem: UserError | None) -> None:
        if problem is self._said:
            return
        self._said = problem
        if problem is None:
            self.banner.dismiss()
            return
        self.banner.say_error(problem)
        self.banner.close_button.hide()
        button = small_button("model-learn-all", "structure-learn-all")
        self.banner.add_button(button, self.all_wanted.emit)

    def _show_facts(self) -> None:
        described = self._described
        if described is None:
            return
        found = described.structure
        counts = tr(
            "model-fact-learning-of",
            learning=count_text(found.learning),
            all=count_text(found.parameters),
        )
        self.learning.value.setText(counts)
        self.memory.value.setText(tr("model-about", amount=memory_text(described.memory)))
        if self._seconds is not None:
            amount = tr("common-time-rough", **rough(self._seconds))
            self.time.value.setText(tr("model-about", amount=amount))
        else:
            why = self._session.why_not_start()
            self.time.value.setText(tr("model-time-unknown") if why else tr("model-time-measuring"))
        self.time.setToolTip(self._session.why_not_start())
