"""Call something on every signal for as long as a widget lives, and never after."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance, Slot

_numbers = itertools.count()
# Widgets refer to their callbacks and callbacks to their widgets. Were such a ring only held by
# itself, Python's collector would take it apart in any order, and Qt crashes on some orders. Held
# from here it ends only when Qt destroys the widget, which is always in order.
_kept: dict[int, Follower] = {}


class Follower(QObject):
    """A child of the object that cares: it dies with its owner, and Qt drops the connection."""

    def __init__(self, owner: QObject, callback: Callable[[], None]) -> None:
        super().__init__(owner)
        self.callback = callback
        number = next(_numbers)
        _kept[number] = self
        self.destroyed.connect(lambda *_: _kept.pop(number, None))

    @Slot()
    def call(self) -> None:
        """Pass the signal on."""
        self.callback()


def follow(owner: QObject, signal: SignalInstance, callback: Callable[[], None]) -> Follower:
    """Call ``callback`` at each ``signal`` until Qt destroys ``owner``.

    ``callback`` may refer to ``owner``. A widget without a parent therefore lives until its
    ``deleteLater``.
    """
    follower = Follower(owner, callback)
    signal.connect(follower.call)
    return follower
