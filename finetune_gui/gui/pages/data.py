"""The Data page: open photos, look at them, divide them, and see what is wrong with them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.dataset.samples import Dataset
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.models.classes import SplitCounts, count_classes, number_in_words
from finetune_gui.gui.models.photos import GridPhoto
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.data_browser import PhotoBrowser
from finetune_gui.gui.pages.data_care import DatasetCare
from finetune_gui.gui.pages.data_split import (
    FewPhotosNote,
    SplitPanel,
    train_share,
)
from finetune_gui.gui.pages.data_start import DatasetOpener, StartView
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, hline, primary_button, secondary_button
from finetune_gui.gui.widgets.class_list import ClassList
from finetune_gui.gui.widgets.photo_facts import Facts
from finetune_gui.gui.widgets.photo_grid import PhotoGrid
from finetune_gui.gui.widgets.photo_view import PhotoView

_SIDE_WIDTH = 252


class DataPage(Page):
    """Shows the open dataset, or ways to open one."""

    key = "data"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._shown: Dataset | None = None
        self._view: PhotoView | None = None
        self._counts = SplitCounts()
        self.opener = DatasetOpener(session, self)
        self.care = DatasetCare(session, self)
        self._make_header()
        self.start = StartView(session, self.opener)
        self.start.wanted.connect(self.navigate)
        self.classes = ClassList()
        self.split = SplitPanel(session)
        self.few = FewPhotosNote(session)
        self.browser = PhotoBrowser(session, self.care)
        self._viewed = self.browser.grid
        self._loaded = self._lay_out()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start)
        self._stack.addWidget(self._loaded)
        self.body.addWidget(self.header)
        self.body.addWidget(self._stack, 1)
        self._connect()
        self._on_dataset()
        self._on_splits()

    # ---- the rail

    @override
    def rail_subtitle(self) -> str:
        """ "464 photos · 6 classes"."""
        dataset = self.session.dataset
        if dataset is None:
            return ""
        photos = tr("common-photos", n=len(dataset.samples))
        return f"{photos} · {tr('common-classes', n=len(dataset.classes))}"

    @override
    def rail_done(self) -> bool:
        """Whether a dataset is open."""
        return self.session.dataset is not None

    # ---- making

    def _make_header(self) -> None:
        self.header = PageHeader("data-title")
        add = self.header.add_button
        self.open_button = add(secondary_button("data-open", "data-open"))
        self.check_button = add(secondary_button("data-check", "data-check"))
        self.next_button = add(primary_button("data-next", "data-next"))
        self.open_button.clicked.connect(self._open_menu)
        self.check_button.clicked.connect(self._check)
        self.next_button.clicked.connect(lambda: self.navigate.emit("augment"))

    def _lay_out(self) -> QWidget:
        side = Card("data-classes")
        side.setFixedWidth(_SIDE_WIDTH)
        side.box.addWidget(self.classes, 1)
        side.box.addWidget(hline())
        side.box.addWidget(self.split)
        side.box.addWidget(self.few)
        loaded = QWidget()
        row = QHBoxLayout(loaded)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.l)
        row.addWidget(side)
        row.addWidget(self.browser, 1)
        return loaded

    def _connect(self) -> None:
        self.session.dataset_changed.connect(self._on_dataset)
        self.session.splits_changed.connect(self._on_splits)
        self.session.recipe_changed.connect(self._show_words)
        self.care.changed.connect(self._show_words)
        self.classes.chosen.connect(self._on_class)
        for grid in (self.browser.grid, self.browser.issues.grid):
            grid.opened.connect(lambda row, grid=grid: self._open_photo(grid, row))
        on_change(self, self._show_words)

    # ---- following the session

    def _on_dataset(self) -> None:
        dataset, before = self.session.dataset, self._shown
        self._shown = dataset
        is_other = before is None or dataset is None or before.source != dataset.source
        self._stack.setCurrentWidget(self.start if dataset is None else self._loaded)
        if dataset is None:
            self.start.refresh()
        elif is_other:
            self.browser.begin_anew()
        self.browser.load()
        if is_other and dataset is not None:
            self.classes.choose("")
        self.rail_changed.emit()

    def _on_splits(self) -> None:
        dataset = self.session.dataset
        if dataset is not None:
            rows = count_classes(dataset, self.session.splits)
            self._counts = rows[0].counts
            self.classes.set_rows(rows)
            self.few.set_rows(rows)
            self._show_counts()
        self.browser.show_splits()
        self._show_words()

    def _on_class(self, label: str) -> None:
        self._show_counts()
        self.browser.show_label(label)

    def _show_counts(self) -> None:
        row = self.classes.current_row()
        self.split.show_counts(SplitCounts() if row is None else row.counts)

    def _show_words(self) -> None:
        dataset = self.session.dataset
        for button in (self.open_button, self.check_button, self.next_button):
            button.setVisible(dataset is not None)
        self.check_button.setEnabled(not self.care.is_checking)
        if dataset is None:
            self.header.set_subtitle_key("data-subtitle-start")
        else:
            self.header.set_subtitle(self._subtitle(dataset))

    def _subtitle(self, dataset: Dataset) -> str:
        words = tr(
            "data-subtitle",
            photos=tr("common-photos", n=len(dataset.samples)),
            classes=tr("common-classes", n=len(dataset.classes)),
        )
        parts = [words, self._split_words()]
        if dataset.skipped:
            parts.append(tr("data-subtitle-skipped", n=len(dataset.skipped)))
        return " · ".join(part for part in parts if part)

    def _split_words(self) -> str:
        wanted = self.session.recipe.data
        if not self.split.given:
            return tr(
                "data-subtitle-split",
                train=train_share(wanted),
                validation=round(wanted.validation_fraction * 100),
                test=round(wanted.test_fraction * 100),
            )
        counts = self._counts
        if counts.unknown:
            return ""
        return tr(
            "data-subtitle-given",
            train=number_in_words(counts.train),
            validation=number_in_words(counts.validation),
            test=number_in_words(counts.test),
        )

    # ---- acting

    def _open_menu(self) -> None:
        menu = self.opener.menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.open_button.mapToGlobal(self.open_button.rect().bottomLeft()))

    def _check(self) -> None:
        self.care.check()
        self.browser.chips.set_value("issues")

    def _open_photo(self, grid: PhotoGrid, row: int) -> None:
        if self._view is None:
            self._view = PhotoView(self.session, self)
            self._view.moved.connect(self._on_moved)
        self._viewed = grid
        self._view.show_photo(grid.photos, row, self._facts)

    def _on_moved(self, row: int) -> None:
        """Let the grid follow, unless it shows other photos by now."""
        if self._view is not None and self._view.photos is self._viewed.photos:
            self._viewed.set_current(row)

    def _facts(self, photo: GridPhoto) -> Facts:
        dataset, splits = self.session.dataset, self.session.splits
        samples = () if dataset is None else dataset.samples
        for number, sample in enumerate(samples):
            if sample.path == photo.path:
                split = tr(f"common-split-{splits[number]}") if splits else ""
                return [
                    (tr("common-class"), sample.label),
                    (tr("data-split"), split),
                ]
        return [(tr("common-class"), photo.caption)]
