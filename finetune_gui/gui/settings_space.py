"""How much disk space copies of photos take, how much they may take, and a way to give it back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox

from finetune_gui.dataset.photo_cache import share_in
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, secondary_button, text_label
from finetune_gui.jobs.caches import BoundPhotoCache, ClearCaches, MeasureCaches

_MOST_GB = 1000
_SPIN_WIDTH = 120


class SpaceCard(Card):
    """A card of the settings. ``cleared`` says what is on disk, or what was freed."""

    def __init__(self, session: Session) -> None:
        super().__init__("shell-settings-space")
        self._session = session
        self._folders = (session.paths.thumbnails, session.paths.photos)
        self._clearing: JobHandle[int] | None = None
        self.limit = self._limit_box()
        self.clear = secondary_button("shell-clear-caches", "settings-clear-caches")
        self.cleared = QLabel()
        self.cleared.setObjectName("settings-cleared")
        self.cleared.setProperty("role", "muted")
        self._lay_out()
        self.clear.clicked.connect(self._clear)
        measuring = session.runner.start(MeasureCaches(self._folders))
        # The dialog may be gone when a job is over: connections to its own methods end with it.
        measuring.finished.connect(self._on_measured)
        measuring.failed.connect(session.message)

    def _limit_box(self) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName("settings-photo-cache")
        box.setRange(0, _MOST_GB)
        box.setKeyboardTracking(False)
        box.setFixedWidth(_SPIN_WIDTH)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        bind(box, box.setSuffix, "shell-gigabytes-suffix")
        bind(box, box.setSpecialValueText, "shell-photo-cache-none")
        bind(box, box.setAccessibleName, "shell-photo-cache")
        bind(box, box.setToolTip, "shell-photo-cache.help")
        box.setValue(self._session.settings.photo_cache_gb)
        box.valueChanged.connect(self._choose_limit)
        return box

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(SPACE.m)
        grid.setColumnStretch(0, 1)
        label = text_label("shell-photo-cache")
        label.setBuddy(self.limit)
        bind(label, label.setToolTip, "shell-photo-cache.help")
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.limit, 0, 1)
        grid.addWidget(self.cleared, 1, 0)
        grid.addWidget(self.clear, 1, 1)
        self.box.addLayout(grid)

    def _choose_limit(self, gigabytes: int) -> None:
        session = self._session
        session.settings.photo_cache_gb = gigabytes
        session.save_settings()
        share_in(session.paths.photos, gigabytes)
        bounding = session.runner.start(BoundPhotoCache(session.paths.photos, gigabytes))
        bounding.failed.connect(session.message)

    def _clear(self) -> None:
        self.clear.setEnabled(False)
        handle = self._session.runner.start(ClearCaches(self._folders))
        self._clearing = handle
        handle.finished.connect(self._on_cleared)
        handle.failed.connect(self._session.message)
        handle.state_changed.connect(self._on_clearing)

    def _on_measured(self, size: int) -> None:
        if self._clearing is None:
            bind(self.cleared, self.cleared.setText, "shell-kept", megabytes=_megabytes(size))

    def _on_cleared(self, freed: int) -> None:
        bind(self.cleared, self.cleared.setText, "shell-cleared", megabytes=_megabytes(freed))
        # So that the room is measured anew.
        share_in(self._session.paths.photos, self.limit.value())

    def _on_clearing(self) -> None:
        self.clear.setEnabled(self._clearing is None or self._clearing.is_over)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"
