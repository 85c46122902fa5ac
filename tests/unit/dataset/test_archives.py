from __future__ import annotations

import shutil
import stat
import struct
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.messages import has_message, set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset import archives
from finetune_gui.dataset.index import Dataset, open_dataset
from tests.helpers import photos


def relative(data: Dataset) -> list[str]:
    return [data.relative(sample.path) for sample in data.samples]


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    return photos.make_class_folders(tmp_path / "pets", {"cat": 2, "dog": 2})


@pytest.fixture
def archive(tmp_path: Path, pets: Path) -> Path:
    return photos.zip_folder(pets, tmp_path / "宠物 照片.zip")


def error(source: Path, paths: AppPaths, ctx: JobContext) -> str:
    """The key of the error of opening ``source``, after which nothing is left behind."""
    with pytest.raises(DatasetError) as caught:
        open_dataset(source, paths, ctx)
    for language in ("zh_CN", "en"):
        set_language(language)
        assert caught.value.sentence
        assert caught.value.next_step
    assert [p.name for p in paths.unpacked.iterdir() if not p.name.startswith(".")] == []
    return caught.value.key


def test_a_zip_of_class_folders(
    archive: Path, pets: Path, paths: AppPaths, ctx: JobContext, events: list[Event]
) -> None:
    data = open_dataset(archive, paths, ctx)
    assert (data.source, data.name) == (archive, "宠物 照片")
    assert data.root.parent == paths.unpacked
    assert relative(data) == relative(open_dataset(pets, paths, ctx))
    for sample in data.samples:
        original = pets / data.relative(sample.path)
        assert sample.path.read_bytes() == original.read_bytes()
    told = [event for event in events if isinstance(event, Progress)]
    assert told[-1].done == told[-1].total
    assert all(has_message(event.text) for event in told)


def test_a_zip_with_one_folder_around_everything(
    tmp_path: Path, pets: Path, paths: AppPaths, ctx: JobContext
) -> None:
    archive = photos.zip_folder(pets, tmp_path / "a.zip", prefix="my pets/inner/")
    data = open_dataset(archive, paths, ctx)
    assert relative(data)[0] == "cat/photo1.jpg"


def test_a_zip_of_split_folders(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    counts = {"a": 1, "b": 1}
    folder = photos.make_split_folders(tmp_path / "x", {"train": counts, "test": counts})
    data = open_dataset(photos.zip_folder(folder, tmp_path / "x.zip"), paths, ctx)
    assert {sample.split for sample in data.samples} == {"train", "test"}


@pytest.mark.parametrize("prefix", ["", "wrapped/"])
def test_a_zip_with_a_csv(tmp_path: Path, paths: AppPaths, ctx: JobContext, prefix: str) -> None:
    folder = tmp_path / "x"
    photos.save_photo(folder / "images" / "1.jpg", 1)
    photos.save_photo(folder / "images" / "2.jpg", 2)
    photos.make_csv(folder / "labels.csv", ["images/1.jpg,a", "images/2.jpg,b"])
    photos.make_csv(folder / "prices.csv", ["1,2"], "item,price")
    data = open_dataset(photos.zip_folder(folder, tmp_path / "x.zip", prefix), paths, ctx)
    assert {data.relative(s.path): s.label for s in data.samples} == {
        "images/1.jpg": "a",
        "images/2.jpg": "b",
    }


def test_empty_class_folders_survive(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    folder = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1, "none": 0})
    data = open_dataset(photos.zip_folder(folder, tmp_path / "x.zip"), paths, ctx)
    assert data.empty_classes == ("none",)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "cp437"])
def test_names_of_packers_that_do_not_say_their_encoding(
    tmp_path: Path, paths: AppPaths, ctx: JobContext, encoding: str
) -> None:
    names = ("caf\u00e9", "f\u00fcr") if encoding == "cp437" else ("猫咪照片", "小狗")
    raw = [name.encode(encoding) for name in names]
    plain = ["Q" * len(raw[0]), "Z" * len(raw[1])]
    folder = photos.make_class_folders(tmp_path / "x", dict.fromkeys(plain, 1))
    archive = photos.zip_folder(folder, tmp_path / "x.zip")
    photos.rename_in_zip(archive, dict(zip(plain, raw, strict=True)))
    assert set(open_dataset(archive, paths, ctx).classes) == set(names)


def test_a_gbk_name_whose_second_byte_is_a_backslash(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    # 誠 is E8 5C in GBK: a packer's byte that looks like Windows' separator.
    folder = photos.make_class_folders(tmp_path / "x", {"QQQQQQQQ": 1, "b": 1})
    archive = photos.zip_folder(folder, tmp_path / "x.zip")
    photos.rename_in_zip(archive, {"QQQQQQQQ": "誠实照片".encode("gbk")})
    assert open_dataset(archive, paths, ctx).classes == ("b", "誠实照片")


def test_backslashes_as_separators(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    folder = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    archive = photos.zip_folder(folder, tmp_path / "x.zip")
    photos.rename_in_zip(archive, {"a/photo1": rb"a\photo1", "b/photo1": rb"b\photo1"})
    assert relative(open_dataset(archive, paths, ctx)) == ["a/photo1.jpg", "b/photo1.jpg"]


def test_litter_and_programs_are_not_unpacked(
    tmp_path: Path, pets: Path, paths: AppPaths, ctx: JobContext
) -> None:
    (pets / "cat" / "run.exe").write_bytes(b"MZ")
    (pets / "__MACOSX").mkdir()
    (pets / "__MACOSX" / "._photo1.jpg").write_bytes(b"x")
    data = open_dataset(photos.zip_folder(pets, tmp_path / "x.zip"), paths, ctx)
    unpacked = [p.name for p in data.root.rglob("*") if p.is_file()]
    assert len(data.samples) == 4
    assert "run.exe" not in unpacked
    assert "._photo1.jpg" not in unpacked


def test_the_same_zip_is_unpacked_once(archive: Path, paths: AppPaths, ctx: JobContext) -> None:
    first = open_dataset(archive, paths, ctx)
    before = first.samples[0].path.stat().st_mtime_ns
    second = open_dataset(archive, paths, ctx)
    assert second == first
    assert second.samples[0].path.stat().st_mtime_ns == before


def test_a_changed_zip_is_unpacked_anew(
    tmp_path: Path, archive: Path, pets: Path, paths: AppPaths, ctx: JobContext
) -> None:
    first = open_dataset(archive, paths, ctx)
    photos.save_photo(pets / "dog" / "new.jpg", 99)
    photos.zip_folder(pets, archive)
    second = open_dataset(archive, paths, ctx)
    assert second.root != first.root
    assert second.counts() == {"cat": 2, "dog": 3}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["app", "pets", "宠物 照片.zip"]


def test_a_cache_that_was_cleaned_is_filled_again(
    archive: Path, paths: AppPaths, ctx: JobContext
) -> None:
    first = open_dataset(archive, paths, ctx)
    first.samples[0].path.unlink()
    assert open_dataset(archive, paths, ctx) == first


def test_what_a_killed_process_left_is_swept(
    archive: Path, paths: AppPaths, ctx: JobContext
) -> None:
    stray = paths.unpacked / "abc.unpacking"
    (stray / "cat").mkdir(parents=True)
    open_dataset(archive, paths, ctx)
    assert not stray.exists()


class _CancelWhile(JobControl):
    """Cancelled once something was unpacked."""

    def __init__(self, unpacked: Path) -> None:
        super().__init__()
        self._unpacked = unpacked

    @property
    def cancel_requested(self) -> bool:
        return any(self._unpacked.rglob("*.jpg"))


def test_cancelling_leaves_nothing_behind(archive: Path, paths: AppPaths) -> None:
    told: list[Event] = []
    ctx = JobContext(told.append, _CancelWhile(paths.unpacked))
    with pytest.raises(Cancelled):
        open_dataset(archive, paths, ctx)
    assert [p for p in paths.unpacked.iterdir() if not p.name.startswith(".")] == []


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "a/../../evil.jpg", "/evil.jpg", "C:/evil.jpg", r"..\evil.jpg"]
)
def test_a_zip_that_leads_out_of_its_folder(
    tmp_path: Path, archive: Path, paths: AppPaths, ctx: JobContext, name: str
) -> None:
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr(name, b"evil")
    assert error(archive, paths, ctx) == "error-dataset-zip-unsafe"
    assert not list(tmp_path.rglob("evil.jpg"))


def test_a_zip_with_links(archive: Path, paths: AppPaths, ctx: JobContext) -> None:
    link = zipfile.ZipInfo("cat/link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr(link, "/etc/passwd")
    assert error(archive, paths, ctx) == "error-dataset-zip-links"


def test_a_zip_with_a_password(archive: Path, paths: AppPaths, ctx: JobContext) -> None:
    data = bytearray(archive.read_bytes())
    start = data.index(b"PK\x01\x02")
    while start >= 0:
        data[start + 8] |= 1
        start = data.find(b"PK\x01\x02", start + 4)
    archive.write_bytes(data)
    assert error(archive, paths, ctx) == "error-dataset-zip-encrypted"


def test_a_zip_packed_in_an_unknown_way(archive: Path, paths: AppPaths, ctx: JobContext) -> None:
    data = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = data.find(mark)
        while start >= 0:
            data[start + offset : start + offset + 2] = struct.pack("<H", 97)
            start = data.find(mark, start + 4)
    archive.write_bytes(data)
    assert error(archive, paths, ctx) == "error-dataset-zip-method"


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "flipped"])
def test_a_damaged_zip(archive: Path, paths: AppPaths, ctx: JobContext, damage: str) -> None:
    data = bytearray(archive.read_bytes())
    if damage == "flipped":
        start = data.index(b"JFIF")
        data[start : start + 100] = bytes(100)
    damaged = {"cut": data[: len(data) // 2], "text": b"not a zip", "empty": b"", "flipped": data}
    archive.write_bytes(damaged[damage])
    assert error(archive, paths, ctx) == "error-dataset-zip-broken"


def test_a_file_that_is_a_folder_too(archive: Path, paths: AppPaths, ctx: JobContext) -> None:
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr("cat/photo1.jpg/inner.jpg", b"x")
    assert error(archive, paths, ctx) == "error-dataset-zip-broken"


def test_a_bomb(
    tmp_path: Path, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "RATIO_MATTERS_FROM", 2**24)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for name in ("a/1.bmp", "b/1.bmp"):
            target.writestr(name, bytes(2**24))
    assert error(bomb, paths, ctx) == "error-dataset-zip-too-big"


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 500), ("MAX_MEMBERS", 3)])
def test_limits(
    archive: Path,
    paths: AppPaths,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
) -> None:
    monkeypatch.setattr(archives, limit, value)
    assert error(archive, paths, ctx) == "error-dataset-zip-too-big"


def test_a_full_disk(
    archive: Path, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(total=9, used=9, free=0)
    monkeypatch.setattr(shutil, "disk_usage", {paths.unpacked: full}.__getitem__)
    assert error(archive, paths, ctx) == "error-dataset-zip-disk-full"


def test_opening_a_zip_changes_nothing_beside_it(
    archive: Path, paths: AppPaths, ctx: JobContext
) -> None:
    before = archive.stat().st_mtime_ns, archive.read_bytes()
    open_dataset(archive, paths, ctx)
    assert (archive.stat().st_mtime_ns, archive.read_bytes()) == before
