"""How well a network does on the photos that are held back from learning."""

from __future__ import annotations

from dataclasses import dataclass

from sklearn.metrics import f1_score
from torch import Tensor
from torch.nn import functional as f

from finetune_gui.engine.workspace import Photos


@dataclass(frozen=True)
class Validation:
    """How well the network does on the validation photos."""

    loss: float
    accuracy: float
    macro_f1: float


def judge(scores: Tensor, photos: Photos) -> Validation:
    """Loss (natural log, no smoothing), accuracy and macro-F1 of scores [N, C]."""
    labels = photos.labels
    predicted = scores.argmax(1)
    return Validation(
        loss=f.cross_entropy(scores, labels).item(),
        accuracy=(predicted == labels).double().mean().item(),
        macro_f1=float(
            f1_score(labels.numpy(), predicted.numpy(), average="macro", zero_division=0)
        ),
    )
