"""The Augment page, and photos to open in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from finetune_gui.gui.pages.augment import AugmentPage
from finetune_gui.gui.session import Session
from tests.helpers.displayed import displayed


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two classes of twelve photos each, every one with a pattern of its own."""
    rng = np.random.default_rng(3)
    for label in ("amber", "blue"):
        folder = tmp_path / "photos" / label
        folder.mkdir(parents=True)
        for n in range(12):
            coarse = rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)
            picture = Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)
            picture.save(folder / f"{label}-{n:02}.png")
    return tmp_path / "photos"


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> AugmentPage:
    return displayed(qtbot, AugmentPage(session))


@pytest.fixture
def open_photos(qtbot: QtBot, session: Session, photos: Path) -> Callable[[], None]:
    """Opens the photos and waits until they are split."""

    def do() -> None:
        session.open_dataset(photos)
        qtbot.waitUntil(lambda: bool(session.splits))

    return do
