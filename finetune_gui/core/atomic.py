"""Files that are whole or absent, never half written.

The order is the one that survives a kill and a power cut: write to a temporary file in the same
folder, flush and fsync it, ``os.replace``, fsync the folder.
"""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SUFFIX = ".partial"
# The second is what safetensors writes to before it renames that to the name it was given.
_STRAYS = (f".*{_SUFFIX}", ".tmp??????")
# Names may hold 255 bytes; a part of the file's own leaves room for what is added to it.
_NAME_PART = 40
# Windows replaces no file that somebody is just reading: seconds to wait before the next attempt.
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if os.name == "nt" else ()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; on success it takes the place of ``path`` in one step.

    On an error the temporary file is removed and ``path`` stays as it was.
    """
    name = f".{path.name[:_NAME_PART]}.{secrets.token_hex(6)}{_SUFFIX}"
    temporary = path.with_name(name)
    # Not tempfile.mkstemp: its files are for their owner alone, and the finished file would be too.
    temporary.touch(exist_ok=False)
    try:
        yield temporary
        _fsync(temporary)
        _put_in_place(temporary, path)
    except BaseException:
        with suppress(OSError):  # of a drive that is gone, the first error is the one to tell
            temporary.unlink(missing_ok=True)
        raise
    _fsync_folder(path.parent)


def _put_in_place(temporary: Path, path: Path) -> None:
    for pause in _PAUSES:
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(pause)
    temporary.replace(path)


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with ``\\n`` line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def sweep(folder: Path) -> int:
    """Remove the temporary files that a killed process left in ``folder``; returns how many.

    Only call this while no other process writes there.
    """
    strays = [p for pattern in _STRAYS for p in folder.rglob(pattern) if p.is_file()]
    for stray in strays:
        stray.unlink(missing_ok=True)
    return len(strays)


def _fsync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _fsync_folder(folder: Path) -> None:
    # Windows cannot open a folder; there os.replace is already durable once the journal is.
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network drives know no fsync of a folder; the file itself is whole and in place.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
