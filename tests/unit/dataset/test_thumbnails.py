from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from finetune_gui.core.errors import PhotoError
from finetune_gui.dataset.thumbnails import ThumbnailCache
from tests.helpers import photos


@pytest.fixture
def cache(tmp_path: Path) -> ThumbnailCache:
    return ThumbnailCache(tmp_path / "thumbnails")


def files(tmp_path: Path) -> list[Path]:
    return sorted(p for p in (tmp_path / "thumbnails").rglob("*") if p.is_file())


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.size


@pytest.mark.parametrize(
    ("photo", "thumbnail"),
    [
        ((400, 300), (133, 100)),
        ((300, 400), (100, 133)),
        ((1000, 200), (200, 100)),
        ((40, 30), (40, 30)),
        ((40, 1), (2, 1)),
    ],
)
def test_sizes(
    tmp_path: Path, cache: ThumbnailCache, photo: tuple[int, int], thumbnail: tuple[int, int]
) -> None:
    path = photos.save_photo(tmp_path / "a.png", size=photo)
    assert size_of(cache.get(path, 100)) == thumbnail


def test_the_second_time_it_comes_from_disk(tmp_path: Path, cache: ThumbnailCache) -> None:
    path = photos.save_photo(tmp_path / "我的 照片.png", size=(400, 300))
    first = cache.get(path, 100)
    facts = path.stat()
    path.write_bytes(b"x" * facts.st_size)  # so that decoding it again would fail
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert cache.get(path, 100) == first
    assert ThumbnailCache(tmp_path / "thumbnails").get(path, 100) == first


def test_a_changed_photo_has_a_new_thumbnail(tmp_path: Path, cache: ThumbnailCache) -> None:
    path = photos.save_photo(tmp_path / "a.png", 1)
    first = cache.get(path, 20)
    photos.save_photo(path, 2)
    os.utime(path, ns=(0, 1))
    assert cache.get(path, 20) != first


def test_sizes_are_kept_apart(tmp_path: Path, cache: ThumbnailCache) -> None:
    path = photos.save_photo(tmp_path / "a.png", size=(200, 200))
    assert size_of(cache.get(path, 50)) == (50, 50)
    assert size_of(cache.get(path, 100)) == (100, 100)


def test_what_a_power_cut_spoiled_is_made_anew(tmp_path: Path, cache: ThumbnailCache) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    whole = cache.get(path, 20)
    (kept,) = files(tmp_path)
    for spoiled in (b"", whole[:50], bytes(len(whole))):
        kept.write_bytes(spoiled)
        assert cache.get(path, 20) == whole
        assert kept.read_bytes() == whole


def test_many_threads_at_once(tmp_path: Path, cache: ThumbnailCache) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n) for n in range(5)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda path: cache.get(path, 20), paths * 20))
    assert results == [cache.get(path, 20) for path in paths] * 20
    assert len(files(tmp_path)) == 5


def test_a_photo_that_cannot_be_read(tmp_path: Path, cache: ThumbnailCache) -> None:
    with pytest.raises(PhotoError):
        cache.get(photos.truncated_jpeg(tmp_path / "a.jpg"), 20)
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    (tmp_path / "file").write_bytes(b"")
    assert size_of(ThumbnailCache(tmp_path / "file" / "thumbnails").get(path, 20)) == (27, 20)


def test_pruning_takes_the_longest_unused_first(tmp_path: Path, cache: ThumbnailCache) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n) for n in range(4)]
    for path in paths:
        cache.get(path, 20)
    for kept in files(tmp_path):
        os.utime(kept, (1, 1))
    cache.get(paths[2], 20)
    total = sum(kept.stat().st_size for kept in files(tmp_path))
    assert cache.prune(total) == 0
    (newest,) = (kept for kept in files(tmp_path) if kept.stat().st_mtime > 1)
    assert cache.prune(newest.stat().st_size) == 3
    assert files(tmp_path) == [newest]


def test_pruning_where_nothing_was_kept_yet(cache: ThumbnailCache) -> None:
    assert cache.prune() == 0
