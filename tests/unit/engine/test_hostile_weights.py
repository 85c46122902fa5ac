"""Files made to do harm: each ends in a sentence, none runs, fills memory or takes for ever."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from finetune_gui.core.errors import WeightsError
from finetune_gui.engine import backbones
from finetune_gui.engine.weights_file import load_into, read_weights
from tests.helpers.hostile_files import FILES, checkpoint, safetensors, tensor

ROOT = Path(__file__).parents[3]
MOST_SECONDS = 60  # on a machine that does five other things
MOST_MEMORY = 500 * 2**20

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning"),
]


def made(name: str, folder: Path) -> Path:
    """The hostile file of that name; a payload in it would make ``folder / "canary"``."""
    suffix, write = FILES[name]
    path = folder / f"weights{suffix}"
    write(path, folder / "canary")
    return path


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    path = made(name, tmp_path)
    begun = time.monotonic()
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert time.monotonic() - begun < MOST_SECONDS
    assert str(path) in caught.value.sentence
    assert caught.value.next_step
    assert not (tmp_path / "canary").exists()


TRUSTING = """
import pickle, sys, torch
for path in sys.argv[1:]:
    try:
        torch.load(path, weights_only=False)
    except Exception:
        pass
"""


def test_the_payloads_run_where_they_are_trusted(tmp_path: Path) -> None:
    # Else the canaries of the other tests would live for no reason.
    names = [n for n in FILES if "payload" in n and not n.endswith(("zip in a zip", "tar"))]
    paths = []
    for number, name in enumerate(names):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths.append(made(name, folder))
    subprocess.run([sys.executable, "-c", TRUSTING, *paths], check=False, capture_output=True)
    ran = [name for n, name in enumerate(names) if (tmp_path / str(n) / "canary").exists()]
    assert {"payload in a zip", "payload beside tensors", "payload in the old format"} <= set(ran)


AUDITED = """
import json, os, resource, sys, time
import encodings.cp437  # what old zips call their contents in
from pathlib import Path
from finetune_gui.core.errors import WeightsError
from finetune_gui.engine.weights_file import read_weights

good, hostile = json.loads(sys.argv[1])
for path in good:
    read_weights(Path(path))  # what is imported and compiled the first time is ours
seen, watching = [], False
HARMFUL = ("exec", "compile", "import", "marshal", "pickle", "os.", "subprocess", "socket",
           "shutil", "ctypes", "code", "tempfile")
ALLOWED = ("os.listdir", "os.scandir")

def watch(event, args):
    if not watching:
        return
    writes = event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    if writes or event.startswith(HARMFUL) and event not in ALLOWED:
        seen.append(f"{event} {args}"[:200])

sys.addaudithook(watch)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
slowest = 0.0
for path in hostile:
    path, refused, begun = Path(path), False, time.process_time()
    watching = True
    try:
        read_weights(path)
    except WeightsError:
        refused = True
    watching = False
    slowest = max(slowest, time.process_time() - begun)
    if not refused:
        seen.append(f"read: {path}")
memory = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory)
print(json.dumps({"seen": seen, "seconds": slowest, "memory": memory}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system how much memory was used")
def test_nothing_runs_and_nothing_is_written(tmp_path: Path) -> None:
    """Python itself tells what happens while the files are read (`sys.addaudithook`)."""
    hostile = []
    for number, name in enumerate(FILES):
        folder = tmp_path / str(number)
        folder.mkdir()
        hostile.append(str(made(name, folder)))
    good = [str(path) for path in good_files(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, json.dumps([good, hostile])],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["seen"] == []
    assert told["seconds"] < MOST_SECONDS
    assert told["memory"] < MOST_MEMORY
    assert not list(tmp_path.rglob("canary"))


def good_files(folder: Path) -> list[Path]:
    weights = {"w": torch.ones(3)}
    paths = [folder / "good.pt", folder / "old.pth", folder / "good.safetensors"]
    torch.save(weights, paths[0])
    torch.save(weights, paths[1], _use_new_zipfile_serialization=False)
    save_file(weights, paths[2])
    return paths


def test_files_that_mean_well_are_read(tmp_path: Path) -> None:
    for path in good_files(tmp_path):
        assert torch.equal(read_weights(path)["w"], torch.ones(3)), path
    built = checkpoint(tmp_path / "by hand.pt", tensor(512, 4, 1))  # so the bad ones are only bad
    assert read_weights(built)["w"].shape == (4,)
    header = {"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    built = safetensors(tmp_path / "w.safetensors", header, struct.pack("<2f", 1, 2))
    assert read_weights(built)["w"].tolist() == [1, 2]


def test_a_pipe_does_not_keep_anyone_waiting(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no pipes with names here")
    os.mkfifo(path)
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert caught.value.key == "error-weights-not-a-file"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_refused(tmp_path: Path, value: float) -> None:
    network = backbones.create("resnet10t.c3_in1k", 2, 0, 0.0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    spoilt = {name: tensor.clone() for name, tensor in before.items()}
    spoilt["layer2.0.conv1.weight"][3, 1, 0, 0] = value
    save_file(spoilt, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError) as caught:
        load_into(network, tmp_path / "w.safetensors")
    assert caught.value.key == "error-weights-not-finite"
    assert "layer2.0.conv1.weight" in caught.value.sentence
    assert all(torch.equal(before[k], v) for k, v in network.state_dict().items())


def test_numbers_of_another_kind_do_not_fit(tmp_path: Path) -> None:
    network = backbones.create("resnet10t.c3_in1k", 2, 0, 0.0)
    tensors = dict(network.state_dict())
    tensors["layer2.0.conv1.weight"] = tensors["layer2.0.conv1.weight"].to(torch.int64)
    save_file(tensors, tmp_path / "w.safetensors")
    with pytest.raises(WeightsError) as caught:
        load_into(network, tmp_path / "w.safetensors")
    assert caught.value.key == "error-weights-do-not-fit"
