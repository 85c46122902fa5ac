"""A dataset and a recipe so small that a whole run takes a second or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from finetune_gui.core.recipe import Recipe, with_values

COLOURS = {"blue": (40, 60, 200), "green": (40, 190, 60), "red": (200, 50, 40)}


def make_coloured_photos(root: Path, per_class: int = 8) -> Path:
    """Noisy pictures in three colours, 48×40 pixels, one folder a colour."""
    for number, (name, colour) in enumerate(COLOURS.items()):
        folder = root / name
        folder.mkdir(parents=True)
        for i in range(per_class):
            rng = np.random.default_rng((number, i))
            noise = rng.normal(0, 40, (40, 48, 3))
            pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{name}{i}.png")
    return root


def tiny_recipe(**values: object) -> Recipe:
    """Small pictures, few steps, fixed arithmetic; ``optim__lr=1`` sets ``optim.lr``."""
    wanted: dict[str, object] = {
        "model.input_size": 64,
        "train.epochs": 2,
        "train.batch_size": 4,
        "train.precision": "float32",
        "train.device": "cpu",
        "train.runtime": "torch",
        "data.validation_fraction": 0.25,
        "data.test_fraction": 0.25,
    }
    wanted |= {key.replace("__", "."): value for key, value in values.items()}
    return with_values(Recipe(), wanted)
