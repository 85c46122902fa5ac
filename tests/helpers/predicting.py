"""A network that only pretends, and what the tests of the Predict page ask of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pytestqt.qtbot import QtBot

from finetune_gui.core.errors import RunError
from finetune_gui.core.job import JobContext
from finetune_gui.engine.prediction import Prediction
from finetune_gui.gui.pages.predict import PredictPage
from finetune_gui.jobs.predict import Predict, Predicted
from tests.helpers.evaluated_run import CLASSES, answer, broken
from tests.helpers.photos import save_photo

PORTION = 32


class FakeModel:
    """Stands in for the network: what it says of a photo stands in the photo's name.

    "kiwi 35.png" is a kiwi with 35 %, "broken…" cannot be read. It waits before each portion
    after the first until ``way`` is open.
    """

    asked: ClassVar[list[tuple[str, list[str]]]] = []
    way: ClassVar[threading.Event] = threading.Event()
    error: ClassVar[RunError | None] = None

    @classmethod
    def run(cls, job: Predict, ctx: JobContext) -> list[Prediction]:
        cls.asked.append((job.run_path.name, [photo.name for photo in job.photos]))
        if cls.error is not None:
            raise cls.error
        said = [cls.say(photo) for photo in job.photos]
        for start in range(0, len(said), PORTION):
            while start and not cls.way.wait(0.005):
                ctx.check_cancelled()
            ctx.emit(Predicted(tuple(said[start : start + PORTION])))
            ctx.progress(min(start + PORTION, len(said)), len(said), "predict-progress")
        return said

    @staticmethod
    def say(photo: Path) -> Prediction:
        if photo.name.startswith("broken"):
            return broken(photo)
        label, _, rest = photo.stem.partition(" ")
        if label not in CLASSES:
            return answer(photo, "kiwi", 0.97, CLASSES)
        return answer(photo, label, int(rest[:2]) / 100, CLASSES)


def photos(tmp_path: Path, *names: str) -> list[Path]:
    return [save_photo(tmp_path / "in" / name, n) for n, name in enumerate(names)]


def ask(qtbot: QtBot, page: PredictPage, paths: Sequence[Path]) -> None:
    """Ask and wait for all answers."""
    before = len(FakeModel.asked)
    page.ask(paths)
    qtbot.waitUntil(lambda: len(FakeModel.asked) > before and not page.is_asking)


def shown(page: PredictPage) -> list[str]:
    return [row.path.name for row in page.results.answers]
