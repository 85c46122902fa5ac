from __future__ import annotations

import os
from pathlib import Path

import pytest

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.index import Dataset, open_dataset
from tests.helpers import photos


def relative(data: Dataset) -> list[str]:
    return [data.relative(sample.path) for sample in data.samples]


def skipped(data: Dataset) -> dict[str, str]:
    return {data.relative(photo.path): photo.reason for photo in data.skipped}


def error(source: Path, paths: AppPaths, ctx: JobContext) -> DatasetError:
    """The error of opening ``source``; both languages have its sentence and next step."""
    with pytest.raises(DatasetError) as caught:
        open_dataset(source, paths, ctx)
    for language in ("zh_CN", "en"):
        set_language(language)
        assert caught.value.sentence
        assert caught.value.next_step
    return caught.value


def test_one_folder_a_class(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "pets", {"dog": 2, "cat": 3})
    data = open_dataset(root, paths, ctx)
    assert (data.source, data.root, data.name) == (root, root, "pets")
    assert data.classes == ("cat", "dog")
    assert data.counts() == {"cat": 3, "dog": 2}
    assert relative(data) == [
        "cat/photo1.jpg",
        "cat/photo2.jpg",
        "cat/photo3.jpg",
        "dog/photo1.jpg",
        "dog/photo2.jpg",
    ]
    assert {sample.split for sample in data.samples} == {None}
    assert all(sample.path.is_absolute() for sample in data.samples)


def test_classes_and_photos_come_in_natural_order(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"class 10": 11, "class 9": 1})
    data = open_dataset(root, paths, ctx)
    assert data.classes == ("class 9", "class 10")
    assert relative(data)[-3:] == [f"class 10/photo{n}.jpg" for n in (9, 10, 11)]


@pytest.mark.parametrize("validation", ["val", "valid", "validation", "Validation", "VAL"])
def test_split_folders(tmp_path: Path, paths: AppPaths, ctx: JobContext, validation: str) -> None:
    counts = {"a": 2, "b": 1}
    root = photos.make_split_folders(
        tmp_path / "x", {"Train": counts, validation: counts, "test": counts}
    )
    data = open_dataset(root, paths, ctx)
    assert data.classes == ("a", "b")
    found = {(sample.path.parts[-3], sample.split) for sample in data.samples}
    assert found == {("Train", "train"), (validation, "validation"), ("test", "test")}
    assert relative(data)[0] == "test/a/photo1.jpg"


@pytest.mark.parametrize("missing", [{"val"}, {"test"}, {"val", "test"}])
def test_validation_and_test_folders_may_be_missing(
    tmp_path: Path, paths: AppPaths, ctx: JobContext, missing: set[str]
) -> None:
    splits = {name: {"a": 2, "b": 2} for name in ("train", "val", "test") if name not in missing}
    data = open_dataset(photos.make_split_folders(tmp_path / "x", splits), paths, ctx)
    assert data.classes == ("a", "b")
    assert len({sample.split for sample in data.samples}) == 3 - len(missing)
    assert "train/a/photo1.jpg" in relative(data)


def test_a_class_may_be_called_train(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "vehicles", {"bus": 2, "train": 2, "car": 2})
    data = open_dataset(root, paths, ctx)
    assert data.classes == ("bus", "car", "train")
    assert {sample.split for sample in data.samples} == {None}


def test_photos_beside_split_folders_are_named(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    root = photos.make_split_folders(tmp_path / "x", {"train": {"a": 1, "b": 1}, "test": {"a": 1}})
    photos.save_photo(root / "cover.jpg")
    photos.save_photo(root / "test" / "unknown.jpg")
    photos.save_photo(root / "leftovers" / "deep" / "c.jpg")
    data = open_dataset(root, paths, ctx)
    assert len(data.samples) == 3
    assert skipped(data) == dict.fromkeys(
        ["cover.jpg", "leftovers/deep/c.jpg", "test/unknown.jpg"], "error-photo-no-class"
    )


def test_one_folder_around_everything_is_looked_through(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    photos.make_class_folders(tmp_path / "x" / "outer" / "inner", {"a": 1, "b": 1})
    photos.save_photo(tmp_path / "x" / "cover.png")
    data = open_dataset(tmp_path / "x", paths, ctx)
    assert data.root == tmp_path / "x" / "outer" / "inner"
    assert data.name == "x"
    assert relative(data) == ["a/photo1.jpg", "b/photo1.jpg"]
    assert skipped(data) == {"../../cover.png": "error-photo-no-class"}


def test_folders_in_a_class_folder_belong_to_the_class(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    photos.save_photo(root / "a" / "holiday" / "2024" / "z.png")
    data = open_dataset(root, paths, ctx)
    assert data.counts() == {"a": 2, "b": 1}


def test_litter_is_ignored(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    for name in (".hidden.jpg", "._photo1.jpg", "Thumbs.db", ".DS_Store", "notes.txt", "jpg"):
        (root / "a" / name).write_bytes(b"x")
    photos.save_photo(root / "__MACOSX" / "c.jpg")
    photos.save_photo(root / ".cache" / "c.jpg")
    data = open_dataset(root, paths, ctx)
    assert data.counts() == {"a": 1, "b": 1}
    assert data.skipped == ()
    assert data.empty_classes == ()


def test_suffixes_in_capitals_and_other_formats(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    (root / "a" / "photo1.jpg").rename(root / "a" / "PHOTO.JPG")
    (root / "b" / "IMG_1.HEIC").write_bytes(b"heic")
    data = open_dataset(root, paths, ctx)
    assert relative(data) == ["a/PHOTO.JPG", "b/photo1.jpg"]
    assert skipped(data) == {"b/IMG_1.HEIC": "error-photo-format"}


def test_chinese_and_spaces_in_the_path(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    data = open_dataset(photos.make_chinese_folder(tmp_path), paths, ctx)
    assert data.name == photos.CHINESE_FOLDER
    assert set(data.classes) == {"猫 咪", "狗 狗"}
    assert "猫 咪/photo1.jpg" in relative(data)


def test_one_letter_written_in_two_ways_is_one_class(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    names = ("caf\u00e9", "cafe\u0301")
    root = photos.make_split_folders(
        tmp_path / "x", {"train": {names[0]: 1, "b": 1}, "test": {names[1]: 1, "b": 1}}
    )
    assert open_dataset(root, paths, ctx).classes == ("b", names[0])


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps names as text")
def test_names_that_are_no_text_are_named(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    try:
        (root / "a" / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system keeps names as text")
    data = open_dataset(root, paths, ctx)
    assert data.counts() == {"a": 1, "b": 1}
    assert skipped(data) == {"a/caf\ufffd.jpg": "error-photo-name"}


def test_a_folder_that_cannot_be_opened(
    tmp_path: Path, paths: AppPaths, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    scandir = os.scandir

    def guarded(folder: Path) -> object:
        if folder.name == "b":
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    found = error(root, paths, ctx)
    assert found.key == "error-dataset-folder-unreadable"
    assert found.params["path"] == str(root / "b")


def test_an_empty_class_folder_is_no_class(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1, "nothing": 0})
    data = open_dataset(root, paths, ctx)
    assert data.classes == ("a", "b")
    assert data.empty_classes == ("nothing",)


@pytest.mark.parametrize("target", [".", "..", "../.."])
def test_links_in_a_circle_end(
    tmp_path: Path, paths: AppPaths, ctx: JobContext, target: str
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 2})
    (root / "a" / "loop").symlink_to(target, target_is_directory=True)
    data = open_dataset(root, paths, ctx)
    assert data.counts() == {"a": 1, "b": 2}


def test_a_folder_that_links_to_itself_alone(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "again").symlink_to(".", target_is_directory=True)
    assert error(tmp_path / "x", paths, ctx).key == "error-dataset-no-photos"


def test_links_to_photos_are_photos_and_broken_links_are_named(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    elsewhere = photos.save_photo(tmp_path / "elsewhere.jpg")
    (root / "a" / "good.jpg").symlink_to(elsewhere)
    (root / "a" / "gone.jpg").symlink_to(tmp_path / "missing.jpg")
    (root / "a" / "self.jpg").symlink_to("self.jpg")
    data = open_dataset(root, paths, ctx)
    assert data.counts() == {"a": 2, "b": 1}
    assert skipped(data) == {"a/gone.jpg": "error-photo-gone", "a/self.jpg": "error-photo-gone"}


def test_nothing_there(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    assert error(tmp_path / "missing", paths, ctx).key == "error-dataset-not-found"


def test_an_empty_folder(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    assert error(tmp_path, paths, ctx).key == "error-dataset-no-photos"


def test_photos_without_class_folders(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    photos.save_photo(tmp_path / "x" / "a.jpg")
    assert error(tmp_path / "x", paths, ctx).key == "error-dataset-no-class-folders"


def test_split_folders_without_class_folders(
    tmp_path: Path, paths: AppPaths, ctx: JobContext
) -> None:
    photos.save_photo(tmp_path / "x" / "train" / "a.jpg")
    photos.save_photo(tmp_path / "x" / "test" / "a.jpg")
    assert error(tmp_path / "x", paths, ctx).key == "error-dataset-no-class-folders"


def test_one_class_only(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 3, "empty": 0})
    found = error(root, paths, ctx)
    assert found.key == "error-dataset-one-class"
    assert found.params["label"] == "a"


def test_no_training_folder(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_split_folders(tmp_path / "x", {"val": {"a": 1}, "test": {"a": 1}})
    assert error(root, paths, ctx).key == "error-dataset-no-train-folder"


def test_pictures_of_other_formats_only(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    for label in ("a", "b"):
        (tmp_path / "x" / label).mkdir(parents=True)
        (tmp_path / "x" / label / "IMG_1.heic").write_bytes(b"heic")
    assert error(tmp_path / "x", paths, ctx).key == "error-dataset-other-formats"


def test_neither_folder_nor_csv_nor_zip(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    (tmp_path / "photos.rar").write_bytes(b"Rar!")
    assert error(tmp_path / "photos.rar", paths, ctx).key == "error-dataset-kind"


def test_opening_can_be_cancelled(
    tmp_path: Path, paths: AppPaths, cancelled_ctx: JobContext
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 1, "b": 1})
    with pytest.raises(Cancelled):
        open_dataset(root, paths, cancelled_ctx)


def test_opening_changes_nothing(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 2, "b": 2})
    before = {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]}
    open_dataset(root, paths, ctx)
    assert {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]} == before


def test_a_dataset_without_some_photos(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 2, "b": 1, "c": 1})
    data = open_dataset(root, paths, ctx)
    smaller = data.without([root / "a" / "photo1.jpg", root / "b" / "photo1.jpg"])
    assert smaller.classes == ("a", "c")
    assert smaller.counts() == {"a": 1, "c": 1}
    assert data.counts() == {"a": 2, "b": 1, "c": 1}
