from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from finetune_gui.engine.preprocessing import Preprocessing, to_batch

PREPARED = Preprocessing(56, 0.875, "bicubic", (0.5, 0.4, 0.3), (0.2, 0.3, 0.4))


@pytest.mark.parametrize("size", [(200, 100), (100, 200), (64, 64), (20, 10), (1, 40)])
def test_shorter_side_is_the_working_side(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "p.png"
    Image.new("RGB", size, "red").save(path)
    photo = PREPARED.load(path)
    assert min(photo.size) == PREPARED.working_side == 64
    assert PREPARED.centre_view(photo).size == (56, 56)


def test_normalise_is_the_formula() -> None:
    batch = torch.randint(0, 256, (2, 3, 5, 4), dtype=torch.uint8)
    result = PREPARED.normalise(batch)
    for channel in range(3):
        expected = (batch[:, channel] / 255 - PREPARED.mean[channel]) / PREPARED.std[channel]
        assert torch.allclose(result[:, channel], expected)


def test_batch_is_channels_last_and_keeps_colours() -> None:
    batch = to_batch([Image.new("RGB", (6, 4), (10, 20, 30))] * 2)
    assert batch.shape == (2, 3, 4, 6)
    assert batch.is_contiguous(memory_format=torch.channels_last)
    assert batch[0, :, 0, 0].tolist() == [10, 20, 30]
