"""Batches augmented on the device must be the pictures that Pillow makes one by one."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from finetune_gui.core.augment_presets import AUGMENT_PRESETS
from finetune_gui.core.recipe import AugmentRecipe
from finetune_gui.engine.augmentation import apply, draw
from finetune_gui.engine.device_augmentation import Windows, blur_matrices, matrices
from finetune_gui.engine.preprocessing import Preprocessing
from finetune_gui.engine.resampling import reach, taps
from finetune_gui.engine.windows import Window, cut, numbers_of

Levels = npt.NDArray[np.int64]
CPU = torch.device("cpu")
PREPARED = Preprocessing(56, 0.875, "bicubic", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
SHAPES = {"landscape": (96, 64), "portrait": (64, 90), "square": (64, 64), "panorama": (400, 64)}
CHANGES: dict[str, dict[str, float | bool | str]] = {
    **{name: {"preset": name} for name in AUGMENT_PRESETS},
    "rotation": {"preset": "none", "rotation": 180.0},
    "mirror": {"preset": "none", "horizontal_flip": True},
    "upside down": {"preset": "none", "vertical_flip": True},
    "brightness": {"preset": "none", "brightness": 0.9},
    "contrast": {"preset": "none", "contrast": 0.9},
    "saturation": {"preset": "none", "saturation": 0.9},
    "hue": {"preset": "none", "hue": 0.5},
    "crop": {"preset": "none", "crop_scale": 0.1},
    "blur": {"preset": "none", "blur": 5.0},
    "erasing": {"preset": "none", "erasing": 1.0},
}
# Mean difference in levels of 256. Pillow resamples the columns of a portrait before its rows: then
# one value in six is rounded otherwise. All else differs in a few pixels of a thousand, if at all.
BOUND = 0.5
BOUND_UNLESS_RESAMPLED = 0.02
RESAMPLED = {"light", "medium", "strong", "crop"}


def photo(shape: str, seed: int = 0) -> Image.Image:
    """Coarse colours with a fine grain, which aliases where it is shrunk carelessly."""
    width, height = SHAPES[shape]
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8))
    grain = rng.integers(-30, 31, (height, width, 3))
    levels = np.asarray(coarse.resize((width, height))).astype(np.int64) + grain
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def window(
    picture: Image.Image,
    recipe: AugmentRecipe,
    index: int,
    preprocessing: Preprocessing = PREPARED,
) -> Window:
    drawn = draw(recipe, picture.size, (0, 1, index))
    return cut(np.asarray(picture), drawn, preprocessing)


def on_device(windows: list[Window], preprocessing: Preprocessing = PREPARED) -> Levels:
    views = Windows.of(windows, preprocessing).to(CPU)
    assert views.dtype == torch.uint8
    return views.permute(0, 2, 3, 1).numpy().astype(np.int64)


def by_pillow(
    picture: Image.Image,
    recipe: AugmentRecipe,
    index: int,
    preprocessing: Preprocessing = PREPARED,
) -> Levels:
    drawn = draw(recipe, picture.size, (0, 1, index))
    return np.asarray(apply(picture, drawn, preprocessing)).astype(np.int64)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_that_of_pillow(change: str, shape: str) -> None:
    recipe, picture = AugmentRecipe.model_validate(CHANGES[change]), photo(shape)
    views = on_device([window(picture, recipe, i) for i in range(6)])
    differences = [np.abs(v - by_pillow(picture, recipe, i)).mean() for i, v in enumerate(views)]
    assert max(differences) <= (BOUND if change in RESAMPLED else BOUND_UNLESS_RESAMPLED)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("crop_fraction", [0.5, 0.875, 1.0, 1.15])
def test_shrinking_and_growing_are_those_of_pillow(
    crop_fraction: float, interpolation: str
) -> None:
    preprocessing = Preprocessing(48, crop_fraction, interpolation, (0.5,) * 3, (0.5,) * 3)
    side = preprocessing.working_side
    picture = photo("landscape").resize((side * 3 // 2, side))
    for values in ({"crop_scale": 0.2}, {"crop_scale": 1.0}):
        recipe = AugmentRecipe.model_validate({"preset": "none", **values})
        windows = [window(picture, recipe, i, preprocessing) for i in range(6)]
        views = on_device(windows, preprocessing)
        for i, view in enumerate(views):
            off = np.abs(view - by_pillow(picture, recipe, i, preprocessing))
            assert off.mean() <= BOUND


@pytest.mark.parametrize("shape", SHAPES)
def test_a_marked_corner_lands_where_pillow_puts_it(shape: str) -> None:
    width, height = SHAPES[shape]
    picture = Image.new("RGB", (width, height), (30, 30, 30))
    left, top = (width - 56) // 2 + 4, (height - 56) // 2 + 4
    picture.paste((250, 250, 250), (left, top, left + 9, top + 7))
    values = {"rotation": 20, "crop_scale": 0.8, "horizontal_flip": True, "vertical_flip": True}
    recipe = AugmentRecipe.model_validate({"preset": "none", **values})
    views = on_device([window(picture, recipe, i) for i in range(12)])
    found = 0
    for i, view in enumerate(views):
        here, there = (np.argwhere(v[..., 0] > 140) for v in (view, by_pillow(picture, recipe, i)))
        assert (len(here) == 0) == (len(there) == 0)
        if len(here):
            found += 1
            assert np.abs(here.mean(0) - there.mean(0)).max() < 0.5
    assert found >= 2


@pytest.mark.parametrize("preset", AUGMENT_PRESETS)
def test_a_view_does_not_depend_on_those_beside_it(preset: str) -> None:
    recipe = AugmentRecipe.model_validate({"preset": preset})
    windows = [window(photo(shape, i), recipe, i) for i, shape in enumerate([*SHAPES] * 2)]
    together = on_device(windows)
    alone = np.concatenate([on_device([one]) for one in windows])
    assert np.array_equal(together, alone)
    assert np.array_equal(on_device(windows[::-1])[::-1], together)


def test_more_photos_than_are_computed_at_once() -> None:
    recipe = AugmentRecipe(preset="medium")
    windows = [window(photo("square"), recipe, i) for i in range(70)]
    whole = Windows.of(windows, PREPARED)
    views = whole.to(CPU)
    assert views.shape == (70, 3, 56, 56)
    assert torch.equal(views[60:70], whole[60:70].to(CPU))


def test_the_same_key_gives_the_same_view() -> None:
    recipe, picture = AugmentRecipe(preset="strong"), photo("portrait")
    first, second = (on_device([window(picture, recipe, i) for i in range(4)]) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first[0], first[1])


def test_of_a_panorama_only_what_is_seen_is_copied() -> None:
    for preset in AUGMENT_PRESETS:
        recipe = AugmentRecipe.model_validate({"preset": preset})
        for i in range(10):
            assert window(photo("panorama"), recipe, i).pixels.shape[1] < 130


def test_what_nobody_needs_is_not_computed() -> None:
    names = numbers_of([window(photo("square"), AugmentRecipe(preset="none"), 0)], PREPARED)
    assert {name.split()[0] for name in names} == {"across", "down"}


def test_a_white_photo_stays_white() -> None:
    recipe = AugmentRecipe.model_validate(
        {"preset": "none", "rotation": 180, "crop_scale": 0.1, "blur": 5}
    )
    white = Image.new("RGB", SHAPES["landscape"], "white")
    assert on_device([window(white, recipe, i) for i in range(8)]).min() == 255


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 200),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    out=st.integers(1, 64),
    interpolation=st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos"]),
)
def test_weights_lie_where_they_are_said_to_and_make_one(
    size: int, ends: tuple[float, float], out: int, interpolation: str
) -> None:
    low = min(ends) * (size - 0.5)
    high = max(low + 0.5, max(ends) * size)
    found = taps(np.array([low]), np.array([high]), np.array([size]), out, interpolation)
    first, last = reach(low, high, size, out, interpolation)
    whole = torch.from_numpy(found.first), torch.from_numpy(found.weights)
    everywhere = matrices(*whole, size)[0]
    assert torch.equal(everywhere.sum(1), torch.ones(out))
    assert torch.equal(everywhere[:, first:last].sum(1), torch.ones(out))


# None of which the weights are sixths, as of 1.0: then every sixth value lies between two levels.
@pytest.mark.parametrize("sigma", [0.06, 0.47, 1.13, 2.31, 4.9])
def test_blur_has_the_spread_of_pillows(sigma: float) -> None:
    picture = photo("square").resize((56, 56))
    drawn = draw(AugmentRecipe(preset="none"), picture.size, (0, 1, 0))
    blurred = type(drawn)(**{**vars(drawn), "blur": sigma})
    numbers = numbers_of([cut(np.asarray(picture), blurred, PREPARED)], PREPARED)
    matrix = blur_matrices(numbers["blur"], numbers["blur before"], 56)
    assert torch.equal(matrix.sum(2), torch.ones(1, 56))
    views = on_device([cut(np.asarray(picture), blurred, PREPARED)])
    wanted = np.asarray(picture.filter(ImageFilter.GaussianBlur(sigma))).astype(np.int64)
    assert np.abs(views[0] - wanted).mean() < 0.05


def test_hue_goes_round() -> None:
    """Every colour of a coarse cube, at several turns; Pillow's HSV has 256 levels."""
    levels = np.linspace(0, 255, 14).astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(49, 56, 3)
    picture = Image.fromarray(np.vstack([cube, cube[:7]]))
    drawn = draw(AugmentRecipe(preset="none"), picture.size, (0, 1, 0))
    make = partial(type(drawn), **{k: v for k, v in vars(drawn).items() if k != "hue"})
    draws = [make(hue=hue) for hue in (-0.5, -0.21, 0.001, 0.3, 0.5)]
    views = on_device([cut(np.asarray(picture), one, PREPARED) for one in draws])
    for view, one in zip(views, draws, strict=True):
        off = np.abs(view - np.asarray(apply(picture, one, PREPARED)).astype(np.int64))
        assert off.mean() < 0.05
        assert off.max() <= 6  # a step of Pillow's hue
