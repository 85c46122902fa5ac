"""Every colour, distance, radius and size of the window, and how they reach Qt.

Colours stand here and nowhere else: style sheets, palettes, icons and plots take them from the
`Tokens` of the theme that is on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from finetune_gui.core.messages import language, on_language_changed
from finetune_gui.gui.follow import follow
from finetune_gui.gui.style_sheet import build_style_sheet

Mode = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme as ``#RRGGBB``; ``scrim`` is ``#AARRGGBB``.

    ``run_1`` to ``run_6`` are the curves of runs that are compared.

    ``x_text`` is ``x`` made legible as text on its own wash and on every background. ``line`` is
    for borders of cards and grid lines, ``line_strong`` for borders of controls.
    """

    background: str
    surface: str
    raised: str
    line: str
    line_strong: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_wash: str
    accent_text: str
    on_accent: str
    validation: str
    good: str
    good_wash: str
    good_text: str
    caution: str
    caution_wash: str
    caution_text: str
    danger: str
    danger_wash: str
    danger_text: str
    matrix_right: str
    on_matrix_right: str
    matrix_wrong: str
    on_matrix_wrong: str
    matrix_empty: str
    scrim: str
    on_scrim: str
    run_1: str
    run_2: str
    run_3: str
    run_4: str
    run_5: str
    run_6: str


LIGHT = Tokens(
    background="#F6F7F9",
    surface="#FFFFFF",
    raised="#F0F2F5",
    line="#E1E5EA",
    line_strong="#D3D9E0",
    text="#1A1F26",
    muted="#5D6878",
    disabled="#868F9D",
    accent="#2B6BE4",
    accent_hover="#2259C4",
    accent_wash="#E8F0FE",
    accent_text="#2360D2",
    on_accent="#FFFFFF",
    validation="#D9731A",
    good="#1B8F57",
    good_wash="#E6F5ED",
    good_text="#177347",
    caution="#B26A00",
    caution_wash="#FFF3DC",
    caution_text="#965900",
    danger="#CF3A3A",
    danger_wash="#FDECEC",
    danger_text="#BC2F2F",
    matrix_right="#2B6BE4",
    on_matrix_right="#FFFFFF",
    matrix_wrong="#E3A1A4",
    on_matrix_wrong="#1A1F26",
    matrix_empty="#F0F2F5",
    scrim="#A6101318",
    on_scrim="#FFFFFF",
    run_1="#2B6BE4",
    run_2="#D9731A",
    run_3="#1B8F57",
    run_4="#8A4FD0",
    run_5="#C2387F",
    run_6="#0E8A9B",
)

DARK = Tokens(
    background="#12151A",
    surface="#1A1E25",
    raised="#232831",
    line="#2D343E",
    line_strong="#3A424E",
    text="#E9ECF1",
    muted="#97A2B2",
    disabled="#717C8C",
    accent="#6C9CFF",
    accent_hover="#8AB1FF",
    accent_wash="#1D2B47",
    accent_text="#85ADFF",
    on_accent="#10151F",
    validation="#F09A4A",
    good="#4CC38A",
    good_wash="#15301F",
    good_text="#4CC38A",
    caution="#F0B45A",
    caution_wash="#33260F",
    caution_text="#F0B45A",
    danger="#F07272",
    danger_wash="#3A1D20",
    danger_text="#F58585",
    matrix_right="#6C9CFF",
    on_matrix_right="#10151F",
    matrix_wrong="#8F474B",
    on_matrix_wrong="#FFFFFF",
    matrix_empty="#232831",
    scrim="#B3090B0E",
    on_scrim="#FFFFFF",
    run_1="#6C9CFF",
    run_2="#F09A4A",
    run_3="#4CC38A",
    run_4="#B892F5",
    run_5="#F07BB5",
    run_6="#4FC4D6",
)


class Space:
    """Distances in device-independent pixels: ``xs``, ``s``, ``m``, ``l``, ``xl``."""

    def __init__(self, **steps: int) -> None:
        self._steps = steps

    def __getattr__(self, name: str) -> int:
        try:
            return self._steps[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class Radius:
    """Corner radii in device-independent pixels."""

    control: int = 8
    card: int = 12


@dataclass(frozen=True)
class Type:
    """Sizes of type in device-independent pixels."""

    caption: int = 11
    body: int = 13
    heading: int = 15
    title: int = 20


SPACE = Space(xs=4, s=8, m=12, l=16, xl=24)
RADIUS = Radius()
TYPE = Type()

# A desktop without a theme of its own names one of these; they are wide and look dated.
_PLAIN_FAMILIES = ("", "Sans", "Sans Serif", "DejaVu Sans", "Bitstream Vera Sans", "Helvetica")
_BETTER_FAMILIES = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Open Sans")
# Where there is no other, the letters of the Chinese font do. Its Korean cut has the same letters
# with quotation marks and dots of Western width, which English text wants.
_LAST_RESORT = {"en": "Noto Sans CJK KR", "zh_CN": "Noto Sans CJK SC"}
_CHINESE_FAMILIES = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)


def font_families() -> list[str]:
    """The system's font, then a font with Chinese characters that is really installed."""
    present = set(QFontDatabase.families())
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if system in _PLAIN_FAMILIES:
        better = (*_BETTER_FAMILIES, _LAST_RESORT[language()])
        system = next((name for name in better if name in present), system)
    by_system = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    known = [name for name in _CHINESE_FAMILIES if name in present]
    chinese = (known or by_system)[:1]
    return [name for name in dict.fromkeys([system, *chinese]) if name]


def font(size: int = TYPE.body, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font of the window at ``size`` pixels, with figures of equal width."""
    made = QFont(font_families())
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


class Theme(QObject):
    """The look that is on. One for each application object: `current_theme` finds it."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = "system"
        self._drawn = QTemporaryDir()
        self.tokens = LIGHT
        app.setStyle("Fusion")
        self._families = font_families()
        app.setFont(font())
        app.styleHints().colorSchemeChanged.connect(self._refresh)
        on_language_changed(self._refresh_font)
        self._apply(self._wanted())

    @property
    def mode(self) -> Mode:
        """What the user chose."""
        return self._mode

    @property
    def is_dark(self) -> bool:
        """Whether the dark theme is on."""
        return self.tokens is DARK

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay light or dark."""
        self._mode = mode
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # The frame that the system draws around the window follows this as well.
        self._app.styleHints().setColorScheme(schemes.get(mode, Qt.ColorScheme.Unknown))
        self._refresh()

    def color(self, token: str) -> QColor:
        """A token's colour for painting."""
        return QColor(str(getattr(self.tokens, token)))

    def style_plots(self) -> None:
        """Give pyqtgraph the colours for plots made from now on."""
        # Only a program that draws a plot pays for importing it.
        pyqtgraph = sys.modules.get("pyqtgraph")
        if pyqtgraph is not None:
            pyqtgraph.setConfigOptions(
                background=self.tokens.surface, foreground=self.tokens.muted, antialias=True
            )

    def _wanted(self) -> Tokens:
        if self._mode == "system":
            dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._mode == "dark"
        return DARK if dark else LIGHT

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self._apply(wanted)

    def _refresh_font(self) -> None:
        """Another language may want another cut of the font; widgets keep theirs till restyled."""
        if font_families() != self._families:
            self._families = font_families()
            self._app.setFont(font())
            self._app.setStyleSheet(self._app.styleSheet())

    def _apply(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._app.setPalette(_palette(tokens))
        self._app.setStyleSheet(build_style_sheet(asdict(tokens), self._drawn.path()))
        self.style_plots()
        self.changed.emit()


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for where, color in (
        (role.Window, tokens.background),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.raised),
        (role.ToolTipBase, tokens.text),
        (role.ToolTipText, tokens.surface),
        (role.PlaceholderText, tokens.muted),
        (role.Text, tokens.text),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.danger),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Link, tokens.accent_text),
        (role.LinkVisited, tokens.accent_text),
        (role.Mid, tokens.line),
        (role.Midlight, tokens.raised),
        (role.Dark, tokens.line_strong),
        (role.Shadow, tokens.line_strong),
        (role.Light, tokens.surface),
    ):
        palette.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(tokens.disabled))
    return palette


def current_theme() -> Theme:
    """The theme of the running application; made when first asked for."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("a theme needs a QApplication")
    return app.findChild(Theme) or Theme(app)


def on_theme(widget: QObject, callback: Callable[[], None]) -> None:
    """Call ``callback`` now and after each change of theme until ``widget`` is destroyed."""
    follow(widget, current_theme().changed, callback)
    callback()
