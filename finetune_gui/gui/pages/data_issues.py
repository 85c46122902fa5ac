"""The part of the Data page that shows what is wrong with a dataset."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import on_change
from finetune_gui.gui.models.issues import photos_of
from finetune_gui.gui.pages.data_care import DatasetCare
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Banner, hline, small_button, text_label
from finetune_gui.gui.widgets.issue_list import IssueList
from finetune_gui.gui.widgets.photo_cell import GAP
from finetune_gui.gui.widgets.photo_grid import PhotoGrid


class IssuesView(QWidget):
    """Issues above, the photos of the chosen one below."""

    def __init__(self, session: Session, care: DatasetCare) -> None:
        super().__init__()
        self.setObjectName("data-issues")
        self._session = session
        self._care = care
        self.banner = Banner("data-issues-banner")
        self.list = IssueList()
        self.list.chosen.connect(lambda _row: self._show_photos())
        self.grid = PhotoGrid(session)
        self.grid.setObjectName("issue-photos")
        self._line = hline()
        self._remark = text_label(None, "muted")
        self._remark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        care.changed.connect(self.refresh)
        session.dataset_changed.connect(self.refresh)
        on_change(self, self._show_photos)
        self.refresh()

    def _lay_out(self) -> None:
        upper = QVBoxLayout()
        upper.setContentsMargins(GAP // 2, 0, GAP // 2, 0)
        upper.setSpacing(SPACE.s)
        upper.addWidget(self.banner)
        upper.addWidget(self.list, 1)
        upper.addWidget(self._line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        column.addLayout(upper, 1)
        column.addWidget(self._remark, 1)
        column.addWidget(self.grid, 1)

    def refresh(self) -> None:
        """Look at what is known again."""
        issues = self._care.issues()
        self.list.set_issues(issues)
        self.list.setVisible(bool(issues))
        self._line.setVisible(bool(issues))
        self._say()
        self._show_photos()

    def _say(self) -> None:
        report = self._care.report
        if report is None:
            self.banner.say("info", "data-not-checked", "data-not-checked-text")
            if not self._care.is_checking:
                check = small_button("data-check", "data-issues-check")
                self.banner.add_button(check, self._care.check)
        elif not self._care.issues():
            self.banner.say("good", "data-no-issues", "data-no-issues-text", n=report.n)
        else:
            self.banner.hide()
        self.banner.close_button.hide()

    def _show_photos(self) -> None:
        row, dataset = self.list.currentIndex().row(), self._session.dataset
        issues = self.list.issues
        chosen = 0 <= row < len(issues) and dataset is not None
        photos = photos_of(issues[row], dataset) if chosen and dataset is not None else []
        self.grid.set_photos(photos)
        self.grid.setVisible(bool(photos))
        self._remark.setText(tr("data-issue-no-photos") if chosen else "")
        self._remark.setVisible(not photos)
