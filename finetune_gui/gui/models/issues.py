"""What a person should know of a dataset, as rows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.messages import tr
from finetune_gui.dataset.check import Issue, IssueKind
from finetune_gui.dataset.samples import Dataset
from finetune_gui.gui.models.photos import GridPhoto, Tone

Index = QModelIndex | QPersistentModelIndex
ISSUE_ROLE = int(Qt.ItemDataRole.UserRole)

# What makes results wrong is red; what makes them worse than they could be is yellow.
_SERIOUS: tuple[IssueKind, ...] = (
    "unreadable",
    "leak",
    "duplicate_across_classes",
    "no_training_photos",
)


@dataclass(frozen=True)
class IssueWords:
    """An issue in the language now set; ``count`` is how many photos it is about."""

    sentence: str
    advice: str
    tone: Tone
    count: int


def words_of(issue: Issue) -> IssueWords:
    """What is wrong, and what to do about it."""
    if issue.kind == "unreadable":
        advice = PhotoError(str(issue.params["reason"])).next_step
    else:
        advice = tr(f"data-advice-{issue.kind.replace('_', '-')}")
    tone: Tone = "danger" if issue.kind in _SERIOUS else "caution"
    return IssueWords(issue.detail, advice, tone, len(issue.paths))


def photos_of(issue: Issue, dataset: Dataset) -> list[GridPhoto]:
    """The photos that an issue is about, each with its class and its place."""
    labels = {sample.path: sample.label for sample in dataset.samples}
    tone = words_of(issue).tone
    photos = []
    for relative in issue.paths:
        path = dataset.root / relative
        photos.append(GridPhoto(path, labels.get(path, path.name), relative, tone))
    return photos


class IssueModel(QAbstractListModel):
    """A list of issues."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._issues: list[Issue] = []

    @property
    def issues(self) -> list[Issue]:
        """All of them."""
        return self._issues

    def set_issues(self, issues: list[Issue]) -> None:
        """Show others."""
        self.beginResetModel()
        self._issues = issues
        self.endResetModel()

    @override
    def rowCount(self, parent: Index | None = None) -> int:
        """How many issues there are."""
        return 0 if parent is not None and parent.isValid() else len(self._issues)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words for ``ISSUE_ROLE``; the sentence and the advice as text."""
        if not index.isValid():
            return None
        words = words_of(self._issues[index.row()])
        if role == ISSUE_ROLE:
            return words
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{words.sentence} {words.advice}"
        return None
