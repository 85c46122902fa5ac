"""Files that pretend to be weights: each would run code, take all memory, or never end."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

DATA = bytes(range(256)) * 8


class Payload:
    """Would make the file ``target`` when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"echo ran > '{self.target}'",)


def checkpoint(path: Path, data: bytes, *, packed: bool = False) -> Path:
    """A zip as ``torch.save`` writes it, with the pickle ``data`` and one storage of 2 KiB."""
    how = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/data/0", DATA)
        archive.writestr("archive/version", "3\n")
    return path


def reference(elements: int) -> bytes:
    """The pickle's reference to a storage of so many floats, kept in the file as ``0``."""
    number = b"\x8a\x08" + struct.pack("<q", elements)
    return (
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
        b"X\x03\x00\x00\x00cpu" + number + b"tQ"
    )


def tensor(elements: int, size: int, stride: int) -> bytes:
    """A pickle of ``{"w": tensor}`` on a storage of ``elements``, with one dimension."""
    numbers = b"".join(b"\x8a\x08" + struct.pack("<q", n) + b"\x85" for n in (size, stride))
    return (
        b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n("
        + reference(elements)
        + b"K\x00"
        + numbers
        + b"\x89ccollections\nOrderedDict\n)RtRs."
    )


def safetensors(path: Path, header: dict[str, Any] | bytes, data: bytes = b"") -> Path:
    """A safetensors file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def _legacy(path: Path, thing: object) -> None:
    torch.save(thing, path, _use_new_zipfile_serialization=False)


def _nested(path: Path, canary: Path) -> None:
    inner = io.BytesIO()
    torch.save({"x": Payload(canary)}, inner)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/weights.pt", inner.getvalue())


def _polyglot(path: Path, canary: Path) -> None:
    """A tar archive, which torch would unpack, that begins like a pickle."""
    import tarfile

    with tarfile.open(path, "w") as archive:
        for name in ("\x80\x02storages", "tensors", "pickle"):
            data = pickle.dumps(Payload(canary))
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def _deep_pickle(path: Path) -> None:
    checkpoint(path, b"\x80\x02" + b"]" * 60_000 + b"a" * 59_999 + b".")


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", tensor(5_000_000, 5_000_000, 1))
        archive.writestr("archive/data/0", bytes(20_000_000))


def _loop(path: Path) -> None:
    other = path.with_name("other" + path.suffix)
    path.symlink_to(other)
    other.symlink_to(path)


def _wide_header(path: Path, _canary: Path) -> None:
    safetensors(path, b"{" + b" " * (17 * 2**20) + b"}")


def _doubled(path: Path, canary: Path) -> None:
    """Which of the two pickles is read depends on who reads."""
    import warnings

    checkpoint(path, tensor(512, 4, 1))
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("archive/data.pkl", pickle.dumps(Payload(canary), 2))


# Each writes one file; the second argument is what a payload would make.
FILES: dict[str, tuple[str, Callable[[Path, Path], Any]]] = {
    "payload in a zip": (".pt", lambda p, c: torch.save({"x": Payload(c)}, p)),
    "payload beside tensors": (
        ".pth",
        lambda p, c: torch.save({"w": torch.ones(2), "x": Payload(c)}, p),
    ),
    "payload in the old format": (".pth", lambda p, c: _legacy(p, {"x": Payload(c)})),
    "bare payload": (".pt", lambda p, c: p.write_bytes(pickle.dumps(Payload(c)))),
    "payload, protocol 0": (".pt", lambda p, c: p.write_bytes(pickle.dumps(Payload(c), 0))),
    "payload in a zip in a zip": (".pt", _nested),
    "payload in a tar": (".pth", _polyglot),
    "whole network": (".pt", lambda p, _c: torch.save(torch.nn.Linear(2, 2), p)),
    "called safetensors": (".safetensors", lambda p, c: torch.save({"x": Payload(c)}, p)),
    "torchscript": (
        ".pt",
        lambda p, _c: torch.jit.save(torch.jit.trace(torch.nn.ReLU(), torch.ones(1)), p),
    ),
    "truncated zip": (".pt", lambda p, _c: _truncated(p, torch.save)),
    "truncated in the old format": (".pt", lambda p, _c: _truncated(p, _save_legacy)),
    "empty": (".safetensors", lambda p, _c: p.write_bytes(b"")),
    "empty zip": (".pt", lambda p, _c: zipfile.ZipFile(p, "w").close()),
    "header of 2^60 bytes": (
        ".safetensors",
        lambda p, _c: p.write_bytes((2**60).to_bytes(8, "little") + b"{}"),
    ),
    "header of 17 MB": (".safetensors", _wide_header),
    "deep header": (".safetensors", lambda p, _c: safetensors(p, b'{"a":' * 200_000)),
    "deep pickle": (".pt", lambda p, _c: _deep_pickle(p)),
    "endless pickle": (".pt", lambda p, _c: checkpoint(p, b"\x80\x02" + b"N0" * 1_900_000 + b"N.")),
    "header without data": (
        ".safetensors",
        lambda p, _c: safetensors(
            p, {"w": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}
        ),
    ),
    "shape larger than its data": (
        ".safetensors",
        lambda p, _c: safetensors(
            p, {"w": {"dtype": "F32", "shape": [2**20], "data_offsets": [0, 8]}}, bytes(8)
        ),
    ),
    "storage of a terabyte": (".pt", lambda p, _c: checkpoint(p, tensor(2**38, 4, 1))),
    "view of a terabyte": (".pt", lambda p, _c: checkpoint(p, tensor(512, 2**38, 0))),
    "bytearray of a terabyte": (
        ".pt",
        lambda p, _c: checkpoint(
            p, b"\x80\x02cbuiltins\nbytearray\n\x8a\x06" + bytes(5) + b"\x01\x85R."
        ),
    ),
    "storage of a terabyte in the old format": (".pth", lambda p, _c: _old_terabyte(p)),
    "zip bomb": (".pt", lambda p, _c: _bomb(p)),
    "one name twice": (".pt", _doubled),
    "link to itself": (".pt", lambda p, _c: _loop(p)),
    "folder": (".pt", lambda p, _c: p.mkdir()),
    "numbers alone": (".pt", lambda p, _c: torch.save([1, 2, 3], p)),
    "complex tensors": (
        ".pt",
        lambda p, _c: torch.save({"w": torch.ones(4, dtype=torch.cfloat)}, p),
    ),
    "sparse tensors": (
        ".pt",
        lambda p, _c: torch.save({"w": torch.zeros(9, 9).to_sparse(), "v": torch.ones(1)}, p),
    ),
}


def _truncated(path: Path, save: Callable[[object, Path], Any]) -> None:
    save({"w": torch.ones(1000)}, path)
    path.write_bytes(path.read_bytes()[:-1200])


def _save_legacy(thing: object, path: Path) -> None:
    _legacy(path, thing)


def _old_terabyte(path: Path) -> None:
    _legacy(path, {"w": torch.ones(3)})
    whole = path.read_bytes()
    before = b"X\x03\x00\x00\x00cpuq"
    at = whole.index(before) + len(before) + 1
    assert whole[at : at + 2] == b"K\x03", whole[at : at + 2]
    path.write_bytes(whole[:at] + b"\x8a\x06" + bytes(5) + b"\x01" + whole[at + 2 :])
