"""The lab notebook as a document of Qt: for the window, and as PDF."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QMarginsF, QRectF, QSize, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextDocument,
    QTextLine,
)
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from finetune_gui.core import atomic
from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.messages import language, speaking, tr
from finetune_gui.core.notebook import Notebook
from finetune_gui.core.notebook_page import Plot, PrintPage, heading, print_page
from finetune_gui.gui.theme import LIGHT, TYPE
from finetune_gui.jobs.documents import check_place

# An A4 page in pixels of 96 to the inch, as CSS counts them, and its margins.
PAGE = QSizeF(794, 1123)
MARGIN = 60.0
_ONE = QSize(1, 1)
_DOTS = 1200  # to the inch of the PDF: so that letters stand where they belong


class NotebookDocument(QTextDocument):
    """A `PrintPage` as rich text.

    Its plots are pictures of ``sharpness`` pixels for each of the page, drawn when they are first
    seen. With a sharpness of 0 their places stay empty, for `draw_page` to draw them as lines.
    """

    def __init__(self, page: PrintPage, families: Sequence[str], sharpness: float) -> None:
        super().__init__()
        self._plots = {plot.name: plot for plot in page.plots}
        self._sharpness = sharpness
        self.placed: list[tuple[Plot, QRectF]] = []
        made = QFont(list(families))
        made.setPixelSize(TYPE.body)
        self.setDefaultFont(made)
        self.setHtml(page.html)

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A plot of the page by its number; nothing else is ever loaded."""
        plot = self._plots.get(name if isinstance(name, str) else name.toString())
        if plot is None or not self._sharpness:
            return _nothing()
        return plot_image(plot, self._sharpness)

    def find_plots(self) -> None:
        """Note in ``placed`` where each plot stands; nothing before the document is laid out."""
        found = []
        block = self.begin()
        while block.isValid():
            places = block.begin()
            while not places.atEnd():
                fragment = places.fragment()
                plot = self._plots.get(fragment.charFormat().toImageFormat().name())
                if plot is not None and block.layout().lineCount():
                    found.append((plot, self._rect(block, fragment.position(), plot)))
                places += 1
            block = block.next()
        self.placed = found

    def _rect(self, block: QTextBlock, position: int, plot: Plot) -> QRectF:
        """Where a picture stands: on the base line of its line of text."""
        inside = position - block.position()
        line = block.layout().lineForTextPosition(inside)
        corner = self.documentLayout().blockBoundingRect(block).topLeft()
        top = line.y() + line.ascent() - plot.height
        return QRectF(corner.x() + _x_of(line, inside), corner.y() + top, plot.width, plot.height)


def _x_of(line: QTextLine, position: int) -> float:
    """Where a sign of a line begins; versions of PySide tell it alone or with the position."""
    match line.cursorToX(position):
        case (float(x), *_):
            return x
        case float(x):
            return x
    return 0.0


def plot_image(plot: Plot, sharpness: float) -> QImage:
    """A plot as a picture with so many pixels for each of the page."""
    image = _nothing(QSize(round(plot.width * sharpness), round(plot.height * sharpness)))
    painter = QPainter(image)
    _renderer(plot).render(painter)
    painter.end()
    return image


def _nothing(size: QSize = _ONE) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _renderer(plot: Plot) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(plot.svg.encode("utf-8")))


@dataclass(frozen=True)
class SavePdf:
    """Write a notebook to ``out`` as PDF. ``families`` are the fonts to write it in."""

    notebook: Notebook
    out: Path
    families: tuple[str, ...]
    spoken: str = ""
    lane: Lane = Lane.READ
    title: str = "notebook-job-save"

    def run(self, ctx: JobContext) -> Path:
        """The file, whole or not at all.

        Raises:
            UserError: the place is none for a file.
            OSError: it cannot be written.
            Cancelled: the user asked it to stop.
        """
        check_place(self.out)
        with speaking(self.spoken or language()), atomic.replacing(self.out) as temporary:
            page = print_page(self.notebook)
            document = NotebookDocument(page, self.families, 0)
            writer = QPdfWriter(str(temporary))
            writer.setResolution(_DOTS)
            writer.setTitle(heading(self.notebook))
            writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
            writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
            if not _paint(document, writer, ctx):
                raise OSError(errno.EIO, "not written", str(self.out))
        return self.out


def _paint(document: NotebookDocument, writer: QPdfWriter, ctx: JobContext) -> bool:
    """Paint all pages; whether the writer took them. A painter must end before its writer goes."""
    painter = QPainter()
    if not painter.begin(writer):
        return False
    try:
        painter.scale(_DOTS / 96, _DOTS / 96)
        for number in range(begin_pages(document)):
            ctx.check_cancelled()
            if number and not writer.newPage():
                return False
            draw_page(document, painter, number)
    finally:
        whole = painter.end()
    return whole


def begin_pages(document: NotebookDocument) -> int:
    """Lay the document out on pages; how many they are."""
    document.setUseDesignMetrics(True)
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(PAGE.width() - 2 * MARGIN, PAGE.height() - 2 * MARGIN))
    pages = document.pageCount()  # lays it out: before, its lines are nowhere
    document.find_plots()
    return pages


def draw_page(document: NotebookDocument, painter: QPainter, number: int) -> None:
    """One page, numbered from 0, with its number below; `begin_pages` comes first."""
    inside = document.pageSize()
    shown = QRectF(0, number * inside.height(), inside.width(), inside.height())
    painter.save()
    painter.translate(MARGIN, MARGIN - shown.top())
    document.drawContents(painter, shown)
    for plot, place in document.placed:
        if place.intersects(shown):
            _renderer(plot).render(painter, place)
    painter.restore()
    painter.save()
    made = QFont(document.defaultFont())
    made.setPixelSize(TYPE.caption)
    painter.setFont(made)
    painter.setPen(QColor(LIGHT.muted))
    foot = QRectF(MARGIN, PAGE.height() - MARGIN + 12, inside.width(), 24)
    text = tr("notebook-page", page=number + 1, pages=document.pageCount())
    painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, text)
    painter.restore()
