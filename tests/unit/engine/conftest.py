from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.events import Event
from finetune_gui.core.job import JobContext
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.index import Dataset, open_dataset
from tests.helpers.tiny import make_coloured_photos


@pytest.fixture
def events() -> list[Event]:
    """What the job told through ``ctx``."""
    return []


@pytest.fixture
def ctx(events: list[Event]) -> JobContext:
    return JobContext(events.append)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_coloured_photos(tmp_path / "照片 与 空格")


@pytest.fixture
def dataset(photos: Path, paths: AppPaths) -> Dataset:
    return open_dataset(photos, paths, JobContext(lambda _event: None))
