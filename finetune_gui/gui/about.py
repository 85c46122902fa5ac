"""What the program is, and every part that it is made of with its licence."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from finetune_gui import __version__
from finetune_gui.core.errors import UserError
from finetune_gui.core.licences import Part
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import resource
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.latest_job import LatestJob
from finetune_gui.gui.models.parts import COLUMNS, PartsModel
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import (
    Banner,
    Card,
    SearchField,
    secondary_button,
    small_button,
    text_label,
)
from finetune_gui.gui.widgets.long_list import look_like_a_list, sort_when_asked
from finetune_gui.gui.widgets.reveal import reveal
from finetune_gui.jobs.list_parts import Ingredients, ListParts, ReadLicence

_SIZE = (1060, 660)
_LIST_WIDTH = 400
_MARK = 44
_ROW_HEIGHT = 32


class AboutDialog(QDialog):
    """Made anew each time it is opened; it deletes itself when closed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about-dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        bind(self, self.setWindowTitle, "about-title")
        self._ingredients: Ingredients | None = None
        self._listing = LatestJob(session.runner, self)
        self._reading = LatestJob(session.runner, self)
        self.model = PartsModel(self)
        self.table = _make_table(self.model)
        self.search = SearchField("about-search", "about-search")
        self.text = _make_text()
        self.banner = Banner("about-banner")
        self.site_button = small_button("about-site", "about-site")
        self.materials = text_label("about-no-sbom", "muted", wrap=True)
        self.materials_button = small_button("common-show-in-folder", "about-sbom")
        self._lay_out()
        self._connect()
        self._listing.ask(ListParts())

    # ---- making

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.l)
        column.setSpacing(SPACE.l)
        column.addLayout(_head())
        column.addWidget(self.banner)
        row = QHBoxLayout()
        row.setSpacing(SPACE.l)
        row.addWidget(self._list_card())
        row.addWidget(self._text_card(), 1)
        column.addLayout(row, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE.m)
        close = secondary_button("common-close", "about-close")
        close.clicked.connect(self.accept)
        bottom.addWidget(self.materials, 1)
        bottom.addWidget(self.materials_button)
        bottom.addWidget(close)
        column.addLayout(bottom)
        self.materials_button.hide()

    def _list_card(self) -> Card:
        card = Card("about-parts")
        card.setFixedWidth(_LIST_WIDTH)
        self.count = text_label(None, "muted")
        card.header.addWidget(self.count)
        card.box.addWidget(self.search)
        card.box.addWidget(self.table, 1)
        return card

    def _text_card(self) -> Card:
        card = Card("about-licence")
        card.header.addWidget(self.site_button)
        self.site_button.hide()
        card.box.addWidget(self.text, 1)
        return card

    def _connect(self) -> None:
        self._listing.finished.connect(self._on_listed)
        self._listing.failed.connect(self._on_failed)
        self._reading.finished.connect(self._on_read)
        self._reading.failed.connect(self._on_failed)
        self.search.textChanged.connect(self._search)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_part())
        self.site_button.clicked.connect(self._open_site)
        self.materials_button.clicked.connect(self._reveal_materials)
        on_change(self, self.model.retranslate)
        on_change(self, self._show_part)
        on_change(self, self._show_count)

    # ---- the list

    @property
    def selected(self) -> Part | None:
        """The part that is selected, None when there is none."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.row_at(rows[0].row()) if rows else None

    def _on_listed(self, _job: object, found: Ingredients) -> None:
        self._ingredients = found
        self.model.set_parts(found.parts)
        self._select_first()
        if found.bill_of_materials is not None:
            path = str(found.bill_of_materials)
            bind(self.materials, self.materials.setText, "about-sbom-at", path=path)
            self.materials_button.show()

    def _on_failed(self, _job: object, error: UserError) -> None:
        self.banner.say_error(error)

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._select_first()

    def _select_first(self) -> None:
        flags = QItemSelectionModel.SelectionFlag
        first = self.model.index(0, 0)
        self.table.selectionModel().setCurrentIndex(first, flags.ClearAndSelect | flags.Rows)
        self._show_part()
        self._show_count()

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.count.setText(tr("about-count", shown=shown, total=total) if total else "")

    # ---- the text

    def _show_part(self) -> None:
        part = self.selected
        self.site_button.setVisible(part is not None and _is_address(part.url))
        if part is None:
            self._reading.drop()
            found_nothing = self._ingredients is not None
            self.text.setPlainText(tr("about-none-found") if found_nothing else "")
        else:
            self._reading.ask(ReadLicence(part))

    def _on_read(self, job: ReadLicence, text: str) -> None:
        head = " ".join(word for word in (job.part.name, job.part.version) if word)
        licence = job.part.licence or tr("about-licence-unknown")
        body = text or tr("about-no-text")
        self.text.setPlainText(f"{head}\n{licence}\n\n{body}")

    def _open_site(self) -> None:
        if self.selected is not None:
            QDesktopServices.openUrl(QUrl(self.selected.url))

    def _reveal_materials(self) -> None:
        if self._ingredients is not None and self._ingredients.bill_of_materials is not None:
            reveal(self._ingredients.bill_of_materials)


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _head() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE.m)
    mark = QLabel()
    picture = QPixmap(str(resource("icons", "app.png")))
    side = _MARK * 3
    picture = picture.scaled(side, side, mode=Qt.TransformationMode.SmoothTransformation)
    picture.setDevicePixelRatio(3)
    mark.setPixmap(picture)
    row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(text_label("common-app-name", "title"))
    words.addWidget(text_label("about-what", wrap=True))
    words.addWidget(text_label("about-version", "muted", version=__version__))
    row.addLayout(words, 1)
    return row


def _make_table(model: PartsModel) -> QTableView:
    table = QTableView()
    table.setObjectName("about-parts")
    bind(table, table.setAccessibleName, "about-parts")
    table.setModel(model)
    look_like_a_list(table, _ROW_HEIGHT, 5)
    heads = table.horizontalHeader()
    heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    heads.setSectionResizeMode(COLUMNS.index("version"), QHeaderView.ResizeMode.ResizeToContents)
    sort_when_asked(table)
    return table


def _make_text() -> QPlainTextEdit:
    text = QPlainTextEdit()
    text.setObjectName("about-text")
    bind(text, text.setAccessibleName, "about-licence")
    text.setReadOnly(True)
    text.setTabChangesFocus(True)
    return text
