"""What the presets of augmentation set: the values of `AugmentRecipe` under each name."""

from __future__ import annotations

AUGMENT_PRESETS: dict[str, dict[str, float | bool]] = {
    "none": {
        "rotation": 0.0,
        "horizontal_flip": False,
        "vertical_flip": False,
        "brightness": 0.0,
        "contrast": 0.0,
        "saturation": 0.0,
        "hue": 0.0,
        "crop_scale": 1.0,
        "blur": 0.0,
        "erasing": 0.0,
    },
    "light": {
        "rotation": 0.0,
        "horizontal_flip": True,
        "vertical_flip": False,
        "brightness": 0.1,
        "contrast": 0.1,
        "saturation": 0.1,
        "hue": 0.0,
        "crop_scale": 0.6,
        "blur": 0.0,
        "erasing": 0.0,
    },
    "medium": {
        "rotation": 10.0,
        "horizontal_flip": True,
        "vertical_flip": False,
        "brightness": 0.2,
        "contrast": 0.2,
        "saturation": 0.2,
        "hue": 0.02,
        "crop_scale": 0.4,
        "blur": 0.5,
        "erasing": 0.1,
    },
    "strong": {
        "rotation": 25.0,
        "horizontal_flip": True,
        "vertical_flip": False,
        "brightness": 0.4,
        "contrast": 0.4,
        "saturation": 0.4,
        "hue": 0.05,
        "crop_scale": 0.25,
        "blur": 1.5,
        "erasing": 0.3,
    },
}
