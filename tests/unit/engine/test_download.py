"""Fetching weights over networks that break, from servers that lie, past disks that are full."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from finetune_gui.core import settings
from finetune_gui.core.errors import WeightsError
from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.settings import Settings
from finetune_gui.core.weights_places import WeightsPlaces, is_address
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine import catalogue
from finetune_gui.engine.download import NotThereError, download
from finetune_gui.engine.training import train
from finetune_gui.engine.weights_store import download_url, fetch, local_weights
from finetune_gui.jobs.list_backbones import ListBackbones
from tests.helpers.file_server import CONTENT, Server, serving

SMALL = catalogue.find("resnet10t.c3_in1k")
VISION = catalogue.find("torchvision/shufflenet_v2_x0_5")
HALF = len(CONTENT) // 2
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as state:
        monkeypatch.setenv("HF_ENDPOINT", state.address)
        yield state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "weights"
    made.mkdir()
    return made


def get(server: Server, folder: Path, ctx: JobContext) -> Path:
    target = folder / "w.safetensors"
    download(f"{server.address}/w", target, 0, ctx)
    return target


def cut_off(server: Server, folder: Path, ctx: JobContext, at: int = HALF) -> None:
    """A download that breaks down for good after so many bytes: the server is gone."""
    server.cut = [at]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("finetune_gui.engine.download._MOST_SILENT_TRIES", 0)
        with pytest.raises(httpx.TransportError):
            get(server, folder, ctx)
    assert list(folder.iterdir())


# ---- as it should be


def test_a_file_comes_whole_and_leaves_nothing_else(
    server: Server, folder: Path, ctx: JobContext, events: list[Event]
) -> None:
    target = fetch(SMALL, WeightsPlaces(folder), ctx)
    assert target.read_bytes() == CONTENT
    assert list(folder.iterdir()) == [target]
    assert local_weights(SMALL, WeightsPlaces(folder)) == target
    told = [event for event in events if isinstance(event, Progress)]
    assert told[-1].done == told[-1].total == len(CONTENT)
    assert len(told) > 5
    fetch(SMALL, WeightsPlaces(folder), ctx)
    assert len(server.requests) == 1  # it is at hand now


def test_the_address_may_lead_on(server: Server, folder: Path, ctx: JobContext) -> None:
    server.redirects, server.linked_etag = True, SHA256
    assert get(server, folder, ctx).read_bytes() == CONTENT


def test_a_server_need_not_tell_the_length(server: Server, folder: Path, ctx: JobContext) -> None:
    server.tells_length = False
    assert get(server, folder, ctx).read_bytes() == CONTENT


# ---- interruptions


def test_a_short_interruption_is_got_over(server: Server, folder: Path, ctx: JobContext) -> None:
    server.cut = [HALF, 100_000]
    assert get(server, folder, ctx).read_bytes() == CONTENT
    starts = [asked for _, asked in server.requests]
    assert starts == ["", f"bytes={HALF}-", f"bytes={HALF + 100_000}-"]


def test_a_later_try_asks_for_the_rest(
    server: Server, folder: Path, ctx: JobContext, events: list[Event]
) -> None:
    cut_off(server, folder, ctx)
    server.requests.clear()
    events.clear()
    assert get(server, folder, ctx).read_bytes() == CONTENT
    assert server.requests == [("/w", f"bytes={HALF}-")]
    first = next(event for event in events if isinstance(event, Progress))
    assert (first.done, first.total) == (HALF, len(CONTENT))
    assert [path.name for path in folder.iterdir()] == ["w.safetensors"]


def test_all_that_was_missing_was_the_end(server: Server, folder: Path, ctx: JobContext) -> None:
    cut_off(server, folder, ctx)
    part = next(folder.glob(".*.fetching"))
    part.write_bytes(CONTENT)
    server.requests.clear()
    assert get(server, folder, ctx).read_bytes() == CONTENT
    assert server.requests == []


@pytest.mark.parametrize("how", ["another file by now", "no ranges", "more than there is"])
def test_it_begins_anew_where_it_cannot_go_on(
    server: Server, folder: Path, ctx: JobContext, how: str
) -> None:
    cut_off(server, folder, ctx)
    server.requests.clear()
    if how == "another file by now":
        server.content, server.etag = CONTENT[::-1], '"second"'
    elif how == "no ranges":
        server.ranges = False
    else:
        next(folder.glob(".*.fetching")).write_bytes(CONTENT * 2)
    assert get(server, folder, ctx).read_bytes() == server.content
    assert server.requests[0][1].startswith("bytes=")
    assert len(list(folder.iterdir())) == 1


def test_without_a_validator_nothing_is_put_together(
    server: Server, folder: Path, ctx: JobContext
) -> None:
    server.etag = 'W/"alike"'
    cut_off(server, folder, ctx)
    server.requests.clear()
    assert get(server, folder, ctx).read_bytes() == CONTENT
    assert server.requests == [("/w", "")]


def test_a_slow_server_is_waited_for(
    server: Server, folder: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeout = httpx.Timeout(0.2, connect=2)
    monkeypatch.setattr("finetune_gui.engine.download._TIMEOUT", timeout)
    server.stall = [HALF]
    assert get(server, folder, ctx).read_bytes() == CONTENT
    assert server.requests[-1] == ("/w", f"bytes={HALF}-")


def test_cancel_leaves_nothing_behind(server: Server, folder: Path) -> None:
    control = JobControl()
    with pytest.raises(Cancelled):
        get(server, folder, JobContext(lambda _event: control.cancel(), control))
    assert list(folder.iterdir()) == []


def test_what_was_left_for_a_week_is_swept(server: Server, folder: Path, ctx: JobContext) -> None:
    cut_off(server, folder, ctx)
    for path in folder.iterdir():
        os.utime(path, (1, time.time() - 8 * 24 * 3600))
    download(f"{server.address}/other", folder / "other", 0, ctx)
    assert [path.name for path in folder.iterdir()] == ["other"]


# ---- what goes wrong


@pytest.mark.parametrize("how", ["linked", "linked before a redirect", "in the name"])
def test_a_damaged_file_is_thrown_away(
    server: Server, folder: Path, ctx: JobContext, how: str
) -> None:
    wrong = "0" * 64
    name = f"w-{wrong[:8]}.pth" if how == "in the name" else "w"
    server.linked_etag = "" if how == "in the name" else wrong
    server.redirects = how == "linked before a redirect"
    with pytest.raises(WeightsError) as caught:
        download(f"{server.address}/{name}", folder / "w", 0, ctx)
    assert caught.value.key == "error-weights-damaged"
    assert list(folder.iterdir()) == []


def test_a_file_put_together_is_checked_as_a_whole(
    server: Server, folder: Path, ctx: JobContext
) -> None:
    server.linked_etag = SHA256
    cut_off(server, folder, ctx)
    part = next(folder.glob(".*.fetching"))
    part.write_bytes(b"x" + part.read_bytes()[1:])
    with pytest.raises(WeightsError) as caught:
        get(server, folder, ctx)
    assert caught.value.key == "error-weights-damaged"
    assert get(server, folder, ctx).read_bytes() == CONTENT


def test_the_hash_in_a_name_of_torchvision(server: Server, folder: Path, ctx: JobContext) -> None:
    download(f"{server.address}/net-{SHA256[:8]}.pth", folder / "w", 0, ctx)
    assert (folder / "w").read_bytes() == CONTENT


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_server_without_the_file_is_a_sentence(
    server: Server, folder: Path, ctx: JobContext, status: int
) -> None:
    server.status = status
    with pytest.raises(WeightsError) as caught:
        fetch(SMALL, WeightsPlaces(folder), ctx)
    assert caught.value.key == "error-weights-refused"
    assert str(status) in caught.value.sentence
    assert SMALL.weights_name in caught.value.next_step
    assert list(folder.iterdir()) == []


def test_a_server_that_is_busy_costs_nothing_that_came(
    server: Server, folder: Path, ctx: JobContext
) -> None:
    cut_off(server, folder, ctx)
    server.status = 503
    with pytest.raises(NotThereError):
        get(server, folder, ctx)
    server.status = 200
    server.requests.clear()
    assert get(server, folder, ctx).read_bytes() == CONTENT
    assert server.requests == [("/w", f"bytes={HALF}-")]


@pytest.mark.parametrize("place", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_without_a_network_a_sentence_says_what_to_do(
    folder: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", place)
    with pytest.raises(WeightsError) as caught:
        fetch(SMALL, WeightsPlaces(folder), ctx)
    assert caught.value.key == "error-weights-offline"
    assert SMALL.weights_name in caught.value.next_step
    assert str(folder) in caught.value.next_step
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_noticed_before(
    server: Server, folder: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=60 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(WeightsError) as caught:
        get(server, folder, ctx)
    assert caught.value.key == "error-weights-no-room"
    assert list(folder.iterdir()) == []


def test_only_one_program_fetches_a_file(server: Server, folder: Path) -> None:
    caught: list[str] = []

    def fetch_again(event: Event) -> None:
        if isinstance(event, Progress) and not caught:
            with pytest.raises(WeightsError) as error:
                get(server, folder, JobContext(lambda _event: None))
            caught.append(error.value.key)

    assert get(server, folder, JobContext(fetch_again)).read_bytes() == CONTENT
    assert caught == ["error-weights-fetched-already"]


def test_training_fetches_nothing_by_itself(
    server: Server,
    dataset: Dataset,
    paths: AppPaths,
    ctx: JobContext,
    tmp_path: Path,
    allow_log: Callable[[str], None],
) -> None:
    allow_log("run .* failed")
    recipe = with_values(Recipe(), {"model.backbone": SMALL.name, "train.device": "cpu"})
    with pytest.raises(WeightsError) as caught:
        train(dataset, recipe, tmp_path / "run", paths, ctx)
    assert caught.value.key == "error-weights-not-at-hand"
    assert server.requests == []


# ---- shared folders and mirrors


def keep(paths: AppPaths, **values: object) -> None:
    settings.save(Settings.model_validate(values), paths.settings_file)


def test_shared_folders_are_searched_after_the_own_one(paths: AppPaths, tmp_path: Path) -> None:
    gone, shared = tmp_path / "gone", tmp_path / "shared"
    shared.mkdir()
    keep(paths, weights_folders=[str(gone), str(shared)])
    assert local_weights(SMALL, WeightsPlaces.of(paths)) is None
    theirs, own = shared / SMALL.weights_name, paths.weights / SMALL.weights_name
    theirs.write_bytes(b"theirs")
    assert local_weights(SMALL, WeightsPlaces.of(paths)) == theirs
    listed = ListBackbones(paths, also=SMALL.name).run(JobContext(lambda _event: None))
    assert next(s.weights for s in listed if s.backbone.name == SMALL.name) == str(theirs)
    own.write_bytes(b"own")
    assert local_weights(SMALL, WeightsPlaces.of(paths)) == own


def test_a_mirror_takes_the_place_of_every_server(
    server: Server, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    keep(paths, weights_mirror=f"{server.address}/pub/")
    places = WeightsPlaces.of(paths)
    fetch(SMALL, places, ctx)
    server.content = b"other"
    with pytest.raises(WeightsError):  # its name tells what it must be
        fetch(VISION, places, ctx)
    asked = [path for path, _ in server.requests]
    assert asked == [
        f"/pub/timm/{SMALL.name}/resolve/main/model.safetensors",
        f"/pub/models/{VISION.url.rpartition('/')[2]}",
    ]


def test_without_a_mirror_the_variable_of_the_hubs_tools_counts(
    paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(paths, weights_mirror="ftp://nowhere")
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example/")
    places = WeightsPlaces.of(paths)
    assert download_url(SMALL, places).startswith("https://hub.example/timm/")
    assert download_url(VISION, places) == VISION.url


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://hf-mirror.com", True),
        ("http://10.0.0.1:8080/weights/", True),
        ("", False),
        ("https://", False),
        ("hf-mirror.com", False),
        ("file:///etc", False),
        ("https://a b", False),
    ],
)
def test_what_an_address_is(text: str, good: bool) -> None:
    assert is_address(text) is good


def test_the_note_beside_a_part_may_be_nonsense(
    server: Server, folder: Path, ctx: JobContext
) -> None:
    cut_off(server, folder, ctx)
    note = next(folder.glob("*.json"))
    assert json.loads(note.read_text())["validator"] == '"first"'
    note.write_text("[]")
    assert get(server, folder, ctx).read_bytes() == CONTENT
