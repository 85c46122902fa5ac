"""How a cross-validation is to be: the card on the left of its panel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QSpinBox,
)

from finetune_gui.core.cross_validation import MAX_FOLDS, MAX_REPEATS, FoldsAsked, GroupBy
from finetune_gui.core.durations import rough
from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.percent import fine_percent, percent_text
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    primary_button,
    secondary_button,
    set_role,
    text_label,
)
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.plain import WrapLabel
from finetune_gui.jobs.cross_validate import FoldsOutlook, StudySummary

KINDS = ("baseline", "full")
GROUPINGS: tuple[GroupBy, ...] = get_args(GroupBy)
_WIDTH = 300
_NUMBER_WIDTH = 84
_LINES = 3  # of the outlook as a rule: what is below must not move when a number is turned


class SetupCard(Card):
    """``changed`` comes when the user asks for something else."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("folds-setup")
        self.setFixedWidth(_WIDTH)
        self.kind = ChoiceRow("folds-kind", "folds-kind")
        for kind in KINDS:
            segment = self.kind.add(kind, f"folds-kind-{kind}")
            bind(segment, segment.setToolTip, f"folds-kind-{kind}-tip")
        self.folds = self._number("folds-number", "folds-number-tip", (2, MAX_FOLDS), 5)
        self.repeats = self._number("folds-repeats", "folds-repeats-tip", (1, MAX_REPEATS), 1)
        self.group_by = QComboBox()
        self.group_by.setObjectName("folds-group-by")
        for by in GROUPINGS:
            self.group_by.addItem("", by)
        bind(self.group_by, self.group_by.setAccessibleName, "folds-group-by")
        self.outlook = WrapLabel(lines=_LINES)
        self.outlook.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.outlook, "muted")
        self.outlook.setObjectName("folds-outlook")
        self.start = primary_button("folds-start", "folds-start")
        self.go_on = primary_button("folds-go-on", "folds-go-on")
        self.pause = secondary_button("folds-pause", "folds-pause")
        self.stop = secondary_button("folds-stop", "folds-stop")
        self._lay_out()
        self.kind.chosen.connect(lambda _kind: self.changed.emit())
        self.folds.valueChanged.connect(lambda _n: self.changed.emit())
        self.repeats.valueChanged.connect(lambda _n: self.changed.emit())
        self.group_by.currentIndexChanged.connect(lambda _i: self.changed.emit())
        on_change(self, self._retranslate)
        self._retranslate()

    def _number(self, name: str, tip: str, among: tuple[int, int], value: int) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName(name)
        box.setRange(*among)
        box.setFixedWidth(_NUMBER_WIDTH)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setValue(value)
        bind(box, box.setAccessibleName, name)
        bind(box, box.setToolTip, tip)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(SPACE.m)
        form.setVerticalSpacing(SPACE.s)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for widget in (self.folds, self.repeats, self.group_by):
            label = text_label(widget.objectName())
            label.setBuddy(widget)
            form.addRow(label, widget)
        self.box.addWidget(self.kind)
        self.box.addLayout(form)
        self.box.addWidget(self.outlook)
        row = QHBoxLayout()
        row.setSpacing(SPACE.s)
        for button in (self.start, self.go_on, self.pause, self.stop):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
        self.box.addLayout(row)

    # ---- what is asked

    @property
    def asked(self) -> FoldsAsked:
        """How the photos are to be divided."""
        by = cast("GroupBy", self.group_by.currentData())
        return FoldsAsked(self.folds.value(), self.repeats.value(), by)

    def recipe(self, recipe: Recipe) -> Recipe:
        """The recipe that each model is trained by, made of the one in the form."""
        if self.kind.value == "full":
            return recipe
        return with_values(recipe, {"train.epochs": 0})

    # ---- what is shown

    def show_buttons(self, *, running: bool, unfinished: bool, asked_to_end: bool) -> None:
        """Offer what can be done now."""
        self.start.setVisible(not running)
        self.go_on.setVisible(not running and unfinished)
        for button in (self.pause, self.stop):
            button.setVisible(running)
            button.setEnabled(not asked_to_end)
        set_role(self.start, "secondary" if unfinished else "primary")
        for widget in (self.kind, self.folds, self.repeats, self.group_by):
            widget.setEnabled(not running)

    def allow(self, why_not_start: str, why_not_go_on: str) -> None:
        """Let the user start a new one or go on with the shown one, or say why not."""
        for button, why in ((self.start, why_not_start), (self.go_on, why_not_go_on)):
            button.setEnabled(not why)
            button.setToolTip(why)
            button.setAccessibleDescription(why)

    def show_outlook(self, found: FoldsOutlook | UserError | str | None) -> None:
        """What is to be expected, why it cannot be, or a sentence; None while it is looked for."""
        match found:
            case FoldsOutlook():
                self.outlook.setText(self._expected(found))
            case UserError():
                self.outlook.setText(str(found))
            case str():
                self.outlook.setText(found)
            case None:
                self.outlook.setText(tr("folds-outlook-wait"))

    def _expected(self, found: FoldsOutlook) -> str:
        lines = [tr("folds-outlook-photos", n=found.n, models=self.asked.models)]
        if self.asked.group_by != "none":
            lines.append(tr("folds-outlook-groups", n=found.groups, largest=found.largest))
        if found.n_test:
            lines.append(tr("folds-outlook-test", n=found.n_test))
        if found.n_test_related:
            lines.append(tr("folds-outlook-related", n=found.n_test_related))
        if found.seconds is not None:
            needed = tr("common-time-rough", **rough(found.seconds))
            lines.append(tr("folds-outlook-time", time=needed))
        return "\n".join(lines)

    def _retranslate(self) -> None:
        for index, by in enumerate(GROUPINGS):
            self.group_by.setItemText(index, tr(f"folds-group-{by}"))
            tip = tr(f"folds-group-{by}-tip")
            self.group_by.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)


class EarlierCard(Card):
    """Cross-validations of the same photos that were begun before. ``chosen`` carries a path."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__("folds-earlier")
        self.setFixedWidth(_WIDTH)
        self.list = QListWidget()
        self.list.setObjectName("folds-earlier")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bind(self.list, self.list.setAccessibleName, "folds-earlier")
        self.nothing: QLabel = text_label("folds-earlier-none", "muted", wrap=True)
        self.box.addWidget(self.list, 1)
        self.box.addWidget(self.nothing)
        self.box.addStretch(0)
        self._found: list[StudySummary] = []
        self.list.itemClicked.connect(self._on_item)
        self.list.itemActivated.connect(self._on_item)
        on_change(self, self._fill)
        self._fill()

    def show_studies(self, found: Sequence[StudySummary], open_one: Path | None) -> None:
        """List them, with the one that is open marked."""
        self._found = list(found)
        self._fill()
        for row, study in enumerate(self._found):
            if study.path == open_one:
                self.list.setCurrentRow(row)

    def _fill(self) -> None:
        marked = self.list.currentRow()
        self.list.clear()
        for study in self._found:
            item = QListWidgetItem(_line(study))
            item.setData(Qt.ItemDataRole.UserRole, str(study.path))
            item.setToolTip(study.path.name)
            self.list.addItem(item)
        self.list.setCurrentRow(marked if marked < len(self._found) else -1)
        self.list.setVisible(bool(self._found))
        self.nothing.setVisible(not self._found)

    def _on_item(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(Qt.ItemDataRole.UserRole)))


def _line(study: StudySummary) -> str:
    models = study.folds * study.repeats
    accuracy = "–" if study.accuracy is None else percent_text(fine_percent(study.accuracy))
    when = time.strftime("%m-%d %H:%M", time.localtime(study.created))
    kind = tr("folds-kind-baseline" if study.baseline_only else "folds-kind-full")
    key = "folds-earlier-done" if study.done == models else "folds-earlier-part"
    return f"{accuracy}  ·  " + tr(key, done=study.done, models=models) + f"  ·  {kind}\n{when}"
