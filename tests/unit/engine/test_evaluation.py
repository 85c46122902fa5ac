from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from finetune_gui.core.errors import DatasetError, RunError
from finetune_gui.core.events import Event, Progress
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.samples import Dataset, Sample
from finetune_gui.engine.evaluation import (
    evaluate_dataset,
    evaluate_run,
    read_evaluation,
    summarise,
    write_evaluation,
)
from tests.helpers import evaluated_run
from tests.helpers.photos import save_photo, truncated_jpeg


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run whose network answers anything, with photos of each split."""
    made = evaluated_run.make_working_run(tmp_path / "run")
    root = tmp_path / "照片"
    entries = []
    for number, (label, split) in enumerate(
        [("avocado", "train"), ("kiwi", "validation"), ("lemon", "validation"), ("kiwi", "test")]
    ):
        photo = save_photo(root / label / f"{number}.png", number)
        entries.append(ManifestEntry(f"{label}/{photo.name}", label, split, ""))
    made.write_manifest(Manifest(str(root), evaluated_run.CLASSES, tuple(entries)))
    return made


def test_figures_are_those_of_the_textbook(tmp_path: Path) -> None:
    found = evaluated_run.make_evaluation(tmp_path)
    assert found.matrix == ((2, 2, 0), (0, 3, 0), (1, 0, 2))
    assert found.accuracy == pytest.approx(7 / 10)
    avocado, kiwi, lemon = (found.per_class[name] for name in evaluated_run.CLASSES)
    assert (avocado.precision, avocado.recall, avocado.support) == (
        pytest.approx(2 / 3),
        pytest.approx(2 / 4),
        4,
    )
    assert (kiwi.precision, kiwi.recall) == (pytest.approx(3 / 5), 1.0)
    assert (lemon.precision, lemon.recall) == (1.0, pytest.approx(2 / 3))
    assert avocado.f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))
    assert found.macro_f1 == pytest.approx((avocado.f1 + kiwi.f1 + lemon.f1) / 3)


def test_a_class_without_photos_does_not_pull_the_mean_down(tmp_path: Path) -> None:
    story = [("avocado", "avocado", 0.9), ("kiwi", "kiwi", 0.9)]
    found = evaluated_run.make_evaluation(tmp_path, story=story)
    assert found.per_class["lemon"].support == 0
    assert found.macro_f1 == 1.0


def test_mistakes_come_with_the_surest_first(tmp_path: Path) -> None:
    found = evaluated_run.make_evaluation(tmp_path)
    assert [j.confidence for j in found.mistakes()] == [0.91, 0.74, 0.55]


def test_unreadable_photos_are_named_and_not_counted(tmp_path: Path) -> None:
    found = evaluated_run.make_evaluation(tmp_path, unreadable=2)
    assert found.as_json()["n"] == len(evaluated_run.STORY)
    assert [Path(path).name for path in found.unreadable] == ["broken0.jpg", "broken1.jpg"]


def test_nothing_readable_is_a_sentence() -> None:
    with pytest.raises(DatasetError) as caught:
        summarise(("a", "b"), ["a"], [evaluated_run.broken(Path("x.jpg"))], "test")
    assert caught.value.key == "error-nothing-to-evaluate"


def test_what_is_written_is_read_again(run: RunFolder, tmp_path: Path) -> None:
    assert read_evaluation(run) is None
    found = evaluated_run.make_evaluation(tmp_path / "果", unreadable=1)
    write_evaluation(run, found)
    back = read_evaluation(run)
    assert back is not None
    assert back == found
    text = (run.evaluation / "confusion_matrix.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0][1:] == list(evaluated_run.CLASSES)
    assert rows[1] == ["avocado", "2", "2", "0"]


@pytest.mark.parametrize("damage", ["{", '{"split": "test"}'])
def test_broken_result_is_a_sentence(run: RunFolder, tmp_path: Path, damage: str) -> None:
    write_evaluation(run, evaluated_run.make_evaluation(tmp_path / "x"))
    (run.evaluation / "metrics.json").write_text(damage)
    with pytest.raises(RunError) as caught:
        read_evaluation(run)
    assert caught.value.key == "error-run-broken"


def test_a_run_is_judged_on_its_test_photos(
    run: RunFolder, ctx: JobContext, events: list[Event]
) -> None:
    told = evaluate_run(run, None, ctx)
    assert (told.split, told.n) == ("test", 1)
    kept = read_evaluation(run)
    assert kept is not None
    assert [(j.path.name, j.truth) for j in kept.judged] == [("3.png", "kiwi")]
    assert any(isinstance(event, Progress) for event in events)


def test_without_test_photos_on_those_of_validation(run: RunFolder, ctx: JobContext) -> None:
    manifest = run.read_manifest()
    kept = tuple(entry for entry in manifest.samples if entry.split != "test")
    run.write_manifest(Manifest(manifest.dataset, manifest.classes, kept))
    assert evaluate_run(run, None, ctx).split == "validation"


def test_skipped_photos_are_left_out(run: RunFolder, ctx: JobContext) -> None:
    manifest = run.read_manifest()
    skipped = {"kiwi/1.png": "error-photo-damaged"}
    run.write_manifest(Manifest(manifest.dataset, manifest.classes, manifest.samples, skipped))
    assert evaluate_run(run, "validation", ctx).n == 1


def test_cancel_leaves_the_result_that_was_there(run: RunFolder, tmp_path: Path) -> None:
    before = evaluated_run.make_evaluation(tmp_path / "x")
    write_evaluation(run, before)
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        evaluate_run(run, "test", JobContext(lambda _event: None, control))
    assert read_evaluation(run) == before


def other_photos(root: Path, *samples: Sample) -> Dataset:
    classes = tuple(sorted({s.label for s in samples}))
    return Dataset(root, root, root.name, classes, samples, ())


def test_photos_from_elsewhere_are_judged_and_nothing_is_written(
    run: RunFolder, ctx: JobContext, tmp_path: Path
) -> None:
    root = tmp_path / "elsewhere"
    good = save_photo(root / "kiwi" / "a.png", 1)
    bad = root / "kiwi" / "b.jpg"
    truncated_jpeg(bad)
    elsewhere = other_photos(root, Sample(good, "kiwi", None), Sample(bad, "kiwi", None))
    found = evaluate_dataset(run, elsewhere, ctx)
    assert (found.split, len(found.judged), found.unreadable) == ("all", 1, (str(bad),))
    assert found.classes == evaluated_run.CLASSES
    assert read_evaluation(run) is None


def test_of_a_dataset_with_a_test_split_that_alone_counts(
    run: RunFolder, ctx: JobContext, tmp_path: Path
) -> None:
    one, two = save_photo(tmp_path / "1.png", 1), save_photo(tmp_path / "2.png", 2)
    given = other_photos(tmp_path, Sample(one, "kiwi", "train"), Sample(two, "kiwi", "test"))
    found = evaluate_dataset(run, given, ctx)
    assert [j.path for j in found.judged] == [two]


def test_classes_the_model_never_learned_are_named(
    run: RunFolder, ctx: JobContext, tmp_path: Path
) -> None:
    strange = other_photos(tmp_path, Sample(tmp_path / "1.png", "梨", None))
    with pytest.raises(DatasetError, match="梨"):
        evaluate_dataset(run, strange, ctx)


def test_a_run_without_a_model_says_so(run: RunFolder, ctx: JobContext) -> None:
    run.model_file.unlink()
    shutil.rmtree(run.checkpoint, ignore_errors=True)
    with pytest.raises(RunError) as caught:
        evaluate_run(run, None, ctx)
    assert caught.value.key == "error-no-model-yet"
