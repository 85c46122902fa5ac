"""What the self-test asks of the window: does it open, draw, and speak both languages?"""

from __future__ import annotations

import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, qInstallMessageHandler, qVersion
from PySide6.QtGui import QColor, QImage, QPainter, QTextLayout
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import LANGUAGES, language, set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.app import log_qt, make_application
from finetune_gui.gui.main_window import PAGES, MainWindow
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import current_theme, font
from finetune_gui.jobs.self_test import FOLDER, Check, perform

_PLOT = QSize(400, 240)
# A curve from side to side, two pixels high, is more than its width in pixels.
_LEAST_PIXELS = 200
_CLOSE = 40  # of 255: what antialiasing leaves of a colour in the middle of a line
# Characters of the window itself; were there no font for them, all would be the same empty box.
_CHINESE = "训练集"
_GLYPH = 48


def window_checks() -> list[Check]:
    """A line each for Qt, the window, a plot and the fonts.

    All is drawn into memory where there is no display.
    """
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY"))):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    ctx = JobContext(lambda _event: None)
    steps: dict[str, Callable[[JobContext], str]] = {
        "qt": _start_qt,
        "window": _open_every_page,
        "plot": _draw_a_plot,
        "fonts": _write_chinese,
    }
    before = qInstallMessageHandler(log_qt)
    try:
        return [perform(name, step, ctx) for name, step in steps.items()]
    finally:
        qInstallMessageHandler(before)


def _start_qt(_ctx: JobContext) -> str:
    """Without its platform plugin Qt would end the program here."""
    app = make_application()
    screens = [f"{s.size().width()}×{s.size().height()}" for s in app.screens()]
    return f"Qt {qVersion()}, {app.platformName()}, {', '.join(screens) or 'no screen'}"


@contextmanager
def _session() -> Iterator[Session]:
    with tempfile.TemporaryDirectory() as folder:
        session = Session(AppPaths.under(Path(folder) / FOLDER))
        before = language()
        try:
            yield session
        finally:
            session.shutdown()
            session.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            set_language(before)


def _open_every_page(ctx: JobContext) -> str:
    """Show each page in each language and look at what was drawn."""
    with _session() as session:
        window = MainWindow(session)
        try:
            window.show()
            for name in LANGUAGES:
                set_language(name)
                for key in PAGES:
                    ctx.check_cancelled()
                    window.show_page(key)
                    QApplication.processEvents()
                    _look_at(window, key)
        finally:
            window.close()
            window.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return f"{len(PAGES)} pages, {', '.join(LANGUAGES)}"


def _look_at(window: MainWindow, key: str) -> None:
    picture = window.grab().toImage()
    middle = picture.height() // 2
    colors = {picture.pixel(x, middle) for x in range(0, picture.width(), 3)}
    if len(colors) < 2:
        raise RuntimeError(f"the page {key} is blank")


def _draw_a_plot(_ctx: JobContext) -> str:
    """A curve as the Train page draws it; its pixels are counted."""
    from finetune_gui.gui.widgets.curve_plot import CurvePlot
    from finetune_gui.gui.widgets.plot_data import Series
    from finetune_gui.gui.widgets.plot_legend import Curve

    with _session() as session:
        series = Series()
        curve = Curve("loss", "train-plot-loss", "danger")
        plot = CurvePlot(session, "self-check-plot", "train-plot-loss", [(curve, series)])
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.addWidget(plot.tools)
        column.addWidget(plot, 1)
        try:
            frame.resize(_PLOT)
            frame.show()
            plot.refresh()
            empty = _count(plot)
            xs = [n / 50 for n in range(51)]
            series.extend(xs, [math.exp(-3 * x) for x in xs])
            plot.refresh()
            drawn = _count(plot)
        finally:
            frame.close()
            frame.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if empty or drawn < _LEAST_PIXELS:
        raise RuntimeError(f"{drawn} pixels of a curve, {empty} before there was one")
    return f"{drawn} pixels of a curve"


def _count(plot: QWidget) -> int:
    """The pixels in the colour of the curve."""
    QApplication.processEvents()
    picture = plot.grab().toImage()
    wanted = current_theme().color("danger")
    places = ((x, y) for x in range(picture.width()) for y in range(picture.height()))
    return sum(_is_close(picture.pixelColor(x, y), wanted) for x, y in places)


def _is_close(color: QColor, wanted: QColor) -> bool:
    apart = (
        color.red() - wanted.red(),
        color.green() - wanted.green(),
        color.blue() - wanted.blue(),
    )
    return all(abs(difference) <= _CLOSE for difference in apart)


def _write_chinese(_ctx: JobContext) -> str:
    """Chinese characters have a form of their own in the font that each language uses."""
    before = language()
    told = []
    try:
        for name in LANGUAGES:
            set_language(name)
            told.append(f"{name}: {font_of_chinese()}")
    finally:
        set_language(before)
    return ", ".join(told)


def font_of_chinese(text: str = _CHINESE) -> str:
    """The family that ``text`` is drawn with.

    Raises:
        RuntimeError: some of it would be empty boxes.
    """
    layout = QTextLayout(text, font(_GLYPH))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    runs = layout.glyphRuns()
    # Glyph 0 of every font is the box for what the font does not have.
    if not runs or any(glyph == 0 for run in runs for glyph in run.glyphIndexes()):
        raise RuntimeError(f"no font here has the characters {text}; install one with Chinese")
    pictures = list(map(_picture_of, text))
    if len({picture.tobytes() for picture in pictures}) < len(set(text)):
        raise RuntimeError(f"the characters {text} look alike in {runs[0].rawFont().familyName()}")
    return str(runs[0].rawFont().familyName())


def _picture_of(character: str) -> memoryview:
    side = 2 * _GLYPH
    image = QImage(side, side, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(font(_GLYPH))
    painter.drawText(QPointF(_GLYPH / 4, 1.5 * _GLYPH), character)
    painter.end()
    pixels = memoryview(bytes(image.constBits()))
    if len(set(pixels)) < 2:
        raise RuntimeError(f"nothing is drawn for the character {character}")
    return pixels
