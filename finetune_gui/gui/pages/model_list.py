"""The left card of the Model page: the backbones and their weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.gui.follow import follow
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.icons import set_icon
from finetune_gui.gui.pages.model_all import AllBackbones
from finetune_gui.gui.pages.model_download import WeightsDownload
from finetune_gui.gui.pages.model_file import FilePanel
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.backbone_card import BackboneCard
from finetune_gui.gui.widgets.basic import Banner, Card, EmptyState, small_button
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.jobs.list_backbones import ListBackbones

if TYPE_CHECKING:
    from finetune_gui.jobs.list_backbones import BackboneStatus

Found = tuple["BackboneStatus", ...]


class BackboneList(Card):
    """Shows the backbones and sets ``model.backbone``: a few as cards, all in a table.

    What is chosen from the table gets a card too, above the others. ``listed`` comes each time it
    has looked which weights are at hand.
    """

    listed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("model-list", parent)
        self._session = session
        self.cards: dict[str, BackboneCard] = {}
        self._downloads: dict[str, WeightsDownload] = {}
        self._unknown: set[str] = set()  # what a recipe asked for and nothing has
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_chosen)
        self.check_button = small_button("model-check-again", "model-check-again")
        set_icon(self.check_button, "refresh-cw", session.theme, "muted", 14)
        bind(self.check_button, self.check_button.setToolTip, "model-check-help")
        self.check_button.clicked.connect(self.look)
        self.view = ChoiceRow("model-view", "model-list")
        self.view.add("recommended", "model-view-recommended")
        self.view.add("all", "model-view-all")
        self.view.chosen.connect(lambda _value: self._show_view())
        self.header.addWidget(self.check_button)
        self.header.addWidget(self.view)
        self.file_button = small_button("model-file-choose", "model-file-choose")
        set_icon(self.file_button, "file-image", session.theme, "muted", 14)
        bind(self.file_button, self.file_button.setToolTip, "model-file-choose-help")
        self.header.insertWidget(self.header.count() - 2, self.file_button)
        self.file = FilePanel(session)
        self.file_button.clicked.connect(lambda _on: self.file.ask())
        session.weights_offered.connect(self.file.look_at)
        self.other = Banner("model-other")
        self.other.close_button.hide()
        self._make_pages()
        follow(self, session.torch_changed, self._on_torch)
        follow(self, session.weights_places_changed, self.look)
        follow(self, session.recipe_changed, self._refresh)
        self._on_torch()

    def _make_pages(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, SPACE.m, 0)
        self._column.setSpacing(SPACE.s)
        self._column.addWidget(self.other)
        self._column.addStretch(1)
        scroller = QScrollArea()
        scroller.setObjectName("model-scroller")
        scroller.setFrameShape(QFrame.Shape.NoFrame)
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroller.setWidget(inside)
        self._scroller = scroller
        self._waiting = EmptyState("clock", "model-list-waiting", "model-list-waiting-text")
        self._failed = EmptyState("circle-x", "model-list-failed", "model-list-failed-text")
        self.pages = QStackedWidget()
        self.all = AllBackbones()
        self.all.used.connect(self._on_used)
        for page in (scroller, self.all, self._waiting, self._failed):
            self.pages.addWidget(page)
        self.box.setContentsMargins(SPACE.l, SPACE.l, SPACE.xs, SPACE.l)
        self.header.setContentsMargins(0, 0, SPACE.m, 0)
        self.box.addWidget(self.file)
        self.box.addWidget(self.pages, 1)

    # ---- what there is

    @property
    def chosen(self) -> BackboneStatus | None:
        """The backbone that the recipe asks for; None while it is not in the list."""
        card = self.cards.get(self._session.recipe.model.backbone)
        return None if card is None else card.status

    def missing(self) -> frozenset[str]:
        """The backbones whose weights are not on this computer."""
        return frozenset(n for n, card in self.cards.items() if card.status.weights is None)

    def titles(self) -> dict[str, str]:
        """What people call the backbones."""
        return {name: card.status.backbone.title for name, card in self.cards.items()}

    def look(self) -> None:
        """Look again which weights are at hand."""
        if self._session.torch_state != "ready":
            return
        session, also = self._session, self._session.recipe.model.backbone
        job = session.runner.start(ListBackbones(session.paths, also=also))
        job.finished.connect(lambda found: self._on_listed(found, also))
        job.failed.connect(session.message)
        if self.view.value == "all":
            self._look_at_all()

    def _look_at_all(self) -> None:
        job = self._session.runner.start(ListBackbones(self._session.paths, everything=True))
        job.finished.connect(self.all.set_backbones)
        job.failed.connect(self._session.message)

    def _on_torch(self) -> None:
        state = self._session.torch_state
        if state == "ready":
            self.look()
        self._show_view()

    def _show_view(self) -> None:
        """Show cards or the table; before there are any, what is waited for."""
        if not self.cards:
            failed = self._session.torch_state == "failed"
            self.pages.setCurrentWidget(self._failed if failed else self._waiting)
        elif self.view.value == "all":
            if self.all.is_empty:
                self._look_at_all()
            self.pages.setCurrentWidget(self.all)
        else:
            self.pages.setCurrentWidget(self._scroller)
        self.check_button.setVisible(bool(self.cards))
        self.view.setVisible(bool(self.cards))

    def _on_listed(self, found: Found, also: str) -> None:
        for status in found:
            self._show_status(status)
        if also not in self.cards:
            self._unknown.add(also)
        self._show_view()
        self._refresh()
        self.listed.emit()

    def _show_status(self, status: BackboneStatus) -> None:
        name = status.backbone.name
        if name in self.cards:
            self.cards[name].show_status(status)
        else:
            self._add_card(status)

    def _add_card(self, status: BackboneStatus) -> None:
        card = BackboneCard(status)
        name = status.backbone.name
        self.cards[name] = card
        self._group.addButton(card.radio)
        card.download_asked.connect(lambda: self.download(name))
        card.cancel_asked.connect(lambda: self._cancel(name))
        card.folder_asked.connect(lambda: self._open_folder(card))
        card.copy_asked.connect(lambda: self._copy_address(card))
        card.check_asked.connect(self.look)
        card.file_asked.connect(lambda: self.file.ask(name))
        extra = status.backbone.character is None
        self._column.insertWidget(1 if extra else self._column.count() - 1, card)

    # ---- what the user does

    def download(self, name: str) -> None:
        """Fetch the weights of a backbone."""
        if name in self._downloads:
            return
        session = self._session
        download = WeightsDownload(self.cards[name], session.runner, session.paths)
        self._downloads[name] = download
        download.over.connect(lambda: self._on_download_over(name))

    def _cancel(self, name: str) -> None:
        if name in self._downloads:
            self._downloads[name].cancel()

    def _on_download_over(self, name: str) -> None:
        del self._downloads[name]
        self.look()

    def _open_folder(self, card: BackboneCard) -> None:
        folder = Path(card.status.folder)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _copy_address(self, card: BackboneCard) -> None:
        QGuiApplication.clipboard().setText(card.status.download_url)
        card.show_copied()

    def _on_chosen(self, button: QAbstractButton) -> None:
        name = next(name for name, card in self.cards.items() if card.radio is button)
        self._choose(name)

    def _choose(self, name: str) -> None:
        """Start from the weights that a backbone was published with."""
        if name != self._session.recipe.model.backbone:
            self._session.change_recipe({"model.backbone": name, "model.weights": ""})

    def _on_used(self, status: BackboneStatus) -> None:
        self._show_status(status)
        self._choose(status.backbone.name)
        self.view.set_value("recommended")
        self._show_view()
        self._scroller.ensureWidgetVisible(self.cards[status.backbone.name])
        self.listed.emit()

    def _refresh(self) -> None:
        model = self._session.recipe.model
        if self.cards and model.backbone not in self.cards and model.backbone not in self._unknown:
            self.look()
        # An exclusive group does not let go of its last choice otherwise.
        self._group.setExclusive(False)
        for name, card in self.cards.items():
            card.radio.setChecked(name == model.backbone)
            missing = card.status.weights is None
            card.show_wanted(card.is_chosen and missing and model.needs_published)
        self._group.setExclusive(True)
        if model.backbone in self._unknown:
            self.other.say("info", "model-other", "model-other-text", name=model.backbone)
            self.other.close_button.hide()
        else:
            self.other.hide()
