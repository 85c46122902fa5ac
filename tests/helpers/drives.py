"""Drives that fail: faked ones that give an error when asked to, and small real ones."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from finetune_gui.engine import tensors_file


class FailingDrive:
    """Writes to files go well until `fail` is called, then give its error until `mend` is.

    ``step`` is what fails: "write" (of weights, as the library of safetensors words it), "fsync" or
    "replace"; ``name`` the file that it fails for, empty for all.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: str, number: int, name: str) -> None:
        self._number, self._name, self._failing = number, name, False
        real_save, real_fsync, real_replace = tensors_file.save_file, os.fsync, os.replace

        def save(tensors: Any, path: Path, metadata: Any) -> None:
            if self._fails(path.name):
                # Half of it is there by then.
                path.write_bytes(b"half")
                raise tensors_file.SafetensorError(f"I/O error: no (os error {number})")
            real_save(tensors, path, metadata)

        def fsync(handle: int) -> None:
            if self._fails(Path(f"/proc/self/fd/{handle}").resolve().name):
                raise OSError(number, os.strerror(number))
            real_fsync(handle)

        def replace(source: Path, target: Path) -> None:
            if self._fails(Path(target).name):
                raise OSError(number, os.strerror(number), str(target))
            real_replace(source, target)

        if step == "write":
            monkeypatch.setattr(tensors_file, "save_file", save)
        elif step == "fsync":
            monkeypatch.setattr(os, "fsync", fsync)
        else:
            monkeypatch.setattr(os, "replace", replace)

    def fail(self) -> None:
        """From now on."""
        self._failing = True

    def mend(self) -> None:
        """The cause is gone."""
        self._failing = False

    def _fails(self, name: str) -> bool:
        return self._failing and self._name in name


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount something at ``folder``; skips the test where that is not allowed."""
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("no right to mount a drive")
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no right to mount a drive")
    try:
        yield
    finally:
        pull_out(folder)


def pull_out(folder: Path) -> None:
    """Take the drive at ``folder`` away, also while files on it are open."""
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


def fill(folder: Path) -> Path:
    """Leave no byte free on a drive; returns the file that takes it all."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return ballast
