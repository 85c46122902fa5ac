"""Small plots as SVG: in the page of the notebook as they are, in its PDF through Qt.

They are drawn by hand since they must look the same in a browser, in Qt's reader of SVG (which
knows no style sheets), and on paper: lines, dots and texts, nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from finetune_gui.core.messages import tr
from finetune_gui.core.notebook import Curve, Entry
from finetune_gui.core.recipe_words import number_text
from finetune_gui.core.templates import environment

_MOST_NAMES = 24  # signs of a run's number or title below its dot


@dataclass(frozen=True)
class Ink:
    """The colours of a plot: values of ``fill`` and ``stroke`` in SVG."""

    train: str
    val: str
    text: str
    line: str


# In the page the reader's browser chooses between light and dark.
OF_PAGE = Ink("var(--train)", "var(--val)", "var(--muted)", "var(--line)")
ON_PAPER = Ink("#2B6BE4", "#D9731A", "#5D6878", "#D3D9E0")


@dataclass(frozen=True)
class Area:
    """Where a plot stands inside its picture, in its units."""

    width: int = 420
    height: int = 234
    left: int = 46
    right: int = 12
    top: int = 28
    bottom: int = 38

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture."""
        return self.width, self.height

    @property
    def x_end(self) -> int:
        """The right end."""
        return self.width - self.right

    @property
    def y_end(self) -> int:
        """The lower end."""
        return self.height - self.bottom


CURVES = Area()
OVERVIEW = Area(width=860, height=220, top=14)


def curves_svg(curves: Sequence[Curve], ink: Ink, *, percent: bool, title: str) -> str:
    """Curves over epochs, with ``title`` above. Empty where there is no point."""
    area = CURVES
    points = [p for curve in curves for p in curve.points if math.isfinite(p[1])]
    if not points:
        return ""
    ticks = _ticks(min(y for _, y in points), max(y for _, y in points), percent=percent)
    last = max(1.0, *(x for x, _ in points))

    def place(x: float, y: float) -> tuple[float, float]:
        share = (y - ticks[0]) / (ticks[-1] - ticks[0])
        return (
            round(area.left + (area.x_end - area.left) * x / last, 1),
            round(area.y_end - (area.y_end - area.top) * share, 1),
        )

    lines = [
        {
            "name": _name_of(curve),
            "colour": _colour_of(curve, ink),
            "points": [place(x, y) for x, y in curve.points if math.isfinite(y)],
        }
        for curve in curves
    ]
    return (
        environment()
        .get_template("curves.svg.jinja")
        .render(
            area=area,
            ink=ink,
            title=title,
            lines=lines,
            rows=[(place(0, y)[1], _tick_text(y, percent=percent)) for y in ticks],
            columns=[(place(x, ticks[0])[0], number_text(x)) for x in _epochs(last)],
            below=tr("notebook-epoch"),
        )
    )


def overview_svg(entries: Sequence[Entry], ink: Ink) -> str:
    """The validation accuracy of each run with its interval, in order; empty for fewer than two."""
    known = [(n, e.validation) for n, e in enumerate(entries, start=1) if e.validation is not None]
    if len(known) < 2:
        return ""
    area = OVERVIEW
    low = min(m.interval[0] for _, m in known)
    ticks = _ticks(low, max(m.interval[1] for _, m in known), percent=True)

    def height(y: float) -> float:
        share = (y - ticks[0]) / (ticks[-1] - ticks[0])
        return round(area.y_end - (area.y_end - area.top) * share, 1)

    step = (area.x_end - area.left) / len(entries)
    best = max(m.accuracy for _, m in known)
    every = math.ceil(len(entries) / _MOST_NAMES)
    dots = [
        {
            "x": round(area.left + step * (n - 0.5), 1),
            "y": height(m.accuracy),
            "low": height(m.interval[0]),
            "high": height(m.interval[1]),
            "best": m.accuracy == best,
            "name": str(n) if n % every == 0 or every == 1 else "",
        }
        for n, m in known
    ]
    return (
        environment()
        .get_template("overview.svg.jinja")
        .render(
            area=area,
            ink=ink,
            title=tr("notebook-overview"),
            dots=dots,
            rows=[(height(y), _tick_text(y, percent=True)) for y in ticks],
            below=tr("notebook-overview-runs"),
        )
    )


def _name_of(curve: Curve) -> str:
    training = curve.name.startswith("train")
    return tr("notebook-curve-training") if training else tr("notebook-curve-validation")


def _colour_of(curve: Curve, ink: Ink) -> str:
    return ink.train if curve.name.startswith("train") else ink.val


def _ticks(low: float, high: float, *, percent: bool) -> list[float]:
    """Round numbers from below ``low`` to above ``high``, at most seven."""
    if percent:
        low, high = max(0.0, low), min(1.0, high)
    span = max(high - low, 0.02 if percent else 1e-3)
    raw = span / 4
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if end <= first:
        first, end = (first - 1, end) if percent and high >= 1 else (first, first + 1)
    return [round(n * step, 10) for n in range(first, end + 1)]


def _tick_text(value: float, *, percent: bool) -> str:
    if percent:
        return tr("common-percent", value=number_text(round(100 * value, 6)))
    return number_text(value)


def _epochs(last: float) -> list[float]:
    step = max(1, math.ceil(last / 8))
    return [float(x) for x in range(0, int(last) + 1, step)]
