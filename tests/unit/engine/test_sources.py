"""Cached features must give the training that the photos themselves would give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import torch

from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.timeline import head_learns_alone
from finetune_gui.dataset.samples import Dataset
from finetune_gui.engine.sources import FeatureSource, PhotoSource, source_for
from finetune_gui.engine.workspace import PathsUnder, Workspace
from tests.helpers.tiny import tiny_recipe
from tests.helpers.workspaces import open_workspace

Open = Callable[..., Workspace]


@pytest.fixture
def workspace(dataset: Dataset, paths: AppPaths, tmp_path: Path, ctx: JobContext) -> Iterator[Open]:
    """Opens a workspace for the tiny photos; keywords change the recipe."""

    def open_(**values: object) -> Workspace:
        recipe = tiny_recipe(**{"model__freeze": "backbone", **values})
        return stack.enter_context(open_workspace(dataset, recipe, tmp_path / "run", paths, ctx))

    with ExitStack() as stack:
        yield open_


def all_scores(source: PhotoSource | FeatureSource, epoch: int) -> torch.Tensor:
    with torch.inference_mode():
        parts = [
            source.scores(inputs).clone()
            for _, inputs in source.inputs(epoch, [[0, 1, 2, 3], [4, 5, 6]])
        ]
    return torch.cat(parts)


@pytest.fixture(params=["pillow", "device"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where photos are augmented; on a GPU it would be the device."""
    found: str = request.param
    monkeypatch.setattr("finetune_gui.engine.workspace.way_on", lambda _device: found)
    return found


def test_features_give_the_scores_of_their_photos(workspace: Open, way: str) -> None:
    space = workspace(augment__preset="medium", train__frozen_views=2)
    assert space.augmenter().way == way
    photos, features = PhotoSource(space), FeatureSource(space)
    for epoch in (1, 2):
        torch.testing.assert_close(
            all_scores(photos, epoch), all_scores(features, epoch), rtol=1e-4, atol=1e-4
        )
    torch.testing.assert_close(
        photos.validation_scores(space.network),
        features.validation_scores(space.network),
        rtol=1e-4,
        atol=1e-4,
    )


def test_views_come_round_again(workspace: Open) -> None:
    source = FeatureSource(workspace(augment__preset="medium", train__frozen_views=2))
    first, second, third = (all_scores(source, epoch) for epoch in (1, 2, 3))
    assert torch.equal(first, third)
    assert not torch.equal(first, second)


def test_without_augmentation_there_is_one_view(workspace: Open) -> None:
    source = FeatureSource(workspace(augment__preset="none", train__frozen_views=5))
    assert torch.equal(all_scores(source, 1), all_scores(source, 2))


def test_a_resumed_epoch_gets_the_same_inputs(workspace: Open) -> None:
    source = FeatureSource(workspace(augment__preset="light"))
    (_, _), (indices, whole) = source.inputs(1, [[0, 1], [2, 3]])
    ((again, part),) = source.inputs(1, [[2, 3]])
    assert again == indices == (2, 3)
    assert torch.equal(whole, part)


def test_dropout_hides_only_while_training(workspace: Open) -> None:
    space = workspace(model__dropout=0.5)
    source = FeatureSource(space)
    _, inputs = next(iter(source.inputs(1, [[0, 1, 2, 3]])))
    assert torch.equal(source.scores(inputs), source.scores(inputs))
    space.network.train()
    assert not torch.equal(source.scores(inputs), source.scores(inputs))


def test_the_source_follows_what_learns(workspace: Open) -> None:
    space = workspace()
    assert isinstance(source_for(space, head_alone=True), FeatureSource)
    assert isinstance(source_for(space, head_alone=False), PhotoSource)


def test_early_epochs_may_see_smaller_photos(workspace: Open, way: str) -> None:
    space = workspace(schedule__first_size=0.5, train__epochs=8)
    assert space.augmenter().way == way
    source = PhotoSource(space)
    for epoch, side in ((1, 32), (8, 64)):
        _, inputs = next(iter(source.inputs(epoch, [[0, 1]])))
        assert inputs.shape == (2, 3, side, side)


def test_networks_of_one_size_keep_it(workspace: Open) -> None:
    space = workspace(schedule__first_size=0.5, train__epochs=8)
    space.recipe = tiny_recipe(
        schedule__first_size=0.5,
        train__epochs=8,
        model__backbone="vit_small_patch16_224.augreg_in21k_ft_in1k",
    )
    _, inputs = next(iter(PhotoSource(space).inputs(1, [[0, 1]])))
    assert inputs.shape[-1] == 64


def test_a_head_that_learns_alone_is_trained_from_features(workspace: Open) -> None:
    alone = workspace(model__freeze="custom")
    assert isinstance(
        source_for(alone, head_alone=head_learns_alone(alone.recipe, 1)), FeatureSource
    )


def test_a_stage_that_learns_sees_the_photos(workspace: Open) -> None:
    beside = workspace(model__freeze="custom", model__learning_stages="blocks.6")
    assert isinstance(
        source_for(beside, head_alone=head_learns_alone(beside.recipe, 1)), PhotoSource
    )


def test_paths_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    paths = PathsUnder(tmp_path, ("a/1.jpg", "a/2.jpg", "b/3.jpg"))
    assert list(paths) == [tmp_path / "a" / "1.jpg", tmp_path / "a" / "2.jpg", tmp_path / "b/3.jpg"]
    assert (len(paths), paths[-1]) == (3, tmp_path / "b" / "3.jpg")
    assert list(paths[1:]) == [tmp_path / "a" / "2.jpg", tmp_path / "b" / "3.jpg"]
