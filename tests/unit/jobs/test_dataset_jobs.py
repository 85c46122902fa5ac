from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from finetune_gui.core.errors import DatasetError, PhotoError
from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, Job, JobContext, Lane
from finetune_gui.core.messages import has_message
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.samples import SkippedPhoto
from finetune_gui.dataset.thumbnails import ThumbnailCache
from finetune_gui.jobs.check_dataset import CheckDataset, VerifyPhotos
from finetune_gui.jobs.open_dataset import OpenDataset
from tests.helpers import photos


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def ctx(events: list[Event]) -> JobContext:
    return JobContext(events.append)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Chinese path with spaces, with one photo that is cut off."""
    folder = photos.make_chinese_folder(tmp_path)
    photos.truncated_jpeg(folder / "猫 咪" / "坏 的.jpg")
    return folder


def test_open(root: Path, paths: AppPaths, ctx: JobContext, events: list[Event]) -> None:
    job = OpenDataset(root, paths)
    assert job.lane is Lane.READ
    assert has_message(job.title)
    assert job.run(ctx).counts() == {"狗 狗": 4, "猫 咪": 5}
    assert isinstance(events[0], Progress)


def test_open_fails_with_a_sentence(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    with pytest.raises(DatasetError):
        OpenDataset(tmp_path / "missing", paths).run(ctx)


def test_check(root: Path, paths: AppPaths, ctx: JobContext) -> None:
    job = CheckDataset(root, paths)
    assert has_message(job.title)
    report = job.run(ctx)
    (unreadable,) = (issue for issue in report.issues if issue.kind == "unreadable")
    assert unreadable.paths == ("猫 咪/坏 的.jpg",)


def test_verify(root: Path, paths: AppPaths, ctx: JobContext, events: list[Event]) -> None:
    job: Job[tuple[SkippedPhoto, ...]] = VerifyPhotos(OpenDataset(root, paths).run(ctx), paths, 16)
    assert job.lane is Lane.THUMBNAILS
    assert has_message(job.title)
    assert job.run(ctx) == (SkippedPhoto(root / "猫 咪" / "坏 的.jpg", "error-photo-damaged"),)
    assert len(list(paths.thumbnails.rglob("*.jpg"))) == 8
    last = events[-1]
    assert isinstance(last, Progress)
    assert (last.done, last.total) == (9, 9)
    assert job.run(ctx) == (SkippedPhoto(root / "猫 咪" / "坏 的.jpg", "error-photo-damaged"),)


def test_verify_can_be_cancelled(root: Path, paths: AppPaths, ctx: JobContext) -> None:
    job = VerifyPhotos(OpenDataset(root, paths).run(ctx), paths, 16)
    ctx.control.cancel()
    with pytest.raises(Cancelled):
        job.run(ctx)


def test_a_folder_that_is_away_says_nothing_of_its_photos(
    root: Path, paths: AppPaths, ctx: JobContext, tmp_path: Path
) -> None:
    job = VerifyPhotos(OpenDataset(root, paths).run(ctx), paths, 16)
    root.rename(tmp_path / "unplugged")
    with pytest.raises(DatasetError) as caught:
        job.run(ctx)
    assert caught.value.key == "error-dataset-folder-unreadable"


def test_photos_that_come_back_are_not_left_out(
    root: Path, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = VerifyPhotos(OpenDataset(root, paths).run(ctx), paths, 16)
    real, asked = ThumbnailCache.get, Counter[Path]()

    def get(cache: ThumbnailCache, path: Path, size: int) -> object:
        asked[path] += 1
        if asked[path] == 1:
            raise PhotoError("error-photo-unreadable")
        return real(cache, path, size)

    monkeypatch.setattr(ThumbnailCache, "get", get)
    assert [photo.path.name for photo in job.run(ctx)] == ["坏 的.jpg"]
