"""The photos of the open dataset: what is shown of them, in which order, how large."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSlider,
    QStackedWidget,
)

from finetune_gui.core.messages import tr
from finetune_gui.dataset.samples import Split
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.models.photos import PhotoFilter, PhotoShelf, SortBy
from finetune_gui.gui.pages.data_care import DatasetCare
from finetune_gui.gui.pages.data_issues import IssuesView
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, ChipGroup, SearchField, text_label
from finetune_gui.gui.widgets.photo_cell import GAP
from finetune_gui.gui.widgets.photo_grid import MAX_SIZE, MIN_SIZE, PhotoGrid
from finetune_gui.jobs.sort_photos import SortPhotos

_SORTS: tuple[SortBy, ...] = ("class", "name", "newest")
_SLIDER_WIDTH = 96


class PhotoBrowser(Card):
    """Chips, search, grid, order and size. ``label`` is the class that is shown, "" for all."""

    def __init__(self, session: Session, care: DatasetCare) -> None:
        super().__init__()
        self.setObjectName("data-browser")
        self._session = session
        self._care = care
        self._shelf: PhotoShelf | None = None
        self._label = ""
        self._sorting: JobHandle[tuple[int, ...]] | None = None
        self.grid = PhotoGrid(session)
        self.issues = IssuesView(session, care)
        self._make_controls()
        self._stack = QStackedWidget()
        self._remark = text_label(None, "muted")
        self._remark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for view in (self.grid, self._remark, self.issues):
            self._stack.addWidget(view)
        self._lay_out()
        care.changed.connect(self._show_issue_count)
        session.dataset_changed.connect(self._show_issue_count)
        on_change(self, self._show_words)
        self._show_issue_count()

    # ---- for the page

    def begin_anew(self) -> None:
        """Another dataset is open: show all of it."""
        self._shelf = None
        self.search.clear()
        self.chips.set_value("all")
        self.sort.setCurrentIndex(0)

    def load(self) -> None:
        """Take the photos of the open dataset; `show_splits` shows them."""
        dataset = self._session.dataset
        self._shelf = None if dataset is None else PhotoShelf(dataset)
        self._order()

    def show_splits(self) -> None:
        """Take the splits of the session."""
        if self._shelf is not None:
            self._shelf.set_splits(self._session.splits)
            self.show_photos()

    def show_label(self, label: str) -> None:
        """Show one class, or all of them for an empty name."""
        self._label = label
        if self.chips.value == "issues":
            self.chips.set_value("all")
        self.show_photos()

    def show_photos(self) -> None:
        """Show what the filters let pass."""
        part, shelf = self.chips.value, self._shelf
        if shelf is None:
            return
        if part == "issues":
            self._stack.setCurrentWidget(self.issues)
        else:
            split = cast("Split", part) if part != "all" else ""
            photos = shelf.shown(PhotoFilter(self._label, split, self.search.text()))
            self.grid.set_photos(photos)
            self._stack.setCurrentWidget(self.grid if photos else self._remark)
        self._show_words()

    # ---- making

    def _make_controls(self) -> None:
        self.chips = ChipGroup(
            "data-chips",
            [
                ("all", "common-all"),
                ("train", "common-split-train"),
                ("validation", "common-split-validation"),
                ("test", "common-split-test"),
                ("issues", "data-issues"),
            ],
        )
        self.chips.chosen.connect(lambda _value: self.show_photos())
        self.search = SearchField("data-search", "data-search")
        self.search.setMinimumWidth(110)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(lambda _text: self.show_photos())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        self.count = text_label(None, "muted")
        self.sort = QComboBox()
        self.sort.setObjectName("data-sort")
        self.sort.addItems([""] * len(_SORTS))
        bind(self.sort, self.sort.setAccessibleName, "data-sort")
        self.sort.currentIndexChanged.connect(self._on_sort)
        self._make_slider()

    def _make_slider(self) -> None:
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setObjectName("data-thumbnail-size")
        self.size_slider.setRange(MIN_SIZE, MAX_SIZE)
        self.size_slider.setPageStep(32)
        self.size_slider.setFixedWidth(_SLIDER_WIDTH)
        self.size_slider.setValue(self._session.settings.thumbnail_size)
        bind(self.size_slider, self.size_slider.setAccessibleName, "data-thumbnail-size")
        bind(self.size_slider, self.size_slider.setToolTip, "data-thumbnail-size")
        self.size_slider.valueChanged.connect(self._resize)
        for grid in (self.grid, self.issues.grid):
            grid.zoomed.connect(self.size_slider.setValue)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE.s)
        top.addWidget(self.chips)
        top.addStretch(1)
        top.addWidget(self.search, 2)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE.s)
        bottom.addWidget(self.count)
        bottom.addStretch(1)
        bottom.addWidget(self.sort)
        bottom.addWidget(IconLabel("grid-3x3", "muted"))
        bottom.addWidget(self.size_slider)
        bottom.addWidget(IconLabel("square", "muted"))
        # Cells bring half a gap on each side: so the pictures begin where the chips do.
        inset = GAP // 2
        self.box.setContentsMargins(SPACE.l - inset, SPACE.l, SPACE.l - inset, SPACE.l)
        for row in (top, bottom):
            row.setContentsMargins(inset, 0, inset, 0)
        self.box.addLayout(top)
        self.box.addWidget(self._stack, 1)
        self.box.addLayout(bottom)

    # ---- inside

    def _resize(self, px: int) -> None:
        for grid in (self.grid, self.issues.grid):
            grid.set_thumbnail_size(px)
        self._session.settings.thumbnail_size = px
        self._session.save_settings()

    def _order(self) -> None:
        """Put the photos in the order that is chosen; what needs the disk is a job."""
        dataset, by = self._session.dataset, _SORTS[self.sort.currentIndex()]
        if self._sorting is not None:
            self._sorting.cancel()
            self._sorting = None
        if self._shelf is None or dataset is None:
            return
        if by == "class":
            self._shelf.set_order(range(len(dataset.samples)))
        else:
            handle = self._session.runner.start(SortPhotos(dataset, by))
            self._sorting = handle
            handle.finished.connect(lambda order: self._on_sorted(handle, order))
            handle.failed.connect(self._session.message.emit)

    def _on_sort(self) -> None:
        self._order()
        self.show_photos()

    def _on_sorted(self, handle: JobHandle[tuple[int, ...]], order: tuple[int, ...]) -> None:
        if handle is self._sorting and self._shelf is not None:
            self._shelf.set_order(order)
            self.show_photos()

    def _show_issue_count(self) -> None:
        self.chips.chip("issues").set_key("data-issues-chip", n=len(self._care.issues()))

    def _show_words(self) -> None:
        names = [tr("data-sort-class"), tr("data-sort-name"), tr("data-sort-newest")]
        for number, name in enumerate(names):
            self.sort.setItemText(number, name)
        on_issues = self._stack.currentWidget() is self.issues
        shown = len(self.grid.photos)
        self.count.setText("" if on_issues else tr("common-photos", n=shown))
        is_splitting = self.chips.value != "all" and not self._session.splits
        self._remark.setText(tr("shell-job-split" if is_splitting else "data-nothing-found"))
        self.sort.setEnabled(not on_issues)
        self.search.setEnabled(not on_issues)
