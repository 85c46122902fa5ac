"""Save a plot as a picture or as a table."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter, QRegion
from PySide6.QtWidgets import QFileDialog, QWidget

from finetune_gui.core import atomic
from finetune_gui.core.errors import as_user_error
from finetune_gui.core.messages import tr
from finetune_gui.gui.theme import SPACE, TYPE, current_theme, font
from finetune_gui.jobs.save_table import SaveTable

if TYPE_CHECKING:
    from finetune_gui.gui.widgets.curve_plot import CurvePlot

_SHARPNESS = 2.0  # device pixels in each pixel: fit for print and slides
_HEAD = 28  # pixels for title and legend


def ask_for_picture(plot: CurvePlot) -> None:
    """Ask for a file with the system's dialog and save what is seen of ``plot``."""
    path = _ask(plot, "png", tr("train-filter-png"))
    if path is not None:
        try:
            save_picture(plot, path)
        except OSError as error:
            plot.session.message.emit(as_user_error(error))


def ask_for_table(plot: CurvePlot) -> None:
    """Ask for a file with the system's dialog and save all points of ``plot`` by a job."""
    path = _ask(plot, "csv", tr("train-filter-csv"))
    if path is not None:
        handle = plot.session.runner.start(table_job(plot, path))
        handle.failed.connect(plot.session.message.emit)


def save_picture(plot: CurvePlot, path: Path) -> None:
    """Save what is seen of ``plot`` as PNG, with its title and legend.

    Raises:
        OSError: the file cannot be written.
    """
    with atomic.replacing(path) as temporary:
        if not QImageWriter(str(temporary), b"png").write(picture(plot)):
            raise OSError(errno.EIO, "not written", str(path))


def table_job(plot: CurvePlot, path: Path) -> SaveTable:
    """The job that writes all points of ``plot``; what is added later is not in it."""
    across = plot.across
    curves = {name: (across.written(s.xs), s.ys.copy()) for name, s in plot.series.items()}
    return SaveTable(path, across.column, curves)


def picture(plot: CurvePlot) -> QImage:
    """What is seen of ``plot`` below its title and legend, at twice the sharpness of a screen."""
    margin, theme = SPACE.l, current_theme()
    width, height = plot.width() + 2 * margin, plot.height() + _HEAD + 2 * margin
    image = QImage(
        round(width * _SHARPNESS), round(height * _SHARPNESS), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(_SHARPNESS)
    image.fill(theme.color("surface"))
    painter = QPainter(image)
    painter.setFont(font(TYPE.heading))
    painter.setPen(theme.color("text"))
    top_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.drawText(margin, margin, plot.width(), _HEAD, top_left, tr(plot.title_key))
    legend = plot.legend
    corner = QPoint(width - margin - legend.width(), margin)
    legend.render(painter, corner, QRegion(), QWidget.RenderFlag.DrawChildren)
    plot.canvas.paint(painter, QRectF(margin, margin + _HEAD, plot.width(), plot.height()))
    painter.end()
    return image


def _ask(plot: CurvePlot, ending: str, file_filter: str) -> Path | None:
    """The chosen file, with its ending; None when the user thought better of it."""
    run = plot.session.run
    name = tr(plot.title_key) if run is None else f"{run.name} {tr(plot.title_key)}"
    chosen, _ = QFileDialog.getSaveFileName(
        plot, tr("train-plot-export"), f"{name}.{ending}", file_filter
    )
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == f".{ending}" else path.with_name(f"{path.name}.{ending}")
