"""What holds for every test: no display, no home folder, nothing left behind."""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Before anything imports torch: threads that spin while they wait stop each other for seconds on a
# machine that has something else to do.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ["LANG"] = os.environ["LC_ALL"] = "C.UTF-8"

import pytest

from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.photo_cache import share

# What Qt's offscreen platform says of every window; no fault of ours.
_OFFSCREEN = "This plugin does not support"
# Threads that libraries keep for the life of the process.
_LIBRARY_THREADS = ("tqdm_monitor", "pydevd", "pin_memory")


def pytest_configure(config: pytest.Config) -> None:
    """Let the offscreen platform's own remark pass; every other warning of Qt fails a test."""
    config.addinivalue_line("qt_log_ignore", _OFFSCREEN)


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            patch.setenv(name, str(home))
        for name in ("CACHE", "CONFIG", "DATA", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    """The program's folders, all under the test's own."""
    return AppPaths.under(tmp_path / "app")


@pytest.fixture(autouse=True)
def _settled() -> None:
    """Keep the collector from walking over torch and Qt each time it is called: 0.3 s."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


@pytest.fixture(autouse=True)
def _as_new() -> Iterator[None]:
    """What a process has once: the language and the cache of decoded photos."""
    set_language("en")
    share(None)
    yield
    set_language("en")
    share(None)


class _Warnings(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.allowed: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def unexpected(self) -> list[str]:
        return [s for s in self.lines if not any(re.search(p, s) for p in self.allowed)]


@pytest.fixture(autouse=True)
def _log_warnings() -> Iterator[_Warnings]:
    handler, root = _Warnings(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    left = root.level
    root.setLevel(level)
    assert left == level, "the test left a log of another level"
    unexpected = handler.unexpected()
    assert not unexpected, "unexpected in the log: " + "; ".join(unexpected)


@pytest.fixture
def allow_log(_log_warnings: _Warnings) -> Callable[[str], None]:
    """Say that a warning or error matching a pattern is meant: ``allow_log("Train failed")``."""
    return _log_warnings.allowed.append


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a window, and say where it began."""
    threads = set(threading.enumerate())
    with pytest.MonkeyPatch.context() as patch:
        started = _watch_starts(patch)
        windows = _windows()
        yield
        # The test's own failure holds its frames, and with them its widgets.
        if getattr(request.node, "failed", False):
            return
        left = _wait_until_empty(lambda: _left(threads, started, windows))
    assert not left, "left behind: " + "; ".join(left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember a failure on the item, for the fixture above."""
    report = yield
    if report.failed and call.when == "call":
        item.failed = True
    return report


def _watch_starts(patch: pytest.MonkeyPatch) -> list[tuple[weakref.ref[Any], str]]:
    """Record every QTimer and QThread that Python starts, with the line that did it."""
    started: list[tuple[weakref.ref[Any], str]] = []
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:
        for cls in (core.QTimer, core.QThread):
            _record_starts(cls, started, patch)
    return started


def _record_starts(
    cls: Any, started: list[tuple[weakref.ref[Any], str]], patch: pytest.MonkeyPatch
) -> None:
    original = cls.start

    def start(self: Any, *args: Any) -> None:
        frame = traceback.extract_stack(limit=2)[0]
        started.append(
            (weakref.ref(self), f"{cls.__name__} started at {frame.filename}:{frame.lineno}")
        )
        original(self, *args)

    patch.setattr(cls, "start", start)


def _left(
    threads: set[threading.Thread], started: list[tuple[weakref.ref[Any], str]], windows: set[Any]
) -> list[str]:
    names = [
        f"thread {t.name}"
        for t in threading.enumerate()
        if t not in threads
        and not isinstance(t, threading._DummyThread)
        and not t.name.startswith(_LIBRARY_THREADS)
    ]
    names += [where for reference, where in started if _is_alive(reference)]
    names += [f"window {w.metaObject().className()} {w.objectName()}" for w in _windows() - windows]
    return names


def _is_alive(reference: weakref.ref[Any]) -> bool:
    shiboken: ModuleType = sys.modules["shiboken6"]
    thing = reference()
    if thing is None or not shiboken.isValid(thing):
        return False
    running: bool = thing.isActive() if hasattr(thing, "isActive") else thing.isRunning()
    return running


def _windows() -> set[Any]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return set()
    return set(widgets.QApplication.topLevelWidgets())


def _wait_until_empty(look: Callable[[], list[str]]) -> list[str]:
    deadline = time.monotonic() + 3
    found = look()
    while found and time.monotonic() < deadline:
        gc.collect()
        _run_deferred_deletes()
        time.sleep(0.01)
        found = look()
    return found


def _run_deferred_deletes() -> None:
    core = sys.modules.get("PySide6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        core.QCoreApplication.processEvents()
