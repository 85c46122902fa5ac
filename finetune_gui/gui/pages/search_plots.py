"""The plots of a search: its course, which values do well, and which settings matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.recipe import RecipeField
from finetune_gui.core.recipe_words import number_text, shown_number, value_text
from finetune_gui.core.search_space import Dimension, Value
from finetune_gui.core.study import StudyStory, TrialRow
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.pages.train_words import percent, percent_tick
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE, TYPE, current_theme, font, on_theme
from finetune_gui.gui.widgets.curve_plot import Across, CurvePlot, Scale
from finetune_gui.gui.widgets.plot_data import Series
from finetune_gui.gui.widgets.plot_legend import Curve

_FEWEST_LINES = 3
_FEWEST_SHOWN = 4.0  # trials, so that the axis has whole numbers alone
_NAME_HEIGHT, _LABEL_HEIGHT = 30, 18
_BAR = 10
_LINE = 30


class CoursePlot(CurvePlot):
    """The accuracy of each trial as a point, and the best so far as a line."""

    def __init__(self, session: Session) -> None:
        self._each, self._best = Series(), Series()
        super().__init__(
            session,
            "searchCoursePlot",
            "search-plot-history",
            [
                (Curve("best_so_far", "search-plot-best", "accent"), self._best),
                (Curve("accuracy", "search-plot-trial", "validation", "points"), self._each),
            ],
            Scale(tick=percent_tick, value=percent, ceiling=1.0, rising=True, least=0.05),
            Across(
                column="trial",
                heading=lambda x: tr("search-plot-at", number=round(x)),
                tick=lambda x: f"{x:g}",
            ),
        )
        bind(self.empty, self.empty.setText, "search-plot-empty")

    def set_story(self, story: StudyStory) -> None:
        """Draw the trials of a search."""
        self._each.clear()
        self._best.clear()
        best = 0.0
        for trial in story.own:
            if trial.accuracy is None or trial.state not in ("complete", "pruned"):
                continue
            self._each.extend([trial.number], [trial.accuracy])
            before = best
            if trial.state == "complete":
                best = max(best, trial.accuracy)
            if best:  # a step upwards, not a slope
                self._best.extend([trial.number] * 2, [before or best, best])
        self.set_span(max([_FEWEST_SHOWN, *(float(t.number) for t in story.own)]))
        self.refresh()


@dataclass(frozen=True)
class _Axis:
    """One setting of the parallel axes: where a value lies, 0 below and 1 above."""

    dimension: Dimension

    def place(self, value: Value) -> float | None:
        """Where ``value`` lies in [0, 1]; None where it is no value of this axis."""
        found = self.dimension
        if found.kind == "choice":
            if value not in found.choices:
                return None
            return (found.choices.index(value) + 0.5) / len(found.choices)
        if isinstance(value, str):
            return None
        low, high, at = found.low, found.high, float(value)
        if found.log:
            low, high, at = math.log(low), math.log(high), math.log(max(at, 1e-12))
        if high <= low:
            return 0.5
        return min(1.0, max(0.0, (at - low) / (high - low)))

    def ends(self) -> tuple[str, str]:
        """What stands below and above the axis."""
        found = self.dimension
        if found.kind == "choice":
            return ("", "")
        field = found.field
        low, high = (round(v) if found.kind == "int" else v for v in (found.low, found.high))
        return number_text(shown_number(field, low)), number_text(shown_number(field, high))


class ParallelPlot(QWidget):
    """One line for each trial through the values it had, to the accuracy it reached.

    Good trials are drawn in the accent's colour over the others; the best is thick.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("searchParallelPlot")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(150)
        self._axes: tuple[_Axis, ...] = ()
        self._trials: tuple[TrialRow, ...] = ()
        self._ranks: dict[float, float] = {}
        self._reach = (0.0, 0.0)
        self._best = -1
        bind(self, self.setAccessibleName, "search-parallel-name")
        on_theme(self, self.update)
        on_change(self, self.update)

    @property
    def lines(self) -> int:
        """How many trials are drawn; 0 while they are too few to say anything."""
        return len(self._trials) if len(self._trials) >= _FEWEST_LINES else 0

    def set_story(self, story: StudyStory) -> None:
        """Draw the trials of a search, with those of earlier ones."""
        self._axes = tuple(_Axis(dimension) for dimension in story.spec.searched)
        found = [t for t in story.trials if t.accuracy is not None and t.score is not None]
        self._trials = tuple(sorted(found, key=lambda t: t.score or 0.0))
        self._ranks = {}  # 0 for the worst, towards 1; equal ones share the lower
        for place, trial in enumerate(self._trials):
            self._ranks.setdefault(trial.score or 0.0, place / max(1, len(self._trials) - 1))
        accuracies = [t.accuracy or 0.0 for t in self._trials]
        self._reach = (min(accuracies, default=0.0), max(accuracies, default=0.0))
        self._best = -1 if story.best is None else story.best.number
        self.setAccessibleDescription(
            "" if self.lines else tr("search-parallel-empty"),
        )
        self.update()

    @property
    def _area(self) -> QRectF:
        """Where the lines are drawn; names and ends stand around it."""
        return QRectF(self.rect()).adjusted(36, 50, -36, -26)

    def words_at(self, x: float) -> str:
        """The whole name of the axis nearest to ``x`` and its choices: both may be cut off."""
        names = [self._words(axis.dimension) for axis in self._axes]
        names.append(tr("search-parallel-accuracy"))
        places = [self._x(self._area, index) for index in range(len(names))]
        return min(zip(places, names, strict=True), key=lambda pair: abs(pair[0] - x))[1]

    @staticmethod
    def _words(dimension: Dimension) -> str:
        choices = [value_text(dimension.field, choice) for choice in reversed(dimension.choices)]
        return "\n".join([tr(dimension.message), *choices])

    @override
    def event(self, event: QEvent) -> bool:
        """Tell what may be cut off."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words_at(event.pos().x()) if self.lines else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes with their names, then the lines, the best last."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.lines:
            _say(painter, self.rect(), tr("search-parallel-empty"))
        else:
            area = self._area
            self._draw_axes(painter, area)
            for trial in self._trials:
                self._draw_trial(painter, area, trial)
        painter.end()

    def _x(self, area: QRectF, index: int) -> float:
        return area.left() + area.width() * index / max(1, len(self._axes))

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        theme = current_theme()
        names = [tr(axis.dimension.message) for axis in self._axes]
        names.append(tr("search-parallel-accuracy"))
        ends = [axis.ends() for axis in self._axes]
        ends.append((percent(self._reach[0]), percent(self._reach[1])))
        wide = int(area.width() / max(1, len(self._axes))) - 4
        for index, (name, (low, high)) in enumerate(zip(names, ends, strict=True)):
            x = self._x(area, index)
            painter.setPen(QPen(theme.color("line_strong"), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            box = QRect(int(x) - wide // 2, 0, wide, _NAME_HEIGHT)
            painter.setFont(font(TYPE.caption))
            painter.setPen(theme.color("text"))
            metrics = painter.fontMetrics()
            cut = Qt.TextElideMode.ElideRight
            shown = " ".join(metrics.elidedText(word, cut, wide) for word in name.split(" "))
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
            painter.drawText(_within(self.rect(), box), flags | Qt.TextFlag.TextWordWrap, shown)
            box.setHeight(_LABEL_HEIGHT)
            painter.setFont(font(TYPE.caption))
            painter.setPen(theme.color("muted"))
            _centred(painter, _within(self.rect(), box.translated(0, _NAME_HEIGHT)), high)
            below = box.translated(0, int(area.bottom()) + 4)
            _centred(painter, _within(self.rect(), below), low)
        for index, axis in enumerate(self._axes):
            self._draw_choices(painter, area, index, axis)

    def _draw_choices(self, painter: QPainter, area: QRectF, index: int, axis: _Axis) -> None:
        theme, field = current_theme(), axis.dimension.field
        wide = int(area.width() / max(1, len(self._axes))) - 14
        for choice in axis.dimension.choices:
            place = axis.place(choice)
            if place is None:
                continue
            y = area.bottom() - place * area.height()
            x = self._x(area, index)
            painter.setPen(QPen(theme.color("line_strong"), 1))
            painter.drawLine(QPointF(x - 3, y), QPointF(x + 3, y))
            painter.setPen(theme.color("muted"))
            text = painter.fontMetrics().elidedText(
                _short(field, choice), Qt.TextElideMode.ElideRight, wide
            )
            painter.drawText(QPointF(x + 6, y - 4), text)

    def _draw_trial(self, painter: QPainter, area: QRectF, trial: TrialRow) -> None:
        theme = current_theme()
        rank = self._ranks[trial.score or 0.0]
        is_best = trial.number == self._best
        color = QColor(theme.color("accent" if rank >= 0.5 else "muted"))
        color.setAlpha(255 if is_best else 60 + int(110 * rank))
        places = [axis.place(trial.values.get(axis.dimension.key, "")) for axis in self._axes]
        low, high = self._reach
        span = high - low
        places.append(((trial.accuracy or 0.0) - low) / span if span else 0.5)
        path = QPainterPath()
        for index, place in enumerate(places):
            if place is None:
                continue
            point = QPointF(self._x(area, index), area.bottom() - place * area.height())
            if path.elementCount() == 0:
                path.moveTo(point)
            else:
                path.lineTo(point)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 3.0 if is_best else 1.4))
        painter.drawPath(path)


class ImportancePlot(QWidget):
    """A bar for each setting: its share in how trials differ."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("searchImportancePlot")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._shares: list[tuple[str, float]] = []
        bind(self, self.setAccessibleName, "search-importance-name")
        on_theme(self, self.update)
        on_change(self, self._describe)

    @property
    def shares(self) -> Sequence[tuple[str, float]]:
        """The message key of each setting with its share in [0, 1], the largest first."""
        return tuple(self._shares)

    def set_story(self, story: StudyStory) -> None:
        """Show the shares of a search."""
        by_key = {d.key: d.message for d in story.spec.searched}
        found = [(by_key[k], share) for k, share in story.importance.items() if k in by_key]
        self._shares = sorted(found, key=lambda pair: -pair[1])
        self._describe()

    def _describe(self) -> None:
        lines = [f"{tr(key)} {percent(share)}" for key, share in self._shares]
        self.setAccessibleDescription(", ".join(lines) or tr("search-importance-empty"))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """A line for each."""
        return QSize(280, _LINE * max(1, len(self._shares)))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, bars, shares."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._shares:
            _say(painter, self.rect(), tr("search-importance-empty"))
        painter.setFont(font(TYPE.body))
        metrics = painter.fontMetrics()
        names = [tr(key) for key, _ in self._shares]
        wide = min(max(map(metrics.horizontalAdvance, names), default=0), self.width() // 3) + 1
        high = min(_LINE, self.height() // max(1, len(names)))
        for n, (name, (_, share)) in enumerate(zip(names, self._shares, strict=True)):
            self._draw(painter, QRect(0, n * high, self.width(), high), (name, wide), share)
        painter.end()

    @staticmethod
    def _draw(painter: QPainter, line: QRect, name: tuple[str, int], share: float) -> None:
        theme, middle = current_theme(), Qt.AlignmentFlag.AlignVCenter
        text, wide = name
        painter.setPen(theme.color("text"))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, shown)
        painter.setPen(theme.color("muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, percent(share))
        room = QRectF(line.adjusted(wide + SPACE.m, 0, -60, 0))
        bar = QRectF(room.left(), room.center().y() - _BAR / 2, room.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        bar.setWidth(max(_BAR, bar.width() * share))
        painter.setBrush(theme.color("accent"))
        painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)


def _short(field: RecipeField, value: Value) -> str:
    """A choice without its unit, which the name of the axis says."""
    if isinstance(value, str | bool) or (value == 0 and field.face.zero):
        return value_text(field, value)
    return number_text(shown_number(field, value))


def _say(painter: QPainter, area: QRect, text: str) -> None:
    painter.setFont(font(TYPE.body))
    painter.setPen(current_theme().color("muted"))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area.adjusted(SPACE.l, 0, -SPACE.l, 0), flags, text)


def _centred(painter: QPainter, box: QRect, text: str) -> None:
    metrics: QFontMetrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _within(area: QRect, box: QRect) -> QRect:
    """The box moved so that nothing of it lies outside."""
    moved = QRect(box)
    moved.moveLeft(min(max(box.left(), area.left()), max(area.left(), area.right() - box.width())))
    return moved
