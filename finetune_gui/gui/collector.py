"""Garbage collection on the window's thread alone.

Python collects cycles on whichever thread happens to allocate. A widget that is part of a cycle
would then be destroyed on the thread that trains, which Qt answers with a crash (pyqtgraph has its
``GarbageCollector`` for the same reason). While jobs may run, the collector is therefore off and
this timer does its work.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000


class Collector(QObject):
    """Turns automatic collection off until `stop`, and collects from a timer instead."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on, self._settled = gc.isenabled(), False
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect each generation that is due, as Python itself would."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [g for g in range(3) if counts[g] > limits[g]]
        if due:
            gc.collect(max(due))

    def settle(self) -> None:
        """Take what is there now for permanent, so that no look goes through it again.

        After the import of torch that is a million objects; to walk over them all would keep the
        window waiting for a quarter of a second each time.
        """
        gc.freeze()
        self._settled = True

    def stop(self) -> None:
        """Leave collection as it was found."""
        self._timer.stop()
        if self._settled:
            gc.unfreeze()
        if self._was_on:
            gc.enable()
