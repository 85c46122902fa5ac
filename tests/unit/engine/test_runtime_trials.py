from __future__ import annotations

import pytest
import torch
from torch import nn

from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.engine import runtime_trials
from finetune_gui.engine.runtime_trials import OpenVinoTrial, agrees, pictures, try_openvino

PHOTOS = pictures(8, 16)


def network() -> nn.Module:
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(8, 5)).eval()


def exact() -> torch.Tensor:
    with torch.inference_mode():
        scores: torch.Tensor = network()(PHOTOS)
    return scores.clone()


def test_pictures_are_the_same_each_time_and_like_normalised_photos() -> None:
    assert torch.equal(pictures(8, 16), PHOTOS)
    large = pictures(4, 64)
    assert large.std().item() == pytest.approx(1, abs=0.3)
    assert not torch.equal(large[0], large[1])


def test_rounding_agrees() -> None:
    assert agrees(exact() * (1 + 1e-5), network(), PHOTOS)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        coarse = network()(PHOTOS).float()
    assert agrees(coarse, network(), PHOTOS)


def test_more_than_rounding_does_not_agree() -> None:
    off = exact()
    off[3] *= 1.1
    assert not agrees(off, network(), PHOTOS)


def test_another_class_does_not_agree() -> None:
    """Even where both scores are nearly the same."""
    made = network()
    head = made[-1]
    assert isinstance(head, nn.Linear)
    with torch.no_grad():  # far apart from the others, but close to each other
        head.weight.zero_()
        head.bias.copy_(torch.tensor([0.0, 1000.0, 1000.5, 0.0, 0.0]))
    scores = torch.tensor([[0.0, 1000.5, 1000.0, 0.0, 0.0]]).repeat(8, 1)
    assert not agrees(scores, made, PHOTOS) or head.bias[1:3].bfloat16().unique().numel() == 1


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf")])
def test_no_number_does_not_agree(nonsense: float) -> None:
    off = exact()
    off[0, 0] = nonsense
    assert not agrees(off, network(), PHOTOS)


@pytest.mark.parametrize(
    ("speed", "seconds", "photos"),
    [(200.0, 2.0, 400), (200.0, 0.0, 1), (100.0, 2.0, 0), (50.0, 2.0, 0)],
)
def test_from_how_many_photos_it_pays(speed: float, seconds: float, photos: int) -> None:
    """Against torch with 100 photos a second."""
    assert OpenVinoTrial("float32", speed, seconds).pays_from(100.0) == photos


def test_a_trial_measures(ctx: JobContext) -> None:
    found = try_openvino(network(), 16, ["float32"], 1, ctx)
    assert found is not None
    assert found.precision == "float32"
    assert found.speed > 0
    assert found.seconds > 0


def test_what_this_cpu_has_not_is_not_tried(
    ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_trials, "precisions", lambda: ("float32",))
    assert try_openvino(network(), 16, ["bfloat16"], 1, ctx) is None
    found = try_openvino(network(), 16, ["float32", "bfloat16"], 1, ctx)
    assert found is not None
    assert found.precision == "float32"


def test_what_does_not_agree_is_not_taken(ctx: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_trials, "agrees", lambda *_: False)
    assert try_openvino(network(), 16, ["float32"], 1, ctx) is None


def test_what_cannot_be_converted_is_not_taken(ctx: JobContext) -> None:
    class Odd(nn.Module):
        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            return torch.linalg.eigvals(inputs.mean(1)).real

    assert try_openvino(Odd().eval(), 16, ["float32"], 1, ctx) is None


def test_cancel(ctx: JobContext) -> None:
    ctx.control.cancel()
    with pytest.raises(Cancelled):
        try_openvino(network(), 16, ["float32"], 1, ctx)
