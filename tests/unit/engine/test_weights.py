from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save_file

from finetune_gui.core.errors import WeightsError
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine import backbones, catalogue
from finetune_gui.engine.weights_file import load_into, read_weights
from finetune_gui.engine.weights_store import local_weights, require_weights

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
        assert caught.value.key in ("error-weights-runs-code", "error-weights-broken")
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
    assert local_weights(SMALL, WeightsPlaces(tmp_path)) is None
    with pytest.raises(WeightsError) as caught:
        require_weights(SMALL, WeightsPlaces(tmp_path))
    assert SMALL.weights_name in caught.value.next_step
    assert str(tmp_path) in caught.value.next_step
