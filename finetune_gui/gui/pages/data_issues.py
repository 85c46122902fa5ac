"""The part of the Data page that shows what is wrong with a dataset."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from finetune_gui.core.messages import tr
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.models.issues import photos_of
from finetune_gui.gui.pages.data_care import DatasetCare
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Banner, hline, icon_button, small_button, text_label
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
        self.working = WorkLine(care, self)
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
        head, upper = QVBoxLayout(), QVBoxLayout()
        for part in (head, upper):
            part.setContentsMargins(GAP // 2, 0, GAP // 2, 0)
            part.setSpacing(SPACE.s)
        head.addWidget(self.working)
        head.addWidget(self.banner)
        upper.addWidget(self.list, 1)
        upper.addWidget(self._line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.s)
        column.addLayout(head)
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
        if self._care.is_checking:
            self.banner.hide()
        elif report is None:
            self.banner.say("info", "data-not-checked", "data-not-checked-text")
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


class WorkLine(QWidget):
    """Says how far the check is that the user asked for, and lets the user stop it."""

    def __init__(self, care: DatasetCare, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("data-working")
        self._care = care
        self._progress = (0, 0)
        self.text = text_label(None, "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        bind(self.bar, self.bar.setAccessibleName, "dataset-check-title")
        cancel = icon_button("x", "common-cancel", "data-working-cancel")
        cancel.clicked.connect(care.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, SPACE.s, 0, SPACE.s)
        row.setSpacing(SPACE.s)
        row.addWidget(self.bar, 1)
        row.addWidget(self.text)
        row.addWidget(cancel)
        care.changed.connect(self._refresh)
        care.progressed.connect(self._on_progress)
        on_change(self, self._refresh)
        self._refresh()

    def _on_progress(self, done: int, total: int) -> None:
        self._progress = (done, total)
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(self._care.is_checking)
        if not self._care.is_checking:
            self._progress = (0, 0)
            return
        done, total = self._progress
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        progress = tr("data-checking", done=done, total=total)
        self.text.setText(progress if total else tr("common-working"))
