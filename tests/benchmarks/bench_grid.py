"""How the Data page answers with 1,000 and with 10,000 photos. Prints JSON.

Times are the window's own (CPU of its thread), waits are how late a timer at most was in its
event loop. ``ratios`` compare 10,000 with 1,000 photos: near 1 means that size costs nothing, near
10 that every photo is looked at.

Run it with ``python -m tests.benchmarks.bench_grid``.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.pages.data import DataPage
from finetune_gui.gui.session import Session
from tests.helpers.event_loop import Waits, wait_until, work_for

CLASSES = 10
SIZES = (1_000, 10_000)
REPEATS = 5


def make_photos(root: Path, count: int) -> Path:
    """JPEGs of 320 × 240 in ``CLASSES`` folders; 64 pictures under ``count`` names."""
    rng = np.random.default_rng(0)
    encoded = []
    for _ in range(64):
        file = io.BytesIO()
        small = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
        small.resize((320, 240), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
        encoded.append(file.getvalue())
    for number in range(count):
        folder = root / f"class{number % CLASSES}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"photo{number}.jpg").write_bytes(encoded[number % len(encoded)])
    return root


def _wait(condition: Callable[[], bool]) -> None:
    assert wait_until(condition)


def _worst(waits: Waits) -> float:
    """The longest that anything in the window waited since the last call, in milliseconds."""
    work_for(20)
    return waits.take()["max_ms"]


def _cost(act: Callable[[], object]) -> float:
    """Milliseconds of the window's thread for doing something and drawing the result."""
    begun = time.thread_time()
    act()
    QApplication.processEvents()
    return 1000 * (time.thread_time() - begun)


def _median(*acts: Callable[[], object]) -> float:
    """The median cost of each of ``acts``, done one after the other, several times."""
    costs = []
    for _ in range(REPEATS):
        for act in acts:
            costs.append(_cost(act))
            work_for(100)
    return round(statistics.median(costs), 2)


def measure(photos: Path) -> dict[str, float]:
    """All figures for one folder."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(AppPaths.under(Path(folder)))
        page = DataPage(session)
        page.resize(1072, 772)
        page.show()
        work_for(500)
        waits = Waits()
        try:
            return _figures(page, photos, waits)
        finally:
            waits.stop()
            page.close()
            page.deleteLater()
            assert session.shutdown()
            QApplication.processEvents()


def _figures(page: DataPage, photos: Path, waits: Waits) -> dict[str, float]:
    session, found = page.session, {"wait_idle_ms": _worst(waits)}
    session.open_dataset(photos)
    _wait(lambda: bool(session.splits))
    found["wait_opening_ms"] = _worst(waits)
    scroll_through(page)
    found["wait_scrolling_unread_ms"] = _worst(waits)
    _wait(lambda: not page.care.is_busy)
    found["wait_reading_all_ms"] = _worst(waits)
    scroll_through(page)
    found["wait_scrolling_ms"] = _worst(waits)
    browser, bar = page.browser, page.browser.grid.verticalScrollBar()
    chips, search = browser.chips, browser.search
    found["filter_split_ms"] = _median(
        lambda: chips.set_value("train"), lambda: chips.set_value("all")
    )
    found["filter_class_ms"] = _median(
        lambda: page.classes.choose("class3"), lambda: page.classes.choose("")
    )
    found["search_ms"] = _median(lambda: search.setText("7"), lambda: search.setText("photo"))
    search.clear()
    found["scroll_ms"] = _median(lambda: bar.setValue(bar.value() + 60))
    found["resize_ms"] = _median(lambda: page.resize(1000, 772), lambda: page.resize(1072, 772))
    found["zoom_ms"] = _median(
        lambda: browser.size_slider.setValue(80), lambda: browser.size_slider.setValue(200)
    )
    return found


def scroll_through(page: DataPage) -> None:
    """From the top to the bottom in 100 steps, as someone who drags the scroll bar."""
    bar = page.browser.grid.verticalScrollBar()
    for step in range(101):
        bar.setValue(bar.maximum() * step // 100)
        work_for(20)


def run() -> dict[str, dict[str, float]]:
    """Figures for each number of photos, and how they compare."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            photos = make_photos(Path(folder) / str(size), size)
            found[str(size)] = measure(photos)
    small, large = (found[str(size)] for size in SIZES)
    found["ratios"] = {
        name: round(large[name] / small[name], 2) for name in large if not name.startswith("gap")
    }
    return found


@pytest.mark.slow
def test_bench_grid(qapp: QApplication) -> None:
    assert qapp is not None
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")


if __name__ == "__main__":
    application = QApplication(sys.argv)
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")
