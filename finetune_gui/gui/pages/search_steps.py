"""How a search goes, in three steps."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, text_label

_STEPS = (
    ("target", "search-step-form", "search-step-form-text"),
    ("chart-line", "search-step-try", "search-step-try-text"),
    ("scale", "search-step-answer", "search-step-answer-text"),
)
_ICON = 20


class SearchSteps(Card):
    """Three columns, each with what is done and why."""

    def __init__(self) -> None:
        super().__init__("search-steps")
        self.setObjectName("search-steps")
        row = QHBoxLayout()
        row.setSpacing(SPACE.xl)
        for icon, title, text in _STEPS:
            row.addLayout(_step(icon, title, text), 1)
        self.box.addLayout(row)


def _step(icon: str, title: str, text: str) -> QHBoxLayout:
    words = QVBoxLayout()
    words.setSpacing(SPACE.xs)
    words.addWidget(text_label(title))
    words.addWidget(text_label(text, "muted", wrap=True))
    words.addStretch(1)
    step = QHBoxLayout()
    step.setSpacing(SPACE.m)
    step.addWidget(IconLabel(icon, "accent_text", _ICON), 0, Qt.AlignmentFlag.AlignTop)
    step.addLayout(words, 1)
    return step
