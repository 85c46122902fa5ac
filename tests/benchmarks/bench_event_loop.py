"""How long a click waits while the window starts, idles and trains. Prints JSON.

``waits`` has, for each phase, by how many milliseconds a timer that is due every 5 ms is late;
``ratios`` compares each phase with the idle window of the same process. The wish: under 16 ms at
the 99th percentile and never over 100 ms once torch is imported.

Run it with ``python -m pytest tests/benchmarks/bench_event_loop.py -m slow -s`` or as a script.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from finetune_gui.core.paths import AppPaths, resource
from finetune_gui.gui.app import build_window
from finetune_gui.gui.main_window import PAGES, MainWindow
from tests.helpers.event_loop import Waits, wait_until, work_for

EPOCHS = 2
IDLE_MS = 5_000
# Real photos that lie beside the checkout of those who develop it; a user's clone has none.
GROCERIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "grocery-mini"


def run() -> dict[str, dict[str, dict[str, float]]]:
    """Waits by phase, and how many times longer than those of the idle window they are."""
    with tempfile.TemporaryDirectory() as folder:
        window = build_window(AppPaths.under(Path(folder)), demo=False)
        window.resize(1280, 800)
        window.show()
        waits = Waits()
        try:
            found = _phases(window, waits)
        finally:
            waits.stop()
            window.session.stop_training()
            wait_until(lambda: window.session.training is None)
            window.close()
            assert window.session.shutdown(60_000)
            window.deleteLater()
            QApplication.processEvents()
    idle = found["idle"]
    ratios = {
        phase: {k: round(of[k] / max(idle[k], 0.01), 1) for k in ("p50_ms", "p99_ms", "max_ms")}
        for phase, of in found.items()
    }
    return {"waits": found, "ratios": ratios}


def _phases(window: MainWindow, waits: Waits) -> dict[str, dict[str, float]]:
    session, found = window.session, {}

    def phase(name: str, over: Callable[[], bool]) -> None:
        assert wait_until(over), name
        if of := waits.take():
            found[name] = of

    phase("start and import of torch", lambda: session.torch_state == "ready")
    phase("pages", lambda: window.stack.count() == len(PAGES))
    session.open_dataset(GROCERIES if GROCERIES.is_dir() else resource("demo", "fashion"))
    phase("opening photos", lambda: bool(session.splits) and not session.why_not_start())
    phase("reading photos", lambda: not session.runner.active)
    work_for(IDLE_MS)
    found["idle"] = waits.take()
    for key in PAGES:
        window.show_page(key)
        work_for(500)
    found["visiting each page"] = waits.take()
    window.show_page("train")
    work_for(500)
    waits.take()
    session.change_recipe({"train.epochs": EPOCHS})
    session.start_training()
    phase("baseline", lambda: session.history is not None and session.history.baseline is not None)
    phase("first step", lambda: session.history is not None and bool(session.history.steps))
    phase("fine-tuning", lambda: session.training is None)
    return found


@pytest.mark.slow
def test_the_window_answers_while_it_trains(qapp: QApplication) -> None:
    assert qapp is not None
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")


if __name__ == "__main__":
    application = QApplication(sys.argv)
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")
