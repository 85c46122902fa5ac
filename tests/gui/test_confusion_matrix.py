"""The confusion matrix: what it says, how it is read, and how it is moved about in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from finetune_gui.core.messages import set_language
from finetune_gui.gui.theme import DARK, LIGHT, Tokens, current_theme
from finetune_gui.gui.widgets.confusion_matrix import ConfusionMatrix
from finetune_gui.gui.widgets.matrix_cells import (
    LEGIBLE,
    MatrixCells,
    Mode,
    cell_colors,
    contrast,
)

FRUIT = ("avocado", "banana", "kiwi")
COUNTS = ((38, 0, 2), (0, 43, 0), (1, 0, 0))


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix("matrix")
    made.resize(420, 400)
    qtbot.addWidget(made)
    made.set_matrix(FRUIT, COUNTS)
    made.show()
    return made


def many(n: int) -> tuple[list[str], list[list[int]]]:
    names = [f"class {i}" for i in range(n)]
    return names, [[10 if i == j else 0 for j in range(n)] for i in range(n)]


def middle(matrix: ConfusionMatrix, cell: tuple[int, int]) -> QPoint:
    return matrix.cell_rect(cell).center()


def press(qtbot: QtBot, matrix: ConfusionMatrix, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(matrix, key)


# ---- what cells say


def test_cells_show_counts_or_shares() -> None:
    cells = MatrixCells(FRUIT, COUNTS)
    assert [cells.text((0, j), "counts") for j in range(3)] == ["38", "", "2"]
    assert [cells.text((0, j), "truth") for j in range(3)] == ["95", "", "5"]
    assert [cells.text((i, 0), "guess") for i in range(3)] == ["97", "", "3"]
    assert cells.share((0, 2), "guess") == 1.0


def test_a_share_that_is_not_whole_is_never_shown_as_0_or_100() -> None:
    cells = MatrixCells(("a", "b"), ((999, 1), (0, 5)))
    assert cells.text((0, 0), "truth") == "99"
    assert cells.text((0, 1), "truth") == "<1"
    assert cells.text((1, 1), "truth") == "100"


@pytest.mark.parametrize(
    ("cell", "mode", "sentence"),
    [
        ((0, 0), "counts", "38 of 40 photos of “avocado” were recognised (95 %)."),
        ((0, 2), "truth", "2 of 40 photos of “avocado” were taken for “kiwi” (5 %)."),
        ((2, 0), "counts", "1 of 1 photos of “kiwi” was taken for “avocado” (100 %)."),
        ((2, 0), "guess", "Of 39 photos called “avocado”, 1 is “kiwi” (3 %)."),
        ((0, 0), "guess", "Of 39 photos called “avocado”, 38 really are (97 %)."),
        ((0, 1), "counts", "No photo of “avocado” was taken for “banana”."),
        ((2, 2), "counts", "No photo of “kiwi” was recognised."),
    ],
)
def test_a_cell_is_a_sentence(cell: tuple[int, int], mode: Mode, sentence: str) -> None:
    assert MatrixCells(FRUIT, COUNTS).sentence(cell, mode) == sentence


def test_sentences_come_in_both_languages() -> None:
    set_language("zh_CN")
    sentence = MatrixCells(("鳄梨", "猕猴桃"), ((3, 1), (0, 0))).sentence((0, 1), "counts")
    assert sentence == "4 张“鳄梨”中，1 张被认成“猕猴桃”（25%）。"
    empty = MatrixCells(("鳄梨", "猕猴桃"), ((3, 1), (0, 0))).sentence((1, 0), "counts")
    assert empty == "这里没有“猕猴桃”的照片。"


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("right", [True, False])
def test_the_text_of_every_cell_can_be_read(tokens: Tokens, right: bool) -> None:
    found = [cell_colors(tokens, n / 200, right=right) for n in range(201)]
    assert min(contrast(colors.text, colors.area) for colors in found) >= LEGIBLE
    assert found[0].area != found[-1].area


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(QColor("#000000"), QColor("#FFFFFF")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


# ---- drawing


def test_right_and_wrong_cells_are_painted_in_their_colours(matrix: ConfusionMatrix) -> None:
    picture = matrix.viewport().grab().toImage()

    def painted(cell: tuple[int, int]) -> QColor:
        corner = matrix.cell_rect(cell).topLeft() + QPoint(12, 12)
        return picture.pixelColor(corner * picture.devicePixelRatio())

    tokens = current_theme().tokens
    assert painted((0, 0)) == cell_colors(tokens, 38 / 40, right=True).area
    assert painted((0, 2)) == cell_colors(tokens, 2 / 40, right=False).area
    assert painted((1, 0)) == QColor(tokens.matrix_empty)


def test_it_follows_the_theme(matrix: ConfusionMatrix) -> None:
    spot = matrix.cell_rect((1, 0)).topLeft() + QPoint(12, 12)

    def painted() -> QColor:
        picture = matrix.viewport().grab().toImage()
        return picture.pixelColor(spot * picture.devicePixelRatio())

    for mode, tokens in (("dark", DARK), ("light", LIGHT)):
        current_theme().set_mode("dark" if mode == "dark" else "light")
        assert painted() == QColor(tokens.matrix_empty)


@pytest.mark.parametrize("n", [2, 6, 12])
def test_up_to_twelve_classes_fit_beside_the_photos(qtbot: QtBot, n: int) -> None:
    matrix = ConfusionMatrix("matrix")
    qtbot.addWidget(matrix)
    matrix.resize(440, 430)
    matrix.set_matrix(*many(n))
    assert matrix.horizontalScrollBar().maximum() == matrix.verticalScrollBar().maximum() == 0
    assert matrix.cell_rect((0, 0)).width() >= 24
    assert matrix.viewport().rect().contains(matrix.cell_rect((n - 1, n - 1)))


def test_long_names_leave_room_for_the_cells(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix("matrix")
    qtbot.addWidget(matrix)
    matrix.resize(440, 430)
    names = ["Granny Smith apple from Tasmania, very ripe indeed" * 2, "超级长的类别名称" * 8]
    matrix.set_matrix(names, ((4, 1), (0, 3)))
    assert matrix.cell_rect((0, 0)).width() > 60
    assert matrix.viewport().rect().contains(matrix.cell_rect((1, 1)))


def test_sixty_classes_scroll_and_keep_their_names_in_view(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix("matrix")
    qtbot.addWidget(matrix)
    matrix.resize(440, 430)
    matrix.set_matrix(*many(60))
    matrix.show()
    names_end = matrix.cell_rect((0, 0)).left()
    assert matrix.horizontalScrollBar().maximum() > 0
    assert matrix.verticalScrollBar().maximum() > 0
    matrix.horizontalScrollBar().setValue(matrix.horizontalScrollBar().maximum())
    matrix.verticalScrollBar().setValue(matrix.verticalScrollBar().maximum())
    last = matrix.cell_rect((59, 59))
    assert matrix.cell_at(last.center()) == (59, 59)
    assert matrix.cell_at(QPoint(names_end - 4, last.center().y())) is None
    strip = matrix.viewport().grab().toImage().copy(0, last.top(), names_end - 2, last.height())
    ground = strip.pixelColor(0, 0)
    columns, rows = range(strip.width()), range(strip.height())
    assert any(strip.pixelColor(x, y) != ground for x in columns for y in rows)


def test_large_counts_widen_the_cells(qtbot: QtBot) -> None:
    names, counts = many(40)
    small, large = ConfusionMatrix("small"), ConfusionMatrix("large")
    for matrix in (small, large):
        qtbot.addWidget(matrix)
        matrix.resize(440, 430)
    small.set_matrix(names, counts)
    large.set_matrix(names, [[n * 12_345 for n in row] for row in counts])
    assert large.cell_rect((0, 0)).width() > small.cell_rect((0, 0)).width()


def test_without_classes_it_draws_nothing_and_takes_no_keys(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix("matrix")
    qtbot.addWidget(matrix)
    clicked = QSignalSpy(matrix.cell_clicked)
    matrix.show()
    press(qtbot, matrix, Qt.Key.Key_Right, Qt.Key.Key_Return)
    qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert clicked.count() == 0


# ---- pointer


@pytest.mark.parametrize("cell", [(0, 0), (0, 2), (2, 0)])
def test_a_click_tells_truth_and_guess(
    qtbot: QtBot, matrix: ConfusionMatrix, cell: tuple[int, int]
) -> None:
    with qtbot.waitSignal(matrix.cell_clicked) as told:
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=middle(matrix, cell))
    assert told.args == list(cell)


def test_a_click_on_a_name_is_no_click_on_a_cell(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    clicked = QSignalSpy(matrix.cell_clicked)
    beside = QPoint(matrix.cell_rect((0, 0)).left() - 10, middle(matrix, (1, 0)).y())
    below = QPoint(middle(matrix, (0, 1)).x(), matrix.cell_rect((2, 0)).bottom() + 15)
    for spot in (beside, below):
        qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseClick(matrix.viewport(), Qt.MouseButton.RightButton, pos=middle(matrix, (0, 0)))
    assert clicked.count() == 0


def test_the_pointer_gets_a_sentence_and_leaves_none(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    told: list[str] = []
    matrix.described.connect(told.append)
    qtbot.mouseMove(matrix.viewport(), middle(matrix, (0, 2)))
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] == matrix.sentence((0, 2))
    QApplication.sendEvent(matrix.viewport(), QEvent(QEvent.Type.Leave))
    assert told[-1] == ""


def tooltip_at(matrix: ConfusionMatrix, spot: QPoint) -> str:
    view = matrix.viewport()
    event = QHelpEvent(QEvent.Type.ToolTip, spot, view.mapToGlobal(spot))
    QApplication.sendEvent(view, event)
    return QToolTip.text()


def test_the_tooltip_is_the_sentence_or_the_whole_name(matrix: ConfusionMatrix) -> None:
    assert tooltip_at(matrix, middle(matrix, (0, 2))) == matrix.sentence((0, 2))
    name = QPoint(matrix.cell_rect((1, 0)).left() - 10, middle(matrix, (1, 0)).y())
    assert tooltip_at(matrix, name) == "banana"
    below = QPoint(middle(matrix, (0, 2)).x(), matrix.cell_rect((2, 2)).bottom() + 15)
    assert tooltip_at(matrix, below) == "kiwi"
    QToolTip.hideText()


# ---- keyboard


def test_arrows_move_and_enter_chooses(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    press(qtbot, matrix, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left)
    assert matrix.cursor_cell == (1, 1)
    with qtbot.waitSignal(matrix.cell_clicked) as told:
        press(qtbot, matrix, Qt.Key.Key_Return)
    assert told.args == [1, 1]


def test_the_cursor_stays_inside(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    press(qtbot, matrix, Qt.Key.Key_Up, Qt.Key.Key_Left)
    assert matrix.cursor_cell == (0, 0)
    press(qtbot, matrix, Qt.Key.Key_End, Qt.Key.Key_Right, *[Qt.Key.Key_Down] * 5)
    assert matrix.cursor_cell == (2, 2)
    press(qtbot, matrix, Qt.Key.Key_Home)
    assert matrix.cursor_cell == (2, 0)


def test_a_screen_reader_hears_the_cell_under_the_cursor(
    qtbot: QtBot, matrix: ConfusionMatrix
) -> None:
    press(qtbot, matrix, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert matrix.accessibleDescription() == matrix.sentence((0, 2))
    assert matrix.accessibleName() == "Confusion matrix"


def test_the_keyboard_brings_cells_into_view(qtbot: QtBot) -> None:
    matrix = ConfusionMatrix("matrix")
    qtbot.addWidget(matrix)
    matrix.resize(440, 430)
    matrix.set_matrix(*many(60))
    matrix.show()
    press(qtbot, matrix, Qt.Key.Key_End, *[Qt.Key.Key_Down] * 30)
    assert matrix.cell_at(middle(matrix, (30, 59))) == (30, 59)
    press(qtbot, matrix, Qt.Key.Key_Home, *[Qt.Key.Key_Up] * 30)
    assert matrix.cell_at(middle(matrix, (0, 0))) == (0, 0)


def test_escape_leaves_only_a_chosen_cell(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    left = QSignalSpy(matrix.left)
    press(qtbot, matrix, Qt.Key.Key_Escape)
    assert left.count() == 0
    matrix.select((0, 2))
    press(qtbot, matrix, Qt.Key.Key_Escape)
    assert left.count() == 1


def test_another_matrix_starts_anew(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    press(qtbot, matrix, Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_Down)
    matrix.select((2, 2))
    smaller: Sequence[Sequence[int]] = ((5, 1), (0, 4))
    matrix.set_matrix(("cat", "dog"), smaller)
    assert matrix.cursor_cell == (0, 0)
    left = QSignalSpy(matrix.left)
    press(qtbot, matrix, Qt.Key.Key_Escape)
    assert left.count() == 0
    spot = QPointF(matrix.cell_rect((1, 1)).center()).toPoint()
    assert matrix.cell_at(spot) == (1, 1)
