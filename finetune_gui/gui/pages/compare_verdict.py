"""The card that says whether the runs really differ, and on which photos that was found out."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.icons import IconLabel
from finetune_gui.gui.pages.compare_words import (
    basis_text,
    run_color,
    verdict_heading,
    verdict_text,
    verdict_tone,
)
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Card, Tone, set_property, text_label
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.plot_legend import Curve, CurveSample
from finetune_gui.jobs.compare import Comparison, Contrast

_ICONS: dict[Tone, tuple[str, str]] = {
    "good": ("circle-check", "good_text"),
    "caution": ("circle-help", "caution_text"),
    "info": ("info", "accent_text"),
}


class VerdictLine(QWidget):
    """One run against the reference: heading, then the sentences with the numbers."""

    def __init__(self, found: Comparison, contrast: Contrast) -> None:
        super().__init__()
        tone = verdict_tone(contrast)
        self.heading = text_label(None, "heading", wrap=True)
        self.heading.setText(verdict_heading(found, contrast))
        set_property(self.heading, "tone", tone)
        self.text = text_label(None, wrap=True)
        self.text.setText(verdict_text(found, contrast))
        for label in (self.heading, self.text):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.heading)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        row.addWidget(IconLabel(*_ICONS[tone]), 0, Qt.AlignmentFlag.AlignTop)
        if len(found.contrasts) > 1:
            sample = CurveSample(Curve("", "", run_color(contrast.other)))
            row.addWidget(sample, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class VerdictCard(Card):
    """``split_chosen`` and ``reference_chosen`` tell what else is to be compared."""

    split_chosen = Signal(str)
    reference_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("runs-verdict")
        self.box.setSpacing(SPACE.s)
        self.split = ChoiceRow("compare-split", "runs-compare-split")
        self.split.add("validation", "common-split-validation")
        self.split.add("test", "common-split-test")
        self.split.chosen.connect(self.split_chosen)
        self.reference = QComboBox()
        self.reference.setObjectName("compare-reference")
        self.reference.setMaximumWidth(220)
        bind(self.reference, self.reference.setAccessibleName, "runs-compare-reference")
        self.reference.activated.connect(self.reference_chosen)
        self._against = text_label("runs-compare-reference", "muted")
        for widget in (self._against, self.reference, self.split):
            self.header.addWidget(widget)
        self.lines: list[VerdictLine] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(SPACE.m)
        self.basis = text_label(None, "muted", wrap=True)
        self.box.addLayout(self._place)
        self.box.addWidget(self.basis)

    def show_found(self, found: Comparison) -> None:
        """Say what was found, in the language now set."""
        for line in self.lines:
            self._place.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = [VerdictLine(found, contrast) for contrast in found.contrasts]
        for line in self.lines:
            self._place.addWidget(line)
        self.basis.setText(basis_text(found) if found.common else "")
        self.basis.setVisible(found.common > 0)
        self._show_choices(found)

    def _show_choices(self, found: Comparison) -> None:
        several = len(found.runs) > 2
        self.reference.setVisible(several)
        self._against.setVisible(several)
        with QSignalBlocker(self.reference):
            self.reference.clear()
            self.reference.addItems([run.title for run in found.runs])
            self.reference.setCurrentIndex(found.reference)
        has_test = any("test" in run.splits for run in found.runs)
        self.split.setVisible(has_test)
        self.split.set_value(found.split)
        test = self.split.segment("test")
        test.setEnabled(found.test_is_judged)
        key = "runs-compare-test-why" if found.test_is_judged else "runs-compare-test-not-yet"
        bind(test, test.setToolTip, key)
