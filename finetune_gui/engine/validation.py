"""How well a network does on the photos that are held back from learning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor
from torch.nn import functional as f

from finetune_gui.engine.workspace import Photos


@dataclass(frozen=True)
class Score:
    """The loss (natural log, no smoothing) and the share of right answers, in [0, 1]."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Validation(Score):
    """How well the network does on the validation photos."""

    macro_f1: float


def score(scores: Tensor, photos: Photos) -> Score:
    """Loss and accuracy of scores [N, C]."""
    labels = photos.labels
    return Score(
        loss=f.cross_entropy(scores, labels).item(),
        accuracy=(scores.argmax(1) == labels).double().mean().item(),
    )


def judge(scores: Tensor, photos: Photos) -> Validation:
    """Loss, accuracy and macro-F1 of scores [N, C]."""
    # Here and not above: scikit-learn takes two seconds, and the baseline needs nothing of it.
    from sklearn.metrics import f1_score

    found = score(scores, photos)
    truth, predicted = photos.labels.numpy(), scores.argmax(1).numpy()
    # Of a class without photos nothing can be said, as in `evaluation.summarise`.
    present = np.unique(truth)
    f1 = float(f1_score(truth, predicted, labels=present, average="macro", zero_division=0))
    return Validation(found.loss, found.accuracy, f1)
