"""A trained model as files for other programs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.keras_export import export_keras
from finetune_gui.engine.model_file import DESCRIPTION, WEIGHTS, TrainedModel, load_model
from finetune_gui.engine.onnx_export import export_onnx

# Those that are one file.
_WRITERS: dict[str, Callable[[TrainedModel, Path], object]] = {
    "keras": export_keras,
    "onnx": export_onnx,
}
FORMATS = ("safetensors", "onnx", "keras")
DOCUMENTS = ("script", "notebook")  # about a run, written by jobs of their own


def export(run: RunFolder, kind: str, out: Path) -> Path:
    """Write the best model of ``run``; returns where it is.

    That is a folder ``out``, or for "keras" and "onnx" a file, with the description as ``.json``
    beside it.
    The model is loaded once before it is copied, so a broken one is never handed on.

    Raises:
        RunError: the run has no model yet, or it is broken.
        UserError: the format is not one of `FORMATS` or not for this network, or ``out`` holds
            other files.
    """
    if kind not in FORMATS:
        raise UserError(
            "error-export-format", format=kind, available=", ".join((*FORMATS, *DOCUMENTS))
        )
    model = load_model(run.path)
    if kind in _WRITERS:
        _WRITERS[kind](model, out)
        _copy(run.path / DESCRIPTION, out.with_suffix(".json"))
        return out
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise UserError("error-export-not-empty", path=str(out))
    for name in (WEIGHTS, DESCRIPTION):
        _copy(run.path / name, out / name)
    return out


def _copy(source: Path, target: Path) -> None:
    with atomic.replacing(target) as temporary:
        shutil.copyfile(source, temporary)
