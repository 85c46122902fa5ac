from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from finetune_gui.core.job import Cancelled, JobContext, JobControl
from finetune_gui.core.run_folder import RunFolder
from finetune_gui.engine.prediction import Predictor
from finetune_gui.engine.preflight import Setup
from tests.helpers.evaluated_run import CLASSES, make_working_run
from tests.helpers.photos import save_photo, truncated_jpeg


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return make_working_run(tmp_path / "run")


def test_one_answer_for_each_photo_in_their_order(
    run: RunFolder, ctx: JobContext, tmp_path: Path
) -> None:
    good = save_photo(tmp_path / "好 图.png", 3)
    damaged = tmp_path / "damaged.jpg"
    truncated_jpeg(damaged)
    paths = [damaged, good, tmp_path / "not there.jpg", good]
    answers = Predictor.for_run(run).predict(paths, ctx)
    assert [answer.path for answer in answers] == paths
    assert [answer.error is None for answer in answers] == [False, True, False, True]
    first, second = answers[1], answers[3]
    assert first.probabilities is not None
    assert second.probabilities == pytest.approx(first.probabilities)
    assert tuple(first.probabilities) == CLASSES
    assert sum(first.probabilities.values()) == pytest.approx(1.0)
    assert first.confidence == max(first.probabilities.values())
    assert first.confidence == first.probabilities[first.label]


def test_a_turned_photo_gets_the_answer_of_an_upright_one(
    run: RunFolder, ctx: JobContext, tmp_path: Path
) -> None:
    upright = save_photo(tmp_path / "upright.png", 5)
    turned = tmp_path / "turned.png"
    with Image.open(upright) as picture:
        exif = Image.Exif()
        exif[0x0112] = 6  # shown a quarter turn clockwise
        picture.transpose(Image.Transpose.ROTATE_90).save(turned, exif=exif)
    first, second = Predictor.for_run(run).predict([upright, turned], ctx)
    assert first.probabilities is not None
    assert second.probabilities == pytest.approx(first.probabilities, abs=1e-5)


def test_none_readable_and_none_asked(run: RunFolder, ctx: JobContext, tmp_path: Path) -> None:
    predictor = Predictor.for_run(run)
    (answer,) = predictor.predict([tmp_path / "none.jpg"], ctx)
    assert answer.error is not None
    assert answer.error.key
    assert predictor.predict([], ctx) == []


def test_cancel(run: RunFolder, tmp_path: Path) -> None:
    control = JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        Predictor.for_run(run).predict(
            [save_photo(tmp_path / "a.png", 1)], JobContext(lambda _event: None, control)
        )


def test_arithmetic_that_was_measured_elsewhere_is_left_there(
    run: RunFolder, tmp_path: Path, ctx: JobContext
) -> None:
    paths = [save_photo(tmp_path / f"{n}.png", n) for n in range(3)]
    as_it_is = Predictor.for_run(run).predict(paths, ctx)
    manifest = run.read_manifest()
    setup = Setup(
        training="float16",
        inference="float16",
        channels_last=True,
        threads=1,
        training_speed=1.0,
        inference_speed=1.0,
    )
    run.write_manifest(replace(manifest, chosen=setup.model_dump()))
    assert Predictor.for_run(run).predict(paths, ctx) == as_it_is
