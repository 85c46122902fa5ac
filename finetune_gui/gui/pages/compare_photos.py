"""The photos on which two models differ: right by the one alone, right by the other alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, Chip, text_label
from finetune_gui.gui.widgets.photo_grid import GridPhoto, PhotoGrid
from finetune_gui.gui.widgets.photo_view import PhotoView
from finetune_gui.jobs.compare import Comparison, Contrast, Disputed

_MOST_TITLE = 28


class DisputedPhotos(Card):
    """A grid, two chips for the two sides, and a choice of the pair where there are several."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._found: Comparison | None = None
        self._view: PhotoView | None = None
        self.pair = QComboBox()
        self.pair.setObjectName("compare-pair")
        bind(self.pair, self.pair.setAccessibleName, "runs-compare-pair")
        self.pair.currentIndexChanged.connect(lambda _n: self._show_pair())
        self.second = self._make_chip("compare-only-second")
        self.first = self._make_chip("compare-only-first")
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        for widget in (self.pair, self.second, self.first):
            row.addWidget(widget)
        row.addStretch(1)
        self.box.addLayout(row)
        self.none = text_label("runs-photos-none", "muted", wrap=True)
        self.grid = PhotoGrid(session)
        self.grid.setObjectName("compare-grid")
        self.grid.opened.connect(self._open)
        self.box.addWidget(self.none)
        self.box.addWidget(self.grid, 1)
        self.second.setChecked(True)

    def _make_chip(self, name: str) -> Chip:
        chip = Chip(None, name)
        chip.setAutoExclusive(True)
        chip.toggled.connect(lambda on: self._show_photos() if on else None)
        return chip

    @property
    def contrast(self) -> Contrast | None:
        """The pair of which photos are shown."""
        if self._found is None or not self._found.contrasts:
            return None
        return self._found.contrasts[max(0, self.pair.currentIndex())]

    def show_found(self, found: Comparison) -> None:
        """Show the photos of another comparison, in the language now set."""
        kept = self.pair.currentIndex()
        self._found = found
        with QSignalBlocker(self.pair):
            self.pair.clear()
            first = found.runs[found.reference].title
            for contrast in found.contrasts:
                second = found.runs[contrast.other].title
                self.pair.addItem(tr("runs-photos-pair", first=first, second=second))
            self.pair.setCurrentIndex(kept if 0 <= kept < self.pair.count() else 0)
        self.pair.setVisible(len(found.contrasts) > 1)
        self._show_pair()

    def _show_pair(self) -> None:
        found, contrast = self._found, self.contrast
        if found is None or contrast is None:
            self._show_photos()
            return
        for chip, run, photos in (
            (self.first, found.reference, contrast.only_first),
            (self.second, contrast.other, contrast.only_second),
        ):
            title = _short(found.runs[run].title)
            text = tr("runs-photos-only", run=title, n=len(photos))
            chip.setText(text)
            chip.setAccessibleName(text)
        self._show_photos()

    def _show_photos(self) -> None:
        contrast = self.contrast
        if contrast is None or self._found is None:
            photos: Sequence[Disputed] = ()
        else:
            photos = contrast.only_first if self.first.isChecked() else contrast.only_second
        self.none.setVisible(not photos)
        self.grid.setVisible(bool(photos))
        self.grid.set_photos([self._cell(photo) for photo in photos])

    def _cell(self, photo: Disputed) -> GridPhoto:
        right = photo.truth
        wrong = photo.second if self.first.isChecked() else photo.first
        return GridPhoto(
            photo.path,
            caption=tr("runs-photos-truth", truth=right),
            note=tr("runs-photos-other", answer=wrong),
            tone="good",
        )

    def _open(self, row: int) -> None:
        if self._view is None:
            self._view = PhotoView(self._session, self)
            self._view.moved.connect(self.grid.set_current)
        self._view.show_photo(self.grid.photos, row)


def _short(title: str) -> str:
    return title if len(title) <= _MOST_TITLE else f"{title[: _MOST_TITLE - 1]}…"
