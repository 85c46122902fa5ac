"""Scanned digits as pictures in class folders: a third set of real pictures, at hand everywhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

NAME = "digits"
_EACH = {"train": 40, "test": 40}
_SIDE = 64


def write_digits(root: Path) -> Path:
    """Write 40 of each digit to learn from and 40 others to judge by, by many hands; returns it.

    ``root`` is a new folder. They are those of scikit-learn: 8 x 8 counts of ink from 0 to 16
    (Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, 1998), drawn larger here.
    """
    found, seen = load_digits(), Counter[int]()
    for ink, digit in zip(found.images, found.target.tolist(), strict=True):
        split = _split_of(seen[digit])
        seen[digit] += 1
        if split:
            grey = Image.fromarray(np.round(ink * 255 / 16).astype(np.uint8))
            folder = root / split / str(digit)
            folder.mkdir(parents=True, exist_ok=True)
            larger = grey.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
            larger.save(folder / f"{seen[digit]:03}.png")
    return root


def _split_of(number: int) -> str:
    """Where the photo of a class with this number, from 0, goes; empty where it is not needed."""
    if number < _EACH["train"]:
        return "train"
    return "test" if number < sum(_EACH.values()) else ""
