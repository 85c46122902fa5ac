"""The baseline: a linear head on the features of the frozen backbone, the first model of a run."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.events import BaselineFinished, StageStarted
from finetune_gui.dataset.index import Split
from finetune_gui.engine import network
from finetune_gui.engine.checkpoint import TrainState
from finetune_gui.engine.head import Labelled, LinearHead, class_weights, fit_linear_head
from finetune_gui.engine.loading import Unreadable
from finetune_gui.engine.model_file import ModelInfo, save_model
from finetune_gui.engine.shared_features import GONE, Computing, features_of
from finetune_gui.engine.validation import score
from finetune_gui.engine.workspace import Photos, Workspace


def fit_baseline(space: Workspace, kept_head: LinearHead | None, begun: float) -> TrainState:
    """Fit the linear head, put it into the network, and keep this as the first model.

    ``kept_head`` is that of the model this run is based on, where it tells the same classes apart.
    ``begun`` is when the run began, by the monotonic clock.

    Raises:
        Cancelled: the user asked it to stop.
        DatasetError: too few photos can be read.
        PhotoError: a photo that was there when the run began is gone or changed.
    """
    space.recorder.emit(StageStarted("baseline"))
    compute = cache(space.features)
    train, validation = _features(space, "train", compute), _features(space, "validation", compute)
    n_classes = len(space.manifest.classes)
    weights = class_weights(train.labels, n_classes) if space.recipe.train.balance_classes else None
    head = fit_linear_head(train, validation, n_classes, weights, space.ctx)
    head = _better_head(space, kept_head, head, validation)
    layer = network.head_of(space.network)
    with torch.no_grad():
        layer.weight.copy_(head.weight)
        layer.bias.copy_(head.bias)
    on_train = score(head(train.features), _labels_only(train.labels))
    on_validation = score(head(validation.features), _labels_only(validation.labels))
    info = ModelInfo(
        backbone=space.recipe.model.backbone,
        input_size=space.recipe.model.input_size,
        classes=space.manifest.classes,
        preprocessing=space.preprocessing,
        stage="baseline",
        epoch=0,
        val_accuracy=on_validation.accuracy,
        val_loss=on_validation.loss,
        head=space.recipe.model.head,
        pooling=space.recipe.model.pooling,
        architecture=space.architecture,
    )
    save_model(space.run.path, space.network, info)
    space.recorder.emit(
        BaselineFinished(
            train_loss=on_train.loss,
            train_accuracy=on_train.accuracy,
            val_loss=on_validation.loss,
            val_accuracy=on_validation.accuracy,
            seconds=time.monotonic() - begun,
        )
    )
    return TrainState(
        best_val_accuracy=on_validation.accuracy,
        best_val_loss=on_validation.loss,
        baseline_val_accuracy=on_validation.accuracy,
    )


def _better_head(
    space: Workspace, kept_head: LinearHead | None, fitted: LinearHead, validation: Labelled
) -> LinearHead:
    """The fitted head, or that of the model this run is based on where it does better."""
    if kept_head is None:
        return fitted
    device = validation.features.device
    kept = LinearHead(kept_head.weight.to(device), kept_head.bias.to(device))
    labels = _labels_only(validation.labels)
    old, new = (score(h(validation.features), labels) for h in (kept, fitted))
    if (old.accuracy, -old.loss) <= (new.accuracy, -new.loss):
        return fitted
    space.recorder.log("train-log-based-on-head", accuracy=percent(old.accuracy))
    return kept


def _features(space: Workspace, split: Split, compute: Computing) -> Labelled:
    """Frozen features of a split; photos that cannot be read are skipped and named."""
    photos = space.photos(split)
    unreadable: list[Unreadable] = []
    done, values = features_of(
        space,
        photos,
        compute,
        on_unreadable=unreadable.append,
        progress=f"train-progress-features-{split}",
    )
    if unreadable:
        _stop_if_gone(space, unreadable)
        _skip(space, photos, unreadable)
    labels = photos.labels[done]
    if not done or (split == "train" and len(set(labels.tolist())) < len(space.manifest.classes)):
        raise DatasetError("error-too-few-photos", path=space.manifest.dataset)
    return Labelled(values, labels)


def _stop_if_gone(space: Workspace, unreadable: list[Unreadable]) -> None:
    """A photo that was there when the run began may come back: it is not left out for good."""
    there = _is_there(Path(space.manifest.dataset))
    for found in unreadable:
        if not there or found.error.key in GONE:
            raise found.error


def _skip(space: Workspace, photos: Photos, unreadable: list[Unreadable]) -> None:
    reasons: dict[str, str] = {}
    for found in unreadable:
        entry = space.manifest.samples[photos.keys[found.index]]
        reasons[entry.path] = found.error.key
        space.recorder.log("train-log-skipped", level="caution", path=entry.path)
    space.skip(reasons)


def _labels_only(labels: Tensor) -> Photos:
    return Photos((), labels, (), ())


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # its drive does not answer
        return False


def percent(fraction: float) -> str:
    """As in ``92.6 %``, for the log."""
    return f"{100 * fraction:.1f} %"
