"""The start: what comes first, what is logged, and that a mistake does not end the window."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QTimer, qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui import __main__ as start
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import language
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui import app, self_check
from finetune_gui.gui.main_window import MainWindow
from finetune_gui.gui.self_check import window_checks
from finetune_gui.gui.session import Session
from finetune_gui.gui.widgets.plot_canvas import PlotCanvas
from finetune_gui.jobs.self_test import perform


@pytest.fixture
def clean_log() -> Iterator[None]:
    """Take out again what the program puts into logging and Qt."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    before = qInstallMessageHandler(None)
    qInstallMessageHandler(before)
    yield
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    qInstallMessageHandler(before)


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    session.settings.last_page = "runs"
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.usefixtures("clean_log")
def test_the_log_holds_what_happens_and_what_qt_says(
    paths: AppPaths, allow_log: Callable[[str], None]
) -> None:
    allow_log("WARNING qt: a remark of Qt")
    app.start_log(paths)
    logging.getLogger("finetune_gui.x").info("训练")
    logging.getLogger("finetune_gui.x").debug("too much")
    qWarning("a remark of Qt")
    text = paths.log_file.read_text(encoding="utf-8")
    assert "INFO finetune_gui.x: 训练" in text
    assert "WARNING qt: a remark of Qt" in text
    assert "too much" not in text
    assert "Python 3" in text


@pytest.mark.usefixtures("clean_log")
def test_a_log_that_cannot_be_written_does_not_keep_the_window_from_opening(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app.start_log(AppPaths.under(tmp_path / "file" / "app"))
    logging.getLogger("finetune_gui.x").info("nobody reads this")


@pytest.mark.usefixtures("clean_log")
def test_the_log_cannot_grow_without_end(paths: AppPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_LOG_BYTES", 2000)
    app.start_log(paths)
    for number in range(500):
        logging.getLogger("finetune_gui").info("line %d", number)
    sizes = [file.stat().st_size for file in paths.log_file.parent.iterdir()]
    assert 2 <= len(sizes) <= 4
    assert max(sizes) <= 2000


def test_an_unexpected_error_becomes_a_sentence_and_the_window_lives(
    window: MainWindow,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    allow_log: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    allow_log("unexpected error")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    app.catch_errors(window)

    def mistake() -> None:
        error = ZeroDivisionError("in a slot")
        sys.excepthook(type(error), error, None)

    QTimer.singleShot(0, window, mistake)
    qtbot.waitUntil(window.banner.isVisible)
    assert "in a slot" in window.banner.heading.text()
    assert "ZeroDivisionError" in caplog.text
    assert window.isVisible()


def test_an_error_in_a_thread_is_logged(
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    allow_log: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    allow_log("error in thread helper")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    app.catch_errors(window)

    def mistake() -> None:
        raise ZeroDivisionError("over there")

    thread = threading.Thread(target=mistake, name="helper")
    thread.start()
    thread.join()
    assert "over there" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_in_good_order(
    window: MainWindow, qtbot: QtBot, number: signal.Signals
) -> None:
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        app.heed_signals(window)
        signal.raise_signal(number)
        qtbot.waitUntil(lambda: not window.isVisible())
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)


def test_build_window_begins_when_the_loop_runs(
    qapp: QApplication, paths: AppPaths, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[bool, list[Path]]] = []
    monkeypatch.setattr(
        MainWindow, "begin", lambda _self, *, demo, opened: begun.append((demo, opened))
    )
    monkeypatch.setattr(Session, "save_settings", lambda _self: None)
    window = app.build_window(paths, True, [Path("/照片")])
    assert begun == []
    qtbot.waitUntil(lambda: begun == [(True, [Path("/照片")])])
    window.session.shutdown()
    window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_self_check_opens_every_page(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, allow_log: Callable[[str], None]
) -> None:
    assert qapp is not None
    allow_log("This plugin does not support")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    checks = {check.name: check for check in window_checks()}
    assert [c.detail for c in checks.values() if not c.passed] == []
    assert list(checks) == ["qt", "window", "plot", "fonts"]
    assert "offscreen" in checks["qt"].detail
    assert checks["window"].detail == "8 pages, en, zh_CN"
    assert int(checks["plot"].detail.split()[0]) > 200
    assert checks["fonts"].detail.count(":") == 2
    assert language() == "en"


def test_a_plot_that_is_not_drawn_does_not_pass(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, allow_log: Callable[[str], None]
) -> None:
    assert qapp is not None
    allow_log("self-test: plot failed")
    monkeypatch.setattr(PlotCanvas, "draw", lambda *_: None)
    check = perform("plot", self_check._draw_a_plot, JobContext(lambda _event: None))
    assert not check.passed
    assert "0 pixels of a curve" in check.detail


def test_characters_without_a_font_do_not_pass(qapp: QApplication) -> None:
    assert qapp is not None
    with pytest.raises(RuntimeError, match="no font here"):
        self_check.font_of_chinese("\U0010fffd\U0010fffc")
    with pytest.raises(RuntimeError, match="nothing is drawn"):
        self_check.font_of_chinese("\u3000\u3000")  # Chinese spaces: there, but blank


def test_streams_that_are_missing_swallow_what_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    start._give_output_a_place()
    sys.stdout.write("训练")
    sys.stdout.flush()
    sys.stderr.write("x")
    sys.stdout.close()
    sys.stderr.close()


def test_a_pipe_on_windows_takes_every_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    pipes = {name: io.BytesIO() for name in ("stdout", "stderr")}
    for name, pipe in pipes.items():
        monkeypatch.setattr(sys, name, io.TextIOWrapper(pipe, encoding="cp1252"))
    start._give_output_a_place()
    for stream in (sys.stdout, sys.stderr):
        stream.write("训练")
        stream.flush()
    assert [pipe.getvalue().decode() for pipe in pipes.values()] == ["训练", "训练"]


def test_a_command_never_imports_the_window(tmp_path: Path) -> None:
    done = _run(tmp_path, "-X", "importtime", "-m", "finetune_gui", "models")
    assert done.returncode == 0
    assert "PySide6" not in done.stderr
    assert "efficientnet" in done.stdout


def test_the_window_stands_before_torch_is_there(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from finetune_gui.core.paths import AppPaths\n"
        "from finetune_gui.gui.app import build_window, make_application\n"
        "app = make_application()\n"
        "window = build_window(AppPaths.under(Path(sys.argv[1])), False)\n"
        "window.show()\n"
        "heavy = {'torch', 'torchvision', 'timm', 'sklearn', 'keras', 'onnx'}\n"
        "heavy |= {f'finetune_gui.gui.{name}' for name in ('about', 'tour', 'welcome')}\n"
        "print('heavy', sorted(heavy & set(sys.modules)))\n"
        "window.session.shutdown()\n"
        "window.deleteLater()\n"
    )
    done = _run(tmp_path, "-c", code, str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "heavy []" in done.stdout


def test_the_program_opens_and_closes(tmp_path: Path) -> None:
    """From `__main__` to the exit status, with the demo, in a process of its own."""
    code = (
        "import sys, time\n"
        "from PySide6.QtCore import QTimer\n"
        "from finetune_gui.gui import main_window\n"
        "begin = main_window.MainWindow.begin\n"
        "def hurried(self, *, demo, opened):\n"
        "    begin(self, demo=demo, opened=opened)\n"
        "    self.session.splits_changed.connect(lambda: self.session.splits and self.close())\n"
        "main_window.MainWindow.begin = hurried\n"
        "from finetune_gui.__main__ import main\n"
        "sys.argv = ['finetune-gui', '--basedir', sys.argv[1], '--demo']\n"
        "sys.exit(main())\n"
    )
    done = _run(tmp_path, "-c", code, str(tmp_path / "base"))
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "base" / "data" / "logs" / "finetune-gui.log").read_text(encoding="utf-8")
    bad = [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    assert bad == []
    assert (tmp_path / "base" / "config" / "settings.toml").is_file()


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )
