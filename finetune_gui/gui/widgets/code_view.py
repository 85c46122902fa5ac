"""Python code to read: a monospace text with a few colours."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override

from finetune_gui.gui.i18n import bind
from finetune_gui.gui.theme import TYPE, current_theme, font_families, on_theme

# What comes first wins: a word inside a string or a comment is no keyword.
_TOKEN = re.compile(
    r"(?P<comment>\#.*)"
    r"|(?P<string>[rbf]{0,2}(\"(\\.|[^\"\\])*\"|'(\\.|[^'\\])*'))"
    r"|(?P<number>\b\d+(\.\d*)?(e-?\d+)?\b)"
    rf"|(?P<keyword>\b({'|'.join(keyword.kwlist)})\b)"
    r"|(?<=def )(?P<name>\w+)|(?<=class )(?P<name2>\w+)"
)
_COLOURS = {
    "comment": "good_text",
    "string": "caution_text",
    "number": "danger_text",
    "keyword": "accent_text",
    "name": "text",
    "name2": "text",
}
_MONOSPACE = (
    *("Menlo", "Cascadia Mono", "Consolas", "DejaVu Sans Mono", "Liberation Mono"),
    *("Noto Sans Mono", "Noto Sans Mono CJK SC"),
)
_BOLD = ("keyword", "name", "name2")


def code_families() -> list[str]:
    """A monospace font that is installed, and the window's fonts for what it does not have."""
    installed = set(QFontDatabase.families())
    # By its name: the alias "monospace" of Linux gives way to whatever comes after it in a list.
    known = [name for name in _MONOSPACE if name in installed]
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return [*(known or [system])[:1], *font_families()]


class PythonColours(QSyntaxHighlighter):
    """Colours comments, strings, numbers, keywords and the names that are defined."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}

    def use(self, colours: dict[str, QColor]) -> None:
        """Take these colours for the kinds of `_COLOURS` and draw all anew."""
        self._formats = {}
        for kind, colour in colours.items():
            made = QTextCharFormat()
            made.setForeground(colour)
            if kind in _BOLD:
                made.setFontWeight(QFont.Weight.DemiBold)
            self._formats[kind] = made
        self.rehighlight()

    @override
    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            found = next((k for k in _COLOURS if match.groupdict().get(k) is not None), kind)
            if found in self._formats:
                start = len(text[: match.start()].encode("utf-16-le")) // 2
                length = len(match.group().encode("utf-16-le")) // 2
                self.setFormat(start, length, self._formats[found])


class CodeView(QPlainTextEdit):
    """A program that can be read, selected and copied, but not changed."""

    def __init__(self, name: str, label_key: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        bind(self, self.setAccessibleName, label_key)
        self.colours = PythonColours(self.document())
        on_theme(self, self._restyle)

    def _restyle(self) -> None:
        theme = current_theme()
        families = ", ".join(f'"{name}"' for name in code_families())
        # A style sheet of the application sets sizes of all widgets: only another one outdoes it.
        self.setStyleSheet(
            "QPlainTextEdit { background: transparent; border: none;"
            f" font-family: {families}; font-size: {TYPE.body}px; }}"
        )
        self.colours.use({kind: theme.color(token) for kind, token in _COLOURS.items()})
