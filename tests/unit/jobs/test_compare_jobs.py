"""Comparing runs as they are on disk, and asking their models where that was not done."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.core.errors import RunError
from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.recipe import Recipe, with_values
from finetune_gui.core.run_folder import Manifest, ManifestEntry, RunFolder
from finetune_gui.dataset.decode import fingerprint
from finetune_gui.engine.evaluation import read_evaluation, write_evaluation
from finetune_gui.jobs.compare import CompareRuns, Comparison, JudgeRuns
from finetune_gui.jobs.evaluate import Evaluate
from tests.helpers import evaluated_run
from tests.helpers.compared_runs import entries, judge, make_run
from tests.helpers.photos import save_photo

N = 20
BASE = "." * 8 + "x" * 12


@pytest.fixture
def ctx() -> JobContext:
    return JobContext(lambda _event: None)


@pytest.fixture
def two(tmp_path: Path) -> tuple[RunFolder, RunFolder]:
    """The second is right on 8 photos more, of 20."""
    photos = tmp_path / "photos"
    first = make_run(tmp_path / "first", photos, samples=entries(N))
    recipe = with_values(Recipe(), {"optim.lr": 0.5})
    second = make_run(tmp_path / "second", photos, samples=entries(N), recipe=recipe)
    judge(first, BASE)
    judge(second, "x" * N)
    return first, second


def compared(*runs: RunFolder, ctx: JobContext, **asked: object) -> Comparison:
    job = replace(CompareRuns(tuple(run.path for run in runs)), **asked)
    return job.run(ctx)


def test_the_same_photos_are_compared(two: tuple[RunFolder, RunFolder], ctx: JobContext) -> None:
    found = compared(*two, ctx=ctx)
    assert found.missing == ()
    assert (found.common, found.judged) == (N, (N, N))
    (contrast,) = found.contrasts
    assert contrast.paired.verdict == "real"
    assert contrast.only_first == ()
    assert len(contrast.only_second) == 8
    photo = contrast.only_second[0]
    assert (photo.truth, photo.first, photo.second) == ("cat", "dog", "cat")
    assert photo.path == Path(two[0].read_manifest().dataset) / "cat/validation0.png"
    scores = [run.score for run in found.runs]
    assert [s.accuracy for s in scores if s is not None] == [0.6, 1.0]
    assert found.runs[1].epochs == (0, 1, 2)
    assert len(found.runs[1].val_loss) == 3


def test_another_reference_turns_the_difference(
    two: tuple[RunFolder, RunFolder], ctx: JobContext
) -> None:
    (contrast,) = compared(*two, ctx=ctx, reference=1).contrasts
    assert contrast.other == 0
    assert contrast.paired.difference == pytest.approx(-0.4)
    assert len(contrast.only_first) == 8


def test_three_are_adjusted(
    two: tuple[RunFolder, RunFolder], tmp_path: Path, ctx: JobContext
) -> None:
    third = make_run(tmp_path / "third", tmp_path / "photos", samples=entries(N))
    judge(third, BASE)
    found = compared(*two, third, ctx=ctx)
    assert [c.paired.verdict for c in found.contrasts] == ["real", "same"]
    assert found.contrasts[0].paired.adjusted == pytest.approx(2 * found.contrasts[0].paired.p)


def test_only_common_photos_count(
    two: tuple[RunFolder, RunFolder], tmp_path: Path, ctx: JobContext
) -> None:
    other = make_run(tmp_path / "other", tmp_path / "photos", samples=entries(N, first=15))
    judge(other, "x" * N)
    found = compared(two[1], other, ctx=ctx)
    assert (found.common, found.judged) == (5, (N, N))
    assert found.contrasts[0].paired.verdict == "same"


def test_disjoint_photos_have_no_verdict(
    two: tuple[RunFolder, RunFolder], tmp_path: Path, ctx: JobContext
) -> None:
    other = make_run(tmp_path / "other", tmp_path / "photos", samples=entries(N, first=50))
    judge(other, "x" * N)
    found = compared(two[0], other, ctx=ctx)
    assert found.common == 0
    assert found.contrasts[0].paired.verdict == "none"
    assert [run.score for run in found.runs] == [None, None]


def test_a_copied_folder_holds_the_same_photos(
    two: tuple[RunFolder, RunFolder], tmp_path: Path, ctx: JobContext
) -> None:
    later = tuple(replace(e, fingerprint=e.fingerprint.replace("-1", "-2")) for e in entries(N))
    moved = make_run(tmp_path / "moved", tmp_path / "copy", samples=later)
    judge(moved, "x" * N)
    assert compared(two[0], moved, ctx=ctx).common == N


def test_a_photo_of_another_size_is_another_photo(
    two: tuple[RunFolder, RunFolder], tmp_path: Path, ctx: JobContext
) -> None:
    first, *others = entries(N)
    samples = (replace(first, fingerprint="999-1"), *others)
    edited = make_run(tmp_path / "edited", tmp_path / "photos", samples=samples)
    judge(edited, "x" * N)
    assert compared(two[0], edited, ctx=ctx).common == N - 1


class TestMissing:
    def test_answers_that_are_not_kept(
        self, two: tuple[RunFolder, RunFolder], ctx: JobContext
    ) -> None:
        two[1].predictions_file("validation").unlink()
        found = compared(*two, ctx=ctx)
        assert found.missing == (1,)
        assert found.contrasts == ()
        assert found.without_model == ()
        assert found.runs[1].epochs == (0, 1, 2)

    def test_answers_of_an_earlier_model(
        self, two: tuple[RunFolder, RunFolder], ctx: JobContext
    ) -> None:
        later = two[0].predictions_file("validation").stat().st_mtime + 10
        os.utime(two[0].model_file, (later, later))
        assert compared(*two, ctx=ctx).missing == (0,)

    def test_a_run_without_model_and_manifest(
        self, two: tuple[RunFolder, RunFolder], ctx: JobContext
    ) -> None:
        two[1].model_file.unlink()
        two[1].manifest_file.unlink()
        found = compared(*two, ctx=ctx)
        assert (found.missing, found.without_model) == ((1,), (1,))

    def test_test_photos_only_where_all_were_judged_on_them(
        self, two: tuple[RunFolder, RunFolder], ctx: JobContext
    ) -> None:
        judge(two[0], "x" * N, "test")
        assert not compared(*two, ctx=ctx).test_is_judged
        judge(two[1], "x" * N, "test")
        assert compared(*two, ctx=ctx).test_is_judged
        found = compared(*two, ctx=ctx, split="test")
        assert found.contrasts[0].paired.verdict == "same"

    def test_a_broken_file_is_named(
        self, two: tuple[RunFolder, RunFolder], ctx: JobContext
    ) -> None:
        lines = two[0].predictions_file("validation").read_text(encoding="utf-8-sig").splitlines()
        broken = "\n".join([lines[0].replace("label", "answer"), *lines[1:]])
        two[0].predictions_file("validation").write_text(broken, encoding="utf-8")
        with pytest.raises(RunError):
            compared(*two, ctx=ctx)

    def test_a_file_that_is_no_text_is_as_good_as_none(
        self, two: tuple[RunFolder, RunFolder], ctx: JobContext
    ) -> None:
        two[0].predictions_file("validation").write_bytes(b"\xff\xfe\x00\x81")
        assert compared(*two, ctx=ctx).missing == (0,)

    def test_cancelled(self, two: tuple[RunFolder, RunFolder]) -> None:
        control = JobControl()
        control.cancel()
        with pytest.raises(Cancelled):
            compared(*two, ctx=JobContext(lambda _event: None, control))


def test_an_evaluation_of_an_older_version_counts_for_its_split(
    two: tuple[RunFolder, RunFolder], ctx: JobContext
) -> None:
    """Runs were evaluated before each split had a file of its own."""
    kept = two[0].predictions_file("validation")
    kept.rename(two[0].evaluation / "predictions.csv")
    metrics = two[0].evaluation / "metrics.json"
    metrics.write_text(json.dumps({"split": "test"}), encoding="utf-8")
    assert compared(*two, ctx=ctx).missing == (0,)
    metrics.write_text(json.dumps({"split": "validation"}), encoding="utf-8")
    assert compared(*two, ctx=ctx).missing == ()
    metrics.write_text("{", encoding="utf-8")
    assert compared(*two, ctx=ctx).missing == (0,)


def test_models_are_asked_and_the_evaluation_stays(tmp_path: Path, ctx: JobContext) -> None:
    run = evaluated_run.make_working_run(tmp_path / "run", ("a", "b"))
    photos = tmp_path / "photos"
    paths = [save_photo(photos / "a" / f"{n}.png", n) for n in range(2)]
    paths += [save_photo(photos / "b" / f"{n}.png", 10 + n) for n in range(2)]
    samples = tuple(
        ManifestEntry(f"{p.parent.name}/{p.name}", p.parent.name, split, fingerprint(p))
        for p, split in zip(paths, ["validation", "test"] * 2, strict=True)
    )
    run.write_manifest(Manifest(str(photos), ("a", "b"), samples))
    write_evaluation(run, evaluated_run.make_evaluation(tmp_path / "other", split="all"))
    before = read_evaluation(run)
    pair = (run.path, run.path)
    assert CompareRuns(pair).run(ctx).missing == (0, 1)
    JudgeRuns(pair).run(ctx)
    assert read_evaluation(run) == before
    found = CompareRuns(pair).run(ctx)
    assert found.missing == ()
    assert found.common == 2
    assert found.contrasts[0].paired.verdict == "same"
    written = run.predictions_file("validation").stat().st_mtime_ns
    JudgeRuns(pair).run(ctx)
    assert run.predictions_file("validation").stat().st_mtime_ns == written
    assert not found.test_is_judged
    Evaluate(run.path, "test").run(ctx)
    assert CompareRuns(pair).run(ctx).test_is_judged
