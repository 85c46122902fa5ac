"""Features of frozen backbones, kept on disk so that the trials of a search compute them once.

A trial begins with a pass of all photos through its frozen backbone, and one that trains the head
alone makes a few more for augmented views. Trials with the same backbone, input size and way of
computing would get the same numbers. Rows are kept for each photo, so trainings that divide the
photos otherwise share them as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest
from finetune_gui.engine.preflight import Setup
from finetune_gui.engine.tensors_file import write_tensors

_logger = logging.getLogger(__name__)
_MOST_BYTES = 2_000_000_000


class FeatureStore:
    """Features by what they depend on (``of``) and by photo, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, of: str, photos: Sequence[str]) -> Tensor | None:
        """The features [N, F] of these photos, float32; None unless all are there."""
        if not photos:
            return None
        rows: dict[str, Tensor] = {}
        for path in sorted(self._group(of).glob("*.safetensors")):
            rows |= _read(path)
            if all(photo in rows for photo in photos):
                return torch.stack([rows[photo] for photo in photos])
        return None

    def keep(self, of: str, photos: Sequence[str], features: Tensor) -> None:
        """Keep the features [N, F] of these photos; a full disk only means that they are not."""
        if features.ndim != 2 or self._bytes() + features.nbytes > _MOST_BYTES:
            return
        group = self._group(of)
        name = hashlib.sha256("\n".join(photos).encode("utf-8", "surrogatepass")).hexdigest()[:24]
        header = {"photos": json.dumps(list(photos))}
        try:
            group.mkdir(parents=True, exist_ok=True)
            path = group / f"{name}.safetensors"
            write_tensors(path, {"features": features.contiguous()}, header)
        except OSError as error:
            _logger.info("features were not kept: %s", error)

    def _group(self, of: str) -> Path:
        return self._folder / hashlib.sha256(of.encode()).hexdigest()[:24]

    def _bytes(self) -> int:
        total = 0
        for path in self._folder.glob("*/*.safetensors"):
            with contextlib.suppress(OSError):  # taken away by another process meanwhile
                total += path.stat().st_size
        return total


def _read(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            names: list[str] = json.loads(file.metadata()["photos"])
            features: Tensor = file.get_tensor("features")
    except (SafetensorError, OSError, KeyError, ValueError, TypeError):
        return {}
    return dict(zip(names, features, strict=False))


def network_key(recipe: Recipe, manifest: Manifest, input_size: int, setup: Setup) -> str:
    """All that the features of a frozen backbone depend on but the photos."""
    model, started = recipe.model, manifest.started_from
    seed = 0 if model.pretrained or model.weights else recipe.seed
    found = [
        *(model.backbone, str(model.pretrained), model.weights, started.get("sha256", "")),
        *(model.pooling, model.head, str(seed), str(input_size), manifest.device),
        *(setup.inference, str(setup.channels_last), str(setup.threads), setup.runtime),
        *(setup.openvino_precision, str(setup.openvino_threads), str(setup.openvino_from)),
    ]
    return " | ".join(found)
