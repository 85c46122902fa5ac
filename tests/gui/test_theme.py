"""Colours reach everything from one file, are legible, and follow the system live."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

import finetune_gui
from finetune_gui.core.messages import language, set_language
from finetune_gui.core.paths import resource
from finetune_gui.gui.icons import IconLabel, icon, pixmap, set_icon
from finetune_gui.gui.theme import (
    DARK,
    LIGHT,
    RADIUS,
    SPACE,
    TYPE,
    Theme,
    Tokens,
    current_theme,
    font,
    font_families,
    on_theme,
)

BACKGROUNDS = ("background", "surface", "raised")
WORDS = [
    *((text, ground) for text in ("text", "muted") for ground in (*BACKGROUNDS, "accent_wash")),
    *((f"{tone}_text", ground) for tone in ("good", "caution", "danger") for ground in BACKGROUNDS),
    *((f"{tone}_text", f"{tone}_wash") for tone in ("accent", "good", "caution", "danger")),
    *(("text", f"{tone}_wash") for tone in ("good", "caution", "danger")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_matrix_right", "matrix_right"),
    ("on_matrix_wrong", "matrix_wrong"),
    ("muted", "matrix_empty"),
    ("surface", "text"),
]
# Marks that must be seen but are not read: 3 : 1.
MARKS = [
    (mark, "surface")
    for mark in (
        *("accent", "validation", "good", "caution", "danger", "disabled"),
        *(f"run_{n}" for n in range(1, 7)),
    )
]


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    shares = [channel / 255 for channel in QColor(color).getRgb()[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), WORDS, ids="/".join)
def test_words_are_legible(tokens: Tokens, word: str, ground: str) -> None:
    assert contrast(getattr(tokens, word), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS, ids="/".join)
def test_marks_can_be_seen(tokens: Tokens, mark: str, ground: str) -> None:
    assert contrast(getattr(tokens, mark), getattr(tokens, ground)) >= 3.0


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_the_tokens_are_those_of_the_drawings() -> None:
    readme = {
        "background": ("#F6F7F9", "#12151A"),
        "surface": ("#FFFFFF", "#1A1E25"),
        "raised": ("#F0F2F5", "#232831"),
        "line": ("#E1E5EA", "#2D343E"),
        "text": ("#1A1F26", "#E9ECF1"),
        "muted": ("#5D6878", "#97A2B2"),
        "accent": ("#2B6BE4", "#6C9CFF"),
        "accent_wash": ("#E8F0FE", "#1D2B47"),
        "validation": ("#D9731A", "#F09A4A"),
        "good": ("#1B8F57", "#4CC38A"),
        "caution": ("#B26A00", "#F0B45A"),
        "danger": ("#CF3A3A", "#F07272"),
    }
    for name, (light, dark) in readme.items():
        assert (getattr(LIGHT, name), getattr(DARK, name)) == (light, dark)
    assert (SPACE.xs, SPACE.s, SPACE.m, SPACE.l, SPACE.xl) == (4, 8, 12, 16, 24)
    assert (RADIUS.control, RADIUS.card) == (8, 12)
    assert (TYPE.caption, TYPE.body, TYPE.heading, TYPE.title) == (11, 13, 15, 20)


def test_an_unknown_distance_is_an_error() -> None:
    with pytest.raises(AttributeError):
        _ = SPACE.huge


def test_no_other_file_writes_a_colour() -> None:
    gui = Path(finetune_gui.__file__).parent / "gui"
    literal = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{8}\b|QColor\(\s*\d|rgba?\(")
    found = [
        f"{path.relative_to(gui)}: {line.strip()}"
        for path in gui.rglob("*.py")
        if path.name != "theme.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if literal.search(line)
    ]
    assert found == []


def test_switching_tells_everyone_once(qtbot: QtBot) -> None:
    theme = current_theme()
    theme.set_mode("light")
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.tokens is DARK
    assert theme.is_dark
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("dark")


@pytest.mark.parametrize(("mode", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_palette_and_style_sheet_follow(mode: str, tokens: Tokens, qapp: QApplication) -> None:
    current_theme().set_mode(mode)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(tokens.background)
    assert qapp.palette().color(QPalette.ColorRole.Text) == QColor(tokens.text)
    assert tokens.accent in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


def test_follows_the_system_live(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> None:
    theme = current_theme()
    theme.set_mode("system")
    scheme = [Qt.ColorScheme.Dark]

    # The style hints of the offscreen platform cannot be set.
    hints = SimpleNamespace(colorScheme=lambda: scheme[0])
    app = SimpleNamespace(
        styleHints=lambda: hints, setPalette=qapp.setPalette, setStyleSheet=qapp.setStyleSheet
    )
    monkeypatch.setattr(theme, "_app", app)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.tokens is DARK
    scheme[0] = Qt.ColorScheme.Light
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.tokens is LIGHT


def test_the_pictures_of_the_style_sheet_are_there(qapp: QApplication) -> None:
    for mode in ("light", "dark"):
        current_theme().set_mode(mode)
        files = re.findall(r"url\((.+?)\)", qapp.styleSheet())
        assert len(files) >= 6
        for file in files:
            drawing = Path(file).read_text(encoding="utf-8")
            assert "currentColor" not in drawing
            assert not QIcon(file).pixmap(16, 16).isNull()


def test_one_theme_for_an_application(qapp: QApplication) -> None:
    assert current_theme() is current_theme()
    assert qapp.findChildren(Theme) == [current_theme()]


def test_the_fonts_are_installed_and_have_chinese(qapp: QApplication) -> None:
    assert qapp is not None
    for name in ("en", "zh_CN"):
        set_language(name)
        assert font_families()
        metrics = QFontMetrics(font())
        assert all(metrics.inFontUcs4(ord(char)) for char in "训练Aa1")


def test_another_language_may_bring_another_font(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    families = {"en": "Noto Sans CJK KR", "zh_CN": "Noto Sans CJK SC"}
    monkeypatch.setattr("finetune_gui.gui.theme.font_families", lambda: [families[language()]])
    label = QLabel("·")
    qtbot.addWidget(label)
    label.show()
    for name in ("zh_CN", "en", "zh_CN"):
        set_language(name)
        assert label.font().families() == [families[name]]
    monkeypatch.undo()


def test_figures_have_equal_width(qapp: QApplication) -> None:
    assert qapp is not None
    metrics = QFontMetrics(font(TYPE.title))
    assert len({metrics.horizontalAdvance(digit * 8) for digit in "0123456789"}) == 1


def inks(image: QImage) -> set[str]:
    """The opaque colours of a picture."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name().upper() for color in pixels if color.alpha() == 255}


def test_icons_have_the_colour_of_the_theme(qapp: QApplication) -> None:
    assert qapp is not None
    for mode, tokens in (("light", LIGHT), ("dark", DARK)):
        current_theme().set_mode(mode)
        drawn = icon("square", "accent", 32).pixmap(32, 32).toImage()
        assert tokens.accent in inks(drawn)
        off = icon("square", "accent", 32).pixmap(32, 32, QIcon.Mode.Disabled).toImage()
        assert inks(off) == {tokens.disabled}


def test_every_icon_draws_something(qapp: QApplication) -> None:
    assert qapp is not None
    for file in resource("icons").glob("*.svg"):
        assert inks(pixmap(file.stem, "text", 48).toImage()), file.stem


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_icons_are_drawn_for_the_scale_of_the_screen(qapp: QApplication, ratio: float) -> None:
    assert qapp is not None
    drawn = pixmap("play", "text", 16, ratio)
    assert drawn.width() == round(16 * ratio)
    assert drawn.devicePixelRatio() == ratio


def test_a_button_changes_its_icon_with_the_theme(qtbot: QtBot) -> None:
    theme = current_theme()
    theme.set_mode("light")
    button = QPushButton()
    qtbot.addWidget(button)
    set_icon(button, "square", theme, "accent", 32)
    assert LIGHT.accent in inks(button.icon().pixmap(32, 32).toImage())
    theme.set_mode("dark")
    assert DARK.accent in inks(button.icon().pixmap(32, 32).toImage())
    set_icon(button, "square", theme, "danger", 32)
    assert DARK.danger in inks(button.icon().pixmap(32, 32).toImage())
    theme.set_mode("light")
    assert LIGHT.danger in inks(button.icon().pixmap(32, 32).toImage())


def test_an_icon_that_stands_alone_changes_too(qtbot: QtBot) -> None:
    theme = current_theme()
    theme.set_mode("light")
    label = IconLabel("square", "good", 32)
    qtbot.addWidget(label)
    theme.set_mode("dark")
    assert DARK.good in inks(label.pixmap().toImage())
    label.set_icon("square", "danger")
    assert DARK.danger in inks(label.pixmap().toImage())


def test_nobody_is_called_after_their_end(qtbot: QtBot) -> None:
    theme = current_theme()
    theme.set_mode("light")
    calls: list[str] = []
    button = QPushButton()
    on_theme(button, lambda: calls.append(button.text()))
    assert calls == [""]
    with qtbot.waitSignal(button.destroyed):
        button.deleteLater()
    theme.set_mode("dark")
    assert calls == [""]


def test_every_token_is_a_colour() -> None:
    for tokens in (LIGHT, DARK):
        assert all(QColor(value).isValid() for value in asdict(tokens).values())
