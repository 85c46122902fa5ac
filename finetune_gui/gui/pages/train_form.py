"""The hyperparameters of the Train page: a few at first, the rest under "Advanced"."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import Recipe, recipe_fields
from finetune_gui.core.recipe_words import value_text
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.icons import set_icon
from finetune_gui.gui.pages.lr_finder import LrFinderButton
from finetune_gui.gui.pages.train_fold import FoldedForm
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    ElidedLabel,
    ghost_button,
    hline,
    icon_button,
    text_label,
)
from finetune_gui.gui.widgets.recipe_form import RecipeForm
from finetune_gui.jobs.recipe_file import ReadRecipe, WriteRecipe

_SECTIONS = ("optim", "schedule", "train", "seed")
_DEVICE = (
    "train.device",
    "train.precision",
    "train.layout",
    "train.threads",
    "train.runtime",
    "train.compile",
    "train.checkpoint_seconds",
)


def basic_keys() -> list[str]:
    """The fields that everyone meets, in the order of their weight."""
    keys = [k for k, f in recipe_fields().items() if f.face.basic and _section(k) in _SECTIONS]
    return sorted(keys, key=lambda key: not key.startswith("train."))


def advanced_groups() -> dict[str, list[str]]:
    """The other fields of this page by group; augmentation, data and model have pages."""
    groups: dict[str, list[str]] = {}
    for key, field in recipe_fields().items():
        if field.face.basic or _section(key) not in _SECTIONS:
            continue
        groups.setdefault("device" if key in _DEVICE else _section(key), []).append(key)
    order = ["optim", "schedule", "train", "device", "seed"]
    return {group: groups[group] for group in order if group in groups}


def _section(key: str) -> str:
    return key.partition(".")[0]


class _FitScroll(QScrollArea):
    """Takes the height of its content where there is room, and scrolls where there is not."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content wants another height: so does this."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    @override
    def sizeHint(self) -> QSize:
        """The content's own size."""
        return self._content.sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        """One field is always seen."""
        return QSize(0, min(60, self.sizeHint().height()))


class _ElsewhereLine(QWidget):
    """What another page sets, in one line with a way there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        self.value = ElidedLabel("")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.go = icon_button("arrow-right", "train-form-go", f"goTo-{page}")
        row.addWidget(text_label(f"recipe-form-group-{page}", "muted"))
        row.addWidget(self.value, 1)
        row.addWidget(self.go)


class HyperparameterCard(Card):
    """The form card of the right column. ``wanted`` carries the key of another page.

    When a run is over it folds away, once: what the coach says of it needs the room.
    """

    wanted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__("recipe-form-title")
        self.session = session
        self.setObjectName("hyperparameters")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.basic = RecipeForm(session, basic_keys())
        self.find_lr = LrFinderButton(session)
        self.basic.rows["optim.lr"].add_tool(self.find_lr)
        self.groups = {name: RecipeForm(session, keys) for name, keys in advanced_groups().items()}
        self.lines = {page: _ElsewhereLine(page) for page in ("data", "augment", "model")}
        self.banner = Banner("recipeBanner")
        self.running = text_label("train-form-running", "caption", wrap=True)
        self.folded = FoldedForm()
        self._fold_for: tuple[Path, RunState] | None = None
        self._make_buttons()
        self._lay_out()
        self._connect()

    def _make_buttons(self) -> None:
        self.reset_button = ghost_button("common-reset-all", "resetAllButton")
        self.reset_button.clicked.connect(self.reset)
        self.menu_button = icon_button("ellipsis", "train-form-menu", "recipeMenuButton")
        self.menu_button.clicked.connect(self._open_menu)
        self.header.insertWidget(0, self.folded, 100)  # more than the gap behind the title
        self.header.addWidget(self.reset_button)
        self.header.addWidget(self.menu_button)
        self.advanced_button = QPushButton()
        self.advanced_button.setObjectName("advancedButton")
        self.advanced_button.setProperty("role", "ghost")
        self.advanced_button.setCheckable(True)
        self.advanced_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(self.advanced_button, "chevron-right", color="muted")
        self.advanced_button.toggled.connect(self._on_advanced)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 10, 0)  # room for the scroll bar
        column.setSpacing(SPACE.s)
        column.addWidget(self.running)
        column.addWidget(self.basic)
        column.addWidget(self.advanced_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.advanced = self._make_advanced()
        column.addWidget(self.advanced)
        column.addStretch(1)
        self._scroll = _FitScroll(content)
        self.box.setContentsMargins(SPACE.l, SPACE.m, 6, SPACE.m)
        self.box.setSpacing(SPACE.s)
        self.box.addWidget(self.banner)
        self.box.addWidget(self._scroll, 1)

    def _make_advanced(self) -> QWidget:
        advanced = QWidget()
        column = QVBoxLayout(advanced)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        for name, form in self.groups.items():
            own = "train-form-group-device" if name == "device" else f"recipe-form-group-{name}"
            column.addWidget(hline())
            column.addWidget(text_label(own, "heading"))
            column.addWidget(form)
        column.addWidget(hline())
        for line in self.lines.values():
            column.addWidget(line)
        advanced.hide()
        return advanced

    def _connect(self) -> None:
        session = self.session
        for signal in (
            session.recipe_changed,
            session.run_changed,
            session.splits_changed,
            session.training_changed,
        ):
            follow(self, signal, self.refresh)
        on_change(self, self.refresh)
        self.folded.button.clicked.connect(self._unfold)
        for page, line in self.lines.items():
            line.go.clicked.connect(lambda _on=False, page=page: self.wanted.emit(page))
        self.refresh()

    @property
    def forms(self) -> tuple[RecipeForm, ...]:
        """All forms of the card."""
        return (self.basic, *self.groups.values())

    def modified(self) -> list[str]:
        """The keys of this card that are not at their default."""
        return [key for form in self.forms for key in form.modified()]

    def reset(self) -> None:
        """Set all fields of this card back to their defaults."""
        self.session.reset_recipe(self.modified())

    def refresh(self) -> None:
        """Look at the session again: while a run goes, its recipe is shown and cannot change."""
        session = self.session
        live = session.run_recipe if session.run_state is RunState.RUNNING else None
        for form in self.forms:
            form.show_recipe(live)
        self.running.setVisible(live is not None)
        unfolded = not self.folded.isVisibleTo(self)
        self.reset_button.setVisible(unfolded and self._can_reset())
        n = sum(len(form.modified()) for form in self.groups.values())
        text = tr("common-advanced")
        if n:
            changed = tr("train-form-modified", n=n)
            text = f"{text} · {changed}"
        self.advanced_button.setText(text)
        self.advanced_button.setAccessibleName(text)
        self._show_lines(live or session.recipe)
        self.folded.show_recipe(live or session.recipe)
        self._fold_if_over()

    def _can_reset(self) -> bool:
        return self.session.run_state is not RunState.RUNNING and bool(self.modified())

    def fold(self, *, folded: bool) -> None:
        """Show one line, or the whole form."""
        self.folded.setVisible(folded)
        self.title.setVisible(not folded)
        self.reset_button.setVisible(not folded and self._can_reset())
        self._scroll.setVisible(not folded)
        self.updateGeometry()

    def _unfold(self) -> None:
        self.fold(folded=False)
        self.basic.rows[basic_keys()[0]].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fold_if_over(self) -> None:
        """Fold when another run is shown or it came to another state; else leave it as it is."""
        run, state = self.session.run, self.session.run_state
        shown = None if run is None or state is None else (run.path, state)
        if shown != self._fold_for:
            self._fold_for = shown
            self.fold(folded=state in (RunState.FINISHED, RunState.FAILED))

    def _show_lines(self, recipe: Recipe) -> None:
        fields = recipe_fields()
        preset = value_text(fields["augment.preset"], recipe.augment.preset)
        freeze = value_text(fields["model.freeze"], recipe.model.freeze)
        counts = Counter(self.session.splits)
        split = tr(
            "train-form-split",
            train=counts["train"],
            validation=counts["validation"],
            test=counts["test"],
        )
        self.lines["data"].value.setText(split)
        self.lines["augment"].value.setText(preset)
        backbone = self.session.backbone_title(recipe.model.backbone)
        text = tr("train-form-model", backbone=backbone, freeze=freeze)
        self.lines["model"].value.setText(text)

    def _on_advanced(self, on: bool) -> None:
        set_icon(self.advanced_button, "chevron-down" if on else "chevron-right", color="muted")
        self.advanced.setVisible(on)
        self._scroll.updateGeometry()

    # ---- recipe files

    def make_menu(self) -> QMenu:
        """Open, save, and take over the recipe of the run that is shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editable = self.basic.isEnabled() and not self.running.isVisibleTo(self)
        known = self.session.run_recipe
        for name, key, action, enabled in (
            ("loadRecipe", "train-form-load", self._ask_load, editable),
            ("saveRecipe", "train-form-save", self._ask_save, True),
            ("useRunRecipe", "train-form-use-run", self._use_run, editable and known is not None),
        ):
            entry = menu.addAction(tr(key))
            entry.setObjectName(name)
            entry.setEnabled(enabled)
            entry.triggered.connect(action)
        return menu

    def _open_menu(self) -> None:
        corner = self.menu_button.rect().bottomLeft()
        self.make_menu().popup(self.menu_button.mapToGlobal(corner))

    def _ask_load(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("train-form-load"), "", tr("train-filter-recipe")
        )
        if chosen:
            self.load_file(Path(chosen))

    def load_file(self, path: Path) -> None:
        """Put the recipe of a file into the form; what is wrong with it is said in the card."""
        handle = self.session.runner.start(ReadRecipe(path))
        handle.failed.connect(self.banner.say_error)
        handle.finished.connect(lambda recipe: self._on_loaded(path, recipe))

    def _on_loaded(self, path: Path, recipe: Recipe) -> None:
        self.session.use_recipe(recipe)
        self.banner.say("info", "train-form-loaded", name=path.name)

    def _ask_save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("train-form-save"), "recipe.toml", tr("train-filter-recipe")
        )
        if chosen:
            path = Path(chosen)
            self.save_file(path if path.suffix else path.with_suffix(".toml"))

    def save_file(self, path: Path) -> None:
        """Write the recipe that is shown to a file."""
        live = self.session.run_recipe if self.session.run_state is RunState.RUNNING else None
        handle = self.session.runner.start(WriteRecipe(live or self.session.recipe, path))
        handle.failed.connect(self.banner.say_error)
        handle.finished.connect(lambda _path: self._on_saved(path))

    def _on_saved(self, path: Path) -> None:
        self.banner.say("info", "train-form-saved", name=path.name)

    def _use_run(self) -> None:
        run, recipe = self.session.run, self.session.run_recipe
        if run is not None and recipe is not None:
            self.session.use_recipe(recipe, taken_from=run.name)
