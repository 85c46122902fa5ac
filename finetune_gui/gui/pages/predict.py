"""The Predict page: ask a trained model about any photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.events import Event
from finetune_gui.core.messages import tr
from finetune_gui.dataset.folders import PHOTO_SUFFIXES
from finetune_gui.gui.job_runner import JobHandle
from finetune_gui.gui.pages.base import Page, PageHeader
from finetune_gui.gui.pages.predict_export import ModelExport
from finetune_gui.gui.pages.predict_paste import PastedPhotos
from finetune_gui.gui.pages.predict_results import PredictResults
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.basic import (
    Banner,
    EmptyState,
    primary_button,
    secondary_button,
    small_button,
)
from finetune_gui.gui.widgets.busy_view import BusyView
from finetune_gui.gui.widgets.drop_zone import DropZone
from finetune_gui.gui.widgets.model_chooser import ModelChooser
from finetune_gui.gui.widgets.reveal import reveal
from finetune_gui.jobs.predict import Predict, Predicted
from finetune_gui.jobs.save_predictions import SavePredictions

if TYPE_CHECKING:
    from finetune_gui.engine.prediction import Prediction

View = Literal["looking", "no-model", "drop", "busy", "results"]


class PredictPage(Page):
    """Takes photos by drop, dialog and paste, and shows what the chosen model says."""

    key = "predict"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._job: JobHandle[list[Prediction]] | None = None
        self._run: Path | None = None
        self._waiting: list[Path] = []
        self._show_next = False
        self._view: View = "looking"
        self.header = PageHeader("predict-title", "predict-subtitle")
        self._make_buttons()
        self.banner = Banner("predict-banner")
        self.chooser = ModelChooser(session)
        self.exporter = ModelExport(session, self.chooser, self.export_button)
        self.drop_zone = DropZone(
            "images", "predict-drop-title", "predict-drop-text", "predict-drop"
        )
        self.drop_zone.add(self.paste_button)
        self.busy = BusyView("predict-busy", "predict-count")
        self.results = PredictResults(session)
        self.pasted = PastedPhotos(session, self)
        self._stack = QStackedWidget()
        self._views = self._make_views()
        for view in self._views.values():
            self._stack.addWidget(view)
        for widget in (self.header, self.banner, self.chooser):
            self.body.addWidget(widget)
        self.body.addWidget(self._stack, 1)
        self._connect()
        self._show("looking")
        self.chooser.refresh()

    def _make_buttons(self) -> None:
        add = self.header.add_button
        self.export_button = add(secondary_button("predict-export", "predict-export"))
        self.folder_button = add(secondary_button("predict-open-folder", "predict-open-folder"))
        self.photos_button = add(primary_button("predict-open-photos", "predict-open-photos"))
        self.paste_button = small_button("predict-paste", "predict-paste")

    def _make_views(self) -> dict[View, QWidget]:
        train = primary_button("predict-go-train", "predict-go-train")
        train.clicked.connect(lambda _on: self.navigate.emit("train"))
        looking = BusyView("predict-looking", "predict-count")
        looking.wait_for("predict-looking")
        return {
            "looking": looking,
            "no-model": EmptyState(
                "image", "predict-no-model-title", "predict-no-model-text", train
            ),
            "drop": self.drop_zone,
            "busy": self.busy,
            "results": self.results,
        }

    def _connect(self) -> None:
        self.photos_button.clicked.connect(lambda _on: self._open_photos())
        self.folder_button.clicked.connect(lambda _on: self._open_folder())
        self.exporter.exported.connect(
            lambda text, path: self._say_saved("predict-exported", text, path)
        )
        self.exporter.failed.connect(self.banner.say_error)
        self.paste_button.clicked.connect(lambda _on: self._paste())
        self.drop_zone.dropped.connect(self.ask)
        self.drop_zone.clicked.connect(self._open_photos)
        self.busy.cancelled.connect(self._cancel)
        self.results.cancelled.connect(self._cancel)
        self.results.save_asked.connect(self._save)
        self.results.clear_asked.connect(self.clear)
        self.chooser.changed.connect(self._on_model)
        self.pasted.pasted.connect(self.ask)
        self.session.photos_dropped.connect(self.ask)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(within)
        shortcut.activated.connect(self._paste)

    # ---- the rail

    @override
    def rail_subtitle(self) -> str:
        """How many photos were answered."""
        n = len(self.results.answers)
        return tr("predict-rail-count", n=n) if n else ""

    @override
    def on_shown(self) -> None:
        """Runs may have come or gone since."""
        self.chooser.refresh()

    # ---- what to show

    @property
    def view(self) -> View:
        """What the page shows now."""
        return self._view

    def _look(self) -> None:
        if not self.chooser.is_ready:
            self._show("looking")
        elif self.chooser.run is None:
            self._show("no-model")
        elif self.results.answers:
            self._show("results")
        else:
            self._show("drop" if self._job is None else "busy")
        self.rail_changed.emit()

    def _show(self, view: View) -> None:
        self._view = view
        self._stack.setCurrentWidget(self._views[view])
        can_ask = view in ("drop", "busy", "results")
        self.chooser.setVisible(can_ask)
        for button in (self.export_button, self.folder_button, self.photos_button):
            button.setVisible(can_ask)

    def _on_model(self) -> None:
        """Another model: what the one before said is asked again."""
        run = self.chooser.run
        path = None if run is None else run.path
        if path != self._run:
            self._run = path
            asked = [a.path for a in self.results.answers if a.path.exists()]
            asked += self._stop()
            self.results.clear()
            self.banner.hide()
            if path is not None:
                self.ask(asked)
        self._look()

    # ---- asking

    @property
    def is_asking(self) -> bool:
        """Whether the model has not answered everything yet."""
        return self._job is not None

    def ask(self, photos: Sequence[Path]) -> None:
        """Ask the chosen model about photos and the photos in folders, after those before."""
        if not photos:
            return
        self._waiting.extend(photos)
        if self._job is None:
            self._ask_waiting()

    def clear(self) -> None:
        """Forget all answers and the pasted pictures."""
        self._stop()
        self.results.clear()
        self.pasted.forget()
        self.banner.hide()
        self._look()

    def _ask_waiting(self) -> None:
        run = self.chooser.run
        if run is None or not self._waiting:
            # While the runs are still being listed, photos wait for a model.
            knows_all = self.chooser.is_ready and not self.chooser.is_looking
            self._waiting = [] if knows_all else self._waiting
            return
        self.banner.hide()
        photos = tuple(dict.fromkeys(self._waiting))
        self._waiting, self._show_next = [], True
        handle = self.session.runner.start(Predict(run.path, photos))
        self._job = handle
        handle.events.connect(lambda events: self._on_events(handle, events))
        handle.finished.connect(lambda _answers: self._on_finished(handle))
        handle.failed.connect(lambda error: self._on_failed(handle, error))
        handle.cancelled.connect(lambda: self._on_cancelled(handle))
        self.busy.follow(handle, "predict-asking", "predict-waiting")
        self.results.strip.follow(handle)
        self._look()

    def _on_events(self, handle: JobHandle[list[Prediction]], events: list[Event]) -> None:
        if handle is self._job:
            told = [event for event in events if isinstance(event, Predicted)]
            self._take([answer for event in told for answer in event.answers])

    def _take(self, answers: Sequence[Prediction]) -> None:
        if not answers:
            return
        self.results.put(answers)
        if self._show_next:
            self._show_next = False
            self.results.show_photo(answers[0].path)
        self._look()

    def _on_finished(self, handle: JobHandle[list[Prediction]]) -> None:
        # All answers have come as events by now.
        if handle is self._job:
            self._job = None
            self._go_on()

    def _on_failed(self, handle: JobHandle[list[Prediction]], error: UserError) -> None:
        if handle is self._job:
            self._job = None
            self._go_on()
            self.banner.say_error(error)

    def _on_cancelled(self, handle: JobHandle[list[Prediction]]) -> None:
        if handle is self._job:
            self._job = None
            self._go_on()
            self.banner.say("info", "predict-stopped", n=len(self.results.answers))

    def _go_on(self) -> None:
        if self._waiting:
            self._ask_waiting()
        self._look()

    def _cancel(self) -> None:
        self._waiting = []
        if self._job is not None:
            self._job.cancel()

    def _stop(self) -> list[Path]:
        """Let go of what is being asked without a word about it; returns what was waiting."""
        job, self._job = self._job, None
        waiting, self._waiting = self._waiting, []
        self.results.strip.stop()
        if job is not None:
            job.cancel()
        return waiting

    # ---- ways in and out

    def _open_photos(self) -> None:
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(PHOTO_SUFFIXES))
        known, rest = tr("predict-photos-filter"), tr("predict-all-files")
        filters = f"{known} ({suffixes});;{rest} (*)"
        names, _ = QFileDialog.getOpenFileNames(self, tr("predict-choose-photos"), "", filters)
        self.ask([Path(name) for name in names])

    def _open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("predict-choose-folder"))
        self.ask([Path(name)] if name else [])

    def _paste(self) -> None:
        if self.chooser.run is not None and not self.pasted.take(
            QGuiApplication.clipboard().mimeData()
        ):
            self.banner.say("info", "predict-paste-nothing")

    def _save(self) -> None:
        title, usual = tr("predict-save-choose"), tr("predict-save-name")
        kind = tr("predict-csv-filter") + " (*.csv)"
        name, _ = QFileDialog.getSaveFileName(self, title, usual, kind)
        if not name:
            return
        out = Path(name) if Path(name).suffix else Path(f"{name}.csv")
        self.results.save_button.setEnabled(False)
        job = SavePredictions(tuple(self.results.answers), out)
        handle = self.session.runner.start(job)
        handle.finished.connect(lambda path: self._say_saved("predict-saved", None, path))
        handle.failed.connect(self.banner.say_error)
        handle.state_changed.connect(
            lambda _state: self.results.save_button.setEnabled(handle.is_over)
        )

    def _say_saved(self, heading: str, text: str | None, path: Path) -> None:
        self.banner.say("good", heading, text, path=str(path))
        button = small_button("common-show-in-folder", "predict-saved-show")
        self.banner.add_button(button, lambda: reveal(path))
