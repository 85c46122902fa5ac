"""What an evaluation looks like: the figures, the matrix beside the photos, the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.class_scores import class_rows
from finetune_gui.gui.pages.evaluate_figures import (
    Shown,
    gallery,
    judged_facts,
    judged_photos,
    most_confused,
    right_answers,
    weakest_class,
)
from finetune_gui.gui.percent import fine_percent, percent_text
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Card,
    ChipGroup,
    ElidedLabel,
    set_role,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.choice_row import ChoiceRow
from finetune_gui.gui.widgets.class_table import ClassTable
from finetune_gui.gui.widgets.confusion_matrix import ConfusionMatrix
from finetune_gui.gui.widgets.explained_tile import ExplainedLabel, ExplainedTile, PairLabel
from finetune_gui.gui.widgets.matrix_cells import Mode
from finetune_gui.gui.widgets.photo_facts import Facts
from finetune_gui.gui.widgets.photo_grid import GridPhoto, PhotoGrid
from finetune_gui.gui.widgets.photo_view import PhotoView

if TYPE_CHECKING:
    from finetune_gui.engine.evaluation import Evaluation, Judged

_MODES: tuple[Mode, ...] = ("counts", "truth", "guess")
# How the matrix and the photos share the width at first.
_SIDES = (470, 530)
_LEAST_TABLE = 360


class FiguresCard(Card):
    """Accuracy, macro-F1, the weakest class and the commonest mistake.

    ``split_chosen`` carries "test" or "validation" when the user wants other photos.
    """

    split_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.title.setParent(self)
        self.accuracy = ExplainedTile(
            "evaluate-accuracy", "evaluate-accuracy-help", "evaluate-accuracy"
        )
        self.macro_f1 = ExplainedTile(
            "evaluate-macro-f1", "evaluate-macro-f1-help", "evaluate-macro-f1"
        )
        self.weakest = ExplainedTile(
            "evaluate-weakest", "evaluate-weakest-help", "evaluate-weakest"
        )
        self._pair = PairLabel()
        self.confused = ExplainedTile(
            "evaluate-confused", "evaluate-confused-help", "evaluate-confused", self._pair
        )
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        for tile, stretch in (
            (self.accuracy, 4),
            (self.macro_f1, 4),
            (self.weakest, 5),
            (self.confused, 7),
        ):
            row.addWidget(tile, stretch, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._make_choice(), 0, Qt.AlignmentFlag.AlignTop)
        self.box.addLayout(row)

    def _make_choice(self) -> QWidget:
        self.choice = QWidget()
        self.splits = ChipGroup(
            "evaluate-splits",
            [("test", "common-split-test"), ("validation", "common-split-validation")],
        )
        for value, key in (
            ("test", "evaluate-test-why"),
            ("validation", "evaluate-validation-why"),
        ):
            chip = self.splits.chip(value)
            bind(chip, chip.setToolTip, key)
        self.splits.chosen.connect(self.split_chosen)
        bind(self.splits, self.splits.setAccessibleName, "evaluate-split")
        column = QVBoxLayout(self.choice)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.xs)
        column.addWidget(ExplainedLabel("evaluate-split", "evaluate-split-help", "evaluate-split"))
        column.addWidget(self.splits)
        return self.choice

    def set_split(self, split: str, *, may_choose: bool) -> None:
        """Show what was judged; without test photos there is nothing to choose."""
        self.choice.setVisible(may_choose)
        self.splits.blockSignals(True)
        self.splits.set_value("test" if split == "test" else "validation")
        self.splits.blockSignals(False)

    def show_figures(self, evaluation: Evaluation) -> None:
        """Fill the tiles, in the language now set."""
        right, of = right_answers(evaluation), len(evaluation.judged)
        self.accuracy.set_value(
            percent_text(fine_percent(evaluation.accuracy)),
            tr("evaluate-accuracy-hint", right=right, of=of),
        )
        self.macro_f1.set_value(f"{evaluation.macro_f1:.3f}", tr("evaluate-macro-f1-hint"))
        self._show_weakest(evaluation)
        self._show_confused(evaluation)

    def _show_weakest(self, evaluation: Evaluation) -> None:
        weakest = weakest_class(evaluation)
        if weakest is None:
            self.weakest.set_value("–", tr("evaluate-weakest-none-hint"))
            return
        name, recall = weakest
        percent = percent_text(fine_percent(recall))
        self.weakest.set_value(name, tr("evaluate-weakest-hint", percent=percent))

    def _show_confused(self, evaluation: Evaluation) -> None:
        pair = most_confused(evaluation)
        if pair is None:
            self.confused.set_value("–", tr("evaluate-confused-none-hint"))
            return
        truth, guess, n = pair
        self._pair.set_pair(truth, guess)
        self.confused.set_value(self._pair.text(), tr("evaluate-confused-hint", n=n))


class MatrixCard(Card):
    """The confusion matrix, or the table of the classes in its place.

    ``chosen`` carries the `Shown` that the user clicked; ``left`` asks for all mistakes again.
    """

    chosen = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title.setParent(self)
        self._classes: tuple[str, ...] = ()
        self.matrix = ConfusionMatrix("evaluate-matrix")
        self.table = ClassTable("evaluate-classes")
        self.table.setMinimumWidth(_LEAST_TABLE)
        self.views = ChipGroup(
            "evaluate-view", [("matrix", "evaluate-matrix"), ("classes", "evaluate-classes")]
        )
        bind(self.views, self.views.setAccessibleName, "evaluate-view")
        self.modes = ChoiceRow("evaluate-mode", "evaluate-mode")
        for mode in _MODES:
            segment = self.modes.add(mode, f"evaluate-mode-{mode}")
            bind(segment, segment.setToolTip, f"evaluate-mode-help-{mode}")
        self.hint = ElidedLabel("", "caption")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._matrix_side())
        self._stack.addWidget(self.table)
        top = QHBoxLayout()
        top.addWidget(self.views)
        top.addStretch(1)
        top.addWidget(self.modes)
        self.box.addLayout(top)
        self.box.addWidget(self._stack, 1)
        self._connect()

    def _matrix_side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        column.addWidget(self.hint)
        column.addWidget(self.matrix, 1)
        return side

    def _connect(self) -> None:
        self.views.chosen.connect(self._show_view)
        self.modes.chosen.connect(lambda mode: self._set_mode(cast("Mode", mode)))
        self.matrix.cell_clicked.connect(self._on_cell)
        self.matrix.left.connect(self.left)
        self.matrix.described.connect(self._describe)
        self.table.chosen.connect(lambda name: self.chosen.emit(Shown(name)))
        self.table.left.connect(self.left)
        on_change(self, lambda: self._describe(""))
        self._describe("")

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show other figures."""
        self._classes = evaluation.classes
        self.matrix.set_matrix(evaluation.classes, evaluation.matrix)
        self.table.set_rows(class_rows(evaluation))

    def mark(self, shown: Shown) -> None:
        """Mark the cell whose photos are shown; none while all mistakes are."""
        if shown.truth and shown.guess:
            cell = self._classes.index(shown.truth), self._classes.index(shown.guess)
            self.matrix.select(cell)
        else:
            self.matrix.select(None)
        if not shown.truth or shown.guess:
            self.table.clearSelection()

    def _show_view(self, view: str) -> None:
        self._stack.setCurrentIndex(0 if view == "matrix" else 1)
        self.modes.setVisible(view == "matrix")

    def _on_cell(self, truth: int, guess: int) -> None:
        self.chosen.emit(Shown(self._classes[truth], self._classes[guess]))

    def _set_mode(self, mode: Mode) -> None:
        self.matrix.set_mode(mode)
        self._describe("")

    def _describe(self, sentence: str) -> None:
        mode = self.matrix.mode
        usual = "evaluate-matrix-hint" if mode == "counts" else f"evaluate-mode-help-{mode}"
        self.hint.setText(sentence or tr(usual))


class MistakesCard(Card):
    """The photos of what is shown, the surest first. ``left`` asks for all mistakes again."""

    left = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.title.setParent(self)
        self._session = session
        self._view: PhotoView | None = None
        self._judged: list[Judged] = []
        self.heading = ElidedLabel("", "heading")
        self.count = text_label(None, "muted")
        self.back = small_button("evaluate-all-mistakes", "evaluate-all-mistakes")
        self.back.clicked.connect(self.left)
        self.grid = PhotoGrid(session)
        self.grid.setObjectName("evaluate-photos")
        self.grid.set_thumbnail_size(session.settings.thumbnail_size)
        self.grid.opened.connect(self._open)
        self.nothing = text_label(None, "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.unreadable = text_label(None, "caption", wrap=True)
        set_role(self.unreadable, "caption")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.nothing)
        top = QHBoxLayout()
        top.setSpacing(SPACE.s)
        top.addWidget(self.heading, 1)
        top.addWidget(self.count)
        top.addWidget(self.back)
        self.box.addLayout(top)
        self.box.addWidget(self._stack, 1)
        self.box.addWidget(self.unreadable)

    def show_photos(self, evaluation: Evaluation, shown: Shown) -> None:
        """Show the photos that belong to ``shown``, in the language now set."""
        self._judged = photos = judged_photos(evaluation, shown)
        is_all = not shown.truth
        key = "evaluate-mistakes-hint" if is_all else "evaluate-photos-hint"
        self.heading.setText(shown.title())
        self.count.setText(tr(key, n=len(photos)))
        self.count.setVisible(bool(photos))
        self.back.setVisible(not is_all)
        self.grid.set_photos(gallery(photos))
        whole = tr("evaluate-no-mistakes", n=len(evaluation.judged))
        self.nothing.setText(whole if is_all else tr("evaluate-none-here"))
        self._stack.setCurrentIndex(0 if photos else 1)
        self._show_unreadable(evaluation.unreadable)

    def _show_unreadable(self, paths: Sequence[str]) -> None:
        self.unreadable.setVisible(bool(paths))
        self.unreadable.setText(tr("evaluate-unreadable", n=len(paths)) if paths else "")
        self.unreadable.setToolTip("\n".join(paths[:20]))

    def _open(self, row: int) -> None:
        if self._view is None:
            self._view = PhotoView(self._session, self)
        self._view.show_photo(self.grid.photos, row, self._facts)

    def _facts(self, photo: GridPhoto) -> Facts:
        return judged_facts(self._judged[self.grid.photos.index(photo)])


class EvaluateResult(QWidget):
    """Everything the page shows of one evaluation. ``split_chosen`` asks for other photos."""

    split_chosen = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._evaluation: Evaluation | None = None
        self._shown = Shown()
        self.figures = FiguresCard()
        self.matrix = MatrixCard()
        self.mistakes = MistakesCard(session)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("evaluate-sides")
        sides.setHandleWidth(SPACE.l)
        sides.setChildrenCollapsible(False)
        sides.addWidget(self.matrix)
        sides.addWidget(self.mistakes)
        sides.setSizes(list(_SIDES))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.l)
        column.addWidget(self.figures)
        column.addWidget(sides, 1)
        self.figures.split_chosen.connect(self.split_chosen)
        self.matrix.chosen.connect(self.show_photos_of)
        for asked in (self.matrix.left, self.mistakes.left):
            asked.connect(lambda: self.show_photos_of(Shown()))
        on_change(self, self._retranslate)

    @property
    def evaluation(self) -> Evaluation | None:
        """What is shown."""
        return self._evaluation

    @property
    def shown(self) -> Shown:
        """Which photos are shown."""
        return self._shown

    def show_evaluation(self, evaluation: Evaluation, *, may_choose: bool) -> None:
        """Show another evaluation, with all its mistakes."""
        self._evaluation = evaluation
        self.figures.set_split(evaluation.split, may_choose=may_choose)
        self.figures.show_figures(evaluation)
        self.matrix.show_evaluation(evaluation)
        self.show_photos_of(Shown())

    def show_photos_of(self, shown: Shown) -> None:
        """Show the photos of a cell, of a class, or all mistakes."""
        if self._evaluation is not None:
            self._shown = shown
            self.matrix.mark(shown)
            self.mistakes.show_photos(self._evaluation, shown)

    def _retranslate(self) -> None:
        if self._evaluation is not None:
            self.figures.show_figures(self._evaluation)
            self.mistakes.show_photos(self._evaluation, self._shown)
