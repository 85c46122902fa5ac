"""Follows a run that another process trains, from its ``events.jsonl``."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from finetune_gui.core.run_folder import EventFollower, RunFolder

_EVERY_MS = 1000


class RunFollower(QObject):
    """Looks at the run once a second. ``ended`` comes when nobody trains in it any more."""

    events = Signal(list)
    ended = Signal()

    def __init__(self, run: RunFolder, follower: EventFollower, parent: QObject) -> None:
        super().__init__(parent)
        self._run = run
        self._follower = follower
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _look(self) -> None:
        # First the lock, then the events: what was written last is read even so.
        going_on = self._run.is_locked()
        found = self._follower.read_new()
        if found:
            self.events.emit(found)
        if not going_on:
            self.stop()
            self.ended.emit()
