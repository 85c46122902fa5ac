from __future__ import annotations

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.engine import head
from finetune_gui.engine.head import Labelled, class_weights, fit_linear_head


def blobs(n: int, seed: int, spread: float = 1.0) -> Labelled:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 3
    centres = torch.tensor([[3.0, 0, 0, 1], [0, 3.0, 0, 1], [0, 0, 3.0, 1]])
    noise = torch.randn(n, 4, generator=generator) * spread
    return Labelled(centres[labels] + noise, labels)


def test_separates_what_can_be_separated(ctx: JobContext) -> None:
    found = fit_linear_head(blobs(60, 0), blobs(30, 1), 3, None, ctx)
    test = blobs(300, 2)
    assert (found(test.features).argmax(1) == test.labels).float().mean() > 0.95


def test_agrees_with_scikit_learn(ctx: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "_PENALTIES", (0.1,))
    train, test = blobs(90, 0, 2.0), blobs(50, 1, 2.0)
    found = fit_linear_head(train, test, 3, None, ctx)
    mean = train.features.mean(0)
    scale = train.features.std(0, correction=0).mean()
    scaled = ((train.features - mean) / scale).numpy()
    reference = LogisticRegression(C=1 / (0.1 * len(scaled)), tol=1e-8, max_iter=1000)
    reference.fit(scaled, train.labels.numpy())
    expected = reference.predict_proba(((test.features - mean) / scale).numpy())
    mine = torch.softmax(found(test.features), 1)
    assert torch.allclose(mine.double(), torch.from_numpy(expected).double(), atol=2e-3)


def test_same_input_same_bits(ctx: JobContext) -> None:
    first, second = (fit_linear_head(blobs(60, 0), blobs(30, 1), 3, None, ctx) for _ in range(2))
    assert torch.equal(first.weight, second.weight)
    assert torch.equal(first.bias, second.bias)


def test_constant_feature_does_no_harm(ctx: JobContext) -> None:
    train, validation = blobs(60, 0), blobs(30, 1)
    train.features[:, 3] = 1
    validation.features[:, 3] = 1
    found = fit_linear_head(train, validation, 3, None, ctx)
    assert torch.isfinite(found.weight).all()


def test_weights_balance_the_classes() -> None:
    labels = torch.tensor([0] * 8 + [1] * 2)
    weights = class_weights(labels, 2)
    assert weights.tolist() == pytest.approx([10 / 16, 10 / 4])


def test_cancel_is_heeded(ctx: JobContext) -> None:
    ctx.control.cancel()
    with pytest.raises(Cancelled):
        fit_linear_head(blobs(60, 0), blobs(30, 1), 3, None, ctx)
