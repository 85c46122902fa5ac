"""The CSV of a model's answers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import set_language
from finetune_gui.jobs.save_predictions import SavePredictions, write_csv
from tests.helpers.evaluated_run import answer, broken

CLASSES = ("猕猴桃", "a, “b”", "lemon")


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_line_for_each_photo_and_a_column_for_each_class(tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    good = answer(tmp_path / "我的 照片" / "1, 2.jpg", "猕猴桃", 0.8, CLASSES)
    write_csv([good, broken(tmp_path / "cut.jpg")], out)
    header, first, second = read(out)
    assert header == ["path", "label", "confidence", *CLASSES, "error"]
    assert first == [str(good.path), "猕猴桃", "0.800000", "0.800000", "0.100000", "0.100000", ""]
    assert second[:6] == [str(tmp_path / "cut.jpg"), "", "", "", "", ""]
    assert second[6] == "The photo is damaged or cut off, so it cannot be read to its end."


def test_spreadsheets_are_told_that_it_is_utf8(tmp_path: Path) -> None:
    write_csv([answer(tmp_path / "a.jpg", "lemon", 0.5, CLASSES)], tmp_path / "a.csv")
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfpath,label,confidence,")
    assert data.count(b"\xef\xbb\xbf") == 1


def test_the_reason_is_in_the_language_of_the_user(tmp_path: Path) -> None:
    set_language("zh_CN")
    write_csv([broken(tmp_path / "a.jpg")], tmp_path / "a.csv")
    assert "损坏" in read(tmp_path / "a.csv")[1][-1]


def test_only_broken_photos_make_no_class_columns(tmp_path: Path) -> None:
    write_csv([broken(tmp_path / "a.jpg")], tmp_path / "a.csv")
    assert read(tmp_path / "a.csv")[0] == ["path", "label", "confidence", "error"]


def test_no_photos_make_a_header_alone(tmp_path: Path) -> None:
    write_csv([], tmp_path / "a.csv")
    assert read(tmp_path / "a.csv") == [["path", "label", "confidence", "error"]]


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    write_csv([broken(tmp_path / "caf\udce9.jpg")], tmp_path / "a.csv")
    assert read(tmp_path / "a.csv")[1][0].endswith("caf\ufffd.jpg")


def test_the_job_takes_the_place_of_an_old_file_or_leaves_it(tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    out.write_text("old", encoding="utf-8")
    ctx = JobContext(lambda _event: None)
    job = SavePredictions((answer(tmp_path / "a.jpg", "lemon", 0.5, CLASSES),), out)
    assert job.run(ctx) == out
    assert len(read(out)) == 2
    elsewhere = SavePredictions(job.predictions, tmp_path / "gone" / "answers.csv")
    with pytest.raises(OSError, match="gone"):
        elsewhere.run(ctx)
    assert [p.name for p in tmp_path.iterdir()] == ["answers.csv"]
