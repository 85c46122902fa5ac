"""What the coach is given of a run folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext
from finetune_gui.core.recipe import Recipe
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.jobs.coach import AskCoach, gather
from tests.helpers.told_runs import CLASSES, told
from tests.helpers.train_story import write_run

CTX = JobContext(lambda _event: None)


def make_run(tmp_path: Path, contents: dict[str, tuple[str, bytes]]) -> RunFolder:
    """A run on files with these contents: name → (split, bytes)."""
    photos = tmp_path / "photos"
    photos.mkdir()
    events = told([0.5, 0.4], [0.3, 0.2], [0.9, 0.9], [0.9, 0.9])
    run = write_run(tmp_path / "run", events, Recipe())
    samples = []
    for number, (name, (split, content)) in enumerate(contents.items()):
        (photos / name).write_bytes(content)
        label = CLASSES[number % len(CLASSES)]
        samples.append(ManifestEntry(name, label, split, fingerprint(photos / name)))
    run.write_manifest(Manifest(str(photos), CLASSES, tuple(samples)))
    return run


def test_a_copy_among_the_photos_to_judge_by_is_a_leak(tmp_path: Path) -> None:
    run = make_run(
        tmp_path,
        {
            "a.png": ("train", b"same bytes"),
            "b.png": ("validation", b"same bytes"),
            "c.png": ("test", b"same lengt"),
            "d.png": ("validation", b"others"),
        },
    )
    assert gather(run, CTX).data.leaks == ("b.png",)


def test_a_photo_that_is_gone_is_no_leak(tmp_path: Path) -> None:
    run = make_run(tmp_path, {"a.png": ("train", b"bytes"), "b.png": ("test", b"bytes")})
    for name in ("a.png", "b.png"):
        (tmp_path / "photos" / name).unlink()
    fresh = [*gather(run, CTX).data.leaks]
    assert fresh == []


def test_photos_that_were_skipped_do_not_count(tmp_path: Path) -> None:
    run = make_run(tmp_path, {"a.png": ("train", b"1"), "b.png": ("train", b"22")})
    manifest = run.read_manifest()
    manifest.skipped["b.png"] = "error-photo-broken"
    run.write_manifest(manifest)
    assert gather(run, CTX).data.n("train") == 1


def test_the_evaluation_is_read_with_its_surest_mistakes(tmp_path: Path) -> None:
    run = make_run(tmp_path, {"a.png": ("train", b"1")})
    matrix = [[1, 2, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3]]
    metrics = {"confusion_matrix": matrix, "classes": list(CLASSES)}
    (run.evaluation / "metrics.json").write_text(json.dumps(metrics), encoding="utf-8")
    lines = ["path,truth,label,confidence", "x,boot,dress,0.6", "y,boot,dress,0.9", "z,boot,boot,1"]
    (run.evaluation / "predictions.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    found = gather(run, CTX).data
    assert found.matrix == tuple(tuple(row) for row in matrix)
    assert found.mistakes == (("y", "boot", "dress"), ("x", "boot", "dress"))


@pytest.mark.parametrize("broken", ["", "{", '{"classes": []}', '{"confusion_matrix": 1}'])
def test_a_broken_evaluation_is_as_good_as_none(tmp_path: Path, broken: str) -> None:
    run = make_run(tmp_path, {"a.png": ("train", b"1")})
    (run.evaluation / "metrics.json").write_text(broken, encoding="utf-8")
    assert gather(run, CTX).data.matrix == ()


def test_the_coach_answers_for_a_folder(tmp_path: Path) -> None:
    run = make_run(tmp_path, {"a.png": ("train", b"1"), "b.png": ("validation", b"2")})
    assert AskCoach(run.path).run(CTX)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        AskCoach(tmp_path).run(CTX)
