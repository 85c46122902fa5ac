"""The jobs behind the structure: described networks and photos seen from inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from finetune_gui.core.errors import PhotoError
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.jobs.describe_structure import DescribeStructure
from finetune_gui.jobs.feature_maps import FeatureMaps
from tests.helpers.tiny import make_coloured_photos

RESNET = "resnet18.a1_in1k"


@pytest.fixture
def ctx() -> JobContext:
    return JobContext(lambda _event: None)


def recipe(**values: object) -> Recipe:
    wanted = {"model.backbone": RESNET, "model.input_size": 64}
    return with_values(Recipe(), wanted | {k.replace("__", "."): v for k, v in values.items()})


def test_it_says_what_learns_and_what_that_takes(paths: AppPaths, ctx: JobContext) -> None:
    whole = DescribeStructure(recipe(), 3, paths).run(ctx)
    own = DescribeStructure(recipe(model__learning_stages="layer4"), 3, paths).run(ctx)
    assert whole.presets["none"] == ("conv1", "layer1", "layer2", "layer3", "layer4")
    assert whole.presets["all_but_last_two_stages"] == ("layer3", "layer4")
    assert whole.presets["backbone"] == ()
    assert own.structure.learning_stages == ("layer4",)
    assert own.structure.learning < whole.structure.learning == whole.structure.parameters
    assert own.memory < whole.memory
    assert own.problem is None


def test_a_wrong_stage_is_told_beside_the_structure(paths: AppPaths, ctx: JobContext) -> None:
    found = DescribeStructure(recipe(model__learning_stages="blocks.3"), 3, paths).run(ctx)
    assert found.problem is not None
    assert "blocks.3" in found.problem.sentence
    assert found.structure.learning_stages == ()


def test_cancelled_before_it_begins(paths: AppPaths) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        DescribeStructure(recipe(), 3, paths).run(JobContext(lambda _event: None, control))


def test_a_photo_from_inside(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    photo = sorted(make_coloured_photos(tmp_path / "photos", 1).rglob("*.png"))[0]
    included = with_values(Recipe(), {"model.input_size": 64})
    found = FeatureMaps(photo, included, paths, 4).run(ctx)
    assert (found.photo.width, found.photo.height) == (64, 64)
    assert found.pretrained
    assert found.maps["blocks.2"].shape == (4, 8, 8)
    again = FeatureMaps(photo, included, paths, 4).run(ctx)
    assert all(np.array_equal(found.maps[name], again.maps[name]) for name in found.maps)
    assert not FeatureMaps(photo, recipe(), paths, 4).run(ctx).pretrained
    with pytest.raises(PhotoError):
        FeatureMaps(tmp_path / "none.png", included, paths).run(ctx)
