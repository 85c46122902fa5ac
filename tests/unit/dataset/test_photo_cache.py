from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from finetune_gui.core.errors import PhotoError
from finetune_gui.dataset import photo_cache
from finetune_gui.dataset.decode import load_photo
from finetune_gui.dataset.photo_cache import PhotoCache
from tests.helpers import photos

PLENTY = 10 * 2**20


class Decoding:
    """Decodes photos at 20 pixels and counts how often."""

    def __init__(self, cache: PhotoCache) -> None:
        self.cache = cache
        self.count = 0

    def __call__(self, path: Path, variant: str = "20") -> Image.Image:
        def decode() -> Image.Image:
            self.count += 1
            return load_photo(path, int(variant))

        return self.cache.get(path, variant, decode)


@pytest.fixture
def get(tmp_path: Path) -> Decoding:
    return Decoding(PhotoCache(tmp_path / "cache", PLENTY))


def files(tmp_path: Path) -> list[Path]:
    return sorted(p for p in (tmp_path / "cache").rglob("*") if p.is_file())


def test_a_photo_is_decoded_once(tmp_path: Path, get: Decoding) -> None:
    path = photos.save_photo(tmp_path / "我的 照片.png", size=(40, 30))
    first, second = get(path), get(path)
    assert get.count == 1
    assert second.mode == "RGB"
    assert second.size == first.size == (27, 20)
    assert second.tobytes() == first.tobytes() == load_photo(path, 20).tobytes()
    other = Decoding(PhotoCache(tmp_path / "cache", PLENTY))
    assert other(path).tobytes() == first.tobytes()
    assert other.count == 0


def test_a_kept_photo_can_be_changed_by_who_asked(tmp_path: Path, get: Decoding) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    get(path)
    mine = get(path)
    mine.putpixel((0, 0), (1, 2, 3))
    assert get(path).getpixel((0, 0)) != (1, 2, 3)


def test_variants_are_kept_apart(tmp_path: Path, get: Decoding) -> None:
    path = photos.save_photo(tmp_path / "a.png", size=(80, 80))
    assert get(path, "20").size == (20, 20)
    assert get(path, "40").size == (40, 40)


def test_a_changed_photo_is_decoded_again(tmp_path: Path, get: Decoding) -> None:
    path = photos.save_photo(tmp_path / "a.png", 1)
    before = get(path).tobytes()
    photos.save_photo(path, 2)
    os.utime(path, ns=(0, 1))
    assert get(path).tobytes() != before


def test_a_photo_that_is_gone_is_not_answered_from_the_cache(tmp_path: Path, get: Decoding) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    get(path)
    path.unlink()
    with pytest.raises(PhotoError):
        get(path)


def test_what_cannot_be_decoded_leaves_nothing(tmp_path: Path, get: Decoding) -> None:
    with pytest.raises(PhotoError):
        get(photos.truncated_jpeg(tmp_path / "a.jpg"))
    assert files(tmp_path) == []


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def zeros(data: bytes) -> bytes:
    return bytes(len(data))


def one_bit(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("spoil", [cut, zeros, one_bit, lambda _data: b""])
def test_what_a_power_cut_spoiled_is_decoded_again(
    tmp_path: Path, get: Decoding, spoil: Callable[[bytes], bytes]
) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    whole = get(path).tobytes()
    (kept,) = files(tmp_path)
    kept.write_bytes(spoil(kept.read_bytes()))
    assert get(path).tobytes() == whole
    assert get(path).tobytes() == whole
    assert get.count == 2


def test_no_more_is_kept_than_the_limit(tmp_path: Path) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n, (20, 20)) for n in range(5)]
    one = 16 + 3 * 20 * 20
    get = Decoding(PhotoCache(tmp_path / "cache", 3 * one))
    for path in paths * 2:
        get(path)
    assert len(files(tmp_path)) == 3
    assert get.count == 5 + 2


def test_room_is_made_by_what_was_unused_for_longest(tmp_path: Path) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n, (20, 20)) for n in range(4)]
    one = 16 + 3 * 20 * 20
    cache = PhotoCache(tmp_path / "cache", 4 * one)
    get = Decoding(cache)
    for path in paths:
        get(path)
    for kept in files(tmp_path):
        os.utime(kept, (1, 1))
    get(paths[2])
    new = [photos.save_photo(tmp_path / f"new{n}.png", 9 + n, (20, 20)) for n in range(100)]
    cache.make_room(new[:1], "20", one)
    assert len(files(tmp_path)) == 3
    cache.make_room(new, "20", one)  # more than there is: half stays for other photos
    assert len(files(tmp_path)) == 2
    get(paths[2])
    assert get.count == 4
    get(new[0])
    assert len(files(tmp_path)) == 3


def test_no_room_is_made_for_what_is_there(tmp_path: Path) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n, (20, 20)) for n in range(4)]
    one = 16 + 3 * 20 * 20
    cache = PhotoCache(tmp_path / "cache", 4 * one)
    get = Decoding(cache)
    for path in paths:
        get(path)
    paths[0].unlink()
    cache.make_room(paths, "20", one)
    for path in paths[1:]:
        get(path)
    assert get.count == 4


def test_clearing_in_between_costs_only_time(
    tmp_path: Path, get: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n) for n in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda self, _to: self.unlink() or self.stat())
        get(paths[0])
    get(paths[1])
    get(paths[1])
    assert get.count == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    (tmp_path / "file").write_bytes(b"")
    get = Decoding(PhotoCache(tmp_path / "file" / "cache", PLENTY))
    assert get(path).tobytes() == get(path).tobytes()
    assert get.count == 2


def test_a_disk_that_is_nearly_full_is_left_alone(
    tmp_path: Path, get: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = photos.save_photo(tmp_path / "a.png")
    monkeypatch.setattr("shutil.disk_usage", lambda _where: SimpleNamespace(free=10**9))
    get(path)
    assert files(tmp_path) == []
    monkeypatch.setattr("shutil.disk_usage", lambda _where: SimpleNamespace(free=10**12))
    get(path)
    assert len(files(tmp_path)) == 1


def test_many_threads_at_once(tmp_path: Path, get: Decoding) -> None:
    paths = [photos.save_photo(tmp_path / f"{n}.png", n) for n in range(5)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda path: get(path).tobytes(), paths * 20))
    assert found == [load_photo(path, 20).tobytes() for path in paths] * 20
    assert len(files(tmp_path)) == 5


def test_the_program_has_one_cache_or_none(tmp_path: Path) -> None:
    photo_cache.share_in(tmp_path / "cache", 1)
    assert photo_cache.shared() is not None
    photo_cache.share_in(tmp_path / "cache", 0)
    assert photo_cache.shared() is None


def test_what_a_killed_process_was_writing_is_cleared_away(tmp_path: Path) -> None:
    path = photos.save_photo(tmp_path / "a.png", 1, (20, 20))
    cache = PhotoCache(tmp_path / "cache", 10**6)
    Decoding(cache)(path)
    (kept,) = files(tmp_path)
    old, new = (kept.with_name(f".{name}.partial") for name in ("old", "new"))
    for stray in (old, new):
        stray.write_bytes(b"half")
    os.utime(old, (1, 1))
    cache.bound()
    assert not old.exists()
    assert new.exists()  # someone may be writing it just now
    assert kept.exists()
