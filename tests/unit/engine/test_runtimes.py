from __future__ import annotations

import importlib
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from finetune_gui.engine.inference import to_device
from finetune_gui.engine.runtimes import (
    NotComputableError,
    OpenVino,
    compile_graph,
    convert,
    installed_version,
    load_openvino,
    precisions,
)

_ROOT = Path(__file__).resolve().parents[3]


def network() -> nn.Module:
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(0.5), nn.Conv2d(8, 8, 3)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))


def photos(n: int) -> Tensor:
    return torch.randn(n, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def program(of: nn.Module, threads: int = 2) -> OpenVino:
    return compile_graph(convert(of, photos(1)), "float32", threads)


@pytest.mark.parametrize("channels_last", [True, False])
def test_results_are_those_of_torch(channels_last: bool) -> None:
    made = to_device(network().train(), torch.device("cpu"), channels_last=channels_last)
    found = program(made).start(photos(9))()
    assert not made.training
    with torch.inference_mode():
        torch.testing.assert_close(found, made(photos(9)), rtol=1e-4, atol=1e-5)


def test_a_photo_has_the_same_result_whatever_is_computed_beside_it() -> None:
    made, given = program(network()), photos(50)
    together = made.start(given)()
    alone = torch.cat([made.start(given[i : i + 1])() for i in range(50)])
    again = program(network()).start(given)()
    assert torch.equal(together, alone)
    assert torch.equal(together, again)


def test_batches_that_overlap_keep_their_results() -> None:
    made, given = program(network()), photos(40)
    expected = made.start(given)()
    waits = [made.start(given[i : i + 10]) for i in range(0, 40, 10)]
    assert torch.equal(torch.cat([wait() for wait in waits]), expected)


def test_what_nobody_waits_for_is_over_after_draining() -> None:
    made, given = program(network()), photos(3)
    expected = made.start(given)()
    wait = made.start(given)
    made.drain()
    assert torch.equal(wait(), expected)
    assert torch.equal(made.start(given)(), expected)


def test_every_cpu_has_float32() -> None:
    assert precisions()[0] == "float32"
    assert installed_version()


class _Untraceable(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        if isinstance(inputs, Tensor) and torch.jit.is_tracing():
            raise KeyError("a network of whoever")
        return inputs


class _ForTwo(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        return torch.linalg.eigvals(inputs.reshape(-1, 16, 16)).real


@pytest.mark.parametrize("made", [_Untraceable(), _ForTwo()])
def test_what_cannot_be_computed_is_named_and_the_log_goes_on(made: nn.Module) -> None:
    root = logging.getLogger()
    before = root.level, list(root.filters)
    with pytest.raises(NotComputableError) as caught:
        program(made)
    assert not caught.value.missing
    assert (root.level, root.filters) == before


def test_without_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(NotComputableError) as caught:
        load_openvino()
    assert caught.value.missing


# ---- nothing is reported to anyone

# What OpenVINO would report through, in its place: it notes that it was asked to.
_TELLTALE = """
from pathlib import Path
class Telemetry:
    def __init__(self, *args, **named):
        (Path.home() / "told").write_text("")
    def send_event(self, *args, **named):
        (Path.home() / "told").write_text("")
"""
# Every way out of the process is closed and noted, once torch is there: that looks for libraries.
_CONVERTS = """
import sys, threading, torch
from pathlib import Path
ways = ("socket.", "subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec")
tried = []
def refuse(name, _):
    if name.startswith(ways):
        tried.append(name)
        raise PermissionError(name)
sys.addaudithook(refuse)
from finetune_gui.engine.runtimes import compile_graph, convert
graph = convert(torch.nn.Conv2d(3, 4, 3), torch.zeros(1, 3, 8, 8))
assert compile_graph(graph, "float32", 1).start(torch.zeros(2, 3, 8, 8))().shape == (2, 4, 6, 6)
assert tried == [], tried
assert threading.enumerate() == [threading.main_thread()], threading.enumerate()
assert list(Path.home().iterdir()) == [], list(Path.home().iterdir())
"""


def _run(script: str, home: Path, *first_on_path: Path) -> None:
    home.mkdir()
    # Where it believes to be tested itself, it reports nothing.
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "SYSTEMROOT", "LD_LIBRARY_PATH"}}
    where = os.pathsep.join(map(str, (*first_on_path, _ROOT)))
    homes = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA"), str(home))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**kept, **homes, "PYTHONPATH": where, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_openvino_reports_nothing(tmp_path: Path) -> None:
    package = tmp_path / "telltale" / "openvino_telemetry"
    (package / "backend").mkdir(parents=True)
    (package / "__init__.py").write_text(_TELLTALE)
    (package / "backend" / "__init__.py").write_text("backend_ga4 = None")
    # So it is when it is imported as usual, and the telltale works.
    _run("import openvino", tmp_path / "usual", package.parent)
    assert (tmp_path / "usual" / "told").is_file()
    _run(_CONVERTS, tmp_path / "ours", package.parent)
    assert not (tmp_path / "ours" / "told").exists()


def test_with_its_own_package_it_reports_nothing_either(tmp_path: Path) -> None:
    _run(_CONVERTS, tmp_path / "home")
