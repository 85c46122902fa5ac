from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_gui.core import atomic

posix = pytest.mark.skipif(os.name == "nt", reason="there are no such signals, links or modes")

# Writes two contents in turn as fast as it can, each a few megabytes of one letter.
_WRITER = """
import sys
from pathlib import Path
from finetune_gui.core import atomic
path = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    atomic.write_bytes(path, b"ab"[number % 2 : number % 2 + 1] * (4_000_000 + number % 2))
"""

# Fills a small drive, and says what is left on it.
_FILLER = """
import sys
from pathlib import Path
from finetune_gui.core import atomic
path = Path(sys.argv[1]) / "a.bin"
atomic.write_bytes(path, b"old")
try:
    atomic.write_bytes(path, b"x" * 1_000_000)
except OSError as error:
    print(error.errno, path.read_bytes(), len(list(path.parent.iterdir())))
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def open_files() -> int:
    """How many files this process has open; 0 where the system does not say."""
    listed = Path("/proc/self/fd")
    return len(names(listed)) if listed.is_dir() else 0


def no_space(path: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def test_writes_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "配方 文件.toml"
    atomic.write_text(path, "第一行\nsecond\n")
    assert path.read_bytes() == "第一行\nsecond\n".encode()
    assert names(tmp_path) == {path.name}


def test_replaces_an_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old" * 1000)
    atomic.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == {"a.bin"}


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with atomic.replacing(path) as temporary:
        assert temporary.parent == tmp_path
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic.write_text(tmp_path / "none" / "a.txt", "x")


@pytest.mark.parametrize("name", ["a" * 255, "长" * 85])
def test_longest_possible_names(tmp_path: Path, name: str) -> None:
    try:
        (tmp_path / name).write_text("old")
    except OSError:
        pytest.skip("this drive takes shorter names only")
    atomic.write_text(tmp_path / name, "new")
    assert (tmp_path / name).read_text() == "new"


@posix
def test_others_may_read_what_the_system_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        atomic.write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o644


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_error_while_writing_leaves_the_old_file_alone(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write() -> None:
        with atomic.replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "old"
    assert names(tmp_path) == {"a.txt"}


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_full_disk_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    monkeypatch.setattr(os, step, lambda first, *_rest: no_space(first))
    with pytest.raises(OSError, match="No space") as caught:
        atomic.write_text(path, "new")
    assert caught.value.errno == errno.ENOSPC
    assert path.read_text() == "old"
    assert names(tmp_path) == {"a.txt"}


def test_really_full_disk(tmp_path: Path) -> None:
    """A drive of 64 kB, where the right to make one is given."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here")
    # A mount that this process and its children alone can see, and that goes away with them.
    small = 'mount -t tmpfs -o size=64k none "$1" || exit 9; exec "$2" -c "$3" "$1"'
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", small, "sh"]
    done = subprocess.run(
        [*command, str(tmp_path), sys.executable, _FILLER],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 9 or "unshare" in done.stderr:
        pytest.skip("no right to mount a small drive")
    assert done.stdout.split() == [str(errno.ENOSPC), "b'old'", "1"], done.stderr


@posix
@pytest.mark.parametrize(("number", "fails"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_drive_that_knows_no_fsync_of_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, fails: bool
) -> None:
    real: Callable[[int], None] = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(number, os.strerror(number))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    before = open_files()
    if fails:
        with pytest.raises(OSError, match=os.strerror(number)):
            atomic.write_text(tmp_path / "a.txt", "new")
    else:
        atomic.write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert open_files() == before


def test_file_is_on_disk_before_it_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    fsync, replace = os.fsync, os.replace

    def note_fsync(handle: int) -> None:
        told.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def note_replace(source: Path, target: Path) -> None:
        told.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    atomic.write_text(tmp_path / "a.txt", "x")
    assert told == ["file", "replace"] + (["folder"] if os.name != "nt" else [])


@posix
def test_kill_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    """SIGKILL at many moments: the file is one of the two contents, whole."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"a" * 4_000_000)
    left_over = 0
    for number in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        with writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            # Not a wait for something to be ready: the moment of the kill is what varies.
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(0.003 + number * 0.0037)
            writer.send_signal(signal.SIGKILL)
        content = path.read_bytes()
        assert len(content) == 4_000_000 + (content[:1] == b"b")
        assert content.count(content[:1]) == len(content)
        left_over += atomic.sweep(tmp_path)
        assert names(tmp_path) == {"a.bin"}
    # Else no kill fell into a write, and the test has shown nothing.
    assert left_over


def test_sweep_removes_strays_everywhere_below_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").mkdir()
    kept = [tmp_path / name for name in ("a.txt", "a.partial", ".hidden", "checkpoint/b.bin")]
    for path in kept:
        path.write_text("x")
    (tmp_path / ".folder.partial").mkdir()
    for folder in (tmp_path, tmp_path / "checkpoint"):
        (folder / ".a.txt.0123.partial").write_text("half")
    assert atomic.sweep(tmp_path) == 2
    assert all(path.is_file() for path in kept)
    assert (tmp_path / ".folder.partial").is_dir()
    assert atomic.sweep(tmp_path) == 0


def test_sweep_finds_what_replacing_leaves(tmp_path: Path) -> None:
    with atomic.replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("x")
        assert atomic.sweep(tmp_path) == 1
        temporary.write_text("x")


def test_sweep_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert atomic.sweep(tmp_path / "none") == 0


def refuse(times: int, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Let so many attempts to replace a file fail as on Windows while somebody reads it."""
    real, attempts = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        attempts.append(self)
        if len(attempts) <= times:
            raise PermissionError(errno.EACCES, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(atomic, "_PAUSES", (0.0, 0.0))
    return attempts


def test_waits_for_who_is_just_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = refuse(2, monkeypatch)
    atomic.write_text(tmp_path / "state.json", "new")
    assert (tmp_path / "state.json").read_text() == "new"
    assert len(attempts) == 3


def test_but_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(9, monkeypatch)
    with pytest.raises(PermissionError):
        atomic.write_text(tmp_path / "state.json", "new")
    assert list(tmp_path.iterdir()) == []
