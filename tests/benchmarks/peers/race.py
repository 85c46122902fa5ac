"""Starts a process and notes when each of its JSON lines came, from the start of the process."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def environment(threads: int) -> dict[str, str]:
    """The same for all: so many threads, the CPU, and no looking things up on a network.

    Threads that wait for each other spin for milliseconds by default. Where something else needs a
    core, be it only a peer's own workers, one update then takes up to twenty times as long. A
    shorter spin costs nothing on a quiet computer and little on a busy one.
    """
    return os.environ | {
        "GOMP_SPINCOUNT": "20000",
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "CUDA_VISIBLE_DEVICES": "",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def lines(
    command: Sequence[str], threads: int, log: Path
) -> Iterator[tuple[float, dict[str, Any]]]:
    """Seconds and what was told. Standard error goes to ``log``.

    Raises:
        RuntimeError: the process failed; the end of its log says why.
    """
    begun = time.monotonic()
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            env=environment(threads),
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            yield time.monotonic() - begun, json.loads(line)
    if process.returncode:
        end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"{command} ended with {process.returncode}\n{end}")


def load() -> float | None:
    """How busy the computer was in the last minute, where the system tells: 0 is best."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def run_peer(command: Sequence[str], threads: int, log: Path) -> dict[str, Any]:
    """The curve of one peer; what judging it on the test photos took is taken off."""
    found: dict[str, Any] = {"points": [], "load": load()}
    for seconds, told in lines(command, threads, log):
        net = round(seconds - told.pop("paused", 0.0), 2)
        match told.pop("kind"):
            case "imported":
                found["imports"] = net
            case "point":
                found["points"].append({"seconds": net, **told})
            case "done":
                found["total"] = net
    return found
