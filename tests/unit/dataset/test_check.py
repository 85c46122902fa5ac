from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, JobContext
from finetune_gui.core.messages import has_message, set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.check import HealthReport, check_dataset
from finetune_gui.dataset.index import open_dataset
from tests.helpers import photos


def checked(root: Path, paths: AppPaths, ctx: JobContext) -> HealthReport:
    """The report on ``root``; every finding has its sentence in both languages."""
    report = check_dataset(open_dataset(root, paths, ctx), ctx)
    for language in ("zh_CN", "en"):
        set_language(language)
        assert all(issue.detail for issue in report.issues)
    return report


def found(report: HealthReport, kind: str) -> list[tuple[str, ...]]:
    return [issue.paths for issue in report.issues if issue.kind == kind]


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    return photos.make_class_folders(tmp_path / "pets", {"cat": 10, "dog": 12})


def test_nothing_is_wrong(
    healthy: Path, paths: AppPaths, ctx: JobContext, events: list[Event]
) -> None:
    report = checked(healthy, paths, ctx)
    assert report == HealthReport(22, {"cat": 10, "dog": 12}, ())
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.done, last.total) == (22, 22)
    assert has_message(last.text)


def test_unreadable_photos_by_reason(healthy: Path, paths: AppPaths, ctx: JobContext) -> None:
    photos.truncated_jpeg(healthy / "cat" / "x1.jpg")
    photos.truncated_jpeg(healthy / "dog" / "x2.jpg")
    photos.empty_file(healthy / "cat" / "x3.jpg")
    (healthy / "cat" / "x4.heic").write_bytes(b"heic")
    report = checked(healthy, paths, ctx)
    assert report.n == 25
    assert {issue.kind for issue in report.issues} == {"unreadable"}
    assert sorted(found(report, "unreadable")) == [
        ("cat/x1.jpg", "dog/x2.jpg"),
        ("cat/x3.jpg",),
        ("cat/x4.heic",),
    ]
    assert {photo.path.name for photo in report.skipped} == {
        "x1.jpg",
        "x2.jpg",
        "x3.jpg",
        "x4.heic",
    }
    (damaged,) = (issue for issue in report.issues if len(issue.paths) == 2)
    set_language("en")
    assert damaged.detail.startswith("2 photos cannot be used and are left out. The photo is")
    set_language("zh_CN")
    assert damaged.detail.startswith("2 张照片无法使用，已跳过。照片已损坏")


def test_copies_in_a_class(healthy: Path, paths: AppPaths, ctx: JobContext) -> None:
    shutil.copy(healthy / "cat" / "photo1.jpg", healthy / "cat" / "copy.jpg")
    report = checked(healthy, paths, ctx)
    assert [issue.kind for issue in report.issues] == ["duplicate"]
    assert found(report, "duplicate") == [("cat/copy.jpg", "cat/photo1.jpg")]


def test_copies_across_classes(healthy: Path, paths: AppPaths, ctx: JobContext) -> None:
    shutil.copy(healthy / "cat" / "photo1.jpg", healthy / "dog" / "copy.jpg")
    report = checked(healthy, paths, ctx)
    assert [issue.kind for issue in report.issues] == ["duplicate_across_classes"]
    assert found(report, "duplicate_across_classes") == [("cat/photo1.jpg", "dog/copy.jpg")]


def test_files_of_one_size_are_not_copies(healthy: Path, paths: AppPaths, ctx: JobContext) -> None:
    for label, colour in (("cat", 10), ("dog", 20)):
        picture = Image.new("L", (20, 20), colour)
        picture.save(healthy / label / "same_size.bmp")
    assert checked(healthy, paths, ctx).issues == ()


def test_a_leak_between_given_splits(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    counts = {"a": 10, "b": 10}
    root = photos.make_split_folders(tmp_path / "x", {"train": counts, "test": counts})
    shutil.copy(root / "train" / "a" / "photo1.jpg", root / "test" / "a" / "copy.jpg")
    shutil.copy(root / "train" / "a" / "photo2.jpg", root / "test" / "b" / "copy2.jpg")
    report = checked(root, paths, ctx)
    assert found(report, "leak") == [
        ("test/a/copy.jpg", "train/a/photo1.jpg"),
        ("train/a/photo2.jpg", "test/b/copy2.jpg"),
    ]
    assert found(report, "duplicate_across_classes") == [("train/a/photo2.jpg", "test/b/copy2.jpg")]
    assert found(report, "duplicate") == []


def test_class_sizes(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 46, "b": 9, "one": 1, "none": 0})
    photos.empty_file(root / "b" / "broken.jpg")
    report = checked(root, paths, ctx)
    assert report.classes == {"a": 46, "b": 10, "one": 1}
    sized = [(issue.kind, issue.params) for issue in report.issues if issue.kind != "unreadable"]
    assert sized == [
        ("empty_class", {"label": "none"}),
        ("few_photos", {"label": "b", "n": 9}),
        ("single_photo_class", {"label": "one"}),
        ("imbalance", {"largest": "a", "largest_n": 46, "smallest": "one", "smallest_n": 1}),
    ]
    assert found(report, "single_photo_class") == [("one/photo1.jpg",)]


@pytest.mark.parametrize(("small", "kinds"), [(10, ["imbalance"]), (11, [])])
def test_imbalance_begins_at_five_times(
    tmp_path: Path, paths: AppPaths, ctx: JobContext, small: int, kinds: list[str]
) -> None:
    root = photos.make_class_folders(tmp_path / "x", {"a": 50, "b": small})
    assert [issue.kind for issue in checked(root, paths, ctx).issues] == kinds


def test_a_class_without_training_photos(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    root = photos.make_split_folders(
        tmp_path / "x", {"train": {"a": 10, "b": 10}, "test": {"a": 5, "c": 10}}
    )
    report = checked(root, paths, ctx)
    assert [issue.kind for issue in report.issues] == ["no_training_photos"]
    assert report.issues[0].params == {"label": "c"}


def test_nothing_readable_at_all(tmp_path: Path, paths: AppPaths, ctx: JobContext) -> None:
    for label in ("a", "b"):
        (tmp_path / "x" / label).mkdir(parents=True)
        photos.empty_file(tmp_path / "x" / label / "1.jpg")
    report = checked(tmp_path / "x", paths, ctx)
    assert report.classes == {"a": 1, "b": 1}
    assert [issue.kind for issue in report.issues] == ["unreadable"]


def test_the_json_of_a_report(healthy: Path, paths: AppPaths, ctx: JobContext) -> None:
    shutil.copy(healthy / "cat" / "photo1.jpg", healthy / "cat" / "copy.jpg")
    report = json.loads(json.dumps(checked(healthy, paths, ctx).as_json()))
    assert (report["n"], report["classes"]) == (23, {"cat": 11, "dog": 12})
    (issue,) = report["issues"]
    assert set(issue) == {"kind", "paths", "detail"}
    assert issue["paths"] == ["cat/copy.jpg", "cat/photo1.jpg"]


def test_a_check_can_be_cancelled(healthy: Path, paths: AppPaths, ctx: JobContext) -> None:
    data = open_dataset(healthy, paths, ctx)
    ctx.control.cancel()
    with pytest.raises(Cancelled):
        check_dataset(data, ctx)
