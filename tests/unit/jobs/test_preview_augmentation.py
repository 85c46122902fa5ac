"""The preview shows the pictures that training sees, wherever that makes them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.dataset.index import open_dataset
from finetune_gui.engine import views
from finetune_gui.engine.sources import PhotoSource
from finetune_gui.jobs.preview_augmentation import PreviewAugmentation
from tests.helpers.tiny import make_coloured_photos, tiny_recipe
from tests.helpers.workspaces import open_workspace

EPOCHS = 3


def preview(photo: Path, recipe: Recipe, index: int) -> list[bytes]:
    job = PreviewAugmentation(photo, recipe, index, EPOCHS)
    return [version.rgb for version in job.run(JobContext(lambda _event: None)).versions]


@pytest.mark.parametrize(("device", "way"), [("cpu", "pillow"), ("cuda", "device")])
def test_versions_are_what_training_sees_on_that_device(
    device: str, way: str, tmp_path: Path, paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = JobContext(lambda _event: None)
    dataset = open_dataset(make_coloured_photos(tmp_path / "photos"), paths, ctx)
    recipe = tiny_recipe(augment__preset="strong", seed=4)
    # The device itself need not be here: what it computes is computed the same way on the CPU.
    monkeypatch.setattr("finetune_gui.engine.workspace.way_on", lambda _device: way)
    with open_workspace(dataset, recipe, tmp_path / "run", paths, ctx) as space:
        source, train = PhotoSource(space), space.photos("train")
        shown = preview(
            train.paths[1], with_values(recipe, {"train.device": device}), train.keys[1]
        )
        mean, std = (
            torch.tensor(values).view(3, 1, 1)
            for values in (space.preprocessing.mean, space.preprocessing.std)
        )
        for epoch, version in enumerate(shown, start=1):
            ((_, inputs),) = source.inputs(epoch, [[1]])
            levels = ((inputs[0] * std + mean) * 255).round().to(torch.uint8)
            picture = Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())
            assert picture.tobytes() == version


def test_the_device_decides_the_way() -> None:
    assert views.way_on(torch.device("cpu")) == views.way_for("cpu") == "pillow"
    assert [views.way_for(name) for name in ("cuda", "mps")] == ["device", "device"]
    assert views.way_for("auto") in {"pillow", "device"}
    assert views.way_among({"augmentation": "device"}) == "device"
    assert views.way_among({}) == views.way_among({"augmentation": "?"}) == "pillow"
