"""How the photos are divided, and what to say of a class that has few."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from finetune_gui.core.errors import RecipeError
from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import DataRecipe, recipe_fields
from finetune_gui.dataset.samples import Dataset, Split
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.classes import ClassRow, SplitCounts, number_in_words
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Banner, small_button, text_label
from finetune_gui.gui.widgets.split_bar import PARTS, SplitBar, Swatch

# Together they leave at least this much to learn from; the recipe asks for the same.
_MOST_HELD_BACK = 80
_SPIN_WIDTH = 80
_SPIN_HEIGHT = 30
_ARROWS = 25


class SplitPanel(QWidget):
    """Shares of validation and test, and how many photos that makes.

    ``given`` are the parts that the dataset itself says: "validation", "test", both, or none.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("data-split")
        self._session = session
        self._counts = SplitCounts()
        self.given: set[Split] = set()
        self.bar = SplitBar()
        self.validation = self._spin("data.validation_fraction", "data-validation-share")
        self.test = self._spin("data.test_fraction", "data-test-share")
        self._train = text_label(None)
        self._numbers: dict[Split, QLabel] = {
            "train": text_label(None, "muted"),
            "validation": text_label(None, "muted"),
            "test": text_label(None, "muted"),
        }
        self.reason = text_label(None, "caption", wrap=True)
        self._lay_out()
        session.recipe_changed.connect(self.refresh)
        session.dataset_changed.connect(self._on_dataset)
        on_change(self, self.refresh)
        self._on_dataset()

    def show_counts(self, counts: SplitCounts) -> None:
        """Show how the photos of a class, or all of them, are divided."""
        self._counts = counts
        self.refresh()

    def _on_dataset(self) -> None:
        self.given = given_splits(self._session.dataset)
        self.refresh()

    def refresh(self) -> None:
        """Look at the recipe again."""
        wanted, given = self._session.recipe.data, self.given
        for spin, share, other in (
            (self.validation, wanted.validation_fraction, wanted.test_fraction),
            (self.test, wanted.test_fraction, wanted.validation_fraction),
        ):
            spin.blockSignals(True)
            spin.setMaximum(min(50, _MOST_HELD_BACK - round(other * 100)))
            spin.setValue(round(share * 100))
            spin.blockSignals(False)
        self.validation.setEnabled("validation" not in given)
        self.test.setEnabled("test" not in given)
        self._train.setText(tr("common-percent", value=train_share(wanted)) if not given else "")
        reason = reason_of(given)
        self.reason.setText(tr(reason) if reason else "")
        self.reason.setVisible(bool(reason))
        self._show_numbers()

    def _show_numbers(self) -> None:
        counts = self._counts
        self.bar.set_counts(counts)
        for part, label in self._numbers.items():
            known = not counts.unknown
            label.setText(number_in_words(getattr(counts, part)) if known else "…")

    def _spin(self, key: str, name: str) -> QSpinBox:
        field = recipe_fields()[key]
        spin = QSpinBox()
        spin.setObjectName(name)
        spin.setRange(round((field.minimum or 0) * 100), round((field.maximum or 0) * 100))
        spin.setKeyboardTracking(False)
        spin.setFixedSize(_SPIN_WIDTH, _SPIN_HEIGHT)
        spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        bind(spin, spin.setSuffix, "data-percent-suffix")
        bind(spin, spin.setAccessibleName, field.message)
        bind(spin, spin.setToolTip, f"{field.message}.help")
        spin.valueChanged.connect(lambda percent: self._change(key, percent))
        return spin

    def _change(self, key: str, percent: int) -> None:
        try:
            self._session.change_recipe({key: percent / 100})
        except RecipeError as error:
            self._session.message.emit(error)
            self.refresh()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE.s)
        grid.setVerticalSpacing(SPACE.xs)
        grid.setColumnStretch(1, 1)
        shares: dict[Split, QWidget] = {
            "train": self._train,
            "validation": self.validation,
            "test": self.test,
        }
        for row, (part, share) in enumerate(shares.items()):
            number = self._numbers[part]
            number.setMinimumWidth(36)
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(Swatch(PARTS[part]), row, 0)
            grid.addWidget(text_label(f"common-split-{part}"), row, 1)
            grid.addWidget(share, row, 2)
            grid.addWidget(number, row, 3)
        # Its figures stand above those of the fields, which have arrows behind them.
        self._train.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._train.setContentsMargins(0, SPACE.xs, _ARROWS, SPACE.xs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        column.addWidget(text_label("data-split", "heading"))
        column.addWidget(self.bar)
        column.addLayout(grid)
        column.addWidget(self.reason)


class FewPhotosNote(Banner):
    """A remark on the class with the fewest photos, where it has less than half of the others."""

    def __init__(self, session: Session) -> None:
        super().__init__("data-few-photos")
        self._session = session
        self.close_button.hide()
        self._rows: list[ClassRow] = []
        session.recipe_changed.connect(self._look_again)

    def set_rows(self, rows: list[ClassRow]) -> None:
        """Look at the numbers of the classes; the first row is that of all photos."""
        self._rows = rows
        found = rarest(rows[1:])
        if found is None:
            self.hide()
            return
        row, average = found
        balanced = self._session.recipe.train.balance_classes
        self.say(
            "caution",
            "data-few-title",
            "data-few-balanced" if balanced else "data-few-text",
            label=row.label,
            n=row.counts.total,
            average=average,
            more=_about(average - row.counts.total),
        )
        if not balanced:
            self.add_button(small_button("data-few-balance", "data-few-balance"), self._balance)

    def _look_again(self) -> None:
        self.set_rows(self._rows)

    def _balance(self) -> None:
        self._session.change_recipe({"train.balance_classes": True})


def rarest(rows: list[ClassRow]) -> tuple[ClassRow, int] | None:
    """The class with the fewest photos and the others' average, if it has less than half of it."""
    if len(rows) < 2:
        return None
    row = min(rows, key=lambda r: r.counts.total)
    others = sum(r.counts.total for r in rows) - row.counts.total
    average = round(others / (len(rows) - 1))
    return (row, average) if row.counts.total * 2 < average else None


def _about(number: int) -> int:
    """A round number near ``number``: nobody counts to 51."""
    step = 10 if number >= 20 else 5
    return max(step, round(number / step) * step)


def given_splits(dataset: Dataset | None) -> set[Split]:
    """Which parts the dataset itself says: "validation", "test", both, or none."""
    samples = () if dataset is None else dataset.samples
    return {s.split for s in samples if s.split in ("validation", "test")}


def train_share(wanted: DataRecipe) -> int:
    """What is left for training, in per cent."""
    return 100 - round(wanted.validation_fraction * 100) - round(wanted.test_fraction * 100)


def reason_of(given: set[Split]) -> str:
    """The message key of why a share cannot be set; empty where both can."""
    if len(given) == 2:
        return "data-split-given-both"
    if "test" in given:
        return "data-split-given-test"
    return "data-split-given-validation" if given else ""
