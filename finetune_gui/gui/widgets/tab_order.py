"""Where Tab goes from one widget to the next.

What is put into a window later goes to the end of its order, wherever it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def inputs_in(*parts: QWidget) -> list[QWidget]:
    """The parts and what is inside them, where Tab stops, in the order of their making."""
    every = [widget for part in parts for widget in (part, *part.findChildren(QWidget))]
    return [widget for widget in every if takes_tab(widget)]


def takes_tab(widget: QWidget) -> bool:
    """Whether Tab stops at the widget itself, not at the one that it is a part of."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None


def put_in_order(widgets: Iterable[QWidget]) -> None:
    """Let Tab go from each of these to the next; the first one stays where it is in the order."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)
