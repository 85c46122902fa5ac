"""The right card of the Augment page: a photo, and what training will see of it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRandomGenerator, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import sentences, tr
from finetune_gui.core.recipe import ModelRecipe, Recipe, ScheduleRecipe, TrainRecipe, named_preset
from finetune_gui.dataset.samples import Dataset
from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import set_icon
from finetune_gui.gui.pages.augment_chooser import PhotoChooser
from finetune_gui.gui.pages.augment_drawing import PreviewMaker, Wish
from finetune_gui.gui.pages.augment_mosaic import Mosaic
from finetune_gui.gui.pages.augment_photo import PhotoPanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import (
    Card,
    EmptyState,
    secondary_button,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.preview_grid import PreviewGrid, picture_from
from finetune_gui.jobs.preview_augmentation import Preview

COUNTS = (4, 8, 12, 16)

State = Literal["empty", "waiting", "failed", "no-photos", "shown"]
_ICONS: dict[State, str] = {
    "empty": "images",
    "waiting": "clock",
    "failed": "circle-x",
    "no-photos": "image-off",
}


def training_photos(session: Session) -> tuple[int, ...]:
    """The places in ``dataset.samples`` of the photos that are learned from.

    Empty without a dataset and while its photos are being split.
    """
    if session.dataset is None or len(session.splits) != len(session.dataset.samples):
        return ()
    return tuple(n for n, split in enumerate(session.splits) if split == "train")


def what_matters(recipe: Recipe) -> Recipe:
    """A recipe with what the preview depends on; all else at its default."""
    model = ModelRecipe(
        backbone=recipe.model.backbone,
        input_size=recipe.model.input_size,
        freeze=recipe.model.freeze,
        learning_stages=recipe.model.learning_stages,
    )
    return Recipe(
        seed=recipe.seed,
        augment=recipe.augment,
        model=model,
        # Where the head learns alone a few pictures come round again; see `drawn_epoch`.
        schedule=ScheduleRecipe(head_epochs=recipe.schedule.head_epochs),
        train=TrainRecipe(frozen_views=recipe.train.frozen_views, device=recipe.train.device),
    )


class AugmentPreview(Card):
    """Shows one training photo and some augmented versions of it, drawn as training draws them.

    ``navigate`` asks for another page; ``shown`` is what the pictures are of, None before there
    are any. Nothing is drawn while the card is out of sight.
    """

    navigate = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("augment-preview", parent)
        self._session = session
        self._known: Dataset | None = None
        self._order: tuple[int, ...] = ()
        self._at = 0
        self.shown: Wish | None = None
        self._problem: UserError | None = None
        self.first_epoch = 1
        self.maker = PreviewMaker(session.runner, self)
        self.counts = ChoiceRow("augment-count", "augment-count")
        self.shuffle_button = small_button("augment-shuffle", "augment-shuffle")
        self.exact = text_label(None, "muted", wrap=True)
        self.photo = PhotoPanel()
        self.grid = PreviewGrid("augment-versions", 8)
        self.problem = text_label(None, "muted", wrap=True)
        self._make_tools()
        self._make_pages()
        self._connect()
        self._find_photos()

    # ---- how it is made

    def _make_tools(self) -> None:
        for count in COUNTS:
            self.counts.add(str(count))
        self.counts.set_value("8")
        set_icon(self.shuffle_button, "shuffle", self._session.theme, "muted", 14)
        bind(self.shuffle_button, self.shuffle_button.setToolTip, "augment-shuffle-help")
        self.header.addWidget(self.counts)
        self.header.addWidget(self.shuffle_button)

    def _make_pages(self) -> None:
        self._right = QStackedWidget()
        self._right.addWidget(self.grid)
        self._right.addWidget(self.problem)
        self._body = Mosaic(self.photo, self._right, self.count)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._body)
        self.data_button = secondary_button("augment-open-data", "augment-open-data")
        self._states: dict[State, QWidget] = {"shown": self._body}
        for state, icon in _ICONS.items():
            buttons = (self.data_button,) if state == "empty" else ()
            page = EmptyState(icon, f"augment-{state}", f"augment-{state}-text", *buttons)
            self._states[state] = page
            self.pages.addWidget(page)
        self.box.addWidget(self.exact)
        self.box.addWidget(self.pages, 1)

    def _connect(self) -> None:
        session = self._session
        self.maker.made.connect(self._on_made)
        self.maker.failed.connect(self._on_failed)
        self.maker.slow.connect(lambda: self._set_stale(True))
        self.counts.chosen.connect(lambda _count: self.refresh())
        self.shuffle_button.clicked.connect(self.shuffle)
        self.data_button.clicked.connect(lambda: self.navigate.emit("data"))
        self.photo.previous_button.clicked.connect(lambda: self._step(-1))
        self.photo.next_button.clicked.connect(self.next_photo)
        self.photo.random_button.clicked.connect(self._go_anywhere)
        self.photo.choose_button.clicked.connect(self.choose)
        for changed in (session.splits_changed, session.dataset_changed):
            follow(self, changed, self._find_photos)
        for changed in (session.recipe_changed, session.torch_changed):
            follow(self, changed, self.refresh)
        on_change(self, self._retranslate)

    # ---- what is wished for

    @property
    def state(self) -> State:
        """What the card has to show."""
        if self._session.dataset is None:
            return "empty"
        if self._session.torch_state == "failed":
            return "failed"
        if self._session.torch_state != "ready":
            return "waiting"
        return "no-photos" if self._session.splits and not self._order else "shown"

    @property
    def count(self) -> int:
        """How many versions are shown."""
        return int(self.counts.value)

    @property
    def index(self) -> int | None:
        """The photo's place in ``dataset.samples``; None when there is none."""
        return self._order[self._at] if self._order else None

    def refresh(self) -> None:
        """Show what is set now; what is not known yet is drawn beside the window."""
        state = self.state
        self.pages.setCurrentWidget(self._states[state])
        for widget in (self.counts, self.shuffle_button, self.exact):
            widget.setVisible(state == "shown")
        self._say_what_it_is()
        dataset, index = self._session.dataset, self.index
        if state != "shown" or dataset is None or index is None or not self.isVisible():
            return
        photo = dataset.samples[index].path
        recipe = what_matters(self._session.recipe)
        self._body.set_count(self.count)
        self.grid.set_placeholders(self.count)
        self.maker.ask(Wish(photo, index, recipe, self.count, self.first_epoch))

    def shuffle(self) -> None:
        """Show what the next epochs draw."""
        self.first_epoch += self.count
        self.refresh()

    def show_photo(self, index: int) -> None:
        """Show the training photo at this place in ``dataset.samples``."""
        self._go_to(self._order.index(index))

    def next_photo(self) -> None:
        """Show the training photo after this one, or the first after the last."""
        self._step(1)

    def choose(self) -> PhotoChooser | None:
        """Let the user choose a photo; None when there are none."""
        dataset, index = self._session.dataset, self.index
        if dataset is None or index is None:
            return None
        photos = [(n, dataset.samples[n]) for n in self._order]
        chooser = PhotoChooser(self._session, photos, index, self)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(self.show_photo)
        chooser.open()
        return chooser

    def _find_photos(self) -> None:
        """Take the photos as they are now; the one that is shown stays where it is still there."""
        dataset = self._session.dataset
        shown = self.photo.path
        found = training_photos(self._session)
        # While the same photos are split anew, those known so far stay.
        is_other = dataset is not self._known
        if found or is_other or self._session.splits:
            self._order = found
        self._known = dataset
        if dataset is None:
            self._forget()
        elif self._order:
            paths = [dataset.samples[n].path for n in self._order]
            self._at = paths.index(shown) if shown in paths else 0
            self._show_caption()
        self.refresh()

    def _forget(self) -> None:
        self.maker.forget()
        self.shown = None
        self.grid.clear()
        self.photo.clear()

    def _step(self, by: int) -> None:
        if self._order:
            self._go_to((self._at + by) % len(self._order))

    def _go_anywhere(self) -> None:
        others = [at for at in range(len(self._order)) if at != self._at]
        if others:
            self._go_to(others[QRandomGenerator.global_().bounded(len(others))])

    def _go_to(self, at: int) -> None:
        if at == self._at:
            return
        self._at = at
        self._show_caption()
        self._set_stale(True)
        self.refresh()

    def _show_caption(self) -> None:
        dataset, index = self._session.dataset, self.index
        if dataset is not None and index is not None:
            self.photo.show_sample(dataset.samples[index], self._at + 1, len(self._order))

    # ---- what is drawn

    def _on_made(self, wish: Wish, preview: Preview) -> None:
        self.shown, self._problem = wish, None
        versions = [picture_from(p.width, p.height, p.rgb) for p in preview.versions]
        original = preview.original
        self.grid.show_pictures(versions)
        self.photo.show_picture(picture_from(original.width, original.height, original.rgb))
        self._right.setCurrentWidget(self.grid)
        self._retranslate()

    def _on_failed(self, _wish: Wish, error: UserError) -> None:
        self.shown, self._problem = None, error
        self.photo.show_picture(None)
        self.grid.clear()
        self._right.setCurrentWidget(self.problem)
        self._retranslate()

    def _set_stale(self, stale: bool) -> None:
        self.grid.set_stale(stale)
        self.photo.picture.set_stale(stale)

    def _retranslate(self) -> None:
        self._say_what_it_is()
        if self._problem is not None:
            self.problem.setText(f"{self._problem.sentence}\n{self._problem.next_step}")
        wish = self.shown
        if wish is None:
            return
        epochs = range(wish.first_epoch, wish.last_epoch + 1)
        self.grid.set_captions([tr("augment-epoch", epoch=epoch) for epoch in epochs])
        first, last = wish.first_epoch, wish.last_epoch
        name = tr("augment-versions-name", n=wish.count, first=first, last=last)
        self.grid.setAccessibleName(name)

    def _say_what_it_is(self) -> None:
        """Tell plainly how the pictures relate to the training that the recipe asks for."""
        wish, recipe = self.shown, self._session.recipe
        self.exact.setText("" if wish is None else _explanation(wish, recipe))

    # ---- Qt

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while it was out of sight."""
        super().showEvent(event)
        self.refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not drawn."""
        self.maker.forget()
        super().hideEvent(event)


def _explanation(wish: Wish, recipe: Recipe) -> str:
    if recipe.train.epochs == 0:
        return tr("augment-exact-baseline")
    if named_preset(wish.recipe.augment) == "none":
        return tr("augment-exact-none")
    first, last = wish.first_epoch, wish.last_epoch
    if last > recipe.train.epochs:
        return tr("augment-exact-beyond", first=first, last=last, epochs=recipe.train.epochs)
    words = [tr("augment-exact", first=first, last=last)]
    views = recipe.train.frozen_views
    if recipe.model.only_head_learns and last > views:
        words.append(tr("augment-exact-views", n=views))
    if recipe.optim.mixing != "none":
        words.append(tr("augment-exact-mixed"))
    return sentences(*words)
