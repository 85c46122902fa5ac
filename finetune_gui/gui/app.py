"""Starts the window: log file first, then Qt, then everything that may take time."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from finetune_gui import __version__
from finetune_gui.core import settings
from finetune_gui.core.errors import as_user_error
from finetune_gui.core.paths import APP_NAME, AppPaths, resource
from finetune_gui.dataset.photo_cache import share_in
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.session import Session

_logger = logging.getLogger("finetune_gui")
_LOG_BYTES = 1_000_000
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# Time for the window to be drawn before torch is read from the disk.
_BEGIN_MS = 50
# How long closing waits for a job that does not look up, such as the import of torch.
_SHUTDOWN_MS = 20_000


def build_window(paths: AppPaths, demo: bool, opened: Sequence[Path] = ()) -> MainWindow:
    """The window, not yet shown; its work begins once the event loop runs.

    ``opened`` are files and folders to open then, see `finetune_gui.gui.opening`. The caller ends
    the window with ``close()``, ``session.shutdown()`` and ``deleteLater()``.
    """
    session = Session(paths)
    share_in(paths.photos, session.settings.photo_cache_gb)
    window = MainWindow(session)
    session.setParent(window)
    QTimer.singleShot(_BEGIN_MS, window, lambda: window.begin(demo=demo, opened=opened))
    return window


def run_window(paths: AppPaths, demo: bool, opened: Sequence[Path] = ()) -> int:
    """Show the window and return the exit status when it is closed."""
    start_log(paths)
    app = make_application()
    is_first_start = settings.is_first_start(paths.settings_file)
    window = build_window(paths, demo, opened)
    if is_first_start:
        window.session.settings.welcome_due = True
    catch_errors(window)
    heed_signals(window)
    if sys.platform == "darwin":  # elsewhere it would only cost a call for every event
        app.installEventFilter(window.opener)
    window.show()
    status = app.exec()
    stopped = window.session.shutdown(_SHUTDOWN_MS)
    logging.shutdown()
    if not stopped:
        # A thread that is still busy must not see Python and Qt being taken apart around it.
        # Nothing is lost: what is on disk is whole at every moment.
        os._exit(status)
    window.deleteLater()
    app.processEvents()
    return status


def make_application() -> QApplication:
    """The application object with its name and icon."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName(APP_NAME)
    app.setApplicationDisplayName("Finetune")
    app.setApplicationVersion(__version__)
    # Wayland finds the icon of the taskbar by this name.
    QGuiApplication.setDesktopFileName(APP_NAME)
    app.setWindowIcon(QIcon(str(resource("icons", "app.png"))))
    return app


def start_log(paths: AppPaths) -> None:
    """Write what happens to a file that cannot grow without end, Qt's remarks included."""
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(
        OSError
    ):  # a home that cannot be written: the window opens all the same
        handler = RotatingFileHandler(
            paths.log_file, maxBytes=_LOG_BYTES, backupCount=3, encoding="utf-8"
        )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    qInstallMessageHandler(log_qt)
    _logger.info("finetune-gui %s, Python %s, %s", __version__, sys.version.split()[0], os.name)


def catch_errors(window: MainWindow) -> None:
    """A mistake of the program is logged and said in a sentence; the window lives on."""

    def say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _logger.critical("unexpected error", exc_info=(kind, error, trace))
        window.session.message.emit(as_user_error(error))

    sys.excepthook = say
    threading.excepthook = _log_thread_error


def heed_signals(window: MainWindow) -> None:
    """Ctrl-C in the terminal and the end of the user's session close the window in good order.

    Python gets to see a signal when it next runs: the collector's timer wakes it each second.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        QTimer.singleShot(0, window, window.leave)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


def _log_thread_error(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread is not None else "?"
    value = args.exc_value or args.exc_type()
    _logger.critical("error in thread %s", name, exc_info=value)


def log_qt(level: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Put what Qt says into the log, where warnings of ours stand as well."""
    logging.getLogger("qt").log(_LEVELS.get(level, logging.WARNING), text)
