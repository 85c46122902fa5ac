"""Which parts of a network learn in which epoch, as rows of small blocks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.timeline import Phase
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.theme import SPACE, TYPE, current_theme, font, on_theme

_LONGEST, _SHORTEST = 14.0, 3.0  # pixels from one row or column to the next
_TALLEST = 132.0  # all rows together
_LINE = 16  # a line of small letters


class StageTimeline(QWidget):
    """Time runs to the right; the head is the top row and the stages follow towards the input.

    A filled block learns in its epoch, an outlined one is frozen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stageTimeline")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._phases: tuple[Phase, ...] = ()
        self._stages = 0
        on_theme(self, self.update)
        on_change(self, self.update)

    def show_phases(self, phases: tuple[Phase, ...], stages: int) -> None:
        """Draw these phases of a network in which ``stages`` may learn at all."""
        self._phases, self._stages = phases, stages
        self.updateGeometry()
        self.update()

    def learns(self, stage: int, epoch: int) -> bool:
        """Whether a stage, counted from the head (which is 0), learns in an epoch from 1."""
        phase = next((p for p in self._phases if p.first <= epoch <= p.last), None)
        return phase is not None and stage <= phase.stages

    @property
    def epochs(self) -> int:
        """How many epochs are drawn."""
        return self._phases[-1].last if self._phases else 0

    @property
    def _pitch(self) -> float:
        return max(_SHORTEST, min(_LONGEST, _TALLEST / (self._stages + 1)))

    @override
    def sizeHint(self) -> QSize:
        """All rows, and the numbers of the epochs below."""
        return QSize(240, round(self._pitch * (self._stages + 1)) + _LINE)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the names, the blocks and the first epoch of each phase."""
        if not self.epochs:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(TYPE.caption))
        left = self._paint_names(painter)
        column = min(_LONGEST + 4, (self.width() - left - 1) / self.epochs)
        for stage in range(self._stages + 1):
            for epoch in range(1, self.epochs + 1):
                self._paint_block(painter, left, column, stage, epoch)
        self._paint_epochs(painter, left, column)
        painter.end()

    def _paint_names(self, painter: QPainter) -> float:
        """The names of the rows that have room for one; returns where the blocks begin."""
        names = {0: tr("model-timeline-head")}
        if self._stages:
            names[self._stages] = tr("model-timeline-stage", stage=self._stages)
        width = max(painter.fontMetrics().horizontalAdvance(name) for name in names.values())
        painter.setPen(current_theme().color("muted"))
        for row, name in names.items():
            middle = (row + 0.5) * self._pitch
            area = QRectF(0, middle - _LINE / 2, width, _LINE)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
        return float(width + SPACE.s)

    def _paint_block(
        self, painter: QPainter, left: float, column: float, stage: int, epoch: int
    ) -> None:
        theme = current_theme()
        learns = self.learns(stage, epoch)
        gap = 2.0 if column >= 6 else 0.0
        area = QRectF(
            left + (epoch - 1) * column + 0.5,
            stage * self._pitch + 0.5,
            max(1.0, column - gap),
            max(1.0, self._pitch - (2.0 if self._pitch >= 6 else 1.0)),
        )
        painter.setBrush(theme.color("accent" if learns else "raised"))
        if gap:
            painter.setPen(QPen(theme.color("accent" if learns else "line_strong"), 1))
            painter.drawRoundedRect(area, 2, 2)
        else:  # so many epochs that they touch
            painter.fillRect(area, painter.brush())

    def _paint_epochs(self, painter: QPainter, left: float, column: float) -> None:
        """The numbers of the first epochs, as far as they do not touch, and of the last one."""
        metrics = painter.fontMetrics()
        painter.setPen(current_theme().color("muted"))
        base = (self._stages + 1) * self._pitch + metrics.ascent() + 1
        free = left
        for epoch in sorted({p.first for p in self._phases} | {self.epochs}):
            text = str(epoch)
            x = left + (epoch - 1) * column + (column - 2 - metrics.horizontalAdvance(text)) / 2
            if x >= free:
                painter.drawText(QPointF(max(left, x), base), text)
                free = x + metrics.horizontalAdvance(text) + SPACE.xs
