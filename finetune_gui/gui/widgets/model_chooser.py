"""Chooses among the models of finished runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.percent import fine_percent, percent_text
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import text_label
from finetune_gui.jobs.export import formats_of
from finetune_gui.jobs.runs import ListRuns, RunSummary, best_accuracy

_LEAST_WIDTH = 240
_MOST_WIDTH = 560


class ModelChooser(QWidget):
    """The runs that finished and have a model; never one that failed or goes on.

    ``changed`` comes when another model is chosen, by the user or because a run finished or was
    opened, and when the list of runs was read; `run` is then the new one, or None.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runs: list[RunSummary] = []
        self._reading: JobHandle[tuple[RunSummary, ...]] | None = None
        self._opened: Path | None = None
        self.is_ready = False
        self.box = QComboBox()
        self.box.setObjectName("predict-model")
        # As wide as its longest name where there is room, and narrower where there is none.
        self.box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setMinimumWidth(_LEAST_WIDTH)
        self.box.setMaximumWidth(_MOST_WIDTH)
        bind(self.box, self.box.setAccessibleName, "predict-model")
        bind(self.box, self.box.setToolTip, "predict-model-help")
        self.box.currentIndexChanged.connect(lambda _row: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.s)
        row.addWidget(text_label("predict-model", "muted"))
        row.addWidget(self.box)
        row.addStretch(1)
        session.run_changed.connect(self.refresh)
        on_change(self, self._retranslate)

    @property
    def run(self) -> RunFolder | None:
        """The run whose model is chosen."""
        row = self.box.currentIndex()
        return RunFolder(self._runs[row].path) if 0 <= row < len(self._runs) else None

    @property
    def formats(self) -> tuple[str, ...]:
        """What the chosen model can be exported as; empty where none is chosen."""
        row = self.box.currentIndex()
        return self._runs[row].formats if 0 <= row < len(self._runs) else ()

    @property
    def is_looking(self) -> bool:
        """Whether it looks for runs right now; one that just finished may not be there yet."""
        return self._reading is not None

    def choose(self, path: Path) -> None:
        """Choose the run at ``path`` where it is among them."""
        row = next((n for n, run in enumerate(self._runs) if run.path == path), -1)
        if row >= 0:
            self.box.setCurrentIndex(row)

    def refresh(self) -> None:
        """Look again for runs."""
        if self._reading is not None:
            self._reading.cancel()
        handle = self._session.runner.start(ListRuns(self._session.paths.runs))
        self._reading = handle
        handle.finished.connect(lambda found: self._on_runs(handle, found))
        handle.failed.connect(lambda error: self._on_failed(handle, error))

    def _on_failed(self, handle: JobHandle[tuple[RunSummary, ...]], error: UserError) -> None:
        if handle is self._reading:
            self._on_runs(handle, ())
            self._session.message.emit(error)

    def _on_runs(
        self, handle: JobHandle[tuple[RunSummary, ...]], found: tuple[RunSummary, ...]
    ) -> None:
        if handle is not self._reading:
            return
        self._reading = None
        before, is_first = self.run, not self.is_ready
        usable = [run for run in found if run.state is RunState.FINISHED and run.has_model]
        self._runs = self._with_opened(usable)
        self.is_ready = True
        self._fill(self._wanted(None if before is None else before.path))
        now = self.run
        if is_first or (None if before is None else before.path) != (
            None if now is None else now.path
        ):
            self.changed.emit()

    def _with_opened(self, usable: list[RunSummary]) -> list[RunSummary]:
        """The run that is open may lie elsewhere than the others."""
        run, story = self._session.finished_run, self._session.history
        if run is None or story is None or any(known.path == run.path for known in usable):
            return usable
        if not run.model_file.is_file():
            return usable
        started = 0.0 if story.started is None else story.started.time
        backbone = "" if story.started is None else story.started.backbone
        opened = RunSummary(
            path=run.path,
            name=run.name,
            state=RunState.FINISHED,
            started=started,
            backbone=backbone,
            val_accuracy=best_accuracy(story),
            epochs_done=len(story.epochs),
            has_model=True,
            formats=formats_of(backbone),
        )
        return [opened, *usable]

    def _wanted(self, before: Path | None) -> Path | None:
        """A run that was just opened or finished, else the one chosen before."""
        run = self._session.finished_run
        opened = None if run is None else run.path
        if opened is not None and opened != self._opened:
            self._opened = opened
            return opened
        return before

    def _fill(self, wanted: Path | None) -> None:
        with QSignalBlocker(self.box):
            self.box.clear()
            for run in self._runs:
                self.box.addItem(_text(run))
                self.box.setItemData(
                    self.box.count() - 1, str(run.path), Qt.ItemDataRole.ToolTipRole
                )
            paths = [run.path for run in self._runs]
            self.box.setCurrentIndex(paths.index(wanted) if wanted in paths else 0)

    def _retranslate(self) -> None:
        for row, run in enumerate(self._runs):
            self.box.setItemText(row, _text(run))


def _text(run: RunSummary) -> str:
    if run.val_accuracy is None:
        return run.title
    percent = percent_text(fine_percent(run.val_accuracy))
    return tr("predict-model-item", run=run.title, percent=percent)
