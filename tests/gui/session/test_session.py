"""What is open: datasets, recipes and settings, as the pages see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.core import recipe, settings
from finetune_gui.core.errors import RecipeError, UserError
from finetune_gui.core.job import JobContext
from finetune_gui.core.messages import language
from finetune_gui.core.paths import AppPaths
from finetune_gui.dataset.samples import SkippedPhoto, Split
from finetune_gui.gui.session import Session
from finetune_gui.gui.theme import DARK
from finetune_gui.jobs.split_dataset import SplitDataset
from tests.helpers.photos import make_class_folders


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
