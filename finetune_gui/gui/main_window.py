"""The window: rail, pages, banner, status line, and what holds for all pages."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QByteArray, QSize, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QIcon,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from finetune_gui.core.errors import UserError
from finetune_gui.core.messages import tr
from finetune_gui.core.paths import resource
from finetune_gui.core.run_folder import RunState
from finetune_gui.gui.dialogs import ClosingDialog
from finetune_gui.gui.drops import DropOverlay, sort_dropped
from finetune_gui.gui.guide import Guide
from finetune_gui.gui.i18n import bind, on_change
from finetune_gui.gui.opening import Opener
from finetune_gui.gui.page_loader import ImportPages
from finetune_gui.gui.pages.base import Page
from finetune_gui.gui.rail import STEPS, Rail
from finetune_gui.gui.session import Session
from finetune_gui.gui.status_line import StatusLine
from finetune_gui.gui.theme import SPACE
from finetune_gui.gui.widgets.basic import Banner, small_button
from finetune_gui.gui.widgets.drop_zone import dropped_paths
from finetune_gui.jobs.caches import SweepCaches
from finetune_gui.jobs.runs import SweepRuns

if TYPE_CHECKING:
    from finetune_gui.gui.pages.predict import PredictPage

# A page's module is imported when the page is made: the first one before the window shows, the
# others after that, one at a time.
PAGES: dict[str, tuple[str, str]] = {
    "data": ("finetune_gui.gui.pages.data", "DataPage"),
    "augment": ("finetune_gui.gui.pages.augment", "AugmentPage"),
    "model": ("finetune_gui.gui.pages.model", "ModelPage"),
    "train": ("finetune_gui.gui.pages.train", "TrainPage"),
    "evaluate": ("finetune_gui.gui.pages.evaluate", "EvaluatePage"),
    "predict": ("finetune_gui.gui.pages.predict", "PredictPage"),
    "trials": ("finetune_gui.gui.pages.trials", "TrialsPage"),
    "runs": ("finetune_gui.gui.pages.runs", "RunsPage"),
}
_BROKEN = RunState.INTERRUPTED
MINIMUM_SIZE = (1024, 700)
USUAL_SIZE = (1280, 800)


class MainWindow(QMainWindow):
    """Everything is made from a `Session`, which it shuts down when it is closed for good."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.setObjectName("main-window")
        self.setWindowIcon(QIcon(str(resource("icons", "app.png"))))
        self.setMinimumSize(*MINIMUM_SIZE)
        self.setAcceptDrops(True)
        self.rail = Rail()
        self.banner = Banner("window-banner")
        self.stack = QStackedWidget()
        self.status = StatusLine(session)
        self._pages: dict[str, Page] = {}
        self._closing = False
        self._offered: Path | None = None
        self._offering = False
        self._lay_out()
        self.overlay = DropOverlay(self)
        self.opener = Opener(self)
        self.guide = Guide(self)
        self._connect()
        self._add_shortcuts()
        self._restore_geometry()
        on_change(self, self._retitle)
        self._retitle()
        self.show_page(session.settings.last_page)

    # ---- pages

    @property
    def current(self) -> str:
        """The key of the page that is shown."""
        return cast(Page, self.stack.currentWidget()).key

    def page(self, key: str) -> Page:
        """A page by its key; it is made when first asked for."""
        if key not in self._pages:
            module, name = PAGES[key]
            make = cast(Callable[[Session], Page], getattr(importlib.import_module(module), name))
            page = make(self.session)
            page.rail_changed.connect(lambda: self._show_state(key))
            page.navigate.connect(self.go_to)
            self._pages[key] = page
            self.stack.addWidget(page)
            self._show_state(key)
        return self._pages[key]

    def show_page(self, key: str) -> None:
        """Bring a page into view; an unknown key shows the first one."""
        key = key if key in PAGES else STEPS[0]
        page = self.page(key)
        self.stack.setCurrentWidget(page)
        self.rail.set_current(key)
        self._retitle()
        if self.session.settings.last_page != key:
            self.session.settings.last_page = key
            self.session.save_settings()
        page.on_shown()

    def go_to(self, key: str) -> None:
        """Show what a page leads to: another page, the settings, or the lesson."""
        if key == "settings":
            self.guide.show_settings()
        elif key == "lesson":
            self.guide.show_lesson()
        else:
            self.show_page(key)

    def _make_next_page(self) -> None:
        """Make the pages that are left, one in each turn of the event loop."""
        if self._closing:
            return
        missing = next((key for key in PAGES if key not in self._pages), None)
        if missing is None:
            # Not before: its import would make each page take several times as long.
            self.session.load_torch()
        else:
            self.page(missing)
            QTimer.singleShot(0, self, self._make_next_page)

    def _on_pages_failed(self, error: UserError) -> None:
        self.session.message.emit(error)
        self.session.load_torch()

    def _show_state(self, key: str) -> None:
        page = self._pages[key]
        self.rail.button(key).set_state(page.rail_subtitle(), done=page.rail_done())

    def _retitle(self) -> None:
        for key in self._pages:
            self._show_state(key)
        if self._pages:
            title = tr(f"shell-page-{self.current}")
            self.setWindowTitle(f"{title} – {tr('common-app-name')}")

    # ---- start

    def begin(self, *, demo: bool, opened: Sequence[Path] = ()) -> None:
        """What happens once the window stands: pages, torch, the last dataset and run, a sweep.

        ``opened`` is what a file manager wants to see.
        """
        session, kept = self.session, self.session.settings
        # A run that was going on when the program ended comes before one that was looked at then.
        runs, last_dataset = (kept.unfinished_run, kept.last_run), kept.last_dataset
        last_run = next((r for r in runs if r and (Path(r) / "recipe.toml").is_file()), "")
        pages = session.runner.start(ImportPages(tuple(module for module, _ in PAGES.values())))
        pages.finished.connect(self._make_next_page)
        pages.failed.connect(self._on_pages_failed)
        if demo:
            session.open_demo()
        elif last_dataset and Path(last_dataset).exists():
            session.open_dataset(Path(last_dataset))
        if last_run:
            self._offered = Path(last_run)
            session.open_run(Path(last_run))
        self.opener.begin(opened)
        session.runner.start(SweepRuns(session.paths.runs))
        session.runner.start(SweepCaches(session.paths))
        if kept.welcome_due and not demo and not opened:
            self.guide.show_welcome()

    def _offer_to_go_on(self) -> None:
        """The first look at the last run: was it interrupted?"""
        session = self.session
        if self._offered is None or session.run is None or session.run.path != self._offered:
            return
        path, self._offered = self._offered, None
        if session.run_state is not RunState.INTERRUPTED or session.history is None:
            return
        if session.history.started is None:  # there is nothing to go on with
            return
        epoch = session.history.next_epoch or 0
        self.banner.say("caution", "shell-interrupted", "shell-interrupted-text", run=path.name)
        self._offering = True
        button = small_button("shell-interrupted-continue", "window-continue-run")
        bind(button, button.setText, "shell-interrupted-continue-from", epoch=epoch)
        self.banner.add_button(button, lambda: self._go_on(path))
        later = small_button("shell-interrupted-later", "window-continue-later")
        self.banner.add_button(later, self.banner.dismiss)

    def _withdraw_offer(self) -> None:
        """Training has begun, or another run is looked at."""
        if self._offering and (self.session.training or self.session.run_state is not _BROKEN):
            self.banner.dismiss()

    def _go_on(self, path: Path) -> None:
        self.banner.dismiss()
        self.session.resume_run(path)
        self.show_page("train")

    # ---- what is dropped

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show that files may be dropped."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self.overlay.cover()

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Look as before."""
        self.overlay.hide()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        """Open a dataset or ask about pictures."""
        self.overlay.hide()
        event.acceptProposedAction()
        self.take(dropped_paths(event.mimeData()))

    def take(self, paths: list[Path]) -> None:
        """Do what dropping ``paths`` means."""
        self._offering = False
        found = sort_dropped(paths)
        if len(found.datasets) > 1:
            self.banner.say("caution", "shell-drop-many", "shell-drop-many-text")
        elif found.weights:
            self.show_page("model")
            self.session.weights_offered.emit(found.weights[0])
        elif found.datasets:
            self.show_page("data")
            self.session.open_dataset(found.datasets[0])
        elif not found.photos:
            self.banner.say("caution", "shell-drop-unknown", "shell-drop-unknown-text")
        elif not self._has_model():
            self.banner.say("caution", "shell-drop-no-model", "shell-drop-no-model-text")
            button = small_button("shell-page-runs", "window-go-to-runs")
            self.banner.add_button(button, lambda: self.show_page("runs"))
        else:
            self.show_page("predict")
            self.session.photos_dropped.emit(list(found.photos))

    def _has_model(self) -> bool:
        """Whether a model can answer: of the run that is open, or the one chosen on Predict."""
        page = self._pages.get("predict")
        chosen = page is not None and cast("PredictPage", page).chooser.run is not None
        return chosen or self.session.finished_run is not None

    # ---- closing

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of the training that is going on; wait for it without freezing."""
        if self.session.occupied is None:
            self._closing = True
            self.session.settings.geometry = bytes(self.saveGeometry().toHex().data()).decode()
            event.accept()
            return
        event.ignore()
        if self._closing:
            return
        if self.session.training is None:
            ClosingDialog(self, self._pause_and_close, None).open()
        else:
            ClosingDialog(self, self._pause_and_close, self._stop_and_close).open()

    def leave(self) -> None:
        """Close without a question: what is being trained is paused first, so nothing is lost."""
        if self.session.occupied is None:
            self.close()
        else:
            self._pause_and_close()

    def _pause_and_close(self) -> None:
        self._close_after(self.session.pause_training)

    def _stop_and_close(self) -> None:
        self._close_after(self.session.stop_training)

    def _close_after(self, ask: Callable[[], None]) -> None:
        self._closing = True
        self.banner.say("info", "shell-closing-wait", "shell-closing-wait-text")
        ask()
        # Both where a run that was continued waits for trials to end.
        if self.session.trying is not None:
            self.session.trying.pause()
        self._close_when_over()

    def _close_when_over(self) -> None:
        if self._closing and self.session.occupied is None:
            # Not from within the signal that says so: others still want to hear it.
            QTimer.singleShot(0, self, self.close)

    # ---- the window itself

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        around = QVBoxLayout()
        around.setContentsMargins(SPACE.xl, 0, SPACE.xl, 0)
        around.addWidget(self.banner)
        right.addLayout(around)
        right.addWidget(self.stack, 1)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self.rail)
        top.addLayout(right, 1)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top, 1)
        column.addWidget(self.status)
        self.setCentralWidget(middle)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_page)
        self.rail.settings_asked.connect(self.guide.show_settings)
        self.session.message.connect(self._say)
        self.session.run_changed.connect(self._offer_to_go_on)
        self.session.run_changed.connect(self._withdraw_offer)
        self.banner.dismissed.connect(self._on_dismissed)
        self.session.training_changed.connect(self._close_when_over)

    def _on_dismissed(self) -> None:
        self._offering = False

    def _say(self, message: UserError | str) -> None:
        self._offering = False
        if isinstance(message, UserError):
            self.banner.say_error(message)
        else:
            self.banner.say_text("info", message)

    def _add_shortcuts(self) -> None:
        for number, key in enumerate(STEPS, start=1):
            self._shortcut(f"Ctrl+{number}", partial(self.show_page, key))
        self._shortcut("Ctrl+O", self.ask_for_dataset)
        self._shortcut("Ctrl+,", self.guide.show_settings)
        self._shortcut("F1", self.guide.show_help)

    def _shortcut(self, keys: str, action: Callable[[], None]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setObjectName(f"shortcut-{keys}")
        shortcut.activated.connect(action)

    def ask_for_dataset(self) -> None:
        """Let the user choose a folder of photos."""
        dialog = QFileDialog(self, tr("common-choose-folder"))
        dialog.setObjectName("open-dataset-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.take([Path(name)]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _restore_geometry(self) -> None:
        kept = self.session.settings.geometry
        restored = kept and self.restoreGeometry(QByteArray.fromHex(kept.encode("ascii")))
        if not restored:
            # As the drawings have it, but never larger than the screen.
            self.resize(QSize(*USUAL_SIZE).boundedTo(self.screen().availableSize()))
