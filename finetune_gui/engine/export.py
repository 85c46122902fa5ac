"""A trained model as files for other programs."""

from __future__ import annotations

import shutil
from pathlib import Path

from finetune_gui.core import atomic
from finetune_gui.core.errors import UserError
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.model_file import DESCRIPTION, WEIGHTS, load_model

FORMATS = ("safetensors",)


def export(run: RunFolder, kind: str, out: Path) -> Path:
    """Write the best model of ``run`` into the folder ``out``; returns the folder.

    The model is loaded once before it is copied, so a broken one is never handed on.

    Raises:
        RunError: the run has no model yet, or it is broken.
        UserError: the format is not one of `FORMATS`, or ``out`` holds other files.
    """
    if kind not in FORMATS:
        raise UserError("error-export-format", format=kind, available=", ".join(FORMATS))
    load_model(run.path)
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise UserError("error-export-not-empty", path=str(out))
    for name in (WEIGHTS, DESCRIPTION):
        with atomic.replacing(out / name) as temporary:
            shutil.copyfile(run.path / name, temporary)
    return out
