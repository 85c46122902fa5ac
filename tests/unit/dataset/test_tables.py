from __future__ import annotations

from pathlib import Path

import pytest

from finetune_gui.core.errors import DatasetError
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import set_language
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.index import Dataset, open_dataset
from tests.helpers import photos

ROWS = ["images/猫.jpg,猫 咪", "images/狗.jpg,狗"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with ``images/猫.jpg`` and ``images/狗.jpg``."""
    for seed, name in enumerate(("猫", "狗")):
        photos.save_photo(tmp_path / "数据 集" / "images" / f"{name}.jpg", seed)
    return tmp_path / "数据 集"


def error(source: Path, paths: AppPaths, ctx: JobContext) -> DatasetError:
    with pytest.raises(DatasetError) as caught:
        open_dataset(source, paths, ctx)
    for language in ("zh_CN", "en"):
        set_language(language)
        assert caught.value.sentence
        assert caught.value.next_step
    return caught.value


def labels(data: Dataset) -> dict[str, str]:
    return {data.relative(sample.path): sample.label for sample in data.samples}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_encodings(folder: Path, paths: AppPaths, ctx: JobContext, encoding: str) -> None:
    file = photos.make_csv(folder / "labels.csv", ROWS, encoding=encoding)
    data = open_dataset(file, paths, ctx)
    assert labels(data) == {"images/猫.jpg": "猫 咪", "images/狗.jpg": "狗"}
    assert (data.name, data.root, data.source) == ("labels", folder, file)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_column_order_and_quotes(
    folder: Path, paths: AppPaths, ctx: JobContext, delimiter: str
) -> None:
    rows = [
        delimiter.join(['"a ""b"""', "x", '"images/猫.jpg"']),
        f"c{delimiter}{delimiter}images/狗.jpg",
    ]
    file = photos.make_csv(folder / "l.csv", rows, delimiter.join(['"Label"', "note", " PATH "]))
    assert labels(open_dataset(file, paths, ctx)) == {
        "images/猫.jpg": 'a "b"',
        "images/狗.jpg": "c",
    }


def test_splits_of_a_csv(folder: Path, paths: AppPaths, ctx: JobContext) -> None:
    rows = [f"{ROWS[0]},Train", f"{ROWS[1]},valid"]
    file = photos.make_csv(folder / "l.csv", rows, "path,label,split")
    splits = {s.label: s.split for s in open_dataset(file, paths, ctx).samples}
    assert splits == {"猫 咪": "train", "狗": "validation"}


def test_an_empty_split_is_left_open(folder: Path, paths: AppPaths, ctx: JobContext) -> None:
    rows = [f"{ROWS[0]},", f"{ROWS[1]},test"]
    file = photos.make_csv(folder / "l.csv", rows, "path,label,split")
    splits = {s.label: s.split for s in open_dataset(file, paths, ctx).samples}
    assert splits == {"猫 咪": None, "狗": "test"}


def test_absolute_and_windows_paths(folder: Path, paths: AppPaths, ctx: JobContext) -> None:
    rows = [f"{folder / 'images' / '猫.jpg'},a", ".\\images\\狗.jpg,b"]
    data = open_dataset(photos.make_csv(folder / "l.csv", rows), paths, ctx)
    assert labels(data) == {"images/猫.jpg": "a", "images/狗.jpg": "b"}


def test_photos_that_cannot_be_used_are_named(
    folder: Path, paths: AppPaths, ctx: JobContext
) -> None:
    photos.save_photo(folder / "unlabelled.jpg")
    (folder / "phone.heic").write_bytes(b"heic")
    rows = [*ROWS, "missing.jpg,a", "images,a", "unlabelled.jpg,", "phone.heic,a", ""]
    data = open_dataset(photos.make_csv(folder / "l.csv", rows), paths, ctx)
    assert len(data.samples) == 2
    assert {data.relative(photo.path): photo.reason for photo in data.skipped} == {
        "missing.jpg": "error-photo-gone",
        "images": "error-photo-gone",
        "unlabelled.jpg": "error-photo-no-class",
        "phone.heic": "error-photo-format",
    }


def test_a_repeated_line_is_one_photo(folder: Path, paths: AppPaths, ctx: JobContext) -> None:
    file = photos.make_csv(folder / "l.csv", [*ROWS, ROWS[0]])
    assert len(open_dataset(file, paths, ctx).samples) == 2


@pytest.mark.parametrize(
    ("header", "rows", "key", "line"),
    [
        ("file,class", ROWS, "error-dataset-csv-columns", None),
        ("", [], "error-dataset-csv-columns", None),
        ("path,label", [*ROWS, "images/猫.jpg,狗"], "error-dataset-csv-conflict", 4),
        ("path,label,split", [f"{ROWS[0]},often"], "error-dataset-csv-split", 2),
        ("path,label", [*ROWS, ",a"], "error-dataset-csv-line", 4),
        ("path,label", ["x.jpg,a", "y.jpg,b"], "error-dataset-photos-gone", None),
        ("path,label", [], "error-dataset-no-photos", None),
        ("path,label", ["images/猫.jpg,a", "images/狗.jpg,a"], "error-dataset-one-class", None),
    ],
)
def test_what_is_wrong_with_a_csv(
    folder: Path,
    paths: AppPaths,
    ctx: JobContext,
    header: str,
    rows: list[str],
    key: str,
    line: int | None,
) -> None:
    found = error(photos.make_csv(folder / "l.csv", rows, header), paths, ctx)
    assert found.key == key
    assert found.params.get("line") == line


def test_bytes_of_no_encoding(folder: Path, paths: AppPaths, ctx: JobContext) -> None:
    (folder / "l.csv").write_bytes(b"path,label\n\xff\xff\xff.jpg,a\n")
    assert error(folder / "l.csv", paths, ctx).key == "error-dataset-csv-encoding"


def test_a_quotation_mark_left_open(folder: Path, paths: AppPaths, ctx: JobContext) -> None:
    text = 'path,label\n"a,1.jpg",cat\n"b.jpg,cat\nc.jpg,dog\nd.jpg,dog\n'
    (folder / "l.csv").write_text(text, encoding="utf-8")
    found = error(folder / "l.csv", paths, ctx)
    assert (found.key, found.params["line"]) == ("error-dataset-csv-line", 3)
