"""Scanned digits as pictures in class folders: a third set of real pictures, at hand everywhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

NAME = "digits"
_EACH = 40
_SIDE = 64


def write_digits(root: Path) -> Path:
    """Write the first 40 of each digit, by many hands, into the new folder ``root``; returns it.

    They are those of scikit-learn: 8 x 8 counts of ink from 0 to 16 (Alpaydin and Kaynak, Optical
    Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998), drawn larger here.
    """
    found, seen = load_digits(), Counter[int]()
    for ink, digit in zip(found.images, found.target.tolist(), strict=True):
        seen[digit] += 1
        if seen[digit] <= _EACH:
            grey = Image.fromarray(np.round(ink * 255 / 16).astype(np.uint8))
            folder = root / str(digit)
            folder.mkdir(parents=True, exist_ok=True)
            larger = grey.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
            larger.save(folder / f"{seen[digit]:02}.png")
    return root
