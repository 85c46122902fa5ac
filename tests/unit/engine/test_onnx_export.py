"""A model as an ONNX file: it answers as the program does, and a file that does not is not kept."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine import onnx_export
from finetune_gui.engine.export import export
from finetune_gui.engine.inference import probabilities
from finetune_gui.engine.model_file import load_model
from finetune_gui.engine.prediction import Predictor
from finetune_gui.engine.preprocessing import to_batch
from tests.helpers.evaluated_run import CLASSES, make_working_run
from tests.helpers.photos import save_photo

pytestmark = pytest.mark.skipif(not onnx_export.has_onnx(), reason="ONNX is not installed")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return make_working_run(tmp_path / "跑 1")


def answers(file: Path, pixels: Tensor) -> Tensor:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    found: Any = session.run(["probabilities"], {"pixels": pixels.numpy()})
    return torch.from_numpy(found[0])


def test_its_answers_for_a_photo_are_those_of_the_program(
    run: RunFolder, tmp_path: Path, ctx: JobContext
) -> None:
    out = export(run, "onnx", tmp_path / "给 别人.onnx")
    photo = save_photo(tmp_path / "照片 1.png", 7)
    preprocessing = load_model(run.path).info.preprocessing
    # Whoever uses the file has to cut and scale the photo, nothing else.
    view = preprocessing.centre_view(preprocessing.load(photo))
    pixels = to_batch([view]).float()
    found = answers(out, pixels.contiguous())[0].tolist()
    said = Predictor.for_run(run).predict([photo], ctx)[0].probabilities or {}
    assert dict(zip(CLASSES, found, strict=True)) == pytest.approx(said, abs=1e-5)


def test_a_model_at_the_own_size_of_its_backbone(run: RunFolder, tmp_path: Path) -> None:
    # As the default recipe leaves it: only the preprocessing knows the size in pixels.
    description = run.path / "model.json"
    about = json.loads(description.read_text(encoding="utf-8"))
    size = about["preprocessing"]["input_size"]
    description.write_text(json.dumps(about | {"input_size": 0}), encoding="utf-8")
    out = export(run, "onnx", tmp_path / "m.onnx")
    assert answers(out, torch.rand(1, 3, size, size) * 255).shape == (1, len(CLASSES))


@pytest.mark.parametrize("n", [1, 5])
def test_it_takes_any_number_of_photos(run: RunFolder, tmp_path: Path, n: int) -> None:
    out = export(run, "onnx", tmp_path / "m.onnx")
    model = load_model(run.path)
    pixels = torch.rand(n, 3, model.info.input_size, model.info.input_size) * 255
    with torch.inference_mode():
        scores = model.network(model.info.preprocessing.normalise(pixels.round().byte()))
    wanted = probabilities(scores)
    assert torch.allclose(answers(out, pixels.round()), wanted.float(), atol=1e-5)


def test_classes_and_preprocessing_are_inside_and_beside(run: RunFolder, tmp_path: Path) -> None:
    import onnx

    out = export(run, "onnx", tmp_path / "m.onnx")
    about = {entry.key: entry.value for entry in onnx.load(str(out)).metadata_props}
    assert json.loads(about["classes"]) == list(CLASSES)
    assert json.loads(about["preprocessing"])["input_size"] == load_model(run.path).info.input_size
    beside = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside["classes"] == list(CLASSES)


def test_a_file_that_answers_differently_is_not_kept(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "MOST_DIFFERENT", -1.0)
    with pytest.raises(UserError) as caught:
        export(run, "onnx", tmp_path / "m.onnx")
    assert caught.value.key == "error-onnx-differs"
    assert not (tmp_path / "m.onnx").exists()


def test_without_onnx_it_says_what_to_install(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UserError) as caught:
        export(run, "onnx", tmp_path / "m.onnx")
    assert caught.value.key == "error-no-onnx"


def test_a_network_that_cannot_be_traced_gets_a_sentence(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impossible(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no symbolic function for aten::odd")

    monkeypatch.setattr(torch.onnx, "export", impossible)
    with pytest.raises(UserError) as caught:
        export(run, "onnx", tmp_path / "m.onnx")
    assert caught.value.key == "error-onnx-impossible"
    assert not list(tmp_path.glob("*.onnx"))
