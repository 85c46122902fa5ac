"""The catalogues of translations as they are written: what `tr` never tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser, ast

from finetune_gui.core.paths import resource


@dataclass(frozen=True)
class Text:
    """One value or attribute.

    ``variables`` are all placeholders, ``shown`` those that stand in the text and not only choose
    a variant, ``plain`` is the text without placeholders, all its variants one after the other.
    ``numbers`` are those that choose a plural.
    """

    variables: frozenset[str]
    shown: frozenset[str]
    numbers: frozenset[str]
    plain: str


def files(language: str) -> list[Path]:
    return sorted(resource("translations", language).glob("*.ftl"))


def junk(language: str) -> list[str]:
    """What the parser could not read, with its place: such a message does not exist at all."""
    return [
        f"{file.name}: {(entry.content or '').splitlines()[0]}"
        for file, entry in _entries(language)
        if isinstance(entry, ast.Junk)
    ]


def messages(language: str) -> list[tuple[str, str]]:
    """Every message's id with the name of its file, in order, repeated ones too."""
    return [(e.id.name, file.name) for file, e in _entries(language) if isinstance(e, ast.Message)]


@cache
def texts(language: str) -> dict[str, Text]:
    """Every text by its key: ``train-start``, ``error-disk-full.next``."""
    found: dict[str, Text] = {}
    for _, entry in _entries(language):
        if not isinstance(entry, ast.Message):
            continue
        if entry.value is not None:
            found[entry.id.name] = _text(entry.value)
        for attribute in entry.attributes:
            found[f"{entry.id.name}.{attribute.id.name}"] = _text(attribute.value)
    return found


def message_id(key: str) -> str:
    return key.partition(".")[0]


@cache
def _entries(language: str) -> tuple[tuple[Path, ast.EntryType], ...]:
    return tuple(
        (file, entry)
        for file in files(language)
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body
    )


def _text(pattern: ast.Pattern) -> Text:
    chosen = [e.expression for e in _placeables(pattern)]
    selects = [e for e in chosen if isinstance(e, ast.SelectExpression)]
    shown = _names(e for e in chosen if not isinstance(e, ast.SelectExpression))
    numbers = _names(e.selector for e in selects)
    branches = [_text(variant.value) for e in selects for variant in e.variants]
    plain = [e.value for e in pattern.elements if isinstance(e, ast.TextElement)]
    return Text(
        shown.union(numbers, *(b.variables for b in branches)),
        shown.union(*(b.shown for b in branches)),
        numbers.union(*(b.numbers for b in branches)),
        "".join([*plain, *(b.plain for b in branches)]),
    )


def _placeables(pattern: ast.Pattern) -> list[ast.Placeable]:
    return [element for element in pattern.elements if isinstance(element, ast.Placeable)]


def _names(expressions: Iterable[object]) -> frozenset[str]:
    return frozenset(e.id.name for e in expressions if isinstance(e, ast.VariableReference))
