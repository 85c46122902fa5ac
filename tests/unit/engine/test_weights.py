from __future__ import annotations

import http.server
import pickle
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from finetune_gui.core.errors import WeightsError
from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.engine import backbones, catalogue
from finetune_gui.engine.weights_file import load_into, read_weights
from finetune_gui.engine.weights_store import fetch, local_weights, require_weights

SMALL = catalogue.find("resnet10t.c3_in1k")


class Payload:
    """Would make a file when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".bin"])
def test_a_payload_is_refused_and_never_run(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / "it ran"
    for path, save in (
        (tmp_path / f"a{suffix}", lambda f: torch.save({"x": Payload(target)}, f)),
        (tmp_path / f"b{suffix}", lambda f: f.write_bytes(pickle.dumps(Payload(target)))),
    ):
        save(path)
        with pytest.raises(WeightsError) as caught:
            read_weights(path)
        assert caught.value.key == "error-weights-broken"
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\xff" * 8 + b"{}", b"not a file"])
@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_nonsense_is_a_sentence(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    with pytest.raises(WeightsError):
        read_weights(path)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(timm.create_model("resnet10t").state_dict(), path)
    network = backbones.create(catalogue.EMBEDDED, 2, 0, 0.0)
    before = {k: v.clone() for k, v in network.state_dict().items()}
    with pytest.raises(WeightsError) as caught:
        load_into(network, path)
    assert caught.value.key == "error-weights-do-not-fit"
    assert all(torch.equal(before[k], v) for k, v in network.state_dict().items())


def test_half_of_the_weights_is_refused(tmp_path: Path) -> None:
    tensors = timm.create_model(SMALL.name, num_classes=1000).state_dict()
    half = dict(list(tensors.items())[: len(tensors) // 2])
    save_file(half, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError):
        load_into(backbones.create(SMALL.name, 2, 0, 0.0), tmp_path / "w.safetensors")


def test_missing_weights_name_file_and_folder(tmp_path: Path) -> None:
    assert local_weights(SMALL, tmp_path) is None
    with pytest.raises(WeightsError) as caught:
        require_weights(SMALL, tmp_path)
    assert SMALL.weights_name in caught.value.next_step
    assert str(tmp_path) in caught.value.next_step


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A hub on this computer; gives the file that it serves as the weights."""
    root = tmp_path / "hub"
    served = root / SMALL.repository / "resolve" / "main" / "model.safetensors"
    served.parent.mkdir(parents=True)
    save_file(timm.create_model(SMALL.name).state_dict(), served)
    handler = partial(_Handler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as hub:
        thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{hub.server_address[1]}")
        yield served
        hub.shutdown()
        thread.join()


def test_fetched_weights_are_whole_and_fit(server: Path, tmp_path: Path, ctx: JobContext) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    path = fetch(SMALL, folder, ctx)
    assert path.read_bytes() == server.read_bytes()
    load_into(backbones.create(SMALL.name, 2, 0, 0.0), path)
    assert local_weights(SMALL, folder) == path


def test_progress_reaches_the_whole(
    server: Path, tmp_path: Path, ctx: JobContext, events: list[Event]
) -> None:
    fetch(SMALL, tmp_path, ctx)
    told = [event for event in events if isinstance(event, Progress)]
    assert told[-1].done == told[-1].total == server.stat().st_size
    assert len(told) > 5


@pytest.mark.usefixtures("server")
def test_cancel_leaves_nothing_behind(tmp_path: Path) -> None:
    control = JobControl()
    folder = tmp_path / "weights"
    folder.mkdir()
    with pytest.raises(Cancelled):
        fetch(SMALL, folder, JobContext(lambda _event: control.cancel(), control))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_without_a_network_a_sentence_says_what_to_do(
    tmp_path: Path, ctx: JobContext, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", place)
    with pytest.raises(WeightsError) as caught:
        fetch(SMALL, tmp_path, ctx)
    assert caught.value.key == "error-weights-offline"
    assert SMALL.weights_name in caught.value.next_step
    assert list(tmp_path.iterdir()) == []


def test_a_file_the_hub_does_not_have(server: Path, tmp_path: Path, ctx: JobContext) -> None:
    server.unlink()
    with pytest.raises(WeightsError):
        fetch(SMALL, tmp_path, ctx)
