from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.recipe import AugmentRecipe
from finetune_gui.engine.augmentation import apply, augment, draw, drawn_epoch
from finetune_gui.engine.preprocessing import Preprocessing
from tests.helpers.tiny import tiny_recipe

PREPARED = Preprocessing(56, 0.875, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
NONE = AugmentRecipe(preset="none")
KNOBS = {
    "rotation": 30.0,
    "horizontal_flip": True,
    "vertical_flip": True,
    "brightness": 0.5,
    "contrast": 0.5,
    "saturation": 0.5,
    "hue": 0.3,
    "crop_scale": 0.3,
    "blur": 2.0,
    "erasing": 1.0,
}


@pytest.fixture
def photo() -> Image.Image:
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (8, 10, 3), dtype=np.uint8))
    return coarse.resize((80, 64))


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture)


def test_none_shows_what_validation_sees(photo: Image.Image) -> None:
    view = augment(photo, NONE, PREPARED, (0, 1, 0))
    assert np.array_equal(pixels(view), pixels(PREPARED.centre_view(photo)))


@pytest.mark.parametrize("preset", sorted(AUGMENT_PRESETS))
def test_same_key_same_picture(photo: Image.Image, preset: str) -> None:
    recipe = AugmentRecipe.model_validate({"preset": preset})
    first, second = (augment(photo, recipe, PREPARED, (3, 2, 7)) for _ in range(2))
    assert first.size == (56, 56)
    assert np.array_equal(pixels(first), pixels(second))


@pytest.mark.parametrize("key", [(1, 1, 0), (0, 2, 0), (0, 1, 1)])
def test_another_seed_epoch_or_photo_draws_anew(
    photo: Image.Image, key: tuple[int, int, int]
) -> None:
    recipe = AugmentRecipe(preset="medium")
    assert draw(recipe, photo.size, key) != draw(recipe, photo.size, (0, 1, 0))


@pytest.mark.parametrize("knob", sorted(KNOBS))
def test_every_knob_changes_pictures(photo: Image.Image, knob: str) -> None:
    recipe = AugmentRecipe.model_validate({"preset": "none", knob: KNOBS[knob]})
    plain = pixels(augment(photo, NONE, PREPARED, (0, 1, 0)))
    views = [pixels(augment(photo, recipe, PREPARED, (0, 1, i))) for i in range(8)]
    assert any(not np.array_equal(view, plain) for view in views)


@pytest.mark.parametrize("knob", sorted(KNOBS))
def test_moving_one_knob_leaves_the_draws_of_the_others(knob: str) -> None:
    every = AugmentRecipe.model_validate({"preset": "custom", **KNOBS})
    rest = every.model_copy(update={knob: getattr(NONE, knob)})
    size = (80, 64)
    with_knob, without = draw(every, size, (0, 1, 0)), draw(rest, size, (0, 1, 0))
    changed = {k for k, v in vars(with_knob).items() if v != vars(without)[k]}
    assert len(changed) <= 1


def test_views_of_a_frozen_backbone_come_round_again() -> None:
    recipe = tiny_recipe(model__freeze="backbone", train__frozen_views=3)
    assert [drawn_epoch(recipe, epoch) for epoch in range(1, 8)] == [1, 2, 3, 1, 2, 3, 1]
    learning = tiny_recipe(train__frozen_views=3)
    assert [drawn_epoch(learning, epoch) for epoch in range(1, 5)] == [1, 2, 3, 4]
    plain = tiny_recipe(model__freeze="backbone", augment__preset="none")
    assert {drawn_epoch(plain, epoch) for epoch in range(1, 5)} == {1}


def test_draws_stay_in_their_range() -> None:
    recipe = AugmentRecipe(preset="strong")
    for i in range(200):
        drawn = draw(recipe, (300, 200), (0, 1, i))
        assert abs(drawn.angle) <= recipe.rotation
        assert abs(drawn.brightness - 1) <= recipe.brightness
        assert abs(drawn.hue) <= recipe.hue
        assert 0 <= drawn.blur <= recipe.blur
        assert drawn.crop is not None
        left, top, width, height = drawn.crop
        assert left >= 0
        assert top >= 0
        assert left + width <= 1 + 1e-9
        assert top + height <= 1 + 1e-9
        area = width * 300 * height * 200 / 200**2
        assert recipe.crop_scale * 0.9 <= area <= 1 + 1e-9


def test_mirror_is_a_mirror(photo: Image.Image) -> None:
    recipe = AugmentRecipe.model_validate({"preset": "none", "horizontal_flip": True})
    plain = pixels(augment(photo, NONE, PREPARED, (0, 1, 0)))
    views = [pixels(augment(photo, recipe, PREPARED, (0, 1, i))) for i in range(16)]
    mirrored = [np.array_equal(view, plain[:, ::-1]) for view in views]
    assert any(mirrored)
    assert not all(mirrored)


def test_rotation_leaves_no_black_corners() -> None:
    white = Image.new("RGB", (80, 64), "white")
    recipe = AugmentRecipe.model_validate({"preset": "none", "rotation": 45.0})
    for i in range(5):
        assert pixels(augment(white, recipe, PREPARED, (0, 1, i))).min() == 255


def test_erasing_greys_out_a_part_only(photo: Image.Image) -> None:
    recipe = AugmentRecipe.model_validate({"preset": "none", "erasing": 1.0})
    drawn = draw(recipe, photo.size, (0, 1, 0))
    changed = pixels(apply(photo, drawn, PREPARED)) != pixels(PREPARED.centre_view(photo))
    share = changed.any(axis=2).mean()
    assert 0.01 < share < 0.3
