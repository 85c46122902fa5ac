"""What is open: the training and the runs, as the pages see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.core import events, recipe
from finetune_gui.core.errors import UserError
from finetune_gui.core.job import JobState
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset.samples import SkippedPhoto, Split
from finetune_gui.gui import run_desk
from finetune_gui.gui.session import Session
from tests.helpers import fake_training as fake
from tests.helpers.opening_photos import open_and_split
from tests.helpers.photos import make_class_folders


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> fake.Script:
    """The fake training; set ``way`` to let it end."""
    script = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(fake.FakeResume, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    monkeypatch.setattr(run_desk, "Resume", fake.FakeResume)
    return script


def messages_of(session: Session) -> list[Any]:
    told: list[Any] = []
    session.message.connect(told.append)
    return told


class TestTraining:
    def test_runs_to_the_end(self, opened: Session, training: fake.Script, qtbot: QtBot) -> None:
        told: list[events.Event] = []
        opened.run_events.connect(told.extend)
        training.way.set()
        opened.start_training()
        assert opened.training is not None
        assert opened.run is not None
        assert opened.run_state is RunState.RUNNING
        assert opened.run_recipe is opened.recipe
        assert opened.finished_run is None
        qtbot.waitUntil(lambda: opened.training is None)
        assert opened.run_state is RunState.FINISHED
        assert opened.finished_run is opened.run
        assert opened.history is not None
        assert opened.history.end == told[-1]
        assert [event.kind for event in told] == [e.kind for e in opened.run.read_events()]
        assert opened.settings.last_run == str(opened.run.path)

    def test_pause_and_resume(self, opened: Session, training: fake.Script, qtbot: QtBot) -> None:
        opened.start_training()
        qtbot.waitUntil(training.inside.is_set)
        opened.pause_training()
        qtbot.waitUntil(lambda: opened.training is None)
        assert opened.run_state is RunState.PAUSED
        assert opened.run is not None
        path = opened.run.path
        training.way.set()
        opened.resume_run(path)
        qtbot.waitUntil(lambda: opened.run_state is RunState.FINISHED)
        assert opened.run.path == path

    def test_stop_keeps_the_model(
        self, opened: Session, training: fake.Script, qtbot: QtBot
    ) -> None:
        opened.start_training()
        qtbot.waitUntil(training.inside.is_set)
        opened.stop_training()
        assert opened.training is not None
        assert opened.training.state is JobState.CANCELLING
        qtbot.waitUntil(lambda: opened.training is None)
        assert opened.finished_run is not None

    def test_stop_before_there_is_a_model(
        self, opened: Session, training: fake.Script, qtbot: QtBot
    ) -> None:
        training.before_baseline = True
        opened.start_training()
        qtbot.waitUntil(training.inside.is_set)
        opened.stop_training()
        qtbot.waitUntil(lambda: opened.training is None)
        assert opened.run_state is RunState.INTERRUPTED
        assert opened.finished_run is None

    def test_a_failed_run_is_shown_and_never_used(
        self, opened: Session, training: fake.Script, qtbot: QtBot
    ) -> None:
        training.error = UserError("error-out-of-memory")
        training.way.set()
        told = messages_of(opened)
        opened.start_training()
        qtbot.waitUntil(lambda: opened.training is None)
        # The Train page says why; a banner would say it twice.
        assert told == []
        assert opened.run_state is RunState.FAILED
        assert opened.finished_run is None

    def test_a_failure_that_the_run_cannot_tell_is_told(
        self, opened: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        problem = UserError("error-no-permission", path="runs")

        def no_folder(_job: object, _ctx: object) -> None:
            raise problem

        monkeypatch.setattr(fake.FakeTrain, "run", no_folder)
        monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
        told = messages_of(opened)
        opened.start_training()
        qtbot.waitUntil(lambda: opened.training is None)
        assert told == [problem]

    def test_another_run_can_be_looked_at_meanwhile(
        self, opened: Session, training: fake.Script, qtbot: QtBot, paths: AppPaths
    ) -> None:
        old = fake.make_run(paths.runs / "old", fake.STARTED, fake.BASELINE, fake.finished())
        opened.start_training()
        qtbot.waitUntil(training.inside.is_set)
        assert opened.run is not None
        live = opened.run
        opened.open_run(old.path)
        qtbot.waitUntil(lambda: opened.run is not None and opened.run.path == old.path)
        assert opened.run_state is RunState.FINISHED
        with qtbot.assertNotEmitted(opened.run_events):
            training.way.set()
            qtbot.waitUntil(lambda: opened.training is None)
        assert opened.run.path == old.path
        opened.open_run(live.path)
        qtbot.waitUntil(lambda: opened.run is not None and opened.run.path == live.path)
        assert opened.run_state is RunState.FINISHED

    def test_going_back_to_the_live_run_shows_all_of_it(
        self, opened: Session, training: fake.Script, qtbot: QtBot, paths: AppPaths
    ) -> None:
        old = fake.make_run(paths.runs / "old", fake.STARTED, fake.BASELINE, fake.finished())
        opened.start_training()
        assert opened.run is not None
        path = opened.run.path
        qtbot.waitUntil(training.inside.is_set)
        opened.open_run(old.path)
        qtbot.waitUntil(lambda: opened.run is not None and opened.run.path == old.path)
        opened.open_run(path)
        assert opened.run.path == path
        assert opened.run_state is RunState.RUNNING
        training.way.set()
        qtbot.waitUntil(lambda: opened.run_state is RunState.FINISHED)
        assert opened.history is not None
        assert [s.step for s in opened.history.steps] == [1, 2]


class TestRuns:
    def test_opens_a_run(self, session: Session, paths: AppPaths, qtbot: QtBot) -> None:
        wanted = recipe.with_values(recipe.Recipe(), {"optim.lr": 0.25})
        run = fake.make_run(
            paths.runs / "a", fake.STARTED, fake.BASELINE, fake.epoch(1), recipe=wanted
        )
        with qtbot.waitSignal(session.run_changed):
            session.open_run(run.path)
        assert session.run_recipe == wanted
        assert session.history is not None
        assert session.history.best_epoch == 1
        assert session.run_state is RunState.INTERRUPTED
        assert session.recipe == recipe.Recipe()

    def test_what_is_not_a_run_is_told(
        self, session: Session, tmp_path: Path, qtbot: QtBot
    ) -> None:
        with qtbot.waitSignal(session.message) as told:
            session.open_run(tmp_path)
        assert told.args[0].key == "error-not-a-run"
        assert session.run is None

    def test_follows_a_run_that_another_process_trains(
        self, session: Session, paths: AppPaths, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("finetune_gui.gui.run_follower._EVERY_MS", 20)
        run = fake.make_run(paths.runs / "cluster", fake.STARTED, fake.BASELINE)
        told: list[events.Event] = []
        session.run_events.connect(told.extend)
        with run.locked():
            session.open_run(run.path)
            qtbot.waitUntil(lambda: session.run_state is RunState.RUNNING)
            run.append_event(fake.step(1))
            qtbot.waitUntil(lambda: len(told) == 1)
            run.append_event(fake.epoch(1))
            run.append_event(fake.finished())
        qtbot.waitUntil(lambda: session.run_state is RunState.FINISHED)
        assert [event.kind for event in told] == ["step", "epoch", "run_finished"]
        assert session.history is not None
        assert len(session.history.epochs) == 1

    def test_does_not_train_in_a_run_that_another_process_trains(
        self, session: Session, training: fake.Script, paths: AppPaths, qtbot: QtBot
    ) -> None:
        training.way.set()
        run = fake.make_run(paths.runs / "cluster", fake.STARTED, fake.BASELINE)
        with run.locked():
            session.resume_run(run.path)
            qtbot.waitUntil(lambda: session.run_state is RunState.RUNNING)
            assert session.training is None

    def test_resume_goes_on_after_what_was_told_before(
        self, session: Session, training: fake.Script, paths: AppPaths, qtbot: QtBot
    ) -> None:
        run = fake.make_run(paths.runs / "a", fake.STARTED, fake.BASELINE, events.RunPaused(0))
        training.way.set()
        session.resume_run(run.path)
        qtbot.waitUntil(lambda: session.run_state is RunState.FINISHED)
        assert session.history is not None
        assert session.history.baseline is not None


class TestWhyNotStart:
    def test_says_what_is_missing(
        self, session: Session, photos: Path, training: fake.Script, qtbot: QtBot
    ) -> None:
        assert "Data page" in session.why_not_start()
        open_and_split(session, photos, qtbot)
        assert session.why_not_start() == ""
        session.start_training()
        assert "trained now" in session.why_not_start()
        training.way.set()
        qtbot.waitUntil(lambda: session.training is None)
        assert session.why_not_start() == ""

    @pytest.mark.parametrize(
        ("splits", "word"),
        [((), "being split"), (("validation",), "training"), (("train",), "validation")],
    )
    def test_a_split_that_leaves_nothing(
        self, opened: Session, splits: tuple[Split, ...], word: str
    ) -> None:
        opened.splits = splits * 16
        assert word in opened.why_not_start()

    def test_one_class_is_not_enough(self, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
        photos = make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 1})
        open_and_split(session, photos, qtbot)
        assert session.dataset is not None
        dog = next(s.path for s in session.dataset.samples if s.label == "dog")
        session.mark_skipped((SkippedPhoto(dog, "error-photo-broken"),))
        assert "two classes" in session.why_not_start()

    def test_start_without_photos_does_nothing(
        self, session: Session, training: fake.Script
    ) -> None:
        session.start_training()
        assert session.training is None
        assert not training.inside.is_set()

    def test_a_broken_engine(
        self, opened: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_job: object, _ctx: object) -> None:
            raise UserError("error-out-of-memory")

        monkeypatch.setattr("finetune_gui.jobs.load_torch.LoadTorch.run", broken)
        told = messages_of(opened)
        opened.load_torch()
        assert opened.torch_state == "loading"
        qtbot.waitUntil(lambda: opened.torch_state == "failed")
        assert len(told) == 1
        assert "engine" in opened.why_not_start()


def test_shutdown_in_mid_run_does_not_hang(
    opened: Session, training: fake.Script, qtbot: QtBot
) -> None:
    opened.start_training()
    qtbot.waitUntil(training.inside.is_set)
    run = opened.run
    assert opened.shutdown(10_000)
    assert run is not None
    assert RunFolder(run.path).state() is RunState.FINISHED
