"""One finding of the coach: what, why, what it means, and buttons for the ways out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.core.coach.findings import Finding, Remedy, Weight
from finetune_gui.gui.i18n import bind
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Tone,
    icon_button,
    set_property,
    set_role,
    small_button,
    text_label,
)

_LOOKS: dict[Weight, tuple[Tone, str, str]] = {
    "problem": ("caution", "triangle-alert", "caution_text"),
    "hint": ("info", "info", "accent_text"),
    "good": ("good", "circle-check", "good_text"),
}


class FindingCard(QFrame):
    """Shows a `Finding`.

    ``wanted`` carries the remedy whose button was pressed; ``marked`` carries the finding while
    its place is to be shown on the curve, None when no longer.
    """

    wanted = Signal(object)
    marked = Signal(object)

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        tone, icon_name, color = _LOOKS[finding.weight]
        self.setObjectName(f"finding-{finding.name}")
        set_role(self, tone)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.m, SPACE.m, SPACE.m, SPACE.m)
        column.setSpacing(SPACE.xs)
        top = QHBoxLayout()
        top.setSpacing(SPACE.s)
        mark = IconLabel(icon_name, color)
        bind(mark, mark.setToolTip, f"coach-weight-{finding.weight}")
        top.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self.title = text_label(None, "heading", wrap=True)
        set_property(self.title, "tone", tone)
        top.addWidget(self.title, 1)
        if finding.span is not None:
            top.addWidget(self._make_show_button(), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        self.evidence = text_label(None, wrap=True)
        self.text = text_label(None, "muted", wrap=True)
        for label, key in (
            (self.title, finding.title_key),
            (self.evidence, finding.evidence_key),
            (self.text, finding.text_key),
        ):
            bind(label, label.setText, key, **finding.params)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.evidence)
        self.buttons = [self._remedy_button(remedy) for remedy in finding.remedies]
        if self.buttons:
            column.addLayout(self._make_row())
        column.addWidget(self.text)
        for button in self.buttons[1:]:
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        bind(self, self.setAccessibleName, finding.title_key, **finding.params)

    def _make_row(self) -> QHBoxLayout:
        """What to do comes before what it means: it must be seen where there is little room."""
        row = QHBoxLayout()
        row.setSpacing(SPACE.xs)
        row.setContentsMargins(0, SPACE.xs, 0, SPACE.xs)
        for button in self.buttons[:1]:
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _make_show_button(self) -> QToolButton:
        self.show_button = icon_button("chart-line", "coach-show", f"{self.objectName()}-show")
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(lambda on: self.marked.emit(self.finding if on else None))
        return self.show_button

    def _remedy_button(self, remedy: Remedy) -> QPushButton:
        button = small_button(remedy.key, f"{self.objectName()}-{remedy.key}")
        button.clicked.connect(lambda _on: self.wanted.emit(remedy))
        bind(button, button.setAccessibleDescription, self.finding.title_key, **self.finding.params)
        return button
