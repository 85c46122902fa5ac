from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import pytest
import torch
from torch import nn

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.dataset.index import Dataset
from finetune_gui.engine import sources
from finetune_gui.engine.compiling import compiled, has_compiler
from tests.helpers.workspaces import open_workspace

CPU = torch.device("cpu")


def test_a_compiler_is_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_compiler(CPU)
    compiler = tmp_path / "g++"
    compiler.write_text("")
    compiler.chmod(0o755)
    assert has_compiler(CPU)
    assert not has_compiler(torch.device("mps"))
    monkeypatch.setenv("CXX", "another-one")
    assert not has_compiler(CPU)


def test_a_graphics_card_needs_triton_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CXX", str(tmp_path / "c++"))
    (tmp_path / "c++").write_text("")
    (tmp_path / "c++").chmod(0o755)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert not has_compiler(torch.device("cuda"))


def test_without_a_compiler_the_run_goes_on_and_says_so(
    dataset: Dataset,
    tmp_path: Path,
    paths: AppPaths,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sources, "has_compiler", lambda _device: False)
    recipe = with_values(Recipe(), {"train.compile": True, "model.freeze": "none"})
    with open_workspace(dataset, recipe, tmp_path / "run", paths, ctx) as space:
        assert sources.source_for(space, head_alone=False).scores is space.network
        assert "compiler" in space.run.log_file.read_text(encoding="utf-8")


@pytest.mark.slow
def test_compiled_scores_and_gradients_are_those_of_the_network() -> None:
    if not has_compiler(CPU):
        pytest.skip("no compiler here")
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 2))
    inputs = torch.randn(5, 3, 8, 8)
    # In this process alone: workers of torch would outlive the test.
    with warnings.catch_warnings(), torch._inductor.config.patch(compile_threads=1):
        warnings.simplefilter("ignore")  # of torch about itself
        fast = compiled(network)
        for n in (5, 3):
            expected = torch.autograd.grad(network(inputs[:n]).sum(), list(network.parameters()))
            found = torch.autograd.grad(fast(inputs[:n]).sum(), list(network.parameters()))
            torch.testing.assert_close(found, expected)
