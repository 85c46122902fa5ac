"""How long the window takes from the start of the process to its first picture. Prints JSON.

Beside it a bare Qt window with one label, started the same way in turn: ``ratio`` says how many
times longer ours takes. Modules that must not be there yet are named in ``too_early``.

Run it with ``python -m pytest tests/benchmarks/bench_start.py -m slow -s`` or as a script.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

REPEATS = 5
_ROOT = Path(__file__).resolve().parents[2]

_BARE = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
window = QLabel("bare")
"""
_OURS = """
from finetune_gui.core.paths import AppPaths
from finetune_gui.gui.app import make_application, build_window, start_log
from pathlib import Path
paths = AppPaths.under(Path(sys.argv[1]))
start_log(paths)
app = make_application()
window = build_window(paths, demo=False)
"""
# Both end at the first turn of the event loop after the window was painted.
_TAIL = """
from PySide6.QtCore import QEvent, QObject, QTimer
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            window.removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        early = [m for m in ("torch", "timm", "sklearn", "pyqtgraph") if m in sys.modules]
        print(json.dumps({"time": time.time(), "too_early": early}), flush=True)
        os._exit(0)
painted = Painted()
window.installEventFilter(painted)
window.resize(1280, 800)
window.show()
app.exec()
"""


def _seconds(script: str) -> tuple[float, list[str]]:
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    with tempfile.TemporaryDirectory() as folder:
        begun = time.time()
        done = subprocess.run(
            [sys.executable, "-c", f"import json, os, sys, time\n{script}{_TAIL}", folder],
            capture_output=True,
            check=True,
            cwd=_ROOT,
            env=environment,
            timeout=120,
        )
    told: dict[str, Any] = json.loads(done.stdout)
    return told["time"] - begun, told["too_early"]


def run() -> dict[str, Any]:
    """Seconds of both windows (median of several starts in turn) and their ratio."""
    bare, ours = [], []
    early: list[str] = []
    for _ in range(REPEATS):
        bare.append(_seconds(_BARE)[0])
        seconds, early = _seconds(_OURS)
        ours.append(seconds)
    medians = statistics.median(bare), statistics.median(ours)
    return {
        "bare_window_s": round(medians[0], 2),
        "our_window_s": round(medians[1], 2),
        "ratio": round(medians[1] / medians[0], 2),
        "too_early": early,
    }


@pytest.mark.slow
def test_the_window_stands_before_torch() -> None:
    found = run()
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    assert not found["too_early"]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(), indent=1) + "\n")
