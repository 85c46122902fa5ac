"""A trained model as an ONNX file: pixels from 0 to 255 in, probabilities out.

Preprocessing and softmax are part of the graph, so whoever uses the file has only to cut and scale
the photo; classes and the way to do that stand in the file's metadata. Before it is handed on, the
file is checked by ONNX and computed in ONNX Runtime, which must answer as torch does.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import shutil
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError
from finetune_gui.engine.model_file import TrainedModel
from finetune_gui.engine.preprocessing import Preprocessing

INPUT, OUTPUT = "pixels", "probabilities"
OPSET = 17  # 2022: what runs these files has caught up with it
MOST_DIFFERENT = 1e-3  # of a probability: sums of float32 in another order
_PHOTOS = 3  # not the number that the graph is made with: it must hold for any


def has_onnx() -> bool:
    """Whether what writes and checks the files is installed; nothing is imported for that."""
    return all(importlib.util.find_spec(name) is not None for name in ("onnx", "onnxruntime"))


def export_onnx(model: TrainedModel, out: Path) -> float:
    """Write the file ``out``, whole or not at all; returns how far it is from torch at most.

    The graph takes float32 pixels [N, 3, S, S], RGB from 0 to 255, and gives float32 probabilities
    [N, C], which sum to 1. The return value is the largest difference of a probability.

    Raises:
        UserError: ONNX is not installed, it has no way to compute the network, or it computes it
            differently.
        OSError: it cannot be written.
    """
    if not has_onnx():
        raise UserError("error-no-onnx")
    whole = _Whole(model.network, model.info.preprocessing).eval()
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "model.onnx"
        _write(whole, model.info.preprocessing.input_size, written)
        _describe(written, model)
        error = _difference(whole, model.info.preprocessing.input_size, written)
        if not error <= MOST_DIFFERENT:
            raise UserError("error-onnx-differs", difference=f"{error:.2g}")
        with atomic.replacing(out) as temporary:
            shutil.copyfile(written, temporary)
    return error


class _Whole(nn.Module):
    """A network with what comes before and after it."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, preprocessing: Preprocessing) -> None:
        super().__init__()
        self._network = network
        # Not `Preprocessing.normalise`, which takes uint8: few users of ONNX files have that.
        self.register_buffer("mean", 255 * torch.tensor(preprocessing.mean).view(1, 3, 1, 1))
        self.register_buffer("std", 255 * torch.tensor(preprocessing.std).view(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        scores: Tensor = self._network((pixels - self.mean) / self.std)
        return scores.softmax(1)


def _write(whole: nn.Module, size: int, path: Path) -> None:
    photos = {0: "photos"}
    try:
        with torch.inference_mode(), warnings.catch_warnings():
            # That another exporter is newer: it needs the sources of torch, which an installed
            # program does not have. And that shapes become constants: they are the same for all.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                whole,
                (_pixels(2, size),),
                str(path),
                dynamo=False,
                opset_version=OPSET,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_axes={INPUT: photos, OUTPUT: photos},
            )
    except Exception as error:  # whatever a network of any author does while it is traced
        raise UserError("error-onnx-impossible") from error


def _describe(path: Path, model: TrainedModel) -> None:
    """Put classes and preprocessing into the file, and let ONNX look it over."""
    onnx: Any = importlib.import_module("onnx")
    graph = onnx.load(str(path))
    about = {
        "classes": json.dumps(model.info.classes, ensure_ascii=False),
        "preprocessing": json.dumps(asdict(model.info.preprocessing)),
        "backbone": model.info.backbone,
    }
    for key, value in about.items():
        entry = graph.metadata_props.add()
        entry.key, entry.value = key, value
    try:
        onnx.checker.check_model(graph, full_check=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise UserError("error-onnx-impossible") from error
    onnx.save(graph, str(path))


def _difference(whole: nn.Module, size: int, path: Path) -> float:
    """The largest difference of a probability between ONNX Runtime and torch."""
    runtime: Any = importlib.import_module("onnxruntime")
    pixels = _pixels(_PHOTOS, size)
    with torch.inference_mode():
        wanted: Tensor = whole(pixels)
    runtime.disable_telemetry_events()  # its builds for Windows would report to their maker
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = torch.from_numpy(session.run([OUTPUT], {INPUT: pixels.numpy()})[0])
    if found.shape != wanted.shape:
        return float("inf")
    return float((found - wanted).abs().max())


def _pixels(n: int, size: int) -> Tensor:
    """Noise, the same each time, float32 [n, 3, size, size] from 0 to 255."""
    draw = torch.Generator().manual_seed(0)
    return 255 * torch.rand(n, 3, size, size, generator=draw)
