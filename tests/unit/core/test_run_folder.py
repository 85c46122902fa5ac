from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_gui.core.errors import RecipeError, RunError
from finetune_gui.core.events import (
    BaselineFinished,
    Event,
    Logged,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StepFinished,
    to_json,
)
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import (
    EventFollower,
    Manifest,
    ManifestEntry,
    RunFolder,
    RunState,
    list_runs,
    new_run_path,
)

STARTED = RunStarted("net", ("apple", "梨"), 9, 3, 0, 4, 3, "cpu", "float32")
PAUSED = RunPaused(5)
FINISHED = RunFinished("done", "finetune", 2, 0.9, 0.75, 30.0)
FAILED = RunFailed("error-loss-not-finite", {"step": 3, "lr": "10"})
MANIFEST = Manifest(
    dataset="/照片/水果",
    classes=("apple", "梨"),
    samples=(
        ManifestEntry("apple/1 红.jpg", "apple", "train", "18231-1700000000000000000"),
        ManifestEntry("梨/2.jpg", "梨", "test", "5-1"),
    ),
    skipped={"梨/坏.jpg": "error-photo-damaged"},
    device="cuda",
    versions={"torch": "2.9"},
    chosen={"precision": "bfloat16", "threads": 2, "channels_last": True, "gain": 1.5},
)

_HOLDER = """
import sys, time
from pathlib import Path
from finetune_gui.core.run_folder import RunFolder
with RunFolder(Path(sys.argv[1])).locked():
    print("locked", flush=True)
    sys.stdin.read()
"""


def step(number: int) -> StepFinished:
    return StepFinished(number, 1, 0.5, 0.5, 1e-3, 10.0)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "我的 运行", Recipe())


@contextmanager
def held_by_another_process(run: RunFolder) -> Iterator[subprocess.Popen[str]]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(run.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        try:
            yield holder
        finally:
            holder.kill()


# Making and opening


def test_create_makes_the_folder_with_its_recipe(tmp_path: Path) -> None:
    wanted = with_values(Recipe(), {"seed": 5, "augment.preset": "strong"})
    run = RunFolder.create(tmp_path / "runs" / "a", wanted)
    assert run.checkpoint.is_dir()
    assert run.evaluation.is_dir()
    assert run.read_recipe() == wanted
    assert run.name == "a"
    assert RunFolder.open(run.path).path == run.path


def test_create_takes_an_empty_folder(tmp_path: Path) -> None:
    assert RunFolder.create(tmp_path, Recipe()).recipe_file.is_file()


def test_create_leaves_other_peoples_files_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("x")
    with pytest.raises(RunError) as caught:
        RunFolder.create(tmp_path, Recipe())
    assert caught.value.key == "error-run-exists"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_create_where_a_file_is(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(RunError) as caught:
        RunFolder.create(file, Recipe())
    assert caught.value.key == "error-run-exists"
    assert file.read_text() == "x"


def test_open_what_is_no_run(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(RunError) as caught:
            RunFolder.open(path)
        assert caught.value.key == "error-not-a-run"
        assert caught.value.params == {"path": str(path)}


def test_an_object_alone_touches_nothing(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "none")
    assert run.read_events() == []
    assert not run.is_locked()
    assert not list(tmp_path.iterdir())


def test_broken_recipe_is_a_sentence(run: RunFolder) -> None:
    run.recipe_file.write_bytes(b"\xff")
    with pytest.raises(RecipeError):
        run.read_recipe()


# The manifest


def test_manifest_round_trip(run: RunFolder) -> None:
    run.write_manifest(MANIFEST)
    assert run.read_manifest() == MANIFEST
    assert "梨" in run.manifest_file.read_text(encoding="utf-8")


def test_manifest_keeps_names_that_are_not_utf8(run: RunFolder) -> None:
    manifest = Manifest("x", ("a",), (), {"\udcff.jpg": "error-photo-name"})
    run.write_manifest(manifest)
    assert run.read_manifest() == manifest


@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe", b"[]", b"{}", b'{"classes": [], "samples": [{"x": 1}]}']
)
def test_broken_manifest_is_a_sentence(run: RunFolder, content: bytes | None) -> None:
    if content is not None:
        run.manifest_file.write_bytes(content)
    with pytest.raises(RunError) as caught:
        run.read_manifest()
    assert caught.value.key == "error-run-broken"


# Events


def test_events_are_read_as_they_were_written(run: RunFolder) -> None:
    told: list[Event] = [STARTED, step(1), Logged("train-log-skipped", {"path": "梨\r\n.jpg"})]
    for event in told:
        run.append_event(event)
    assert run.read_events() == told
    assert run.events_file.read_bytes().count(b"\n") == 3
    assert run.read_history().steps == [told[1]]


@pytest.mark.parametrize("torn", ['{"kind":"step","st', "{", '{"kind":"step"}'])
def test_event_after_a_torn_line_is_not_lost(run: RunFolder, torn: str) -> None:
    run.append_event(STARTED)
    with run.events_file.open("a", encoding="utf-8") as file:
        file.write(torn)
    assert run.read_events() == [STARTED]
    run.append_event(PAUSED)
    run.append_event(FINISHED)
    assert run.read_events() == [STARTED, PAUSED, FINISHED]


def test_follower_tells_each_event_once(run: RunFolder) -> None:
    follower = EventFollower(run)
    assert follower.read_new() == []
    run.append_event(STARTED)
    assert follower.read_new() == [STARTED]
    assert follower.read_new() == []
    second, third = step(2), step(3)
    run.append_event(second)
    run.append_event(third)
    assert follower.read_new() == [second, third]


def test_follower_waits_for_the_end_of_a_line(run: RunFolder) -> None:
    follower = EventFollower(run)
    line = to_json(STARTED).encode()
    with run.events_file.open("ab", buffering=0) as file:
        file.write(line)
        assert follower.read_new() == []
        file.write(b"\n")
        assert follower.read_new() == [STARTED]


def test_follower_leaves_out_what_it_does_not_know(run: RunFolder) -> None:
    follower = EventFollower(run)
    run.events_file.write_bytes(
        b'{"kind":"later"}\n\xff\xfe\n\n' + to_json(PAUSED).encode() + b"\n"
    )
    assert follower.read_new() == [PAUSED]


@given(data=st.data())
@settings(deadline=None, max_examples=80)
def test_follower_at_any_cuts_of_the_file(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However the file grows, in the middle of a character too: all events, each once, in order."""
    run = RunFolder(tmp_path_factory.mktemp("run"))
    names = data.draw(st.lists(st.text(st.characters(), max_size=4), max_size=5))
    told: list[Event] = [Logged("train-log-skipped", {"path": n}, time=1.5) for n in names]
    content = "".join(to_json(event) + "\n" for event in told).encode("utf-8")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(content)), max_size=8)))
    follower = EventFollower(run)
    found: list[Event] = []
    with run.events_file.open("ab", buffering=0) as file:
        for begin, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            file.write(content[begin:end])
            found += follower.read_new()
            assert found == told[: len(found)]
            assert len(found) == content[:end].count(b"\n")
    assert found == told


# The lock


def test_lock_keeps_everyone_else_out(run: RunFolder) -> None:
    assert not run.is_locked()
    with held_by_another_process(run):
        assert run.is_locked()
        with pytest.raises(RunError) as caught, run.locked():
            pytest.fail("two processes hold the run")
        assert caught.value.key == "error-run-in-use"


def test_lock_keeps_another_thread_of_this_process_out(run: RunFolder) -> None:
    with run.locked():
        assert RunFolder(run.path).is_locked()
        with pytest.raises(RunError), RunFolder(run.path).locked():
            pytest.fail("held twice")
    assert not run.is_locked()


def test_killed_process_lets_go_of_the_lock(run: RunFolder) -> None:
    with held_by_another_process(run) as holder:
        assert run.state() is RunState.RUNNING
        holder.kill()
        holder.wait(10)
        assert not run.is_locked()
        assert run.state() is RunState.INTERRUPTED
        with run.locked():
            assert run.is_locked()


def test_lock_is_let_go_after_an_error(run: RunFolder) -> None:
    with pytest.raises(ValueError, match="inside"), run.locked():
        raise ValueError("inside")
    assert not run.is_locked()


def test_looking_never_keeps_a_run_from_starting(run: RunFolder) -> None:
    """Windows that follow a run look at its lock all the time."""
    with run.locked():
        pass
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            RunFolder(run.path).is_locked()

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(60):
            with run.locked():
                pass
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_run_on_a_drive_that_can_only_be_read(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with run.locked():
        run.append_event(FINISHED)
    real = os.open

    def refuse(path: object, flags: int, *args: int, **options: int) -> int:
        if flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
            raise OSError(30, "Read-only file system", str(path))
        return real(str(path), flags, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert run.state() is RunState.FINISHED


# The state


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], RunState.INTERRUPTED),
        ([STARTED, step(1)], RunState.INTERRUPTED),
        ([STARTED, PAUSED], RunState.PAUSED),
        ([STARTED, FAILED], RunState.FAILED),
        ([STARTED, FINISHED], RunState.FINISHED),
        ([STARTED, PAUSED, STARTED], RunState.INTERRUPTED),
        ([STARTED, FAILED, STARTED, FINISHED], RunState.FINISHED),
        ([STARTED, BaselineFinished(0.1, 1.0, 0.1, 1.0, 1.0)], RunState.INTERRUPTED),
    ],
)
def test_state(run: RunFolder, told: list[Event], state: RunState) -> None:
    for event in told:
        run.append_event(event)
    assert run.state() is state
    with run.locked():
        assert run.state() is RunState.RUNNING
    assert run.state() is state


# Names and lists


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        ("fruit", "fruit"),
        ("水果 照片", "水果 照片"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("..", "__"),
        ("  spaced  ", "spaced"),
        ("", "run"),
        ("x" * 300, "x" * 60),
        ("x" * 59 + " y", "x" * 59),
        ("\udcff", "_"),
    ],
)
def test_new_run_has_a_name_valid_everywhere(tmp_path: Path, dataset: str, name: str) -> None:
    path = new_run_path(tmp_path, dataset)
    assert path.parent == tmp_path
    date, time_of_day, rest = path.name.split(" ", 2)
    assert (len(date), len(time_of_day)) == (10, 5)
    assert rest == name
    RunFolder.create(path, Recipe())


def test_new_runs_of_one_minute_are_told_apart(tmp_path: Path) -> None:
    paths = [RunFolder.create(new_run_path(tmp_path, "fruit"), Recipe()).path for _ in range(3)]
    assert len(set(paths)) == 3


def test_list_runs_newest_first_and_runs_alone(tmp_path: Path) -> None:
    for number, name in enumerate(("old", "new", "middle")):
        run = RunFolder.create(tmp_path / name, Recipe())
        when = 1_700_000_000 + (0, 200, 100)[number]
        os.utime(run.recipe_file, (when, when))
    (tmp_path / "no run").mkdir()
    (tmp_path / "file").write_text("x")
    assert [run.name for run in list_runs(tmp_path)] == ["new", "middle", "old"]


def test_run_folder_files_have_their_promised_names(run: RunFolder) -> None:
    run.write_manifest(MANIFEST)
    run.append_event(STARTED)
    found = {p.relative_to(run.path).as_posix() for p in run.path.iterdir()}
    assert found == {"recipe.toml", "manifest.json", "events.jsonl", "checkpoint", "evaluation"}
    assert json.loads(run.manifest_file.read_text(encoding="utf-8"))["samples"][0]["path"]
    assert run.model_file.name == "model.safetensors"
    assert run.model_info_file.name == "model.json"
    assert run.log_file.name == "log.txt"
