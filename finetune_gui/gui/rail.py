"""The way through the program on the left: six steps, the runs and the settings."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.messages import tr
from finetune_gui.core.paths import resource
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.icons import pixmap
from finetune_gui.gui.theme import RADIUS, SPACE, TYPE, current_theme, font, on_theme
from finetune_gui.gui.widgets.basic import text_label

STEPS = ("data", "augment", "model", "train", "evaluate", "predict")
WIDTH = 208
_BULLET = 20
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)


class RailButton(QAbstractButton):
    """One line of the rail: a numbered step, or a side room with an icon."""

    def __init__(self, key: str, number: int | None = None, icon_name: str = "") -> None:
        super().__init__()
        self.key = key
        self._number = number
        self._icon_name = icon_name
        self._subtitle = ""
        self._done = False
        self._ring = False
        self.setObjectName(f"rail-{key}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        on_theme(self, self.update)
        on_change(self, self._retranslate)
        self._retranslate()

    @property
    def subtitle(self) -> str:
        """The few words below the title."""
        return self._subtitle

    @property
    def done(self) -> bool:
        """Whether a check mark takes the place of the number."""
        return self._done

    def set_state(self, subtitle: str, *, done: bool) -> None:
        """Show what the step's page says of itself."""
        self._subtitle, self._done = subtitle, done
        self._retranslate()

    def _retranslate(self) -> None:
        title = tr(f"shell-page-{self.key}")
        self.setText(title)
        state = tr("shell-step-done") if self._done else ""
        self.setAccessibleName(title)
        self.setAccessibleDescription(" · ".join(t for t in (self._subtitle, state) if t))
        self.setToolTip(self._subtitle)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Higher when there is a subtitle."""
        return QSize(WIDTH - 2 * SPACE.m, 52 if self._subtitle else 36)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """A ring is drawn for those who came by keyboard."""
        self._ring = event.reason() in _KEYBOARD
        super().focusInEvent(event)

    @override
    def enterEvent(self, event: object) -> None:
        """Draw as hovered."""
        self.update()

    @override
    def leaveEvent(self, event: object) -> None:
        """Draw as before."""
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw background, bullet, title and subtitle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_background(painter)
        if self._number is None:
            self._paint_icon(painter, self._icon_name, "muted", QRect(10, 10, 16, 16))
        else:
            self._paint_bullet(painter, QRect(8, 8, _BULLET, _BULLET))
        self._paint_words(painter)
        painter.end()

    def _paint_background(self, painter: QPainter) -> None:
        theme = current_theme()
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(theme.color("accent_wash" if self.isChecked() else "raised"))
            painter.drawRoundedRect(area, RADIUS.control, RADIUS.control)
        if self.hasFocus() and self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS.control, RADIUS.control)

    def _paint_bullet(self, painter: QPainter, area: QRect) -> None:
        theme = current_theme()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("good" if self._done else "line_strong"), 1.4))
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
        painter.drawEllipse(QRectF(area).adjusted(0.7, 0.7, -0.7, -0.7))
        if self._done and not self.isChecked():
            self._paint_icon(painter, "check", "good", area.adjusted(4, 4, -4, -4))
            return
        painter.setPen(theme.color("on_accent" if self.isChecked() else "muted"))
        painter.setFont(font(TYPE.caption))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(self._number))

    def _paint_icon(self, painter: QPainter, name: str, color: str, area: QRect) -> None:
        picture = pixmap(name, color, area.width(), self.devicePixelRatioF())
        painter.drawPixmap(area.topLeft(), picture)

    def _paint_words(self, painter: QPainter) -> None:
        theme = current_theme()
        left, width = 40, self.width() - 48
        painter.setPen(theme.color("text"))
        painter.setFont(font(TYPE.body, QFont.Weight.Medium))
        high = 18 if self._subtitle else self.height()
        self._paint_line(painter, QRect(left, 9 if self._subtitle else 0, width, high), self.text())
        if self._subtitle:
            painter.setPen(theme.color("muted"))
            painter.setFont(font(12))
            self._paint_line(painter, QRect(left, 27, width, 18), self._subtitle)

    def _paint_line(self, painter: QPainter, area: QRect, text: str) -> None:
        elide = Qt.TextElideMode.ElideRight
        short = painter.fontMetrics().elidedText(text, elide, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)


class Rail(QFrame):
    """``chosen`` carries the key of the page that was asked for."""

    chosen = Signal(str)
    settings_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        bind(self, self.setAccessibleName, "shell-rail")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.m, SPACE.l, SPACE.m, SPACE.m)
        column.setSpacing(SPACE.xs)
        column.addLayout(_brand())
        column.addSpacing(SPACE.m)
        for number, key in enumerate(STEPS, start=1):
            column.addWidget(self._add(RailButton(key, number)))
        column.addStretch(1)
        column.addWidget(self._add(RailButton("trials", icon_name="sparkles")))
        column.addWidget(self._add(RailButton("runs", icon_name="history")))
        settings = RailButton("settings", icon_name="settings")
        settings.clicked.connect(self.settings_asked)
        column.addWidget(settings)

    def button(self, key: str) -> RailButton:
        """The line of a page."""
        return self._buttons[key]

    def set_current(self, key: str) -> None:
        """Mark the page that is shown."""
        self._buttons[key].setChecked(True)

    def _add(self, button: RailButton) -> RailButton:
        button.setCheckable(True)
        self._group.addButton(button)
        self._buttons[button.key] = button
        button.clicked.connect(lambda _on: self.chosen.emit(button.key))
        return button


def _brand() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(SPACE.s, 0, 0, 0)
    row.setSpacing(SPACE.s)
    mark = QLabel()
    picture = QPixmap(str(resource("icons", "app.png")))
    picture = picture.scaled(60, 60, mode=Qt.TransformationMode.SmoothTransformation)
    picture.setDevicePixelRatio(3)
    mark.setPixmap(picture)
    row.addWidget(mark)
    row.addWidget(text_label("common-app-name", "subheading"))
    row.addStretch(1)
    return row
