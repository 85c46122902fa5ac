from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from finetune_gui.core import atomic
from finetune_gui.engine import tensors_file
from finetune_gui.engine.tensors_file import write_tensors
from tests.helpers.drives import mounted


def test_what_is_written_is_read(tmp_path: Path) -> None:
    tensors = {"a": torch.arange(6.0).view(2, 3), "b": torch.tensor(7)}
    write_tensors(tmp_path / "x", tensors, {"note": "读"})
    found = load_file(tmp_path / "x")
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such modes")
def test_others_may_read_what_the_system_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_tensors(tmp_path / "x", {"a": torch.zeros(1)}, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o644


def test_a_really_full_drive_is_an_error_of_the_system(tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    with mounted(drive, "-t", "tmpfs", "-o", "size=64k", "none"):
        write_tensors(drive / "x", {"a": torch.zeros(10)}, {})
        with pytest.raises(OSError, match="No space") as caught:
            write_tensors(drive / "x", {"a": torch.zeros(100_000)}, {})
        assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(drive / "x"))
        assert load_file(drive / "x")["a"].shape == (10,)
        assert [path.name for path in drive.iterdir()] == ["x"]


def test_what_is_no_fault_of_the_drive_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save_file(*_args: object, **_more: object) -> None:
        raise SafetensorError("a tensor is on no device")

    monkeypatch.setattr(tensors_file, "save_file", save_file)
    with pytest.raises(SafetensorError, match="no device"):
        write_tensors(tmp_path / "x", {}, {})


def test_what_a_kill_leaves_of_the_library_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".tmpA1b2C3").write_bytes(b"half")  # its name for a file it has not finished
    assert atomic.sweep(tmp_path) == 1
