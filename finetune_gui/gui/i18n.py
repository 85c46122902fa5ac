"""Texts of the window that follow the language while the program runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from finetune_gui.core.messages import on_language_changed, tr
from finetune_gui.gui.follow import Follower, follow


class _Language(QObject):
    """The moment of a change, as a signal."""

    changed = Signal()


_language = _Language()
on_language_changed(_language.changed.emit)


class _Binding(Follower):
    """A text that was bound: `bind` finds it again to replace it."""

    def __init__(
        self, owner: QObject, setter: Callable[[str], None], callback: Callable[[], None]
    ) -> None:
        super().__init__(owner, callback)
        self.setter = setter


def bind(
    widget: QObject, setter: Callable[[str], None], key: str, /, **params: str | int | float
) -> None:
    """Set the text of ``key`` now, and again whenever the language changes.

    Calling it again with the same ``setter`` replaces what was bound. The binding ends with
    ``widget``. Example: ``bind(label, label.setText, "train-title")``.
    """
    unbind(widget, setter)
    binding = _Binding(widget, setter, lambda: setter(tr(key, **params)))
    _language.changed.connect(binding.call)
    binding.call()


def unbind(widget: QObject, setter: Callable[[str], None]) -> None:
    """Let go of a text that `bind` holds, so that another may be set by hand."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    for old in widget.findChildren(_Binding, options=direct):
        if old.setter == setter:
            old.setParent(None)
            old.deleteLater()
            _language.changed.disconnect(old.call)


def on_change(widget: QObject, callback: Callable[[], None]) -> None:
    """Call ``callback`` after each change of language until ``widget`` is destroyed."""
    follow(widget, _language.changed, callback)
