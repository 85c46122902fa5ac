"""Random changes to a training photo: the code behind both the training and its preview.

What is drawn is a function of (seed, epoch, index) alone, so the same run sees the same pictures
whatever the number of workers, and the preview shows exactly what training will see.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps
from torchvision.transforms.v2 import functional

from finetune_gui.core.recipe import AugmentRecipe, Recipe
from finetune_gui.core.timeline import head_learns_alone
from finetune_gui.engine.preprocessing import Preprocessing

tv: Any = functional  # its type hints do not know that it takes Pillow pictures too

Units = npt.NDArray[np.float64]  # uniform draws in [0, 1)

_CROP_ASPECT = (3 / 4, 4 / 3)  # the aspect ratios of Inception's random crop (Szegedy 2015)
_ERASE_AREA = (0.02, 0.2)  # share of the picture; Zhong et al. 2017 use up to 0.4
ERASED = 124  # the grey level of what is erased: the mean of ImageNet's photos is about that


@dataclass(frozen=True)
class Draw:
    """One set of random values.

    Factors are relative (1 = unchanged), ``angle`` is in degrees, ``hue`` in turns [-0.5, 0.5],
    ``blur`` a standard deviation in pixels. ``crop`` and ``erase`` are (left, top, width, height)
    as fractions of the picture; None: not done.
    """

    angle: float
    crop: tuple[float, float, float, float] | None
    mirror: bool
    upside_down: bool
    brightness: float
    contrast: float
    saturation: float
    hue: float
    blur: float
    erase: tuple[float, float, float, float] | None


def augment(
    photo: Image.Image,
    recipe: AugmentRecipe,
    preprocessing: Preprocessing,
    key: tuple[int, int, int],
) -> Image.Image:
    """One augmented version of ``photo`` at the network's input size.

    ``photo`` comes from `Preprocessing.load`; ``key`` is (seed, epoch, index of the sample).
    """
    drawn = draw(recipe, photo.size, key)
    return apply(photo, drawn, preprocessing)


def drawn_epoch(recipe: Recipe, epoch: int) -> int:
    """The epoch whose draws ``epoch`` sees: another one where a few views come round again.

    They do where the head learns alone, since each view costs a pass through the backbone.
    """
    if not head_learns_alone(recipe, epoch):
        return epoch
    views = recipe.train.frozen_views if recipe.augment.changes_anything else 1
    return (epoch - 1) % views + 1


def draw(recipe: AugmentRecipe, size: tuple[int, int], key: tuple[int, int, int]) -> Draw:
    """The random values for one photo of ``size`` (width, height) pixels.

    Every value is drawn whether it is used or not, so that moving one slider leaves the others'
    draws alone.
    """
    rng = np.random.default_rng(key)
    units = rng.random(14)
    signed = units * 2 - 1
    return Draw(
        angle=float(recipe.rotation * signed[0]),
        crop=_crop_box(recipe.crop_scale, size, units[1:5]),
        mirror=recipe.horizontal_flip and bool(units[5] < 0.5),
        upside_down=recipe.vertical_flip and bool(units[6] < 0.5),
        brightness=float(1 + recipe.brightness * signed[7]),
        contrast=float(1 + recipe.contrast * signed[8]),
        saturation=float(1 + recipe.saturation * signed[9]),
        hue=float(recipe.hue * signed[10]),
        blur=float(recipe.blur * units[11]),
        erase=_erase_box(rng.random(4)) if units[12] < recipe.erasing else None,
    )


def apply(photo: Image.Image, drawn: Draw, preprocessing: Preprocessing) -> Image.Image:
    """Make the changes of one draw; the result is RGB at the network's input size."""
    picture = _rotate(photo, drawn.angle) if is_turned(drawn) else photo
    box = crop_in(picture.size, drawn, preprocessing)
    if drawn.crop is None:
        picture = preprocessing.centre_view(picture)
    else:
        picture = preprocessing.resize_crop(picture, box)
    if drawn.mirror:
        picture = ImageOps.mirror(picture)
    if drawn.upside_down:
        picture = ImageOps.flip(picture)
    picture = _recolour(picture, drawn)
    if is_blurred(drawn):
        picture = picture.filter(ImageFilter.GaussianBlur(drawn.blur))
    return picture if drawn.erase is None else _erase(picture, drawn.erase)


def crop_in(
    size: tuple[int, int], drawn: Draw, preprocessing: Preprocessing
) -> tuple[float, float, float, float]:
    """What is shown of a photo of ``size``: left, top, right, bottom in pixels."""
    width, height = size
    if drawn.crop is None:
        return preprocessing.centre_box(size)
    left, top, share_x, share_y = drawn.crop
    return left * width, top * height, (left + share_x) * width, (top + share_y) * height


def is_turned(drawn: Draw) -> bool:
    """Whether the angle is worth the work."""
    return abs(drawn.angle) >= 0.1


def is_blurred(drawn: Draw) -> bool:
    """Whether the blur is worth the work."""
    return drawn.blur > 0.05


def _rotate(photo: Image.Image, angle: float) -> Image.Image:
    """Rotate around the centre; the corners show the mirrored surroundings, never black."""
    radians = math.radians(abs(angle) % 180)
    sine, cosine = math.sin(radians), abs(math.cos(radians))
    margin_x = math.ceil(max(0.0, photo.width * cosine + photo.height * sine - photo.width) / 2)
    margin_y = math.ceil(max(0.0, photo.width * sine + photo.height * cosine - photo.height) / 2)
    pixels = np.asarray(photo)
    padding = ((margin_y, margin_y), (margin_x, margin_x), (0, 0))
    padded = Image.fromarray(np.pad(pixels, padding, mode="symmetric"))
    turned = padded.rotate(angle, Image.Resampling.BILINEAR)
    return turned.crop((margin_x, margin_y, margin_x + photo.width, margin_y + photo.height))


def _crop_box(
    smallest: float, size: tuple[int, int], units: Units
) -> tuple[float, float, float, float] | None:
    """A random part of the picture, its area in [smallest, 1] of the shorter side's square.

    None where no crop is asked for: then training sees the same centre as validation.
    """
    if smallest >= 1:
        return None
    area = min(size) ** 2 * (smallest + (1 - smallest) * float(units[0]))
    low, high = (math.log(a) for a in _CROP_ASPECT)
    aspect = math.exp(low + (high - low) * float(units[1]))
    width = min(1.0, math.sqrt(area * aspect) / size[0])
    height = min(1.0, math.sqrt(area / aspect) / size[1])
    return (1 - width) * float(units[2]), (1 - height) * float(units[3]), width, height


def _erase_box(units: Units) -> tuple[float, float, float, float]:
    area = _ERASE_AREA[0] + (_ERASE_AREA[1] - _ERASE_AREA[0]) * float(units[0])
    aspect = math.exp(math.log(3) * (float(units[1]) * 2 - 1))
    width, height = math.sqrt(area * aspect), math.sqrt(area / aspect)
    width, height = min(width, 0.9), min(height, 0.9)
    return float(units[2]) * (1 - width), float(units[3]) * (1 - height), width, height


def _recolour(picture: Image.Image, drawn: Draw) -> Image.Image:
    if drawn.brightness != 1:
        picture = tv.adjust_brightness(picture, drawn.brightness)
    if drawn.contrast != 1:
        picture = tv.adjust_contrast(picture, drawn.contrast)
    if drawn.saturation != 1:
        picture = tv.adjust_saturation(picture, drawn.saturation)
    if drawn.hue != 0:
        picture = tv.adjust_hue(picture, drawn.hue)
    return picture


def erased_in(
    size: tuple[int, int], box: tuple[float, float, float, float]
) -> tuple[int, int, int, int]:
    """`Draw.erase` in a picture of ``size``: left, top, right, bottom in whole pixels."""
    left, top, width, height = box
    return (
        round(left * size[0]),
        round(top * size[1]),
        round((left + width) * size[0]),
        round((top + height) * size[1]),
    )


def _erase(picture: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    """Grey out a rectangle: the network must not lean on one part alone."""
    erased = picture.copy()
    erased.paste((ERASED, ERASED, ERASED), erased_in(picture.size, box))
    return erased
