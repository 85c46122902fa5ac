"""Follows Tab through a window."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from finetune_gui.gui.widgets.tab_order import takes_tab


def tabbed_from(start: QWidget) -> list[QWidget]:
    """What Tab comes to after ``start``, until it is back there."""
    found: list[QWidget] = []
    widget = start.nextInFocusChain()
    while widget is not start:
        if takes_tab(widget) and widget.isVisible():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found
