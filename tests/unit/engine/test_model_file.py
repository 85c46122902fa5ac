"""The model on disk, and handed on to other programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from finetune_gui.core.errors import RunError, UserError
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.export import export
from finetune_gui.engine.model_file import load_model, read_info, save_model
from tests.helpers.evaluated_run import CLASSES, make_working_run


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return make_working_run(tmp_path / "跑 1")


def test_what_is_saved_is_loaded(run: RunFolder, tmp_path: Path) -> None:
    model = load_model(run.path)
    assert not model.network.training
    assert model.info == read_info(run.path)
    assert model.info.classes == CLASSES
    copy = tmp_path / "copy"
    copy.mkdir()
    save_model(copy, model.network, model.info)
    again = load_model(copy)
    assert again.info == model.info
    first, second = model.network.state_dict(), again.network.state_dict()
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_description_is_in_the_weights_and_beside_them(run: RunFolder) -> None:
    beside = json.loads((run.path / "model.json").read_text(encoding="utf-8"))
    assert beside["classes"] == list(CLASSES)
    assert beside["preprocessing"]["mean"] == [0.5, 0.5, 0.5]
    (run.path / "model.json").unlink()
    assert load_model(run.path).info.classes == CLASSES


def cut_in_half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def forget_description(file: Path) -> None:
    save_file(load_file(file), file)


@pytest.mark.parametrize("damage", [cut_in_half, forget_description])
def test_damaged_model_is_a_sentence(run: RunFolder, damage: object) -> None:
    assert callable(damage)
    damage(run.model_file)
    with pytest.raises(RunError) as caught:
        load_model(run.path)
    assert caught.value.key == "error-model-broken"


def test_weights_of_another_network_are_a_sentence(run: RunFolder) -> None:
    info = read_info(run.path)
    save_model(run.path, torch.nn.Linear(2, 2), info)
    with pytest.raises(RunError) as caught:
        load_model(run.path)
    assert caught.value.key == "error-model-broken"


@pytest.mark.parametrize("members", [0, 10**9])
def test_no_file_asks_for_any_number_of_networks(run: RunFolder, members: int) -> None:
    model = load_model(run.path)
    save_model(run.path, model.network, replace(model.info, members=members))
    with pytest.raises(RunError) as caught:
        load_model(run.path)
    assert caught.value.key == "error-model-broken"


def test_no_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        read_info(tmp_path)
    assert caught.value.key == "error-no-model-yet"


def test_export_hands_on_a_model_that_stands_alone(run: RunFolder, tmp_path: Path) -> None:
    out = export(run, "safetensors", tmp_path / "给 别人" / "model")
    assert sorted(path.name for path in out.iterdir()) == ["model.json", "model.safetensors"]
    assert load_model(out).info == read_info(run.path)


def test_export_overwrites_nothing(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UserError) as caught:
        export(run, "safetensors", tmp_path)
    assert caught.value.key == "error-export-not-empty"
    assert (tmp_path / "mine.txt").read_text() == "x"


def test_unknown_format_and_damaged_model_write_nothing(run: RunFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(UserError, match="safetensors"):
        export(run, "word", out)
    cut_in_half(run.model_file)
    with pytest.raises(RunError):
        export(run, "safetensors", out)
    assert not out.exists()
