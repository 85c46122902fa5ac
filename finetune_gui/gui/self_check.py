"""What the self-test asks of the window: does it open, draw, and speak?"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.app import make_application
from finetune_gui.gui.main_window import PAGES, MainWindow
from finetune_gui.gui.session import Session
from finetune_gui.jobs.self_test import Check, perform


def window_checks() -> list[Check]:
    """One line for the window; it is drawn into memory where there is no display."""
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY"))):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return [perform("window", _open_every_page, JobContext(lambda _event: None))]


def _open_every_page(ctx: JobContext) -> str:
    """Make the window, show each page and look at what was drawn."""
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Session(AppPaths.under(Path(folder))))
        try:
            window.show()
            for key in PAGES:
                ctx.check_cancelled()
                window.show_page(key)
                app.processEvents()
                _look_at(window, key)
        finally:
            window.close()
            window.session.shutdown()
            window.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return f"{len(PAGES)} pages, {app.platformName()}"


def _look_at(window: MainWindow, key: str) -> None:
    picture = window.grab().toImage()
    middle = picture.height() // 2
    colors = {picture.pixel(x, middle) for x in range(0, picture.width(), 3)}
    if len(colors) < 2:
        raise RuntimeError(f"the page {key} is blank")
