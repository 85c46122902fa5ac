"""What is open: datasets, recipes, runs and the training, as the pages see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.core import events, recipe, settings
from finetune_gui.core.errors import RecipeError, UserError
from finetune_gui.core.job import JobContext, JobState
from finetune_gui.core.messages import language
from finetune_gui.core.paths import AppPaths
from finetune_gui.core.run_folder import RunFolder, RunState
from finetune_gui.dataset.samples import SkippedPhoto, Split
from finetune_gui.gui import run_desk
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import DARK
from finetune_gui.jobs.split_dataset import SplitDataset
from tests.helpers import fake_training as fake
from tests.helpers.photos import make_class_folders


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_class_folders(tmp_path / "pets", {"cat": 8, "dog": 8})


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> fake.Script:
    """The fake training; set ``way`` to let it end."""
    script = fake.Script()
    monkeypatch.setattr(fake.FakeTrain, "script", script)
    monkeypatch.setattr(fake.FakeResume, "script", script)
    monkeypatch.setattr(run_desk, "Train", fake.FakeTrain)
    monkeypatch.setattr(run_desk, "Resume", fake.FakeResume)
    return script


@pytest.fixture
def opened(session: Session, photos: Path, qtbot: QtBot) -> Session:
    """A session with the pets open and split."""
    open_and_split(session, photos, qtbot)
    return session


def open_and_split(session: Session, photos: Path, qtbot: QtBot) -> None:
    session.open_dataset(photos)
    qtbot.waitUntil(lambda: session.dataset is not None and session.dataset.source == photos)
    qtbot.waitUntil(lambda: bool(session.splits))


def messages_of(session: Session) -> list[Any]:
    told: list[Any] = []
    session.message.connect(told.append)
    return told


class TestDataset:
    def test_opens_and_splits(self, session: Session, photos: Path, qtbot: QtBot) -> None:
        with qtbot.waitSignal(session.dataset_changed):
            session.open_dataset(photos)
            assert session.opening is not None
        assert session.dataset is not None
        assert session.dataset.classes == ("cat", "dog")
        qtbot.waitUntil(lambda: len(session.splits) == 16)
        assert set(session.splits) == {"train", "validation", "test"}
        assert session.opening is None
        assert session.settings.last_dataset == str(photos)

    def test_the_demo_has_photos(self, session: Session, qtbot: QtBot) -> None:
        session.open_demo()
        qtbot.waitUntil(lambda: len(session.splits) == 300, timeout=10_000)

    def test_what_cannot_be_opened_is_told_and_forgotten(
        self, opened: Session, tmp_path: Path, qtbot: QtBot
    ) -> None:
        before = opened.dataset
        empty = tmp_path / "empty"
        empty.mkdir()
        opened.settings.remember_dataset(empty)
        with qtbot.waitSignal(opened.message) as told:
            opened.open_dataset(empty)
        assert isinstance(told.args[0], UserError)
        assert opened.dataset is before
        assert str(empty) not in opened.settings.recent_datasets
        assert opened.opening is None

    def test_only_the_last_one_asked_for_is_opened(
        self, session: Session, photos: Path, tmp_path: Path, qtbot: QtBot
    ) -> None:
        other = make_class_folders(tmp_path / "fruit", {"kiwi": 4, "lemon": 4})
        seen: list[str] = []
        session.dataset_changed.connect(
            lambda: seen.append("" if session.dataset is None else session.dataset.name)
        )
        session.open_dataset(photos)
        session.open_dataset(other)
        qtbot.waitUntil(lambda: len(session.splits) == 8)
        assert seen[-1] == "fruit"
        assert session.dataset is not None
        assert session.dataset.source == other

    def test_closing_leaves_nothing_open(self, opened: Session, qtbot: QtBot) -> None:
        with qtbot.waitSignals([opened.dataset_changed, opened.splits_changed]):
            opened.close_dataset()
        assert opened.dataset is None
        assert opened.splits == ()
        assert opened.settings.last_dataset == ""

    def test_photos_left_out_keep_the_others_in_line_at_every_moment(
        self, opened: Session, qtbot: QtBot
    ) -> None:
        assert opened.dataset is not None
        before = dict(zip([s.path for s in opened.dataset.samples], opened.splits, strict=True))
        bad = opened.dataset.samples[3].path
        opened.mark_skipped((SkippedPhoto(bad, "error-photo-broken"),))
        after = dict(zip([s.path for s in opened.dataset.samples], opened.splits, strict=True))
        assert after == {path: split for path, split in before.items() if path != bad}
        assert [photo.path for photo in opened.dataset.skipped] == [bad]
        with qtbot.waitSignal(opened.splits_changed):
            pass
        assert opened.splits == as_training_splits(opened)

    def test_photos_left_out_while_it_is_split(
        self, session: Session, photos: Path, qtbot: QtBot
    ) -> None:
        session.open_dataset(photos)
        with qtbot.waitSignal(session.dataset_changed):
            pass
        assert session.dataset is not None
        assert session.splits == ()
        bad = session.dataset.samples[0].path
        session.mark_skipped((SkippedPhoto(bad, "error-photo-broken"),))
        qtbot.waitUntil(lambda: bool(session.splits))
        assert session.splits == as_training_splits(session)


def as_training_splits(session: Session) -> tuple[Split, ...]:
    """What training would make of the photos and the recipe."""
    assert session.dataset is not None
    job = SplitDataset(session.dataset, session.recipe)
    return job.run(JobContext(lambda _event: None))


class TestRecipe:
    def test_a_change_is_told_and_kept(self, session: Session, qtbot: QtBot) -> None:
        with qtbot.waitSignal(session.recipe_changed):
            session.change_recipe({"optim.lr": 0.5})
        assert session.recipe.optim.lr == 0.5
        assert recipe.from_toml(session.settings.recipe).optim.lr == 0.5

    def test_the_same_again_is_no_change(self, session: Session, qtbot: QtBot) -> None:
        with qtbot.assertNotEmitted(session.recipe_changed):
            session.change_recipe({"optim.lr": session.recipe.optim.lr})

    def test_what_is_not_valid_changes_nothing(self, session: Session) -> None:
        before = session.recipe
        with pytest.raises(RecipeError):
            session.change_recipe({"optim.lr": 0.5, "train.epochs": -1})
        assert session.recipe is before

    def test_reset_brings_the_defaults_back(self, session: Session) -> None:
        session.change_recipe({"optim.lr": 0.5, "train.epochs": 3})
        session.reset_recipe(["optim.lr"])
        assert session.recipe.optim.lr == recipe.Recipe().optim.lr
        assert session.recipe.train.epochs == 3

    def test_other_fractions_split_again(self, opened: Session, qtbot: QtBot) -> None:
        before = opened.splits
        with qtbot.waitSignal(opened.splits_changed):
            opened.change_recipe({"data.test_fraction": 0.0})
        assert before.count("test") > 0
        assert opened.splits.count("test") == 0

    def test_anything_else_does_not(self, opened: Session, qtbot: QtBot) -> None:
        with qtbot.assertNotEmitted(opened.splits_changed, wait=100):
            opened.change_recipe({"optim.lr": 0.5})


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


class TestSettings:
    def test_are_found_again(self, paths: AppPaths, qapp: QApplication, photos: Path) -> None:
        assert qapp is not None
        first = Session(paths)
        first.set_language("zh_CN")
        first.set_theme("dark")
        first.change_recipe({"train.epochs": 3})
        first.settings.remember_dataset(photos)
        assert first.shutdown()
        second = Session(paths)
        assert language() == "zh_CN"
        assert second.theme.tokens is DARK
        assert second.recipe.train.epochs == 3
        assert second.settings.last_dataset == str(photos)
        assert second.shutdown()

    def test_are_written_while_the_program_runs(
        self, session: Session, paths: AppPaths, qtbot: QtBot
    ) -> None:
        session.change_recipe({"train.epochs": 3})
        qtbot.waitUntil(
            lambda: "epochs = 3" in settings.load(paths.settings_file).recipe, timeout=5000
        )

    def test_a_recipe_of_another_time_gives_the_default(
        self, paths: AppPaths, qapp: QApplication
    ) -> None:
        assert qapp is not None
        kept = settings.Settings(recipe="schema_version = 999\n")
        settings.save(kept, paths.settings_file)
        session = Session(paths)
        assert session.recipe == recipe.Recipe()
        assert session.shutdown()

    def test_a_disk_that_is_full_does_not_keep_the_window_open(
        self,
        session: Session,
        monkeypatch: pytest.MonkeyPatch,
        allow_log: Callable[[str], None],
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        allow_log("the settings could not be saved")
        monkeypatch.setattr("finetune_gui.core.settings.save", full)
        assert session.shutdown()


def test_shutdown_in_mid_run_does_not_hang(
    opened: Session, training: fake.Script, qtbot: QtBot
) -> None:
    opened.start_training()
    qtbot.waitUntil(training.inside.is_set)
    run = opened.run
    assert opened.shutdown(10_000)
    assert run is not None
    assert RunFolder(run.path).state() is RunState.FINISHED
