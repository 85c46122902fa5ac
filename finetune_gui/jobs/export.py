"""Hand a trained model to other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from finetune_gui.core.job import JobContext, Lane
from finetune_gui.core.run_folder import RunFolder


def formats_of(backbone: str, *, is_ensemble: bool = False) -> tuple[str, ...]:
    """The formats that a model with this backbone can be written in, the usual one first."""
    if backbone.startswith("keras/") or backbone.endswith(".keras"):
        return ("safetensors",) if is_ensemble else ("safetensors", "keras")
    return ("safetensors", "onnx")


@dataclass(frozen=True)
class Export:
    """Write the best model of a run to ``out``: a folder, or for "keras" and "onnx" a file."""

    run_path: Path
    format: str
    out: Path
    lane: Lane = Lane.COMPUTE
    title: str = "predict-job-export"

    def run(self, ctx: JobContext) -> Path:
        """Where it is; raises `RunError` when there is no model, `UserError` for a bad format."""
        from finetune_gui.engine.export import export

        ctx.check_cancelled()
        return export(RunFolder.open(self.run_path), self.format, self.out)
