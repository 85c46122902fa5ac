"""Call something on every signal for as long as a widget lives, and never after."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance, Slot


class Follower(QObject):
    """A child of the object that cares: it dies with its owner, and Qt drops the connection."""

    def __init__(self, owner: QObject, callback: Callable[[], None]) -> None:
        super().__init__(owner)
        self.callback = callback

    @Slot()
    def call(self) -> None:
        """Pass the signal on."""
        self.callback()


def follow(owner: QObject, signal: SignalInstance, callback: Callable[[], None]) -> Follower:
    """Call ``callback`` at each ``signal`` until ``owner`` is destroyed.

    ``callback`` may refer to ``owner``: the two are freed together.
    """
    follower = Follower(owner, callback)
    signal.connect(follower.call)
    return follower
